"""Distances to borders against shapely in a metric CRS."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.geo.crs import metric_epsg
from gis_grid.router.index import Router
from tests.router.coverages import coverages

CITIES = [(123.0, 41.1), (118.8, 32.0), (104.0, 30.6), (-71.0, 42.3), (25.0, 60.2), (0.5, 0.0)]


@given(case=coverages(places=CITIES))
def test_equals_shapely_in_metres(case):
    router = Router.build(case.grids)
    found = router.locate_many(lon=case.lon, lat=case.lat).index
    got = router.distance_to_border_m(lon=case.lon, lat=case.lat)
    epsg = metric_epsg(lon=case.lon[0], lat=case.lat[0])
    fine = case.grids.geometry.boundary.segmentize(5e-4)  # straight in degrees, not in metres
    borders = fine.to_crs(epsg).to_numpy()
    points = gpd.points_from_xy(case.lon, case.lat, crs="EPSG:4326").to_crs(epsg)
    to_all = shapely.distance(np.asarray(points)[:, None], borders[None, :])
    nearest = np.nan_to_num(to_all, nan=np.inf).min(axis=1)
    own = np.where(found >= 0, to_all[np.arange(len(found)), found], nearest)
    known = np.isfinite(own)
    assert (np.isfinite(got) == known).all()
    # what is promised, and the own scale of a zone: up to 1 in 1,000 at its edge
    got, own, lat = got[known], own[known], case.lat[known]
    bound = own**2 / 6e6 * np.abs(np.tan(np.radians(lat))) + 1e-3 * own + 0.01
    assert (np.abs(got - own) <= bound).all()


@given(case=coverages(places=CITIES), seed=st.integers(0, 9))
def test_points_on_a_border_are_at_zero(case, seed):
    router = Router.build(case.grids)
    border = shapely.get_coordinates(case.shapes)
    rows = np.random.default_rng(seed).integers(0, max(1, len(border)), min(10, len(border)))
    metres = router.distance_to_border_m(lon=border[rows, 0], lat=border[rows, 1])
    assert (metres < 1e-6).all()


def test_far_points_find_the_nearest_grid_across_the_antimeridian():
    boxes = [shapely.box(-180, 0, -179.9, 0.1), shapely.box(179, 0, 179.1, 0.1)]
    grids = gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=boxes, crs="EPSG:4326")
    metres = Router.build(grids).distance_to_border_m(lon=[179.99], lat=[0.05])
    assert metres[0] == pytest.approx(0.01 * 111_320, rel=1e-3)


@given(case=coverages(places=CITIES))
def test_the_nearest_grid_is_as_far_as_the_distance_says(case):
    router = Router.build(case.grids)
    outside = router.rows_of(lon=case.lon, lat=case.lat) < 0
    lon, lat = case.lon[outside], case.lat[outside]
    rows = router.nearest_rows(lon=lon, lat=lat)
    known = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    assert ((rows >= 0) == (known & bool(len(router.edges.ends)))).all()
    lon, lat, rows = lon[rows >= 0], lat[rows >= 0], rows[rows >= 0]
    nearest_m = router.distance_to_border_m(lon=lon, lat=lat)
    own_m = router.distance_to_border_m(lon=lon, lat=lat, index=rows)
    near = nearest_m < 1e6  # beyond that the plane of the point wraps round the globe
    assert own_m[near] == pytest.approx(nearest_m[near], rel=1e-9, abs=1e-9)


def test_the_nearest_grid_may_lie_across_the_antimeridian():
    boxes = [shapely.box(-180, 0, -179.9, 0.1), shapely.box(179, 0, 179.1, 0.1)]
    grids = gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=boxes, crs="EPSG:4326")
    rows = Router.build(grids).nearest_rows(lon=[179.99, 179.2, np.nan], lat=[0.05, 0.05, 0])
    assert rows.tolist() == [0, 1, -1]
    assert Router.build(grids.iloc[:0]).nearest_rows(lon=[1], lat=[1]).tolist() == [-1]


def test_a_point_that_is_none_has_no_distance(drawn):
    router = Router.build(drawn)
    metres = router.distance_to_border_m(lon=[np.nan, 123.005, 200], lat=[41.0, 41.005, 0])
    assert np.isnan(metres).tolist() == [True, False, True]


def test_known_owners_are_taken_as_given(drawn):
    router = Router.build(drawn)
    lon, lat = [123.005], [41.005]
    own = router.distance_to_border_m(lon=lon, lat=lat, index=np.array([0], np.int32))
    other = router.distance_to_border_m(lon=lon, lat=lat, index=np.array([1], np.int32))
    assert own[0] < other[0]
