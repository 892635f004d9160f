"""A made-up city for the comparisons: 12,898 grids with winding borders, points that crowd."""

import geopandas as gpd
import numpy as np
import shapely

WEST, SOUTH, EAST, NORTH = 122.80, 40.95, 123.20, 41.27
CENTRE = np.array([123.0, 41.11])
GRID_SPREAD = np.array([0.07, 0.055])
POINT_SPREAD = np.array([0.065, 0.05])
STEP_DEG = 0.0002
"""Vertices of a border lie about 20 m apart ..."""

SHAKE_DEG = 2e-5
"""... and 2 m beside the straight line: about 55 a grid."""


def coverage(count: int = 12_900, seed: int = 7) -> gpd.GeoDataFrame:
    """Return clustered Voronoi cells whose shared borders are shaken, with text codes."""
    rng = np.random.default_rng(seed)
    box = shapely.box(WEST, SOUTH, EAST, NORTH)
    sites = rng.normal(0, 1, (2 * count, 2)) * GRID_SPREAD + CENTRE
    sites = sites[shapely.contains_xy(box, sites)][:count]
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(sites), extend_to=box))
    borders = shapely.union_all(shapely.boundary(shapely.intersection(cells, box)))
    lines = [_shaken(line, rng) for line in shapely.get_parts(shapely.line_merge(borders))]
    shapes = shapely.get_parts(shapely.polygonize(lines))
    codes = [f"2103{row:08d}" for row in range(len(shapes))]
    return gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs="EPSG:4326")


def _shaken(line: shapely.LineString, rng: np.random.Generator) -> shapely.LineString:
    xy = shapely.get_coordinates(shapely.segmentize(line, STEP_DEG))
    if len(xy) > 2:
        across = (xy[-1] - xy[0])[::-1] * (-1, 1)
        across = across / (np.hypot(*across) + 1e-12)
        xy[1:-1] += across * rng.normal(0, SHAKE_DEG, (len(xy) - 2, 1))
    return shapely.LineString(xy)


def clustered_points(count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return lon, lat of points that crowd in the centre; a few lie outside."""
    xy = np.random.default_rng(seed).normal(0, 1, (count, 2)) * POINT_SPREAD + CENTRE
    return np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
