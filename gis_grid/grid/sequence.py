"""The sequence rule of unit grids: from west to east, from north to south."""

import math
from typing import TypeAlias

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis_grid.errors import GeometryError, InputError
from gis_grid.geo.crs import require_metric
from gis_grid.grid.unit_code import UnitCode

Floats: TypeAlias = npt.NDArray[np.float64]
Positions: TypeAlias = npt.NDArray[np.int64]


def sequence_order(*, x_m: Floats, y_m: Floats, band_m: float | None = None) -> Positions:
    """Order points from west to east within bands that follow each other from north to south.

    The first band begins at the northernmost point and reaches `band_m` to the south, its lower
    edge included; the next one begins at the northernmost point that is left, and so on. So rows
    of houses or squares that are shaken by less than `band_m` stay together wherever they
    begin. Within a band the western point comes first, on the same x the northern one. The order
    does not change when all points are moved, nor (except between points at the very same
    place, which keep the order given) with the order in which they are given.

    Parameters
    ----------
    x_m, y_m
        East and north on a metric plane, shape ``(n,)``.
    band_m
        Height of a band in metres. By default half the side of a square that has the area of the
        points' bounding box divided by n: half a row, when the points are spread evenly.

    Returns
    -------
    int64 array, shape ``(n,)``
        Positions of the points in their order: the first is the most north-western.

    Raises
    ------
    InputError
        A coordinate is NaN or infinite, the lengths differ, or `band_m` is negative or NaN.

    Examples
    --------
    >>> x = np.array([0.0, 100.0, 0.0, 100.0])
    >>> sequence_order(x_m=x, y_m=np.array([0.0, 4.0, 96.0, 104.0]), band_m=50).tolist()
    [2, 3, 0, 1]
    >>> sequence_order(x_m=x[:0], y_m=x[:0]).tolist()
    []
    """
    if len(x_m) != len(y_m) or not (np.isfinite(x_m).all() and np.isfinite(y_m).all()):
        message = "points need one finite x and one finite y each"
        raise InputError(message)
    if band_m is None:
        band_m = _half_row_m(x_m, y_m)
    if not band_m >= 0:
        message = f"a band of {band_m} m is no band; give 0 or more"
        raise InputError(message)
    return np.lexsort((-y_m, x_m, _bands(y_m, band_m)))


def number_units(
    community: str, shapes: gpd.GeoSeries, *, band_m: float | None = None
) -> "pd.Series[str]":
    """Give every unit grid of a community its 15-digit code by the sequence rule.

    Parameters
    ----------
    community
        12-digit code.
    shapes
        Unit grids as polygons, or a point of each, in a metric CRS, shape ``(n,)``. Polygons are
        ordered by their centroids.
    band_m
        As for `sequence_order`; by default half the median height of the polygons, for points
        that function's own default.

    Returns
    -------
    Series of str, shape ``(n,)``
        Codes on the index of `shapes`. No shapes give an empty Series.

    Raises
    ------
    CrsError
        `shapes` is not in a metric CRS.
    GeometryError
        A shape is missing or empty: it has no place in the sequence.
    CodeError
        There are more than 999, or `community` is no code of a community.

    Notes
    -----
    GB/T 30428.1 says west to east, north to south, but not what a row is; the bands are ours.

    Examples
    --------
    >>> squares = [shapely.box(x, y, x + 9, y + 9) for y in (0, 10) for x in (10, 0)]
    >>> shapes = gpd.GeoSeries(squares, crs="EPSG:4549")
    >>> number_units("320582107234", shapes).str[-3:].tolist()
    ['004', '003', '002', '001']
    """
    require_metric(shapes, "unit grids")
    unusable = (shapes.isna() | shapes.is_empty).to_numpy()
    if unusable.any():
        message = f"unit grid {shapes.index[unusable][0]!r} has no shape, so no place in sequence"
        raise GeometryError(message)
    if band_m is None:
        heights_m = shapes.bounds["maxy"] - shapes.bounds["miny"]
        band_m = float(heights_m.median()) / 2 or None if len(shapes) else None
    points = shapely.centroid(shapes.to_numpy())
    order = sequence_order(x_m=shapely.get_x(points), y_m=shapely.get_y(points), band_m=band_m)
    codes = np.empty(len(shapes), object)
    codes[order] = [str(UnitCode(community, number)) for number in range(1, len(shapes) + 1)]
    return pd.Series(codes, index=shapes.index, dtype="str", name="unit_code")


def _half_row_m(x_m: Floats, y_m: Floats) -> float:
    if len(x_m) == 0:
        return 0.0
    return math.sqrt(float(np.ptp(x_m)) * float(np.ptp(y_m)) / len(x_m)) / 2


def _bands(y_m: Floats, band_m: float) -> Positions:
    """Return the number of each point's band, 0 in the north."""
    from_north = np.argsort(-y_m)
    south_m = -y_m[from_north]
    bands = np.zeros(len(y_m), np.int64)
    start, number = 0, 0
    while start < len(y_m):
        stop = int(np.searchsorted(south_m, south_m[start] + band_m, side="right"))
        bands[from_north[start:stop]] = number
        start, number = stop, number + 1
    return bands
