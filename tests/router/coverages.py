"""Random coverages on a lattice, so that points hit edges and vertices exactly."""

from dataclasses import dataclass

import geopandas as gpd
import h3.api.numpy_int as h3
import numpy as np
import shapely
from hypothesis import strategies as st
from scipy.spatial import Delaunay

PLACES = [
    *((lon, lat) for lat, lon in (h3.cell_to_latlng(cell) for cell in h3.get_pentagons(5))),
    *((lon, lat) for lat, lon in (h3.cell_to_latlng(cell) for cell in h3.get_res0_cells()[::9])),
    (123.0, 41.1),
    (0.0, 0.0),
    (179.99, 10.0),
    (-179.99, -10.0),
    (12.0, 89.9),
    (12.0, -89.9),
    (104.0, 30.6),
]
"""Where coverages are laid: pentagons, many base cells, the antimeridian, the poles, cities."""

INNER = [(lon, lat) for lon, lat in PLACES if abs(lon) < 170 and abs(lat) < 80]
"""Places from where there is some way to the end of the map."""

STEPS_DEG = (2.0**-14, 2.0**-11, 2.0**-8, 2.0**-5, 2.0**-2)
"""Lattice steps from 7 m to 28 km."""


@dataclass(frozen=True)
class Case:
    shapes: np.ndarray
    lon: np.ndarray
    lat: np.ndarray

    @property
    def grids(self):
        codes = [f"g{row}" for row in range(len(self.shapes))]
        return gpd.GeoDataFrame({"code": codes}, geometry=list(self.shapes), crs="EPSG:4326")


def triangles(rng, size, count):
    corners = [(0, 0), (0, size), (size, 0), (size, size)]
    inner = rng.integers(0, size + 1, (count, 2))
    xy = np.unique(np.vstack([corners, inner]), axis=0)
    return xy[Delaunay(xy).simplices]


def merged(rng, corners, groups):
    """Triangles joined at random: rings around others, holes and scattered parts come of it."""
    owner = rng.integers(0, groups, len(corners))
    parts = shapely.polygons(corners)
    return np.array([shapely.coverage_union_all(parts[owner == g]) for g in range(groups)])


@st.composite
def coverages(draw, places=PLACES):
    """A coverage of a square, its lattice points, midpoints of it and points in between."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    size, count = draw(st.integers(2, 24)), draw(st.integers(1, 40))
    x0, y0 = draw(st.sampled_from(places))
    step = draw(st.sampled_from(STEPS_DEG))
    x0, y0 = np.clip(round(x0 / step) * step, -180, 180 - size * step), round(y0 / step) * step
    y0 = np.clip(y0, -90, 90 - size * step)
    shapes = merged(rng, triangles(rng, size, count).astype(float), draw(st.integers(1, 9)))
    if draw(st.booleans()):  # corners that only one neighbour keeps: T-junctions
        shapes = shapely.simplify(shapes, 0)
    if draw(st.booleans()):
        shapes[0] = None
    place = shapely.transform(shapes, lambda xy: xy * step + (x0, y0))
    lattice = rng.integers(-2, 2 * size + 3, (60, 2)) / 2
    anywhere = rng.uniform(-1, size + 1, (60, 2))
    xy = np.vstack([lattice, anywhere]) * step + (x0, y0)
    return Case(place, xy[:, 0], xy[:, 1])
