"""Which lattice cells an edge may touch."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis_grid.geo.compiled import kernel
from gis_grid.router.edges import Edges
from gis_grid.router.lattice import Plane, to_plane
from gis_grid.router.predicates import Point

GROWN = 1.05
"""Cells are taken this much larger. That leaves 0.025 lattice units on every side for what bends
between lon, lat and the plane (0.01 for a piece of an edge, 0.01 for a walk) and for rounding."""

REACH = GROWN * 2.0 / 3.0
"""How far a cell reaches from its centre along either lattice axis."""

PIECE_UNITS = 4.0
"""Edges are drawn in pieces of at most this length, so that few cells are tried in vain."""


class Frame(NamedTuple):
    """The cells that an index covers: a rectangle in lattice coordinates."""

    i: int
    j: int
    rows: int
    columns: int


@kernel
def touches(start: Point, stop: Point) -> bool:
    """Say whether a segment touches the grown cell around 0, 0: no axis separates the two."""
    u, other_u = 2.0 * start[0] - start[1], 2.0 * stop[0] - stop[1]
    v, other_v = 2.0 * start[1] - start[0], 2.0 * stop[1] - stop[0]
    w, other_w = start[0] + start[1], stop[0] + stop[1]
    if min(u, other_u) > GROWN or max(u, other_u) < -GROWN:
        return False
    if min(v, other_v) > GROWN or max(v, other_v) < -GROWN:
        return False
    if min(w, other_w) > GROWN or max(w, other_w) < -GROWN:
        return False
    da, db = stop[0] - start[0], stop[1] - start[1]
    # corners of the cell lie at (2, 1), (1, 2) and (1, -1) thirds, and opposite
    reach = max(abs(da - 2.0 * db), abs(2.0 * da - db), abs(da + db)) * GROWN / 3.0
    return abs(da * start[1] - db * start[0]) <= reach


@kernel
def visit(
    edge: int,
    ends: tuple[Point, Point],
    frame: Frame,
    seen: NDArray[np.int32],
    out: NDArray[np.int64],
) -> int:
    """Write the cells that a straight piece may touch, new to its edge; return how many."""
    start, stop = ends
    found = 0
    low_i, high_i = min(start[0], stop[0]) - REACH, max(start[0], stop[0]) + REACH
    low_j, high_j = min(start[1], stop[1]) - REACH, max(start[1], stop[1]) + REACH
    for i in range(math.ceil(low_i), math.floor(high_i) + 1):
        for j in range(math.ceil(low_j), math.floor(high_j) + 1):
            cell = (i - frame.i) * frame.columns + j - frame.j
            if seen[cell] == edge:
                continue
            if touches((start[0] - i, start[1] - j), (stop[0] - i, stop[1] - j)):
                seen[cell] = edge
                out[found] = cell
                found += 1
    return found


@kernel
def pieces(ends: NDArray[np.float64], plane: Plane, longest_deg: float) -> int:
    """Return into how many pieces an edge is cut: straight in the plane, and short."""
    a, b = to_plane(plane.lens, ends[0], ends[1])
    c, d = to_plane(plane.lens, ends[2], ends[3])
    units = max(abs(c - a), abs(d - b))
    degrees = math.hypot(ends[2] - ends[0], ends[3] - ends[1])
    return 1 + int(max(units / PIECE_UNITS, degrees / longest_deg))


@kernel
def rasterize(
    edges: Edges,
    plane: Plane,
    frame: Frame,
    longest_deg: float,
    count: NDArray[np.int32],
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return each pair of cell and edge that may touch, by edge; `count` gets edges per cell."""
    seen = np.full(frame.rows * frame.columns, -1, np.int32)
    room = np.empty(int(4 * (PIECE_UNITS + 2) ** 2), np.int64)
    cells = np.empty(8 * len(edges.ends) + 64, np.int64)
    owners = np.empty(8 * len(edges.ends) + 64, np.int32)
    total = 0
    for edge in range(len(edges.ends)):
        end = edges.ends[edge]
        steps = pieces(end, plane, longest_deg)
        start = to_plane(plane.lens, end[0], end[1])
        for step in range(1, steps + 1):
            t = step / steps
            lon, lat = end[0] + t * (end[2] - end[0]), end[1] + t * (end[3] - end[1])
            stop = to_plane(plane.lens, lon, lat)
            found = visit(edge, (start, stop), frame, seen, room)
            start = stop
            if total + found > len(cells):
                cells = np.concatenate((cells, np.empty_like(cells)))
                owners = np.concatenate((owners, np.empty_like(owners)))
            for place in range(found):
                cells[total] = room[place]
                owners[total] = edge
                count[room[place]] += 1
                total += 1
    return cells[:total].copy(), owners[:total].copy()
