"""Simpler borders for maps that travel: neighbours stay neighbours."""

import geopandas as gpd
import numpy as np
import shapely

METRES_A_DEGREE = 111_195.0
"""Of latitude, on a sphere of the earth's mean radius."""

MANY_VERTICES = 200_000
"""A coverage with more vertices is simplified before it travels."""

TOLERANCE_M = 2.0


def simplify_coverage(areas: gpd.GeoSeries, *, tolerance_m: float) -> gpd.GeoSeries:
    """Simplify the borders of a coverage so that neighbours neither tear nor overlap.

    Borders are simplified once for both sides (Visvalingam–Whyatt, `shapely.coverage_simplify`);
    corners where three areas meet stay. A triangle that a vertex makes with its neighbours goes
    when its area is below ``tolerance_m ** 2``.

    Parameters
    ----------
    areas
        Polygons or MultiPolygons that form a coverage, EPSG:4326, shape ``(n,)``.
    tolerance_m
        Square root of the smallest triangle that is kept, metres; 0 keeps everything.

    Returns
    -------
    GeoSeries in EPSG:4326, shape ``(n,)``
        On the index of `areas`. Missing and empty areas stay as they are; no areas give an empty
        series.

    Examples
    --------
    >>> dent = [(0, 0), (0.01, 0), (0.01, 0.005), (0.010001, 0.006), (0.01, 0.01), (0, 0.01)]
    >>> areas = gpd.GeoSeries([shapely.Polygon(dent), None], crs="EPSG:4326")
    >>> found = simplify_coverage(areas, tolerance_m=10)
    >>> shapely.get_num_coordinates(found.to_numpy()).tolist()
    [5, 0]
    """
    shapes = areas.to_numpy().copy()
    held = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if tolerance_m and held.any():
        south, north = shapely.total_bounds(shapes[held])[[1, 3]]
        scale = np.array([np.cos(np.radians((south + north) / 2)), 1.0]) * METRES_A_DEGREE
        metres = shapely.transform(shapes[held], lambda xy: xy * scale)
        simple = shapely.coverage_simplify(metres, tolerance_m)
        shapes[held] = shapely.transform(simple, lambda xy: xy / scale)
    return gpd.GeoSeries(shapes, index=areas.index, crs="EPSG:4326")


def tolerance_for(areas: gpd.GeoSeries) -> float:
    """Return the tolerance (metres) with which areas travel: 0 unless they have many vertices."""
    vertices = int(shapely.get_num_coordinates(areas.to_numpy()).sum())
    return TOLERANCE_M if vertices > MANY_VERTICES else 0.0
