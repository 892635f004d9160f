"""Grids near a point against every grid measured by shapely."""

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.router.explaining.nearby import grid_nearest, grids_within
from gis_grid.router.index import Router
from tests.router.coverages import coverages
from tests.router.planes import HERE, flat
from tests.router.test_distance import CITIES

SLACK = 1e-3
"""What a degree may differ between here and the geodesics of the oracle, as a share."""


def measured(case, lon, lat):
    """Return the distance to each grid; missing and empty ones have none."""
    shapes = flat(case.shapes, lon, lat)
    return {
        row: shapely.distance(shape, HERE)
        for row, shape in enumerate(shapes)
        if shape is not None and not shape.is_empty
    }


@given(case=coverages(places=CITIES), radius=st.sampled_from([1.0, 30.0, 500.0, 2e4]))
def test_finds_what_brute_force_finds(case, radius):
    router = Router.build(case.grids)
    for lon, lat in list(zip(case.lon.tolist(), case.lat.tolist(), strict=True))[::7]:
        found = {
            near.row: near.distance_m
            for near in grids_within(router, lon=lon, lat=lat, radius_m=radius)
        }
        for row, metres in measured(case, lon, lat).items():
            if metres < radius * (1 - SLACK):
                assert found[row] == pytest.approx(metres, rel=SLACK, abs=1e-6)
            elif metres > radius * (1 + SLACK):
                assert row not in found


@given(case=coverages(places=CITIES))
def test_the_nearest_first(case):
    router = Router.build(case.grids)
    lon, lat = float(case.lon[0]), float(case.lat[0])
    found = grids_within(router, lon=lon, lat=lat, radius_m=1e4)
    assert [(one.distance_m, one.row) for one in found] == sorted(
        (one.distance_m, one.row) for one in found
    )
    assert grids_within(router, lon=lon, lat=lat, radius_m=0.0) == []


@given(case=coverages(places=CITIES), east=st.floats(0.5, 2.0), north=st.floats(-2.0, 2.0))
def test_the_nearest_grid_of_a_point_outside(case, east, north):
    router = Router.build(case.grids)
    width = case.lon.max() - case.lon.min()
    lon, lat = case.lon.max() + east * width / 10, case.lat.max() + north * width / 10
    distances = measured(case, lon, lat)
    near = grid_nearest(router, lon=lon, lat=lat)
    if not distances:
        assert near is None
        return
    if min(distances.values()) == 0.0:
        return
    assert near.distance_m == pytest.approx(min(distances.values()), rel=SLACK)
    assert distances[near.row] == pytest.approx(near.distance_m, rel=SLACK)


def test_near_grids_beyond_the_antimeridian():
    boxes = [shapely.box(-180, 0, -179.9, 0.1), shapely.box(179.9, 0, 180, 0.1)]
    grids = gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=boxes, crs="EPSG:4326")
    found = grids_within(Router.build(grids), lon=179.9999, lat=0.05, radius_m=50)
    assert [one.row for one in found] == [1, 0]
    assert found[1].distance_m == pytest.approx(11.13, abs=0.01)


def test_no_grids_are_near_nothing():
    router = Router.build(gpd.GeoDataFrame({"code": []}, geometry=[], crs="EPSG:4326"))
    assert grid_nearest(router, lon=0.0, lat=0.0) is None
    assert grids_within(router, lon=0.0, lat=0.0, radius_m=1e9) == []
