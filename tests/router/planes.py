"""Metres around a point by geodesics: what the explained route is compared with."""

import numpy as np
import shapely
from pyproj import Geod

GEOD = Geod(ellps="WGS84")
STEP_DEG = 1e-4


def flat(shapes, lon, lat):
    """Return shapes in metres around a point, scaled by geodesics to its east and north."""
    _, _, east = GEOD.inv(lon - STEP_DEG, lat, lon + STEP_DEG, lat)
    _, _, north = GEOD.inv(lon, lat - STEP_DEG, lon, lat + STEP_DEG)
    scale = np.array([east, north]) / (2 * STEP_DEG)
    return shapely.transform(shapes, lambda xy: (xy - (lon, lat)) * scale)


HERE = shapely.Point(0.0, 0.0)
