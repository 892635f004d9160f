"""Size, shape, distance and direction on a metric plane."""

import math

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis_grid.geo.crs import Floats, require_metric


def area_m2(shapes: gpd.GeoSeries) -> "pd.Series[float]":
    """Measure the area of each shape.

    Parameters
    ----------
    shapes
        Geometry in a metric CRS, shape ``(n,)``. Holes do not count; lines and points have none.

    Returns
    -------
    Series of float64, shape ``(n,)``
        Square metres on the index of `shapes`; NaN where missing, 0 where empty.

    Raises
    ------
    CrsError
        `shapes` is not in a metric CRS.

    Examples
    --------
    >>> shapes = [shapely.box(0, 0, 10, 20), None, shapely.Polygon()]
    >>> area_m2(gpd.GeoSeries(shapes, crs="EPSG:4549")).tolist()
    [200.0, nan, 0.0]
    """
    require_metric(shapes, "shapes")
    return _series(shapely.area(shapes.to_numpy()), shapes, "area_m2")


def length_m(lines: gpd.GeoSeries) -> "pd.Series[float]":
    """Measure the length of each line; for a polygon that is its perimeter, holes included.

    Parameters
    ----------
    lines
        Geometry in a metric CRS, shape ``(n,)``.

    Returns
    -------
    Series of float64, shape ``(n,)``
        Metres on the index of `lines`; NaN where missing, 0 where empty and for points.

    Raises
    ------
    CrsError
        `lines` is not in a metric CRS.

    Examples
    --------
    >>> lines = [shapely.LineString([(0, 0), (3, 4)]), None, shapely.LineString()]
    >>> length_m(gpd.GeoSeries(lines, crs="EPSG:4549")).tolist()
    [5.0, nan, 0.0]
    """
    require_metric(lines, "lines")
    return _series(shapely.length(lines.to_numpy()), lines, "length_m")


def polsby_popper(shapes: gpd.GeoSeries) -> "pd.Series[float]":
    r"""Score how compact each polygon is, from 0 (thread) to 1 (disc).

    The score is :math:`4 \pi A / P^2` (Polsby and Popper 1991). It does not change when a polygon
    is moved, turned or scaled.

    Parameters
    ----------
    shapes
        Polygons or MultiPolygons in a metric CRS, shape ``(n,)``. Holes count: they shrink the
        area and lengthen the perimeter.

    Returns
    -------
    Series of float64, shape ``(n,)``
        Dimensionless score on the index of `shapes`; NaN where missing or empty.

    Raises
    ------
    CrsError
        `shapes` is not in a metric CRS.

    Examples
    --------
    >>> shapes = [shapely.box(0, 0, 10, 10), None, shapely.Polygon()]
    >>> polsby_popper(gpd.GeoSeries(shapes, crs="EPSG:4549")).round(3).tolist()
    [0.785, nan, nan]
    """
    require_metric(shapes, "shapes")
    perimeter_m = shapely.length(shapes.to_numpy())
    perimeter_m[perimeter_m == 0] = math.nan
    score = 4 * math.pi * shapely.area(shapes.to_numpy()) / perimeter_m**2
    return _series(score, shapes, "polsby_popper")


def distance_m(
    *,
    from_x_m: npt.ArrayLike,
    from_y_m: npt.ArrayLike,
    to_x_m: npt.ArrayLike,
    to_y_m: npt.ArrayLike,
) -> Floats:
    """Measure the straight distance between points of a metric plane.

    Returns
    -------
    float64 array of the broadcast shape
        Metres; NaN where a coordinate is.

    Examples
    --------
    >>> distance_m(from_x_m=[0, 0], from_y_m=[0, math.nan], to_x_m=3, to_y_m=4).tolist()
    [5.0, nan]
    """
    east_m, north_m = _legs(from_x_m, from_y_m, to_x_m, to_y_m)
    return np.hypot(east_m, north_m)


def bearing_deg(
    *,
    from_x_m: npt.ArrayLike,
    from_y_m: npt.ArrayLike,
    to_x_m: npt.ArrayLike,
    to_y_m: npt.ArrayLike,
) -> Floats:
    """Measure the direction from points to points of a metric plane.

    Returns
    -------
    float64 array of the broadcast shape
        Degrees clockwise from grid north, in ``[0, 360)``; NaN between equal points and where a
        coordinate is NaN. Grid north differs from true north by less than 1.2 degrees in China's
        3-degree zones.

    Examples
    --------
    >>> bearing_deg(from_x_m=0, from_y_m=0, to_x_m=[0, 1, 0, -1, 0], to_y_m=[1, 0, -1, 0, 0])
    array([  0.,  90., 180., 270.,  nan])
    """
    east_m, north_m = _legs(from_x_m, from_y_m, to_x_m, to_y_m)
    turned = np.degrees(np.arctan2(east_m, north_m)) % 360.0
    turned = np.where(turned == 360.0, 0.0, turned)  # noqa: PLR2004 - -1e-20 % 360 is 360
    return np.where((east_m == 0) & (north_m == 0), np.nan, turned)


def _legs(
    from_x_m: npt.ArrayLike, from_y_m: npt.ArrayLike, to_x_m: npt.ArrayLike, to_y_m: npt.ArrayLike
) -> tuple[Floats, Floats]:
    east_m = np.asarray(to_x_m, float) - np.asarray(from_x_m, float)
    north_m = np.asarray(to_y_m, float) - np.asarray(from_y_m, float)
    return east_m, north_m


def _series(values: Floats, shapes: gpd.GeoSeries, name: str) -> "pd.Series[float]":
    return pd.Series(values, index=shapes.index, name=name, dtype="float64")
