"""Made-up blocks: Voronoi cells of random points in a box, as the research measured with."""

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import Voronoi

from tests.plan.drawn import CRS


def cells(count, rng, *, width_m=10_000.0, height_m=8_000.0):
    """Return cells that tile the box edge by edge."""
    points = rng.random((count, 2)) * [width_m, height_m]
    mirrored = [points]
    for axis, edge in ((0, width_m), (1, height_m)):
        for side in (0.0, 2 * edge):
            other = points.copy()
            other[:, axis] = side - other[:, axis]
            mirrored.append(other)
    found = Voronoi(np.concatenate(mirrored))
    corners = np.round(found.vertices, 4)
    shapes = [shapely.Polygon(corners[found.regions[found.point_region[i]]]) for i in range(count)]
    return gpd.GeoSeries(shapes, crs=CRS)
