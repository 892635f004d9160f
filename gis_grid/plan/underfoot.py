"""The block under each of a million points, without making a geometry of any of them."""

import numpy as np
import shapely

from gis_grid.geo.compiled import kernel
from gis_grid.plan.arrays import Floats, Ints, Shapes
from gis_grid.plan.rings import rings_of

NOWHERE = -1
"""The block of a point that no block holds."""

_SURE_M = 1e-6
"""A point nearer to a border than this is left to an exact predicate."""

_UNSURE = -2


def blocks_under(shapes: Shapes, xy_m: Floats) -> Ints:
    """Return the block that each point stands on, -1 for none.

    Parameters
    ----------
    shapes
        Polygons and MultiPolygons on a metric plane.
    xy_m
        Points on it, shape ``(n, 2)``; one that is not finite is nowhere.

    Returns
    -------
    int array
        A point on the border of blocks stands on the one with the lowest number.

    Examples
    --------
    >>> two = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> blocks_under(two, np.array([[1.5, 0.5], [1.0, 0.5], [3.0, 0.5], [np.nan, 0.0]])).tolist()
    [1, 0, -1, -1]
    >>> blocks_under(two[:0], np.array([[0.0, 0.0]])).tolist()
    [-1]
    """
    rings = rings_of(shapes)
    finite = np.flatnonzero(np.isfinite(xy_m).all(axis=1))
    found = np.full(len(xy_m), NOWHERE, np.int64)
    if not len(rings.xy) or not len(finite):
        return found
    bounds = shapely.bounds(shapes)
    side = np.sqrt(np.nanprod(np.ptp(rings.xy, axis=0)) / max(len(shapes), 1)) / 2 or 1.0
    frame = np.array([*np.nanmin(bounds[:, :2], axis=0), *np.nanmax(bounds[:, 2:], axis=0), side])
    first = np.searchsorted(rings.owner, np.arange(len(shapes) + 1))
    start, listed = _listed(bounds, frame)
    found[finite] = _under(
        xy_m[finite], frame, (start, listed), bounds, rings.xy, rings.ring, first
    )
    unsure = np.flatnonzero(found == _UNSURE)
    found[unsure] = _exact(shapes, xy_m[unsure])
    return found


def _exact(shapes: Shapes, xy_m: Floats) -> Ints:
    point, block = shapely.STRtree(shapes).query(shapely.points(xy_m), predicate="intersects")
    lowest = np.full(len(xy_m), len(shapes), np.int64)
    np.minimum.at(lowest, point, block)
    return np.where(lowest < len(shapes), lowest, NOWHERE)


@kernel
def _cell(x: float, y: float, frame: Floats) -> tuple[int, int, int]:
    """Return column and row of the cell of a point, and how many columns there are."""
    wide = int((frame[2] - frame[0]) / frame[4]) + 1
    return int((x - frame[0]) / frame[4]), int((y - frame[1]) / frame[4]), wide


@kernel
def _listed(bounds: Floats, frame: Floats) -> tuple[Ints, Ints]:
    """Return the blocks whose box touches each cell, ascending, and where each cell's begin."""
    _, top, wide = _cell(frame[2], frame[3], frame)
    start = np.zeros(wide * (top + 1) + 1, np.int64)
    listed = np.empty(0, np.int64)
    for turn in range(2):  # counted first, then written
        at = start.copy()
        for block in range(len(bounds)):
            if np.isnan(bounds[block, 0]):
                continue
            a, b, _ = _cell(bounds[block, 0], bounds[block, 1], frame)
            c, d, _ = _cell(bounds[block, 2], bounds[block, 3], frame)
            for row in range(b, d + 1):
                for column in range(a, c + 1):
                    cell = row * wide + column
                    if turn:
                        listed[at[cell]] = block
                        at[cell] += 1
                    else:
                        start[cell + 1] += 1
        if not turn:
            start = np.cumsum(start)
            listed = np.empty(start[-1], np.int64)
    return start, listed


@kernel
def _under(  # noqa: PLR0913, PLR0917 - the compiler has no objects
    points: Floats,
    frame: Floats,
    cells: tuple[Ints, Ints],
    bounds: Floats,
    xy: Floats,
    ring: Ints,
    first: Ints,
) -> Ints:
    start, listed = cells
    found = np.full(len(points), -1, np.int64)
    for i in range(len(points)):
        x, y = points[i]
        if x < frame[0] or x > frame[2] or y < frame[1] or y > frame[3]:
            if _is_near(x, y, frame):
                found[i] = -2
            continue
        column, row, wide = _cell(x, y, frame)
        cell = row * wide + column
        for at in range(start[cell], start[cell + 1]):
            block = listed[at]
            if not _is_near(x, y, bounds[block]):
                continue
            where = _side_of(xy, ring, first[block], first[block + 1], x, y)
            if where:
                found[i] = block if where > 0 else -2
                break
    return found


@kernel
def _is_near(x: float, y: float, box: Floats) -> bool:
    west, south = box[0] - _SURE_M, box[1] - _SURE_M
    return bool(west <= x <= box[2] + _SURE_M and south <= y <= box[3] + _SURE_M)


@kernel
def _side_of(xy: Floats, ring: Ints, first: int, last: int, x: float, y: float) -> int:
    """Return 1 for a point inside rings, 0 outside, -1 so near to them that it is not sure."""
    inside = 0
    for i in range(first, last - 1):
        if ring[i + 1] != ring[i]:
            continue
        ax, ay, bx, by = xy[i, 0], xy[i, 1], xy[i + 1, 0], xy[i + 1, 1]
        if y < min(ay, by) - _SURE_M or y > max(ay, by) + _SURE_M:
            continue
        dx, dy = bx - ax, by - ay
        along = ((x - ax) * dx + (y - ay) * dy) / max(dx * dx + dy * dy, 1e-300)
        along = min(max(along, 0.0), 1.0)
        if np.hypot(x - ax - along * dx, y - ay - along * dy) <= _SURE_M:
            return -1
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            inside = 1 - inside
    return inside
