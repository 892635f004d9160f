"""Footprints by squares, against shapely over all of them."""

import numpy as np
import pyarrow as pa
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.router.footprints import SQUARE_DEG, WIDE_DEG, Footprints

PLACES = [(123.0, 41.0), (-0.0002, -0.0003), (179.9995, 89.9995), (-180.0, -90.0)]


def index_of(shapes):
    return Footprints.build(pa.array(shapely.to_wkb(shapes), pa.large_binary()))


@given(
    place=st.sampled_from(PLACES),
    seed=st.integers(0, 2**32 - 1),
    size=st.sampled_from([SQUARE_DEG / 5, SQUARE_DEG * 3, WIDE_DEG * 0.9, WIDE_DEG * 2]),
)
def test_equals_shapely(place, seed, size):
    rng = np.random.default_rng(seed)
    low = np.array(place) + rng.integers(0, 9, (30, 2)) * SQUARE_DEG / 4
    high = low + rng.integers(1, 9, (30, 2)) * size / 8
    shapes = shapely.box(*low.T, *high.T).astype(object)
    shapes[::7] = shapely.difference(
        shapes[::7], shapely.buffer(shapely.centroid(shapes[::7]), size / 20)
    )
    shapes[3], shapes[4] = None, shapely.MultiPolygon()
    index = index_of(shapes)
    points = np.vstack([low[:8], high[:8], rng.uniform(low.min(0), high.max(0), (8, 2))])
    for lon, lat in np.clip(points, (-180, -90), (180, 90)).tolist():
        expected = np.flatnonzero(shapely.covers(shapes, shapely.Point(lon, lat)))
        assert [row for row, _ in index.covering(lon=lon, lat=lat)] == expected.tolist()


def test_nothing_covers_no_point():
    index = index_of([shapely.box(-180, -90, 180, 90)])
    for lon, lat in [(np.nan, 0), (0, np.inf), (181, 0), (0, -91)]:
        assert index.covering(lon=lon, lat=lat) == []
    assert index_of([]).covering(lon=0, lat=0) == []


def test_is_small():
    west = np.arange(10_000) / 1e4 % 0.3
    index = index_of(shapely.box(west, 41, west + 2e-4, 41.0002))
    held = index.shapes.nbytes + index.squares.nbytes + index.rows.nbytes
    assert held / 10_000 < 150
