"""Where GCJ-02 and BD-09 are applied: mainland China, drawn coarsely.

Published implementations shift everything in a box (72.004..137.8347 E, 0.8293..55.8271 N), which
holds Seoul, Taipei, Hong Kong and Hanoi. `mainland.geojson` holds mainland China with its coast and
islands, up to 0.3 degrees too large at sea and over land borders, so that nothing Chinese is lost;
Hong Kong, Macao, Kinmen and Matsu are cut out to within 100 m and Taiwan is far outside. Inside it
gis_grid agrees with those implementations; a neighbour within some 30 km of the border is shifted
as they shift it; anything farther away is left alone where they would still shift it.

A shift that stops at a line has no inverse: the image of the last mainland points covers points
beyond the line that stay where they are. So it fades over a narrow belt outside.
"""

from functools import cache
from importlib.resources import files

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_grid.geo.crs import Floats


def nearness(lon: Floats, lat: Floats, *, width_deg: float) -> Floats:
    """Weigh points by how near they are to mainland China.

    Parameters
    ----------
    lon, lat
        Degrees in EPSG:4326, same shape ``(n,)``.
    width_deg
        Width of the belt outside in which the weight falls linearly.

    Returns
    -------
    float64 array, shape ``(n,)``
        1 inside, 0 at `width_deg` and beyond, and 0 for NaN and impossible coordinates.

    Examples
    --------
    >>> lon = np.array([116.4, 114.17, 121.5, 2.35, np.nan])
    >>> lat = np.array([39.9, 22.30, 25.04, 48.85, 30.0])
    >>> nearness(lon, lat, width_deg=0.01).tolist()
    [1.0, 0.0, 0.0, 0.0, 0.0]
    """
    weight = np.zeros(lon.shape)
    known = np.flatnonzero((abs(lon) <= 180) & (abs(lat) <= 90))  # noqa: PLR2004 - the globe
    inside = shapely.contains_xy(_mainland(), lon[known], lat[known])
    weight[known[inside]] = 1.0
    outside = known[~inside]
    points = np.asarray(shapely.points(lon[outside], lat[outside]))
    near = shapely.dwithin(_mainland(), points, width_deg)
    distance_deg = shapely.distance(_mainland(), points[near])
    weight[outside[near]] = np.clip(1 - distance_deg / width_deg, 0, 1)
    return weight


@cache
def _mainland() -> BaseGeometry:
    text = files("gis_grid.geo").joinpath("mainland.geojson").read_text(encoding="utf-8")
    shape = shapely.from_geojson(text)
    shapely.prepare(shape)
    return shape
