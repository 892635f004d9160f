"""The dense table of lattice cells: an owner, or what is needed to find one in a border cell.

A border cell keeps the state (see `edges`) at one place in it, its reference, and the edges that
may touch the cell. The state at any point of the cell is that of the reference plus the weights of
the edges crossed on the straight walk to the point, each with its sign. The sum does not depend on
the order of the crossings, nor on whether grids leave gaps or overlap.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis_grid.geo.compiled import kernel
from gis_grid.router import lattice, raster
from gis_grid.router.edges import Edges, frozen
from gis_grid.router.lattice import Plane, to_lonlat, to_plane
from gis_grid.router.located import OUTSIDE
from gis_grid.router.predicates import Point, crossing, side
from gis_grid.router.raster import Frame
from gis_grid.router.threads import in_parallel

OVERLAP = -(2**31)
"""Content of a cell in which every point has several owners, and what is said of such a point."""

WEIGHT_BITS = 32
ROW_MASK = (1 << WEIGHT_BITS) - 1
FINEST, COARSEST = 13, 8
"""H3 resolutions that a table may have; the bounds in `raster` are proved for these."""

MOST_CELLS = 12_000_000
CELLS_AN_EDGE, FEW_CELLS = 32, 100_000
"""A table has at most so many cells for each edge, but may always have a few: a wide region with
few edges needs no fine table."""

FARTHEST_RAD = math.radians(55)
"""A region must lie within this angle of the centre of its face."""

HIGHEST_DEG = 75.0
"""A region must lie between these latitudes, south and north."""

CURVATURE = 30.0
"""Bound of the second derivative of the projection within `FARTHEST_RAD`, per radian."""

BEND_UNITS = 0.01
MARGIN_CELLS = 2
HEAD, PER_EDGE = 4, 5
"""Floats of a border record before its edges, and for each edge."""

LENS_SIZE = 13


class Table(NamedTuple):
    """The cells around the borders of a set of grids; arrays are read-only."""

    bounds: NDArray[np.float64]
    """West, south, east, north of all edges, degrees: nothing beyond is owned."""

    lens: NDArray[np.float64]
    """The plane of the lattice, see `lattice.Lens`."""

    frame: NDArray[np.int64]
    """First i and j, rows and columns of the table; no columns where there is no table."""

    content: NDArray[np.int32]
    """Of each cell: place of its border record, or -1 outside, -2 - row of its only owner, OVERLAP.
    """

    records: NDArray[np.float64]
    """One after the other: lon, lat and state of the reference, number of edges; then of each edge
    both ends and its weight, turned so that the reference lies on its right."""


def table_of(edges: Edges, resolution: int | None = None) -> Table:
    """Return the table over a set of edges, an empty one where none can be proved right.

    Parameters
    ----------
    edges
        Borders of all grids.
    resolution
        H3 resolution of the cells, coarser where that would take too many; None is the finest.
    """
    bounds = _bounds(edges)
    if not _is_regional(bounds):
        return no_table()
    lon, lat = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    face = lattice.nearest_face(lon=lon, lat=lat)
    finest = FINEST if resolution is None else resolution
    most = min(MOST_CELLS, max(FEW_CELLS, CELLS_AN_EDGE * len(edges.ends)))
    for level in range(finest, COARSEST - 1, -1):
        plane = lattice.plane_of(face, level, lon=lon, lat=lat)
        longest_deg = math.degrees(math.sqrt(8 * BEND_UNITS * lattice.unit_rad(level) / CURVATURE))
        frame = _frame(edges, plane, longest_deg)
        if frame.rows * frame.columns <= most:
            return _filled(edges, plane, frame, longest_deg)
    return no_table()


def no_table() -> Table:
    """Return a table that covers nothing."""
    return Table(
        frozen(np.zeros(4)),
        frozen(np.zeros(LENS_SIZE)),
        frozen(np.zeros(4, np.int64)),
        frozen(np.zeros(0, np.int32)),
        frozen(np.zeros(0)),
    )


def _bounds(edges: Edges) -> tuple[float, float, float, float]:
    if len(edges.ends) == 0:
        return math.nan, math.nan, math.nan, math.nan
    low, high = edges.ends.min(axis=0), edges.ends.max(axis=0)
    return low[0], min(low[1], low[3]), high[2], max(high[1], high[3])


def _is_regional(bounds: tuple[float, float, float, float]) -> bool:
    """Say whether the plane of one face serves the whole region within the proved bounds."""
    west, south, east, north = bounds
    if not max(-south, north) <= HIGHEST_DEG:  # NaN is no region
        return False
    lon, lat = (west + east) / 2, (south + north) / 2
    normal = lattice.FRAMES[lattice.nearest_face(lon=lon, lat=lat), 2]
    away = math.acos(min(1.0, float(normal @ np.array(lattice.on_sphere(lon, lat)))))
    radius = math.radians((east - west) / 2 + (north - south) / 2)
    return away + radius <= FARTHEST_RAD


def _frame(edges: Edges, plane: Plane, longest_deg: float) -> Frame:
    low_a, low_b, high_a, high_b = extent(edges, plane, longest_deg)
    i, j = math.floor(low_a) - MARGIN_CELLS, math.floor(low_b) - MARGIN_CELLS
    rows = math.ceil(high_a) + MARGIN_CELLS + 1 - i
    return Frame(i, j, rows, math.ceil(high_b) + MARGIN_CELLS + 1 - j)


@kernel
def extent(edges: Edges, plane: Plane, longest_deg: float) -> tuple[float, float, float, float]:
    """Return the least and greatest lattice coordinates of all edges, cut into pieces."""
    low_a, low_b, high_a, high_b = math.inf, math.inf, -math.inf, -math.inf
    for edge in range(len(edges.ends)):
        end = edges.ends[edge]
        steps = 1 + int(math.hypot(end[2] - end[0], end[3] - end[1]) / longest_deg)
        for step in range(steps + 1):
            t = step / steps
            lon, lat = end[0] + t * (end[2] - end[0]), end[1] + t * (end[3] - end[1])
            a, b = to_plane(plane.lens, lon, lat)
            low_a, high_a = min(low_a, a), max(high_a, a)
            low_b, high_b = min(low_b, b), max(high_b, b)
    return low_a, low_b, high_a, high_b


def _filled(edges: Edges, plane: Plane, frame: Frame, longest_deg: float) -> Table:
    count = np.zeros(frame.rows * frame.columns, np.int32)
    cells, owners = raster.rasterize(edges, plane, frame, longest_deg, count)
    content = count
    first = number_lists(content)
    lists = Lists(first, sorted_by_cell(content, first, cells, owners))
    del cells, owners
    records = np.empty(record_place(first, len(first) - 1))

    def work(start: int, stop: int) -> None:
        sweep(lists, edges, (plane, frame), (start, stop), (content, records))

    in_parallel(work, frame.rows, serial=64)
    return Table(
        frozen(np.array(_bounds(edges))),
        frozen(np.array(plane.lens)),
        frozen(np.array(frame, np.int64)),
        frozen(content),
        frozen(records),
    )


class Lists(NamedTuple):
    """The edges of each border cell while a table is built."""

    first: NDArray[np.int64]
    """Where the edges of each list begin in `edges`."""

    edges: NDArray[np.int32]
    """Rows of the edges, ascending in each list."""


@kernel
def number_lists(count: NDArray[np.int32]) -> NDArray[np.int64]:
    """Turn counts of edges into numbers of lists, -1 where there are none.

    Returns where the edges of each list begin, and the last ones end.
    """
    lists = 0
    for cell in range(len(count)):
        lists += count[cell] > 0
    first = np.zeros(lists + 1, np.int64)
    number = 0
    for cell in range(len(count)):
        edges = count[cell]
        count[cell] = number if edges else OUTSIDE
        if edges:
            first[number + 1] = first[number] + edges
            number += 1
    return first


@kernel
def record_place(first: NDArray[np.int64], number: int) -> int:
    """Return where the record of a list begins."""
    return HEAD * number + PER_EDGE * first[number]  # type: ignore[no-any-return]


@kernel
def sorted_by_cell(
    number: NDArray[np.int32],
    first: NDArray[np.int64],
    cells: NDArray[np.int64],
    owners: NDArray[np.int32],
) -> NDArray[np.int32]:
    """Return the edges grouped by the list of their cell, ascending in each."""
    place = first.copy()
    grouped = np.empty(len(cells), np.int32)
    for pair in range(len(cells)):
        at = number[cells[pair]]
        grouped[place[at]] = owners[pair]
        place[at] += 1
    return grouped


@kernel
def sweep(
    lists: Lists,
    edges: Edges,
    lattice_of: tuple[Plane, Frame],
    rows: tuple[int, int],
    out: tuple[NDArray[np.int32], NDArray[np.float64]],
) -> None:
    """Turn numbers of lists into contents, and fill records, row by row from outside."""
    plane, frame = lattice_of
    content, records = out
    for row in range(rows[0], rows[1]):
        state, before = 0, np.int64(-1)
        for column in range(frame.columns):
            cell = row * frame.columns + column
            here = np.int64(content[cell])
            stop = (0.0, 0.0)
            if before >= 0 or here >= 0:
                i, j = float(frame.i + row), float(frame.j + column)
                start, stop = to_lonlat(plane, (i, j - 1.0)), to_lonlat(plane, (i, j))
                state += walked(lists, edges, (before, here), (start, stop))
            if here >= 0:
                place = record_place(lists.first, int(here))
                write_record(lists, edges, int(here), (stop, state), records[place:])
                content[cell] = place
            else:
                content[cell] = content_of(state)
            before = here


@kernel
def walked(
    lists: Lists, edges: Edges, numbers: tuple[np.int64, np.int64], walk: tuple[Point, Point]
) -> int:
    """Return the change of the state on a walk between the references of two neighbours."""
    change = 0
    one, other = numbers
    known = np.int64(0)
    if one >= 0:
        known = lists.first[one]
        for place in range(lists.first[one], lists.first[one + 1]):
            change += weight_crossed(edges, lists.edges[place], walk)
    if other >= 0:
        for place in range(lists.first[other], lists.first[other + 1]):
            edge = lists.edges[place]
            if one >= 0:  # both lists ascend; what is in the first was counted
                while known < lists.first[one + 1] and lists.edges[known] < edge:
                    known += 1
                if known < lists.first[one + 1] and lists.edges[known] == edge:
                    continue
            change += weight_crossed(edges, edge, walk)
    return change


@kernel
def weight_crossed(edges: Edges, edge: int, walk: tuple[Point, Point]) -> int:
    """Return the change of the state when a walk crosses an edge, 0 when it does not."""
    ends = edges.ends
    a, b = (ends[edge, 0], ends[edge, 1]), (ends[edge, 2], ends[edge, 3])
    return crossing(a, b, walk[0], walk[1]) * edges.weight[edge]  # type: ignore[no-any-return]


@kernel
def write_record(
    lists: Lists,
    edges: Edges,
    number: int,
    reference: tuple[Point, int],
    record: NDArray[np.float64],
) -> None:
    """Write the record of a border cell."""
    where, state = reference
    first, stop = lists.first[number], lists.first[number + 1]
    record[0], record[1] = where
    record[2], record[3] = state, stop - first
    at = HEAD
    for place in range(first, stop):
        edge = lists.edges[place]
        end = edges.ends[edge]
        turned = side((end[0], end[1]), (end[2], end[3]), where) > 0
        for corner in range(2):
            from_end = 2 * corner if not turned else 2 - 2 * corner
            record[at + 2 * corner] = end[from_end]
            record[at + 2 * corner + 1] = end[from_end + 1]
        record[at + 4] = -edges.weight[edge] if turned else edges.weight[edge]
        at += PER_EDGE


@kernel
def content_of(state: int) -> int:
    """Return what a cell without borders holds."""
    if state == 0:
        return OUTSIDE
    if state >> WEIGHT_BITS == 1:
        return OUTSIDE - 1 - (state & ROW_MASK)
    return OVERLAP


@kernel
def owner_of(content: int) -> int:
    """Return the row that the content of a cell without borders stands for."""
    return content if content >= OUTSIDE or content == OVERLAP else OUTSIDE - 1 - content
