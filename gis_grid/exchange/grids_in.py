"""Grids that come in: which of them fit the tree, and parents found by where grids lie."""

from collections.abc import Iterator
from itertools import pairwise

import geopandas as gpd
import pandas as pd

from gis_grid.exchange.batch import Problem
from gis_grid.exchange.tally import Summary
from gis_grid.geo.coverage import KINDS, check_coverage
from gis_grid.geo.crs import to_lonlat, to_metric
from gis_grid.grid.kinship import Kinship
from gis_grid.grid.levels import FIVE_LEVEL, LEVEL_KEYS, Scheme
from gis_grid.router.assign import representative_points
from gis_grid.router.index import Router


def put_together(stored: gpd.GeoDataFrame, fresh: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the stored grids with the fresh ones in their place or added.

    Parameters
    ----------
    stored, fresh
        Grids in EPSG:4326 in the form of their layer, codes unique in each.

    Returns
    -------
    GeoDataFrame
        The fresh rows last, on a new index.
    """
    kept = stored[~stored["code"].isin(fresh["code"])]
    if not len(kept):
        return fresh.reset_index(drop=True)
    return gpd.GeoDataFrame(pd.concat([kept, fresh], ignore_index=True), crs=fresh.crs)


def find_parents(grids: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, int, int]:
    """Give grids without a parent the wider grid in which they lie.

    A grid lies in the grid of the nearest wider level there is that owns its representative point.

    Parameters
    ----------
    grids
        All grids of all levels, in EPSG:4326.

    Returns
    -------
    grids, found, missing
        A copy with parents; how many were found, and how many grids below the widest level still
        have none.

    Examples
    --------
    >>> import shapely
    >>> given = {"code": ["a", "b"], "level": ["district", "subarea"], "parent_code": [None, None]}
    >>> boxes = [shapely.box(0, 0, 2, 2), shapely.box(0, 0, 1, 1)]
    >>> grids, found, missing = find_parents(gpd.GeoDataFrame(given, geometry=boxes, crs=4326))
    >>> grids["parent_code"].tolist(), found, missing
    ([None, 'a'], 1, 0)
    """
    present = [key for key in LEVEL_KEYS if (grids["level"] == key).any()]
    parents = grids["parent_code"].astype(object).where(grids["parent_code"].notna(), None)
    found = missing = 0
    for above, level in pairwise(present):
        lacking = ((grids["level"] == level) & parents.isna()).to_numpy()
        if not lacking.any():
            continue
        wider = grids[grids["level"] == above]
        lon, lat = representative_points(grids.geometry.to_numpy()[lacking])
        owners = Router.build(gpd.GeoDataFrame(wider)).locate_many(lon=lon, lat=lat).code
        parents[lacking] = owners
        found += sum(owner is not None for owner in owners)
        missing += sum(owner is None for owner in owners)
    return grids.assign(parent_code=parents), found, missing


def misfits(grids: gpd.GeoDataFrame) -> dict[str, Problem]:
    """Return what keeps grids out of a tree, by their codes.

    Parameters
    ----------
    grids
        All grids of all levels.

    Returns
    -------
    dict
        A problem for each grid with an unknown level, a parent that is not of a wider level, or a
        cycle. The row of the problems is 0. A parent that is not there is no problem: the wider
        level may come later (`orphans` counts them).
    """
    codes, parents, levels = (grids[name].to_numpy(object) for name in _KIN)
    there = grids["parent_code"].where(grids["parent_code"].isin(grids["code"])).to_numpy(object)
    wrong = Kinship.of(codes, there, levels).problems()
    return {codes[at]: _misfit(levels[at], parents[at], what) for at, what in wrong.items()}


def orphans(grids: gpd.GeoDataFrame) -> int:
    """Count the grids whose parent is not among them."""
    parents = grids["parent_code"]
    return int((parents.notna() & ~parents.isin(grids["code"])).sum())


def _misfit(level: str, parent: object, what: str) -> Problem:
    if level not in LEVEL_KEYS:
        return Problem(row=0, field="level", value=level, reason="unknown_level", hint=what)
    return Problem(row=0, field="parent_code", value=str(parent), reason="unfit_parent", hint=what)


_KIN = ("code", "parent_code", "level")


def ground_of(levels: "pd.Series[str]") -> str:
    """Return the level that is to own incidents: the narrowest one that tiles the ground.

    Examples
    --------
    >>> ground_of(pd.Series(["district", "subarea", "building"]))
    'subarea'
    >>> ground_of(pd.Series([], dtype="str"))
    'subarea'
    """
    tiling = [level.key for level in FIVE_LEVEL.levels if level.tiles]
    present = [key for key in tiling if (levels == key).any()]
    return present[-1] if present else FIVE_LEVEL.ground


def scheme_for(ground: str) -> Scheme:
    """Return the five-level scheme with another ground level.

    Raises
    ------
    InputError
        The level does not tile the ground or is not known.
    """
    if ground == FIVE_LEVEL.ground:
        return FIVE_LEVEL
    return Scheme(key=f"{FIVE_LEVEL.key}_{ground}", levels=FIVE_LEVEL.levels, ground=ground)


def count_changes(stored: gpd.GeoDataFrame, fresh: gpd.GeoDataFrame, summary: Summary) -> None:
    """Count into the summary which fresh grids are new, changed or as they were."""
    known = stored[stored["code"].isin(fresh["code"])]
    changed = sum(_differences(known, fresh))
    summary.stored += len(fresh) - len(known)
    summary.updated += changed
    summary.unchanged += len(known) - changed


def _differences(known: gpd.GeoDataFrame, fresh: gpd.GeoDataFrame) -> Iterator[bool]:
    old = known.set_index("code").sort_index()
    new = fresh[fresh["code"].isin(known["code"])].set_index("code").sort_index()
    said = zip(_texts(old), _texts(new), old.geometry, new.geometry, strict=True)
    for old_text, new_text, old_shape, new_shape in said:
        yield old_text != new_text or old_shape.wkb != new_shape.wkb


def _texts(grids: gpd.GeoDataFrame) -> list[tuple[str | None, ...]]:
    plain = pd.DataFrame(grids.drop(columns="geometry")).astype(object)
    rows = plain.where(plain.notna(), None).itertuples(index=False, name=None)
    return [tuple(None if value is None else str(value) for value in row) for row in rows]


def report_faults(ground: gpd.GeoDataFrame, epsg: int, summary: Summary) -> None:
    """Write into the summary what keeps ground grids from tiling the ground, and where.

    Nothing is mended: `gis_grid.geo.coverage.propose_repair` shows how it could be.
    """
    shapes = gpd.GeoSeries(ground.geometry.to_numpy(), index=list(ground["code"]), crs=ground.crs)
    report = check_coverage(to_metric(shapes, epsg=epsg))
    if report.is_clean:
        return
    issues = report.issues
    spots = to_lonlat(gpd.GeoSeries(issues.geometry)).representative_point()
    summary.notes.append(f"ground: {report.summary}")
    for kind in KINDS:
        if report.count(kind):
            summary.suspicious[f"coverage_{kind}"] = report.count(kind)
    for kind, codes, area_m2, lon, lat in zip(
        issues["kind"], issues["rows"], issues["area_m2"], spots.x, spots.y, strict=True
    ):
        summary.faults.append(
            {
                "kind": kind,
                "grids": list(codes),
                "lon": round(lon, 7),
                "lat": round(lat, 7),
                "area_m2": float(area_m2),
            }
        )
