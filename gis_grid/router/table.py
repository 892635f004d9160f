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

from gis_grid.router import lattice, raster
from gis_grid.router.edges import Edges, frozen
from gis_grid.router.lattice import Plane, cell_at, to_lonlat, to_plane
from gis_grid.router.located import OUTSIDE
from gis_grid.router.predicates import Point, crossing, kernel
from gis_grid.router.raster import Frame
from gis_grid.router.threads import in_parallel

OVERLAP = -(2**31)
"""Content of a cell in which every point has several owners, and what is said of such a point."""

WEIGHT_BITS = 32
ROW_MASK = 2**WEIGHT_BITS - 1
FINEST, COARSEST = 13, 8
"""H3 resolutions that a table may have; the bounds in `raster` are proved for these."""

MOST_CELLS = 8_000_000
FARTHEST_RAD = math.radians(55)
"""A region must lie within this angle of the centre of its face."""

HIGHEST_DEG = 75.0
"""A region must lie between these latitudes, south and north."""

CURVATURE = 30.0
"""Bound of the second derivative of the projection within `FARTHEST_RAD`, per radian."""

BEND_UNITS = 0.01
MARGIN_CELLS = 2


class Table(NamedTuple):
    """The cells around the borders of a set of grids; arrays are read-only."""

    bounds: NDArray[np.float64]
    """West, south, east, north of all edges, degrees: nothing beyond is owned."""

    to_lattice: NDArray[np.float64]
    """The plane of the lattice."""

    to_sphere: NDArray[np.float64]
    frame: NDArray[np.int64]
    """First i and j, rows and columns of the table; no columns where there is no table."""

    content: NDArray[np.int32]
    """Of each cell: its border record, or -1 outside, or -2 - row of its only owner, or OVERLAP."""

    first: NDArray[np.int32]
    """Where the edges of each border record begin in `slots`."""

    slots: NDArray[np.int32]
    """Rows of the edges."""

    reference: NDArray[np.float64]
    """Lon, lat of the reference of each border record, degrees."""

    state: NDArray[np.int64]
    """State at the reference of each border record."""


def table_of(edges: Edges, resolution: int | None = None) -> Table:
    """Return the table over a set of edges, an empty one where none can be proved right.

    Parameters
    ----------
    edges
        Borders of all grids.
    resolution
        H3 resolution of the cells; chosen from the extent when it is None.
    """
    bounds = _bounds(edges)
    if not _is_regional(bounds):
        return no_table()
    face = lattice.nearest_face(lon=(bounds[0] + bounds[2]) / 2, lat=(bounds[1] + bounds[3]) / 2)
    finest = FINEST if resolution is None else resolution
    for level in range(finest, COARSEST - 1, -1):
        plane = lattice.plane_of(face, level)
        longest_deg = math.degrees(math.sqrt(8 * BEND_UNITS * lattice.unit_rad(level) / CURVATURE))
        frame = _frame(edges, plane, longest_deg)
        if frame.rows * frame.columns <= MOST_CELLS:
            return _filled(edges, plane, frame, longest_deg)
    return no_table()


def no_table() -> Table:
    """Return a table that covers nothing."""
    nothing = frozen(np.zeros(0, np.int32))
    return Table(
        frozen(np.zeros(4)),
        frozen(np.eye(3)),
        frozen(np.eye(3)),
        frozen(np.zeros(4, np.int64)),
        nothing,
        nothing,
        nothing,
        frozen(np.zeros((0, 2))),
        frozen(np.zeros(0, np.int64)),
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
            a, b = to_plane(plane, lon, lat)
            low_a, high_a = min(low_a, a), max(high_a, a)
            low_b, high_b = min(low_b, b), max(high_b, b)
    return low_a, low_b, high_a, high_b


def _filled(edges: Edges, plane: Plane, frame: Frame, longest_deg: float) -> Table:
    count = np.zeros(frame.rows * frame.columns, np.int32)
    cells, owners = raster.rasterize(edges, plane, frame, longest_deg, count)
    border = count > 0
    content = np.where(border, np.cumsum(border, dtype=np.int32) - 1, OUTSIDE).astype(np.int32)
    first = np.concatenate([[0], np.cumsum(count[border])]).astype(np.int32)
    slots = sorted_by_cell(content, first, cells, owners)
    records = len(first) - 1
    table = Table(
        np.array(_bounds(edges)),
        plane.to_lattice,
        plane.to_sphere,
        frozen(np.array(frame, np.int64)),
        content,
        frozen(first),
        frozen(slots),
        np.empty((records, 2)),
        np.empty(records, np.int64),
    )

    def work(start: int, stop: int) -> None:
        sweep(table, edges, (start, stop))

    in_parallel(work, frame.rows, serial=64)
    return Table._make(frozen(array) for array in table)


@kernel
def sorted_by_cell(
    content: NDArray[np.int32],
    first: NDArray[np.int32],
    cells: NDArray[np.int64],
    owners: NDArray[np.int32],
) -> NDArray[np.int32]:
    """Return the edges grouped by border record, ascending in each."""
    place = first.copy()
    slots = np.empty(len(cells), np.int32)
    for pair in range(len(cells)):
        record = content[cells[pair]]
        slots[place[record]] = owners[pair]
        place[record] += 1
    return slots


@kernel
def sweep(table: Table, edges: Edges, rows: tuple[int, int]) -> None:
    """Fill contents, references and states row by row, walking in from outside."""
    plane = Plane(table.to_lattice, table.to_sphere)
    columns = table.frame[3]
    for row in range(rows[0], rows[1]):
        state, before = 0, np.int64(-1)
        for column in range(columns):
            cell = row * columns + column
            record = np.int64(table.content[cell])
            if before >= 0 or record >= 0:
                i, j = float(table.frame[0] + row), float(table.frame[1] + column)
                start = to_lonlat(plane, (i, j - 1.0))
                stop = to_lonlat(plane, (i, j))
                state += walked(table, edges, (before, record), (start, stop))
            if record >= 0:
                table.reference[record] = to_lonlat(plane, (i, j))
                table.state[record] = state
            else:
                table.content[cell] = content_of(state)
            before = record


@kernel
def walked(table: Table, edges: Edges, records: tuple[np.int64, np.int64], walk: tuple[Point, Point]) -> int:
    """Return the change of the state on a walk between the references of two neighbours."""
    change = 0
    known = 0
    for side in range(2):
        record = records[side]
        if record < 0:
            continue
        for slot in range(table.first[record], table.first[record + 1]):
            edge = table.slots[slot]
            if side == 1 and records[0] >= 0:
                # both lists ascend: an edge of the first list is counted there
                known = skip_to(table, records[0], known, edge)
                if known < table.first[records[0] + 1] and table.slots[known] == edge:
                    continue
            change += weight_crossed(edges, edge, walk)
    return change


@kernel
def skip_to(table: Table, record: int, place: int, edge: int) -> int:
    """Return the first place at or after `place` in a record's list whose edge is not before."""
    place = max(place, table.first[record])
    while place < table.first[record + 1] and table.slots[place] < edge:
        place += 1
    return place


@kernel
def weight_crossed(edges: Edges, edge: int, walk: tuple[Point, Point]) -> int:
    """Return the change of the state when a walk crosses an edge, 0 when it does not."""
    end = edges.ends[edge]
    way = crossing((end[0], end[1]), (end[2], end[3]), walk[0], walk[1])
    return way * edges.weight[edge]  # type: ignore[no-any-return]


@kernel
def content_of(state: int) -> int:
    """Return what a cell without borders holds."""
    if state == 0:
        return OUTSIDE
    if state >> WEIGHT_BITS == 1:
        return OUTSIDE - 1 - (state & ROW_MASK)
    return OVERLAP


@kernel
def owner_by_table(table: Table, edges: Edges, point: Point) -> int:
    """Return the row of the owner, -1 outside, OVERLAP where grids overlap."""
    west, south, east, north = table.bounds
    if not (west <= point[0] <= east and south <= point[1] <= north):
        return OUTSIDE
    i, j = cell_at(to_plane(Plane(table.to_lattice, table.to_sphere), point[0], point[1]))
    row, column = i - table.frame[0], j - table.frame[1]
    if not (0 <= row < table.frame[2] and 0 <= column < table.frame[3]):
        return OUTSIDE
    content = table.content[row * table.frame[3] + column]
    if content < 0:
        return owner_of(content)
    reference = table.reference[content]
    walk = ((reference[0], reference[1]), point)
    state = table.state[content]
    for slot in range(table.first[content], table.first[content + 1]):
        state += weight_crossed(edges, table.slots[slot], walk)
    return owner_of(content_of(state))


@kernel
def owner_of(content: int) -> int:
    """Return the row that a cell's content stands for, OUTSIDE or OVERLAP."""
    return content if content >= OUTSIDE or content == OVERLAP else OUTSIDE - 1 - content
