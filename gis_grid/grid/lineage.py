"""Lineage: what became of each grid when the next generation was published."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis_grid.errors import InputError
from gis_grid.geo.crs import require_metric, require_same_crs

LineageKind = Literal["kept", "renamed", "split", "merged", "moved"]
Floats: TypeAlias = npt.NDArray[np.float64]
Positions: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """How much of an old grid went into a new one."""

    old_code: str
    new_code: str

    share: float
    """Share of the old grid that went into the new one, above 0, at most 1."""

    share_of_new: float = 1.0
    """Share of the new grid that came from the old one, above 0, at most 1."""

    amount: float | None = None
    """What they have in common: square metres, or the weight of the points in both."""

    kind: LineageKind = "kept"
    """``kept``: same code, same ground. ``renamed``: other code, same ground. ``split``: the new
    grid is a part of the old. ``merged``: the old grid is a part of the new. ``moved``: a border
    moved, each holds some ground that the other does not."""


def lineage_of(
    old: gpd.GeoDataFrame,
    new: gpd.GeoDataFrame,
    *,
    tolerance: float = 1e-3,
    sliver_m2: float = 1.0,
) -> tuple[Lineage, ...]:
    """Return how the ground of old grids went into new ones.

    Where both sets cover the same ground without overlap, the shares of an old grid add up to 1,
    but for slivers. A grid that shares no ground with the other set has no row.

    Parameters
    ----------
    old, new
        Grids with their `code` as polygons in the same metric CRS. When both have a `level`
        column, only grids of one level are compared. A missing or empty shape has no rows; one that
        is not valid, perhaps only by the rounding of a projection, is measured as
        `shapely.make_valid` reads it.
    tolerance
        A share this close to 1 is all of it: digitising again moves borders by a little.
    sliver_m2
        Common ground of less than this, in square metres, is nothing.

    Returns
    -------
    tuple of Lineage
        `amount` in square metres; ordered by old code, then new code. Two grids that did not
        change at all have no row with each other, even when they share ground, as entrances do.

    Raises
    ------
    CrsError
        `old` or `new` is not in a metric CRS, or they differ.
    InputError
        `old` or `new` has no `code`, or one code twice in a level.

    Examples
    --------
    >>> crs = "EPSG:4549"
    >>> whole = gpd.GeoDataFrame({"code": ["a"]}, geometry=[shapely.box(0, 0, 40, 10)], crs=crs)
    >>> parts = [shapely.box(0, 0, 30, 10), shapely.box(30, 0, 40, 10)]
    >>> halves = gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=parts, crs=crs)
    >>> [(row.new_code, row.share, row.amount, row.kind) for row in lineage_of(whole, halves)]
    [('a', 0.75, 300.0, 'split'), ('b', 0.25, 100.0, 'split')]
    >>> lineage_of(whole, halves[:0])
    ()
    """
    _require_comparable(old, new)
    mine, yours = (shapely.make_valid(grids.geometry.to_numpy()) for grids in (old, new))
    left, right = _touching(old, new, mine, yours)
    common_m2 = shapely.area(shapely.intersection(mine[left], yours[right]))
    real = (common_m2 > 0) & (common_m2 >= sliver_m2)
    pairs = _Pairs(left[real], right[real], common_m2[real])
    return _rows(old, new, pairs, (shapely.area(mine), shapely.area(yours)), tolerance)


def lineage_by_weight(
    old: gpd.GeoDataFrame,
    new: gpd.GeoDataFrame,
    points: gpd.GeoSeries,
    weights: npt.ArrayLike,
    *,
    tolerance: float = 1e-3,
) -> tuple[Lineage, ...]:
    """Return how weights on points, such as households of buildings, went from old to new grids.

    A share is that of the weight of the points in a grid. A grid without weight has no row, so use
    `lineage_of` beside it where ground matters too.

    Parameters
    ----------
    old, new, tolerance
        As for `lineage_of`.
    points
        One point of each building, in the same metric CRS, shape ``(n,)``. A point in several
        grids of one level belongs to the first of them; one that is missing, empty or in no old
        or no new grid does not count towards what they have in common.
    weights
        Zero or more, shape ``(n,)``; NaN is 0.

    Returns
    -------
    tuple of Lineage
        `amount` in the unit of `weights`; ordered by old code, then new code.

    Raises
    ------
    CrsError
        A layer is not in a metric CRS, or they differ.
    InputError
        A layer has no `code`, one code twice in a level, or `weights` does not fit `points` or has
        a negative.
    """
    _require_comparable(old, new)
    require_same_crs(old, points, names=("old grids", "points"))
    weight = np.nan_to_num(np.asarray(weights, np.float64))
    if weight.shape != (len(points),) or (weight < 0).any():
        message = f"weights must be {len(points)} numbers of zero or more, one for each point"
        raise InputError(message)
    homes = _homes(old, points), _homes(new, points)
    both = homes[0].merge(homes[1], on="point", suffixes=("_old", "_new"))
    left, right = both["grid_old"].to_numpy(np.int64), both["grid_new"].to_numpy(np.int64)
    seen = _same_level(old, new, left, right)
    key, pair = np.unique(left[seen] * len(new) + right[seen], return_inverse=True)
    common = _tally(pair, weight[both["point"].to_numpy()[seen]], len(key))
    real = common > 0
    pairs = _Pairs(key[real] // len(new), key[real] % len(new), common[real])
    old_total, new_total = (
        _tally(home["grid"].to_numpy(np.int64), weight[home["point"]], len(grids))
        for home, grids in zip(homes, (old, new), strict=True)
    )
    return _rows(old, new, pairs, (old_total, new_total), tolerance)


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Positions of an old and a new grid that have something in common, and how much."""

    old: Positions
    new: Positions
    amount: Floats


def _require_comparable(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> None:
    for grids, name in ((old, "old grids"), (new, "new grids")):
        require_metric(grids, name)
        if "code" not in grids.columns:
            message = f"{name} have no column 'code'"
            raise InputError(message)
        key = ["level", "code"] if "level" in grids.columns else ["code"]
        repeated = grids["code"][grids.duplicated(key)]
        if len(repeated):
            message = f"{name} have code {repeated.iloc[0]!r} more than once"
            raise InputError(message)
    require_same_crs(old, new, names=("old grids", "new grids"))


def _levels(grids: gpd.GeoDataFrame) -> npt.NDArray[np.object_]:
    return grids["level"].to_numpy(object) if "level" in grids else np.full(len(grids), "", object)


def _same_level(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, left: Positions, right: Positions
) -> npt.NDArray[np.bool_]:
    if "level" not in old or "level" not in new:
        return np.ones(len(left), np.bool_)
    return np.equal(_levels(old)[left], _levels(new)[right]).astype(np.bool_)


def _touching(
    old: gpd.GeoDataFrame,
    new: gpd.GeoDataFrame,
    mine: npt.NDArray[np.object_],
    yours: npt.NDArray[np.object_],
) -> tuple[Positions, Positions]:
    """Return the pairs of a level that may have ground in common, one of them changed.

    A grid that did not change at all is paired with itself and, like the rest, with grids that did.
    """
    levels = _levels(old), _levels(new)
    if "level" not in old or "level" not in new:
        levels = np.full(len(old), "", object), np.full(len(new), "", object)
    same, again = _unchanged(old, new, mine, yours)
    changed = ~np.isin(np.arange(len(mine)), same), ~np.isin(np.arange(len(yours)), again)
    lefts, rights = [same], [again]
    for level in pd.unique(levels[0]):
        here, there = levels[0] == level, levels[1] == level
        for asked, answering in (
            (here & changed[0], there),
            (here & ~changed[0], there & changed[1]),
        ):
            rows, columns = np.flatnonzero(asked), np.flatnonzero(answering)
            left, right = shapely.STRtree(yours[columns]).query(mine[rows], predicate="intersects")
            lefts.append(rows[left])
            rights.append(columns[right])
    return np.concatenate(lefts), np.concatenate(rights)


def _unchanged(
    old: gpd.GeoDataFrame,
    new: gpd.GeoDataFrame,
    mine: npt.NDArray[np.object_],
    yours: npt.NDArray[np.object_],
) -> tuple[Positions, Positions]:
    """Return the positions of grids with the same level, code and coordinates in both sets."""
    names = [pd.MultiIndex.from_arrays([_levels(grids), grids["code"]]) for grids in (old, new)]
    again = names[1].get_indexer(names[0])
    found = np.flatnonzero(again >= 0)
    found = found[shapely.equals_exact(mine[found], yours[again[found]])]
    return found, again[found]


def _homes(grids: gpd.GeoDataFrame, points: gpd.GeoSeries) -> pd.DataFrame:
    """Return which grid each point lies in: of each level the first that holds it."""
    point, grid = shapely.STRtree(grids.geometry.to_numpy()).query(
        points.to_numpy(), predicate="intersects"
    )
    homes = pd.DataFrame({"point": point, "grid": grid}).sort_values(["point", "grid"])
    homes["level"] = _levels(grids)[homes["grid"]]
    return homes.drop_duplicates(["point", "level"]).drop(columns="level")


def _tally(places: Positions, weights: Floats, count: int) -> Floats:
    """Return the sum of the weights at each place."""
    return np.bincount(places, weights, minlength=count).astype(np.float64)


def _rows(
    old: gpd.GeoDataFrame,
    new: gpd.GeoDataFrame,
    pairs: _Pairs,
    totals: tuple[Floats, Floats],
    tolerance: float,
) -> tuple[Lineage, ...]:
    old_codes = old["code"].to_numpy(object)[pairs.old]
    new_codes = new["code"].to_numpy(object)[pairs.new]
    shares = np.minimum(pairs.amount / totals[0][pairs.old], 1)
    shares_of_new = np.minimum(pairs.amount / totals[1][pairs.new], 1)
    rows = [
        Lineage(
            old_code=old_codes[row],
            new_code=new_codes[row],
            share=float(shares[row]),
            share_of_new=float(shares_of_new[row]),
            amount=float(pairs.amount[row]),
            kind=_kind(
                all_of_old=bool(shares[row] >= 1 - tolerance),
                all_of_new=bool(shares_of_new[row] >= 1 - tolerance),
                same_code=old_codes[row] == new_codes[row],
            ),
        )
        for row in np.lexsort((new_codes.astype(str), old_codes.astype(str)))
    ]
    return _without_neighbours(rows)


def _without_neighbours(rows: Sequence[Lineage]) -> tuple[Lineage, ...]:
    """Leave out what a kept grid seems to have become besides: entrances share one ground."""
    kept = {row.old_code for row in rows if row.kind == "kept"}
    return tuple(
        row
        for row in rows
        if row.kind in ("kept", "moved") or not {row.old_code, row.new_code} & kept
    )


def _kind(*, all_of_old: bool, all_of_new: bool, same_code: bool) -> LineageKind:
    if all_of_old and all_of_new:
        return "kept" if same_code else "renamed"
    if all_of_new:
        return "split"
    return "merged" if all_of_old else "moved"
