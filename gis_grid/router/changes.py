"""Where the owner of a point may differ between two sets of grids.

docs/algorithms/rerouting.md explains how, and why no point is forgotten.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis_grid.geo.crs import require_lonlat
from gis_grid.router.cells import DIGIT_BITS, FINEST, RESOLUTION, Cells
from gis_grid.router.doors import require_codes, require_lonlat_polygons
from gis_grid.router.index import Router
from gis_grid.router.touched import EVERYTHING, Box, Ranges, box_of, difference, touched

MOST_GRIDS = 2_000
"""When more grids than this changed, everything is looked at again."""

MOST_RANGES = 2_000
NEAR = 7
"""Ranges with fewer cells than this between them become one: a scan costs more than a few rows."""

GLOBE: Box = (-180.0, -90.0, 180.0, 90.0)

BASE_BITS, BASE_SHIFT = 127, 45
DIGITS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Where the owner of a point may have changed."""

    codes: tuple[str, ...]
    """Grids that came, went, changed their shape or their rank, in order."""

    ranges: tuple[tuple[int, int], ...]
    """First and last cell, of resolution 12, of ranges that hold every such point; ascending,
    without overlap."""

    boxes: tuple[Box, ...]
    """West, south, east, north of boxes that hold every such point, degrees."""


def changes_between(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, *, code: str = "code") -> Changes:
    """Find where points may have another owner among `new` grids than among `old` ones.

    Every point whose owner differs between ``Router.build(old)`` and ``Router.build(new)``, or that
    just one of them leaves outside, has its cell in one of the ranges and lies in one of the boxes.
    The converse does not hold: cells are taken whole, and ranges near to each other become one.

    Parameters
    ----------
    old, new
        Grids in EPSG:4326 as `Router.build` takes them. A missing or empty shape owns nothing.
    code
        Column of their codes.

    Raises
    ------
    CrsError
        The grids are not in lon, lat.
    GeometryError
        A changed shape is invalid or no polygon.
    InputError
        The column is missing, or a code is missing or used twice.

    Examples
    --------
    >>> def grids(codes, *boxes):
    ...     shapes = [shapely.box(*box) for box in boxes]
    ...     return gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs="EPSG:4326")
    >>> old = grids(["a", "b"], (0, 0, 3e-3, 1e-3), (3e-3, 0, 4e-3, 1e-3))
    >>> new = grids(["a", "b"], (0, 0, 2e-3, 1e-3), (2e-3, 0, 4e-3, 1e-3))
    >>> changes = changes_between(old, new)
    >>> changes.codes, changes.boxes[0]
    (('a', 'b'), (0.0, 0.0, 0.003, 0.001))
    >>> changes_between(old, old)
    Changes(codes=(), ranges=(), boxes=())
    """
    pairs = dict(_changed(old, new, code))
    if len(pairs) > MOST_GRIDS:
        return Changes(codes=tuple(sorted(pairs)), ranges=_pairs(EVERYTHING), boxes=(GLOBE,))
    found: list[Ranges] = []
    boxes: dict[Box, None] = {}
    for before, after in pairs.values():
        edges = difference(before, after)
        if len(edges.ends):
            found.append(touched(edges, before, after))
            boxes[box_of(edges)] = None
    return Changes(codes=tuple(sorted(pairs)), ranges=_pairs(merged(found)), boxes=tuple(boxes))


def router_around(
    grids: gpd.GeoDataFrame, *, lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> Router:
    """Return a router over the few grids that may own one of some points.

    It answers for these points as a router over all grids does, and is built in milliseconds.

    Parameters
    ----------
    grids
        Grids in EPSG:4326, with their `code`.
    lon, lat
        WGS-84 degrees, shape ``(n,)``; a missing coordinate has no owner.

    Examples
    --------
    >>> shapes = [shapely.box(x, 0, x + 1, 1) for x in range(9)]
    >>> grids = gpd.GeoDataFrame({"code": list("abcdefghi")}, geometry=shapes, crs="EPSG:4326")
    >>> router_around(grids, lon=np.array([2.5, np.nan]), lat=np.array([0.5, 0.5])).codes.tolist()
    ['c']
    """
    tree = shapely.STRtree(grids.geometry.to_numpy())
    rows = np.unique(tree.query(shapely.points(lon, lat))[1])  # boxes that touch, no more
    return Router.build(gpd.GeoDataFrame(grids.iloc[rows]))


Shape = BaseGeometry | None


def _changed(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, code: str
) -> Iterator[tuple[str, tuple[Shape, Shape]]]:
    """Yield each changed grid with its two shapes; where its rank changed, all of it and None."""
    require_lonlat(old, "old grids")
    require_lonlat(new, "new grids")
    was, now = require_codes(old, code), require_codes(new, code)
    mine, yours = old.geometry.to_numpy(), new.geometry.to_numpy()
    place = pd.Index(now).get_indexer(pd.Index(was))
    kept = np.flatnonzero(place >= 0)
    there = place[kept]
    moved = there != np.sort(there)  # what it overlaps with may change hands
    alike = shapely.equals_exact(mine[kept], yours[there]) & ~moved
    left = np.delete(np.arange(len(was)), kept[alike])
    right = np.delete(np.arange(len(now)), there[alike])
    require_lonlat_polygons(gpd.GeoDataFrame(old.iloc[left]))
    require_lonlat_polygons(gpd.GeoDataFrame(new.iloc[right]))
    before = dict(zip(was[left], mine[left], strict=True))
    after = dict(zip(now[right], yours[right], strict=True))
    turned = set(was[kept[moved]])
    for name in dict.fromkeys([*before, *after]):
        shapes = before.get(name), after.get(name)
        if name in turned:
            yield name, (shapely.union_all([*shapes]), None)
        elif any(shape is not None for shape in shapes):
            yield name, shapes


def merged(found: list[Ranges]) -> Ranges:
    """Return ranges ascending and without overlap; those near to each other become one.

    Examples
    --------
    >>> neighbours = np.array([0x8C302E48D3823FF, 0x8C302E48D3821FF])
    >>> [hex(end[0]) for end in merged([(neighbours, neighbours)])]
    ['0x8c302e48d3821ff', '0x8c302e48d3823ff']
    >>> merged([])[0].size
    0
    """
    low = np.concatenate([np.empty(0, np.int64), *(start for start, _ in found)])
    high = np.concatenate([np.empty(0, np.int64), *(stop for _, stop in found)])
    order = np.argsort(low, kind="stable")
    low, high = low[order], np.maximum.accumulate(high[order])
    gaps = ordinals(low[1:]) - ordinals(high[:-1])
    near = NEAR
    while np.count_nonzero(gaps > near) >= MOST_RANGES:
        near *= DIGITS
    apart = np.flatnonzero(gaps > near)
    starts = np.concatenate([[0], apart + 1])[: len(low)]
    ends = np.concatenate([apart, [len(low) - 1]])[: len(starts)]
    return low[starts], high[ends]


def ordinals(cells: Cells) -> Cells:
    """Return the place of each cell of resolution 12 in the order of all of them.

    Neighbours in this order are 1 apart, but where a pentagon has no child.

    Examples
    --------
    >>> first = ordinals(np.array([0x8C302E48D3821FF, 0x8C302E48D3823FF]))
    >>> int(first[1] - first[0])
    1
    """
    place = cells >> BASE_SHIFT & BASE_BITS
    for level in range(1, RESOLUTION + 1):
        digit = cells >> DIGIT_BITS * (FINEST - level) & (1 << DIGIT_BITS) - 1
        place = place * DIGITS + digit
    return place


def _pairs(ends: Ranges) -> tuple[tuple[int, int], ...]:
    low, high = ends
    return tuple(zip(low.tolist(), high.tolist(), strict=True))
