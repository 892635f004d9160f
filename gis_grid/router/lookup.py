"""Which grid owns each point, by the table: a block of addresses, their contents, then borders.

The three steps are apart because the first is plain arithmetic that the compiler makes vectors of,
and because the processor then waits for many cells at once instead of one after the other.
"""

import numpy as np
from numpy.typing import NDArray

from gis_grid.geo.compiled import kernel
from gis_grid.router.lattice import Lens, cell_at, to_plane
from gis_grid.router.located import OUTSIDE
from gis_grid.router.predicates import Point, side, side_of_walk, without_dust
from gis_grid.router.table import HEAD, OVERLAP, PER_EDGE, Table, content_of, owner_of

BLOCK = 1024
"""Points whose addresses are kept at a time; they fit into the first cache."""

Corners = tuple[float, float, float, float]


@kernel
def fill_by_table(
    table: Table,
    points: tuple[NDArray[np.float64], NDArray[np.float64]],
    out: NDArray[np.int32],
) -> int:
    """Fill `out` with the owner of each point, OVERLAP where grids overlap; count those."""
    lens, bounds, frame = lens_of(table.lens), corners_of(table.bounds), corners_of(table.frame)
    room = min(BLOCK, len(out))
    addresses, borders = np.empty(room, np.int32), np.empty(room, np.int32)
    overlaps = 0
    for start in range(0, len(out), BLOCK):
        lon, lat = points[0][start : start + BLOCK], points[1][start : start + BLOCK]
        owners = out[start : start + BLOCK]
        address(lens, bounds, frame, (lon, lat), addresses)
        overlaps += settle(table.content, addresses, owners, borders)
        overlaps += cross(table.records, (lon, lat), (addresses, borders), owners)
    return overlaps


@kernel
def owner_at(table: Table, lon: float, lat: float) -> int:
    """Return the owner of one point, OVERLAP where grids overlap.

    As `fill_by_table`, but numbers come and go: making arrays for them in Python takes longer than
    the look-up.
    """
    lens, bounds, frame = lens_of(table.lens), corners_of(table.bounds), corners_of(table.frame)
    points = (np.full(1, lon), np.full(1, lat))
    addresses, borders, owner = np.empty(1, np.int32), np.empty(1, np.int32), np.empty(1, np.int32)
    address(lens, bounds, frame, points, addresses)
    settle(table.content, addresses, owner, borders)
    cross(table.records, points, (addresses, borders), owner)
    return int(owner[0])


@kernel
def address(
    lens: Lens,
    bounds: Corners,
    frame: Corners,
    points: tuple[NDArray[np.float64], NDArray[np.float64]],
    out: NDArray[np.int32],
) -> None:
    """Fill `out` with the place of each point's cell in the table, -1 beyond it.

    No branches: what is chosen is chosen by the compiler's masks.
    """
    lon, lat = points
    west, south, east, north = bounds
    i0, j0, rows, columns = frame
    for at in range(len(lon)):
        x, y = lon[at], lat[at]
        i, j = cell_at(to_plane(lens, x, y))
        row, column = i - i0, j - j0
        inside = (west <= x) & (x <= east) & (south <= y) & (y <= north)  # NaN is not
        inside &= (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
        out[at] = np.int32(row * columns + column) if inside else np.int32(OUTSIDE)


@kernel
def settle(
    content: NDArray[np.int32],
    addresses: NDArray[np.int32],
    owners: NDArray[np.int32],
    borders: NDArray[np.int32],
) -> int:
    """Fill `owners` where a cell has one; list the others. Returns how many lie in overlaps.

    `addresses` become contents. `borders` gets the places of points in border cells and, where
    there are fewer of them, OUTSIDE behind the last.
    """
    waiting, overlaps = 0, 0
    for at in range(len(owners)):
        place = addresses[at]
        found = int(content[place]) if place >= 0 else OUTSIDE
        addresses[at], owners[at] = found, owner_of(found)
        borders[waiting] = at
        waiting += found >= 0
        overlaps += found == OVERLAP
    if waiting < len(borders):
        borders[waiting] = OUTSIDE
    return overlaps


@kernel
def cross(
    records: NDArray[np.float64],
    points: tuple[NDArray[np.float64], NDArray[np.float64]],
    waiting: tuple[NDArray[np.int32], NDArray[np.int32]],
    owners: NDArray[np.int32],
) -> int:
    """Fill `owners` of the points in border cells; return how many lie in overlaps."""
    lon, lat = points
    contents, borders = waiting
    overlaps = 0
    for at in borders:
        if at == OUTSIDE:
            break
        point = (without_dust(lon[at]), without_dust(lat[at]))
        found = owner_of(content_of(state_at(records, int(contents[at]), point)))
        owners[at] = found
        overlaps += found == OVERLAP
    return overlaps


@kernel
def state_at(records: NDArray[np.float64], place: int, point: Point) -> int:
    """Return the state at a point of a border cell whose record begins at a place."""
    reference = (records[place], records[place + 1])
    state = records[place + 2]
    last = place + HEAD + PER_EDGE * np.int64(records[place + 3])
    for edge in range(place + HEAD, last, PER_EDGE):
        a = (records[edge], records[edge + 1])
        b = (records[edge + 2], records[edge + 3])
        if side(a, b, point) > 0 and parts(reference, point, a, b):
            state += records[edge + 4]
    return int(state)


@kernel
def parts(start: Point, stop: Point, a: Point, b: Point) -> bool:
    """Say whether the walk passes between two vertices."""
    return side_of_walk(start, stop, a) != side_of_walk(start, stop, b)


@kernel
def lens_of(numbers: NDArray[np.float64]) -> Lens:
    """Return the lens from its saved form, as plain floats."""
    n = numbers
    return (n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[10], n[11], n[12])


@kernel
def corners_of(numbers: NDArray[np.float64] | NDArray[np.int64]) -> Corners:
    """Return four numbers as plain floats."""
    n = numbers
    return np.float64(n[0]), np.float64(n[1]), np.float64(n[2]), np.float64(n[3])
