"""Density: things per square kilometre around every place, by a Gaussian kernel."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gis_grid.errors import InputError
from gis_grid.geo.crs import metric_epsg, project, unproject
from gis_grid.maps.classes import Counts, value_breaks
from gis_grid.maps.heat import LEAST
from gis_grid.router import cells as h3cells

BANDWIDTH_M = 400.0
"""Five minutes on foot."""

NARROWEST_M, WIDEST_M = 100.0, 5000.0
PIXELS_A_BANDWIDTH = 4
MOST_PIXELS = 1000
"""Along a side of the raster; a wider city gets larger pixels."""

REACH = 4
"""The kernel ends after so many bandwidths: 0.03 % of a thing lies beyond."""

CLASSES = 7
KM2 = 1e6

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """Where things are dense, as bands."""

    bands: gpd.GeoDataFrame
    """Columns ``low`` (lower bound, things per km²) and ``heat_class`` (int64), EPSG:4326, from
    the least dense; bands do not overlap."""

    breaks: tuple[float, ...]
    """Lower bound of each class, things per km², ascending; empty when nothing is coloured."""

    bandwidth_m: float
    """Standard deviation of the kernel."""

    total: int
    """Things counted."""


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """A density on a metric plane."""

    per_km2: Floats
    """Things per km² in the middle of each pixel, rows from south to north."""

    near: NDArray[np.int64]
    """Things within one bandwidth of each pixel."""

    x_m: Floats
    y_m: Floats
    """Middles of columns and rows."""

    epsg: int


def density_of(
    cells: Counts,
    counts: Counts,
    *,
    bandwidth_m: float = BANDWIDTH_M,
    breaks: Sequence[float] | None = None,
) -> Density:
    """Return the bands of a kernel density of things that are counted in fine cells.

    No place is coloured that has fewer than `LEAST` things within one bandwidth: around one or two
    of them a band would show where they were. Class limits are natural breaks of the coloured
    pixels, rounded down to two figures.

    Parameters
    ----------
    cells
        H3 cells, int64, shape ``(n,)``; things are taken to lie in their middles, at resolution 12
        at most 10 m off. 0 is left out.
    counts
        How many things lie in each, int64, shape ``(n,)``.
    bandwidth_m
        Standard deviation of the kernel, 100 m to 5 km.
    breaks
        Lower bounds of the classes instead of natural ones, things per km², ascending; a smaller
        density is of the first class.

    Raises
    ------
    InputError
        The bandwidth is out of range, or too narrow for how wide the things lie.

    Examples
    --------
    >>> point = h3cells.encode(lon=[123.0, 123.2], lat=[41.1, 41.1])
    >>> found = density_of(point, np.array([10, 1]))
    >>> found.total, found.breaks[-1] < 10 / (2 * math.pi * 0.4**2), len(found.bands) > 1
    (11, True, True)
    >>> density_of(np.array([], np.int64), np.array([], np.int64)).breaks
    ()
    """
    require_bandwidth(bandwidth_m)
    known = cells != 0
    total = int(counts[known].sum())
    raster = raster_of(cells[known], counts[known], bandwidth_m=bandwidth_m) if total else None
    shown = None if raster is None else raster.near >= LEAST
    if raster is None or shown is None or not shown.any():
        none = gpd.GeoDataFrame({"low": [], "heat_class": []}, geometry=[], crs="EPSG:4326")
        return Density(bands=none, breaks=(), bandwidth_m=bandwidth_m, total=total)
    limits = tuple(breaks or value_breaks(raster.per_km2[shown], classes=CLASSES))
    return Density(
        bands=_bands(raster, shown, limits), breaks=limits, bandwidth_m=bandwidth_m, total=total
    )


def require_bandwidth(bandwidth_m: float) -> None:
    """Refuse a bandwidth that says nothing about a city.

    Raises
    ------
    InputError
        It is not 100 m to 5 km.
    """
    if not NARROWEST_M <= bandwidth_m <= WIDEST_M:
        message = f"bandwidth {bandwidth_m:g} m is not {NARROWEST_M:g} to {WIDEST_M:g} m"
        raise InputError(message)


def raster_of(cells: Counts, counts: Counts, *, bandwidth_m: float) -> Raster:
    """Return the density on a raster of a quarter of the bandwidth.

    Each thing is shared among the four pixels around it, then the raster is smoothed by
    `scipy.ndimage.gaussian_filter`. The integral over the plane is the number of things.

    Parameters
    ----------
    cells, counts
        As for `density_of`, at least one cell, none missing.
    bandwidth_m
        Standard deviation of the kernel.

    Raises
    ------
    InputError
        The things lie so wide apart that a pixel would be larger than half of the bandwidth.
    """
    lon, lat = h3cells.centres(cells)
    middle = {"lon": float((lon.min() + lon.max()) / 2), "lat": float((lat.min() + lat.max()) / 2)}
    epsg = metric_epsg(**middle)
    x, y = project(lon=lon, lat=lat, epsg=epsg)
    span = max(np.ptp(x), np.ptp(y)) + 2 * REACH * bandwidth_m
    step = max(bandwidth_m / PIXELS_A_BANDWIDTH, span / MOST_PIXELS)
    if step > bandwidth_m / 2:
        needed = math.ceil(2 * (max(np.ptp(x), np.ptp(y))) / (MOST_PIXELS - 4 * REACH) / 100) * 100
        message = f"bandwidth {bandwidth_m:g} m is too narrow for a city of {span / 1000:.0f} km; "
        raise InputError(message + f"use {needed} m or more")
    pad = REACH * bandwidth_m + step
    axes = [_axis(metres, pad, step) for metres in (x, y)]
    at = [(metres - axis[0]) / step for metres, axis in zip((x, y), axes, strict=True)]
    size = (axes[1].size, axes[0].size)
    sigma = bandwidth_m / step
    shared = _shared(at[0], at[1], counts, size)
    from scipy import ndimage  # noqa: PLC0415 - a service starts without it

    smooth = ndimage.gaussian_filter(shared, sigma, mode="constant", truncate=REACH)
    nearest = np.zeros(size, np.int64)
    np.add.at(nearest, (np.rint(at[1]).astype(int), np.rint(at[0]).astype(int)), counts)
    near = ndimage.convolve(nearest, _disc(sigma), mode="constant")
    return Raster(smooth / step**2 * KM2, near, axes[0], axes[1], epsg)


def _axis(metres: Floats, pad: float, step: float) -> Floats:
    """Return middles of pixels on multiples of the step, so that two spans have the same pixels."""
    first, last = math.floor((metres.min() - pad) / step), math.ceil((metres.max() + pad) / step)
    return np.arange(first, last + 1) * step


def _shared(column: Floats, row: Floats, counts: Counts, size: tuple[int, int]) -> Floats:
    """Share each thing among the pixels around it, by how near they are."""
    raster = np.zeros(size)
    left, low = np.floor(column).astype(int), np.floor(row).astype(int)
    east, north = column - left, row - low
    for dx, part_x in ((0, 1 - east), (1, east)):
        for dy, part_y in ((0, 1 - north), (1, north)):
            np.add.at(raster, (low + dy, left + dx), counts * part_x * part_y)
    return raster


def _disc(radius: float) -> NDArray[np.int64]:
    reach = math.floor(radius)
    across = np.arange(-reach, reach + 1)
    return (np.hypot(*np.meshgrid(across, across)) <= radius).astype(np.int64)


def _bands(raster: Raster, shown: NDArray[np.bool_], limits: tuple[float, ...]) -> gpd.GeoDataFrame:
    from contourpy import FillType, contour_generator  # noqa: PLC0415 - a service starts without it

    lines = contour_generator(
        raster.x_m,
        raster.y_m,
        np.ma.array(raster.per_km2, mask=~shown),
        fill_type=FillType.OuterOffset,
        corner_mask=True,
    )
    top = float(raster.per_km2.max()) + 1
    uppers = [*limits[1:], max(top, limits[-1] + 1)]
    rows: list[tuple[float, int, shapely.MultiPolygon]] = []
    for at, (low, high) in enumerate(zip(limits, uppers, strict=True)):
        filled: Any = lines.filled(-1.0 if at == 0 else low, high)  # its form is that of fill_type
        outers, offsets = filled
        shape = _degrees(outers, offsets, raster.epsg)
        if shape is not None:
            rows.append((low, at, shape))
    table = {"low": [row[0] for row in rows], "heat_class": [row[1] for row in rows]}
    return gpd.GeoDataFrame(table, geometry=[row[2] for row in rows], crs="EPSG:4326")


def _degrees(
    outers: Sequence[Floats], offsets: Sequence[NDArray[np.uint32]], epsg: int
) -> shapely.MultiPolygon | None:
    """Return polygons with holes, as contourpy gives them, on the globe."""
    polygons = []
    for points, ends in zip(outers, offsets, strict=True):
        rings = np.split(points, ends[1:-1].astype(int))
        polygons.append(shapely.Polygon(rings[0], rings[1:]))
    if not polygons:
        return None
    # rings may touch themselves beside what is not coloured
    whole = shapely.make_valid(shapely.MultiPolygon(polygons), method="structure")

    def back(xy: Floats) -> Floats:
        return np.column_stack(unproject(x_m=xy[:, 0], y_m=xy[:, 1], epsg=epsg))

    return shapely.MultiPolygon(list(shapely.get_parts(shapely.transform(whole, back))))
