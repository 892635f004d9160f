"""Can a set of grids be a generation? What is wrong row by row, and what is odd about the whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis_grid.errors import InputError
from gis_grid.geo.coverage import check_coverage
from gis_grid.geo.crs import metric_epsg, require_lonlat, to_metric
from gis_grid.grid.area_code import AreaCode
from gis_grid.grid.codes import refusals
from gis_grid.grid.kinship import Kinship
from gis_grid.grid.levels import Scheme
from gis_grid.grid.unit_code import UnitCode

_COLUMNS = ("code", "parent_code", "level")
_MOSTLY = 0.5
_NAMED_AT_MOST = 5
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCheck:
    """What was found: rows that must stay out, and things that somebody should look at."""

    problems: Mapping[int, str]
    """Row (from 0, by position) and why it must stay out."""

    warnings: tuple[str, ...]
    """What is odd about the rest, one sentence each."""


def check_grids(
    grids: gpd.GeoDataFrame,
    scheme: Scheme,
    *,
    epsg: int | None = None,
    tolerance_m: float = 1.0,
) -> GridCheck:
    """Return what keeps grids from being a generation of a city.

    A row has a *problem* when it has no code or one that an earlier row has, a level that the
    scheme does not have, a parent that is not there or at a level under which it may not hang;
    when its shape is missing, empty, no polygon, not valid or not in degrees; when more than half
    of it lies outside its parent; or when its parent has a problem. The rows without problem make
    a tree.

    A *warning* is given for grids that stick out of their parents, grids below the top without
    parent, area and unit codes that are refused, unit codes that occur twice, a ground level
    without grids, and for each level that should tile the ground what keeps it from doing so; where
    that is says `gis_grid.geo.coverage.check_coverage`.

    Parameters
    ----------
    grids
        The grids layer in EPSG:4326, all levels together, shape ``(n,)``; `code`, `parent_code` and
        `level` must be there.
    scheme
        The levels of the city.
    epsg
        Metric CRS to measure in; by default that of the middle of the grids.
    tolerance_m
        A grid may stick out of its parent by this much, in metres.

    Returns
    -------
    GridCheck
        Empty for a good set. No grids at all have no problem, but no ground level either.

    Raises
    ------
    CrsError
        `grids` is not in EPSG:4326.
    InputError
        A column is missing.

    Examples
    --------
    >>> from gis_grid.grid.levels import COMMUNITY_GRID
    >>> rows = {"code": ["c", "d"], "parent_code": [None, "x"], "level": ["city", "district"]}
    >>> shapes = [shapely.box(120, 30, 121, 31), shapely.box(120, 30, 120.5, 31)]
    >>> grids = gpd.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4326")
    >>> found = check_grids(grids, COMMUNITY_GRID)
    >>> dict(found.problems)
    {1: "parent 'x' of 'd' is not among the grids"}
    >>> found.warnings
    ("no grid is of level 'subarea', the ground level",)
    """
    require_lonlat(grids, "grids")
    for column in _COLUMNS:
        if column not in grids.columns:
            message = f"grids have no column {column!r}"
            raise InputError(message)
    kin = Kinship.of(*(grids[column] for column in _COLUMNS))
    shapes = grids.geometry.to_numpy()
    problems = _shape_problems(shapes) | kin.problems(scheme)
    usable = np.ones(len(grids), np.bool_)
    usable[list(problems)] = False
    metric = _in_metres(grids, usable, epsg)
    outside = _outside(metric.to_numpy(), kin, usable, tolerance_m)
    for row in np.flatnonzero(outside > _MOSTLY).tolist():
        what = f"{outside[row]:.0%} of {kin.codes[row]!r} lies outside its parent"
        problems[row] = f"{what} {kin.parents[row]!r}"
    _add_orphaned(problems, kin)
    good = np.ones(len(grids), np.bool_)
    good[list(problems)] = False
    warnings = (
        *_ground_warning(kin, scheme, good),
        *_root_warnings(kin, scheme, good),
        *_sticking_out_warning(kin, outside, good),
        *_code_warnings(grids[good]),
        *_coverage_warnings(metric, kin, scheme, good),
    )
    return GridCheck(problems=dict(sorted(problems.items())), warnings=warnings)


def _shape_problems(shapes: npt.NDArray[np.object_]) -> dict[int, str]:
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    polygonal = np.isin(shapely.get_type_id(shapes), [3, 6])
    found = dict.fromkeys(np.flatnonzero(missing).tolist(), "no shape")
    for row in np.flatnonzero(~missing & ~polygonal).tolist():
        found[row] = f"its shape is a {shapes[row].geom_type}, not a polygon"
    broken = ~missing & polygonal & ~shapely.is_valid(shapes)
    for row in np.flatnonzero(broken).tolist():
        found[row] = f"its shape is not valid: {shapely.is_valid_reason(shapes[row])}"
    far = np.abs(shapely.bounds(shapes)) > (180, 90, 180, 90)
    for row in np.flatnonzero(far.any(axis=1)).tolist():
        found[row] = "its coordinates are not degrees"
    return found


def _in_metres(grids: gpd.GeoDataFrame, usable: Mask, epsg: int | None) -> gpd.GeoSeries:
    """Return the shapes on a metric plane; what is not usable is missing."""
    shapes = grids.geometry.where(usable)
    if epsg is None:
        if not usable.any():
            return shapes
        west, south, east, north = shapes.total_bounds
        epsg = metric_epsg(lon=(west + east) / 2, lat=(south + north) / 2)
    return to_metric(shapes, epsg=epsg)


def _outside(
    shapes: npt.NDArray[np.object_], kin: Kinship, usable: Mask, tolerance_m: float
) -> npt.NDArray[np.float64]:
    """Return the share of each grid that lies outside its parent; 0 within the tolerance."""
    share = np.zeros(len(shapes))
    child = np.flatnonzero(usable & (kin.above >= 0))
    child = child[usable[kin.above[child]]]
    parents, place = np.unique(kin.above[child], return_inverse=True)
    wide = shapely.buffer(shapes[parents], tolerance_m, quad_segs=2, join_style="mitre")
    shapely.prepare(wide)
    beyond = ~shapely.covers(wide[place], shapes[child])
    child, place = child[beyond], place[beyond]
    over_m2 = shapely.area(shapely.difference(shapes[child], shapes[parents[place]]))
    share[child] = over_m2 / shapely.area(shapes[child])
    return share


def _add_orphaned(problems: dict[int, str], kin: Kinship) -> None:
    """Add the rows whose parent has a problem, and those below them."""
    while True:
        out = np.zeros(len(kin.codes), np.bool_)
        out[list(problems)] = True
        lost = np.flatnonzero(~out & (kin.above >= 0) & out[kin.above])
        if not len(lost):
            return
        for row in lost.tolist():
            problems[row] = f"parent {kin.parents[row]!r} of {kin.codes[row]!r} has a problem"


def _ground_warning(kin: Kinship, scheme: Scheme, good: Mask) -> Iterator[str]:
    if not (kin.levels[good] == scheme.ground).any():
        yield f"no grid is of level {scheme.ground!r}, the ground level"


def _root_warnings(kin: Kinship, scheme: Scheme, good: Mask) -> Iterator[str]:
    for level in scheme.keys[1:]:
        roots = good & (kin.above < 0) & (kin.levels == level)
        if roots.any():
            yield _sentence(f"of level {level!r} without parent", kin.codes[roots])


def _sticking_out_warning(
    kin: Kinship, outside: npt.NDArray[np.float64], good: Mask
) -> Iterator[str]:
    rows = np.flatnonzero(good & (outside > 0))
    rows = rows[np.argsort(-outside[rows], kind="stable")]
    if len(rows):
        named = [f"{kin.codes[row]} ({outside[row]:.1%} of it)" for row in rows]
        yield _sentence("partly outside the parent", named)


def _code_warnings(grids: pd.DataFrame) -> Iterator[str]:
    for column, read in (("area_code", AreaCode), ("unit_code", UnitCode)):
        if column not in grids.columns:
            continue
        refused = refusals(grids[column].astype(object), read.parse)
        if refused:
            yield _sentence(f"whose {column} is refused", list(refused.values()))
    if "unit_code" in grids.columns:
        given = grids["unit_code"].dropna()
        repeated = given[given.duplicated()]
        if len(repeated):
            yield _sentence("whose unit_code another grid has", repeated.tolist())


def _coverage_warnings(
    metric: gpd.GeoSeries, kin: Kinship, scheme: Scheme, good: Mask
) -> Iterator[str]:
    for level in scheme.levels:
        here = good & (kin.levels == level.key)
        if not (level.tiles and here.any()):
            continue
        report = check_coverage(metric[here])
        if not report.is_clean:
            yield f"level {level.key!r} does not tile the ground: {report.summary}"


def _sentence(what: str, named: npt.ArrayLike) -> str:
    names = [str(name) for name in np.asarray(named, object).tolist()]
    more = len(names) - _NAMED_AT_MOST
    listed = ", ".join(names[:_NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")
    return f"{len(names)} {'grid' if len(names) == 1 else 'grids'} {what}: {listed}"
