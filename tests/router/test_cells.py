"""Cells: equal to h3-py everywhere; ranges, parents and outlines agree with it too."""

import h3.api.numpy_int as h3
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import InputError
from gis_grid.router import cells

PENTAGONS = [h3.cell_to_latlng(cell) for cell in h3.get_pentagons(3)]
LONS = st.floats(-180, 180)
LATS = st.floats(-90, 90)
RESOLUTIONS = st.integers(0, 15)


def reference(lon, lat, resolution):
    return np.array([h3.latlng_to_cell(y, x, resolution) for x, y in zip(lon, lat, strict=True)])


def whole_earth(rng, count):
    lat = np.degrees(np.arcsin(rng.uniform(-1, 1, count)))
    return rng.uniform(-180, 180, count), lat


@given(lon=LONS, lat=LATS, resolution=RESOLUTIONS)
def test_equals_h3_anywhere(lon, lat, resolution):
    got = cells.encode(lon=[lon], lat=[lat], resolution=resolution)
    assert got[0] == h3.latlng_to_cell(lat, lon, resolution)


@pytest.mark.parametrize("resolution", range(16))
def test_equals_h3_on_the_whole_earth(resolution):
    lon, lat = whole_earth(np.random.default_rng(resolution), 6_000)
    got = cells.encode(lon=lon, lat=lat, resolution=resolution)
    assert (got == reference(lon, lat, resolution)).all()


@pytest.mark.parametrize("spread_deg", [1e-5, 1e-2, 3.0])
def test_equals_h3_around_pentagons_and_poles(spread_deg):
    rng = np.random.default_rng(5)
    centres = np.array([*PENTAGONS, (90.0, 0.0), (-90.0, 0.0), (0.0, 180.0)])
    near = centres[rng.integers(0, len(centres), 6_000)] + rng.normal(0, spread_deg, (6_000, 2))
    lat, lon = np.clip(near[:, 0], -90, 90), np.clip(near[:, 1], -180, 180)
    for resolution in (0, 5, 12, 15):
        got = cells.encode(lon=lon, lat=lat, resolution=resolution)
        assert (got == reference(lon, lat, resolution)).all()


def test_gives_no_cell_to_a_point_that_is_none():
    lon = [np.nan, 1.0, np.inf, 180.1, 0.0, 1e308]
    lat = [1.0, np.nan, 0.0, 0.0, -90.1, 1e308]
    assert cells.encode(lon=lon, lat=lat).tolist() == [0] * 6
    assert cells.encode(lon=[], lat=[]).tolist() == []


def test_takes_series_and_lists_alike():
    got = cells.encode(lon=pd.Series([1, 2], index=[7, 9]), lat=[3.0, 4.0])
    assert got.tolist() == reference([1, 2], [3, 4], 12).tolist()


def test_refuses_unequal_lengths_words_and_resolutions():
    with pytest.raises(InputError, match="2 longitudes but 1 latitudes"):
        cells.encode(lon=[1, 2], lat=[1])
    with pytest.raises(InputError, match="lon is not an array of numbers"):
        cells.encode(lon=["east"], lat=[1])
    with pytest.raises(InputError, match="no resolution 16"):
        cells.encode(lon=[1], lat=[1], resolution=16)


@given(lon=LONS, lat=LATS, resolution=RESOLUTIONS)
def test_parents_are_those_of_h3(lon, lat, resolution):
    child = h3.latlng_to_cell(lat, lon, 15)
    assert cells.parents([child, 0], resolution).tolist() == [
        h3.cell_to_parent(child, resolution),
        0,
    ]


def test_refuses_a_parent_that_is_finer():
    with pytest.raises(InputError, match="coarser than resolution 9"):
        cells.parents(cells.encode(lon=[1], lat=[1], resolution=5), 9)


@given(lon=LONS, lat=LATS, coarse=st.integers(9, 12))
def test_ranges_hold_the_children_and_no_neighbour(lon, lat, coarse):
    cell = h3.latlng_to_cell(lat, lon, coarse)
    low, high = (bound[0] for bound in cells.ranges([cell]))
    children = h3.cell_to_children(cell, 12)
    assert (low, high) == (min(children), max(children))
    others = np.concatenate(
        [h3.cell_to_children(near, 12) for near in h3.grid_disk(cell, 1) if near != cell]
    )
    assert not ((low <= others) & (others <= high)).any()


def test_a_range_of_nothing_is_empty_and_of_a_finer_cell_refused():
    low, high = cells.ranges([0])
    assert low[0] > high[0]
    with pytest.raises(InputError, match="finer than resolution 12"):
        cells.ranges(cells.encode(lon=[1], lat=[1], resolution=13))


@given(lon=st.floats(-179, 179), lat=st.floats(-85, 85), resolution=st.integers(3, 15))
def test_outlines_hold_the_centre_of_their_cell(lon, lat, resolution):
    cell = h3.latlng_to_cell(lat, lon, resolution)
    y, x = h3.cell_to_latlng(cell)
    outline = cells.boundaries([cell])[0]
    assert outline.is_valid
    assert any(shapely.contains_xy(outline, x + turn, y) for turn in (-360, 0, 360))


@pytest.mark.parametrize("pole", [-90.0, 90.0])
def test_the_outline_at_a_pole_runs_along_it(pole):
    outline = cells.boundaries(cells.encode(lon=[0], lat=[pole], resolution=4))[0]
    west, south, east, north = outline.bounds
    assert outline.is_valid
    assert east - west == pytest.approx(360)
    assert pole in (south, north)


def test_refuses_the_outline_of_a_number_that_is_no_cell():
    with pytest.raises(InputError, match="12345 is no H3 cell"):
        cells.boundaries([12345])


@pytest.mark.slow
def test_equals_h3_on_millions_of_points():
    rng = np.random.default_rng(11)
    for resolution in (0, 1, 7, 8, 11, 12, 15):
        lon, lat = whole_earth(rng, 500_000)
        got = cells.encode(lon=lon, lat=lat, resolution=resolution)
        assert (got == reference(lon, lat, resolution)).all()
