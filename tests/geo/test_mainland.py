import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.geo.mainland import _mainland, nearness


@given(lon=st.floats(70, 140), lat=st.floats(0, 56), width_deg=st.floats(1e-3, 1))
def test_the_weight_falls_with_the_distance(lon, lat, width_deg):
    weight = nearness(np.array([lon]), np.array([lat]), width_deg=width_deg)[0]
    distance_deg = shapely.distance(_mainland(), shapely.Point(lon, lat))
    assert abs(weight - max(0.0, 1 - distance_deg / width_deg)) < 1e-9


def test_the_outline_is_valid_and_small():
    assert shapely.is_valid(_mainland())
    assert shapely.get_num_coordinates(_mainland()) < 1000


def test_no_points():
    assert nearness(np.empty(0), np.empty(0), width_deg=0.01).shape == (0,)
