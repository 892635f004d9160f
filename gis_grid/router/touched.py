"""Which cells a change of one grid may touch: every point whose ownership changed lies in one."""

import math

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis_grid.router import lattice, raster
from gis_grid.router.cells import RESOLUTION, Cells, disks, encode, ranges
from gis_grid.router.edges import Edges, edges_of, frozen, number_alike
from gis_grid.router.lattice import Plane
from gis_grid.router.raster import Frame
from gis_grid.router.table import BEND_UNITS, CURVATURE, HIGHEST_DEG, MARGIN_CELLS, extent

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

Ranges = tuple[Cells, Cells]
"""First and last cell of each range, at the resolution that every point row keeps."""

EVERYTHING: Ranges = (np.array([1]), np.array([np.iinfo(np.int64).max]))
"""The range of every cell but the missing one."""

WIDEST_DEG = 2.0
MOST_CELLS = 1_000_000
"""Differences that are wider, or would need more cells than this, are only covered roughly."""

RINGS = 2
STEPS = 48
SPACING = 0.4
"""A rough cover takes cells around places at most this share of two cells' distance apart."""

SMALLEST = 0.5
"""Cells are nowhere smaller than this share of what they are in the middle of a face."""


def difference(old: BaseGeometry | None, new: BaseGeometry | None) -> Edges:
    """Return the edges of one grid that only one of its two shapes has.

    A place lies in just one of the two shapes if and only if a walk to it from far away crosses
    these edges an odd number of times: what both shapes have cancels out, without any rounding.

    Parameters
    ----------
    old, new
        Valid Polygons or MultiPolygons in lon, lat degrees; None and empty ones have no edges.

    Examples
    --------
    >>> whole, half = shapely.box(0, 0, 2, 1), shapely.box(0, 0, 1, 1)
    >>> len(difference(whole, half).ends), len(difference(whole, whole).ends)
    (6, 0)
    >>> len(difference(None, half).ends)
    4
    """
    was, now = edges_of(np.array([old], object)), edges_of(np.array([new], object))
    ends = np.vstack([was.ends, now.ends])
    alike, count = number_alike(ends.view(np.int64))
    change = np.zeros(count, np.int64)
    np.add.at(change, alike, np.concatenate([-was.weight, now.weight]))
    unique = np.empty((count, 4))
    unique[alike] = ends
    kept = change != 0
    return now._replace(ends=frozen(unique[kept]), weight=frozen(change[kept]))


def box_of(edges: Edges) -> Box:
    """Return the box around at least one edge."""
    low, high = edges.ends.min(axis=0), edges.ends.max(axis=0)
    return (
        float(low[0]),
        float(min(low[1], low[3])),
        float(high[2]),
        float(max(high[1], high[3])),
    )


def touched(edges: Edges, old: BaseGeometry | None, new: BaseGeometry | None) -> Ranges:
    """Return ranges of cells that hold every point that is in just one of two shapes.

    Parameters
    ----------
    edges
        Their `difference`, not empty.
    old, new
        The shapes.

    Returns
    -------
    Ranges
        In no order; they may overlap and hold some cells around the difference too. A point
        counts where `encode` puts it, and on a border as the router's half-open rule says.

    Examples
    --------
    >>> whole, half = shapely.box(0, 0, 2e-3, 1e-3), shapely.box(0, 0, 1e-3, 1e-3)
    >>> low, high = touched(difference(whole, half), whole, half)
    >>> inside, untouched = encode(lon=[1.5e-3, 0.3e-3], lat=[0.5e-3, 0.5e-3])
    >>> bool(((low <= inside) & (inside <= high)).any())
    True
    >>> bool(((low <= untouched) & (untouched <= high)).any())
    False
    """
    box = box_of(edges)
    found = _drawn(edges, box, old, new)
    if found is None:
        found = _around(box)
    return EVERYTHING if found is None else ranges(found)


def _drawn(
    edges: Edges, box: Box, old: BaseGeometry | None, new: BaseGeometry | None
) -> Cells | None:
    """Return the cells that edges may touch or that lie within; None where H3 is no one lattice."""
    west, south, east, north = box
    if max(east - west, north - south) > WIDEST_DEG or max(-south, north) > HIGHEST_DEG:
        return None
    lon, lat = (west + east) / 2, (south + north) / 2
    face = lattice.nearest_face(lon=lon, lat=lat)
    plane = lattice.plane_of(face, RESOLUTION, lon=lon, lat=lat)
    unit_rad = lattice.unit_rad(RESOLUTION)
    longest_deg = math.degrees(math.sqrt(8 * BEND_UNITS * unit_rad / CURVATURE))
    frame = _frame(extent(edges, plane, longest_deg))
    if frame.rows * frame.columns > MOST_CELLS or not _is_on(face, plane, frame):
        return None
    count = np.zeros(frame.rows * frame.columns, np.int32)
    raster.rasterize(edges, plane, frame, longest_deg, count)
    lons, lats = _centres(plane, frame)
    free = count == 0
    count[free] = _is_within(old, lons[free], lats[free]) != _is_within(new, lons[free], lats[free])
    return encode(lon=lons[count > 0], lat=lats[count > 0])


def _frame(reach: tuple[float, float, float, float]) -> Frame:
    low_a, low_b, high_a, high_b = reach
    i, j = math.floor(low_a) - MARGIN_CELLS, math.floor(low_b) - MARGIN_CELLS
    rows = math.ceil(high_a) + MARGIN_CELLS + 1 - i
    return Frame(i, j, rows, math.ceil(high_b) + MARGIN_CELLS + 1 - j)


def _is_on(face: int, plane: Plane, frame: Frame) -> bool:
    """Say whether all cells of a frame lie on a face: it is convex, so its corners decide."""
    ends_i = (frame.i - 1.0, frame.i + frame.rows + 0.0)
    ends_j = (frame.j - 1.0, frame.j + frame.columns + 0.0)
    corners = [lattice.to_lonlat(plane, (i, j)) for i in ends_i for j in ends_j]
    return all(lattice.nearest_face(lon=lon, lat=lat) == face for lon, lat in corners)


def _centres(plane: Plane, frame: Frame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return lon and lat of the centre of each cell of a frame, row by row."""
    i, j = np.divmod(np.arange(frame.rows * frame.columns), frame.columns)
    x, y, z = plane.inverse @ np.stack([i + frame.i, j + frame.j, np.ones(i.size)])
    lon = plane.lens[9] + np.degrees(np.arctan2(y, x))
    beyond = np.abs(lon) > 180  # noqa: PLR2004 - degrees of the globe
    lon[beyond] -= np.copysign(360, lon[beyond])
    return lon, np.degrees(np.arctan2(z, np.hypot(x, y)))


def _is_within(
    shape: BaseGeometry | None, lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> NDArray[np.bool_]:
    shapely.prepare(shape)
    return np.asarray(shapely.contains_xy(shape, lon, lat), np.bool_)


def _around(box: Box) -> Cells | None:
    """Return coarse cells that hold every point of a box, however the lattice lies; None for all.

    A cell of `RESOLUTION` has its centre within 0.61 of two cells' distance from that of its coarse
    ancestor, a place within 0.58 from that of its cell: with half a distance between a point and a
    place that is 1.7. Rings of two reach 2.6, which leaves room for the bend of the lattice.
    """
    west, south, east, north = box
    side_deg = max(east - west, north - south)
    fits = [
        level
        for level in range(RESOLUTION, 0, -1)
        if math.degrees(lattice.unit_rad(level)) * SMALLEST * SPACING * STEPS >= side_deg
    ]
    if not fits:
        return None
    steps = np.linspace(0, 1, STEPS + 1)
    lon, lat = np.meshgrid(west + steps * (east - west), south + steps * (north - south))
    places = encode(lon=lon.ravel(), lat=lat.ravel(), resolution=fits[0])
    return disks(np.unique(places), rings=RINGS)
