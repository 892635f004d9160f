"""The borders of all grids as one set of edges, each with what changes when it is crossed.

The *state* of a place is the sum of `WEIGHT + row` over the grids that hold it: 0 outside,
`WEIGHT + row` inside one grid, at least ``2 * WEIGHT`` where grids overlap. Crossing an edge to
its left adds its weight to the state. Edges that neighbours share are stored once.
"""

from typing import NamedTuple, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_grid.geo.compiled import kernel
from gis_grid.router.predicates import TINY_DEG

WEIGHT = 1 << 32
"""What one grid adds to the state, beside its row."""

RUN = 32
"""Edges of a grid that follow each other and share a box."""

Scalar = TypeVar("Scalar", bound=np.generic)


class Edges(NamedTuple):
    """Edges of a set of grids; arrays are read-only."""

    ends: NDArray[np.float64]
    """Lon, lat of the western end, then of the other; degrees, shape ``(m, 4)``."""

    weight: NDArray[np.int64]
    """Change of the state from right to left, shape ``(m,)``."""

    first: NDArray[np.int64]
    """Where the edges of each grid begin in `of_grid`, shape ``(grids + 1,)``."""

    of_grid: NDArray[np.int32]
    """Rows of `ends`, grid by grid, along its rings."""

    boxes: NDArray[np.float64]
    """West, south, east, north of each `RUN` of a grid's edges, degrees."""

    first_box: NDArray[np.int64]
    """Where the boxes of each grid begin in `boxes`, shape ``(grids + 1,)``."""


def edges_of(shapes: NDArray[np.object_]) -> Edges:
    """Return the edges of valid polygons; a grid's own order of edges is kept.

    Parameters
    ----------
    shapes
        Valid Polygons or MultiPolygons in lon, lat degrees, shape ``(grids,)``; None and empty
        ones have no edges.

    Examples
    --------
    >>> two = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), None])
    >>> edges = edges_of(two)
    >>> len(edges.ends), edges.first.tolist()
    (7, [0, 4, 8, 8])
    """
    begins, ends, grid = _directed(shapes)
    turned = (begins[:, 0] > ends[:, 0]) | (
        (begins[:, 0] == ends[:, 0]) & (begins[:, 1] > ends[:, 1])
    )
    both = np.hstack([begins, ends])
    del begins, ends  # a city's edges are large
    both[turned] = both[turned][:, [2, 3, 0, 1]]
    change = np.where(turned, -1, 1) * (WEIGHT + grid)
    of_grid, count = number_alike(both.view(np.int64))
    weight = np.zeros(count, np.int64)
    np.add.at(weight, of_grid, change)
    unique = np.empty((count, 4))
    unique[of_grid] = both
    first = np.searchsorted(grid, np.arange(len(shapes) + 1))
    boxes, first_box = _boxes(both, first)
    parts = (unique, weight, first, of_grid, boxes, first_box)
    return Edges._make(frozen(part) for part in parts)


def _boxes(
    ends: NDArray[np.float64], first: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the boxes around runs of edges, and where those of each grid begin."""
    count = -(-np.diff(first) // RUN)
    first_box = np.concatenate([[0], np.cumsum(count)])
    run = np.arange(first_box[-1]) - np.repeat(first_box[:-1], count)
    starts = np.repeat(first[:-1], count) + RUN * run
    if not len(starts):
        return np.empty((0, 4)), first_box
    south, north = np.minimum(ends[:, 1], ends[:, 3]), np.maximum(ends[:, 1], ends[:, 3])
    low = [np.minimum.reduceat(part, starts) for part in (ends[:, 0], south)]
    high = [np.maximum.reduceat(part, starts) for part in (ends[:, 2], north)]
    return np.column_stack([*low, *high]), first_box


def frozen(array: NDArray[Scalar]) -> NDArray[Scalar]:
    """Return a read-only view, so that kernels are compiled for one kind of array only."""
    view = array.view()
    view.flags.writeable = False
    return view


def _directed(
    shapes: NDArray[np.object_],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return begin, end and grid of each edge, the inside on its left."""
    parts, grid_of_part = shapely.get_parts(shapely.orient_polygons(shapes), return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    xy[np.abs(xy) < TINY_DEG] = 0.0
    step = (ring[1:] == ring[:-1]) & (xy[1:] != xy[:-1]).any(axis=1)
    grid = grid_of_part[part_of_ring[ring[:-1][step]]]
    return xy[:-1][step], xy[1:][step], grid


@kernel
def number_alike(rows: NDArray[np.int64]) -> tuple[NDArray[np.int32], int]:
    """Give equal rows one number, from 0 in order of appearance; return numbers and count."""
    size = 16
    while size < 2 * len(rows):
        size *= 2
    table = np.full(size, -1, np.int32)
    number = np.empty(len(rows), np.int32)
    sample = np.empty(len(rows), np.int32)
    count = 0
    for row in range(len(rows)):
        slot = np.uint64(0)
        for column in range(rows.shape[1]):
            slot = (slot ^ np.uint64(rows[row, column])) * np.uint64(0x9E3779B97F4A7C15)
            slot ^= slot >> np.uint64(29)
        at = np.int64(slot & np.uint64(size - 1))
        while table[at] >= 0 and not _equal(rows, sample[table[at]], row):
            at = (at + 1) & (size - 1)
        if table[at] < 0:
            table[at] = count
            sample[count] = row
            count += 1
        number[row] = table[at]
    return number, count


@kernel
def _equal(rows: NDArray[np.int64], one: int, other: int) -> bool:
    same = True
    for column in range(rows.shape[1]):
        same &= rows[one, column] == rows[other, column]
    return same
