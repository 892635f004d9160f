"""Filling the derived columns of layers."""

import geopandas as gpd
import pytest
import shapely

from gis_grid.errors import CrsError
from gis_grid.router.assign import assign_grids
from gis_grid.router.cells import encode
from gis_grid.router.index import Router

WEST, EAST = shapely.Point(123.005, 41.005), shapely.Point(123.015, 41.005)


def layer(shapes, **columns):
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


def test_fills_points_and_leaves_the_input_alone(drawn):
    points = layer([WEST, EAST, shapely.Point(0, 0), None, shapely.Point()], code=list("abcde"))
    filled = assign_grids(points, Router.build(drawn))
    assert filled["grid_code"].fillna("").tolist() == ["west", "east", "", "", ""]
    assert filled["cell"].tolist()[:2] == encode(lon=[123.005, 123.015], lat=[41.005] * 2).tolist()
    assert filled["cell"].tolist()[3:] == [0, 0]
    assert filled.columns.tolist() == ["code", "grid_code", "cell", "geometry"]
    assert points.columns.tolist() == ["code", "geometry"]


def test_routes_polygons_by_a_point_inside_and_gives_them_no_cell(drawn):
    # the middle of this ring lies in the west, the ring itself in the east
    ring = shapely.box(122.9, 41.002, 123.0199, 41.008) - shapely.box(122.8, 41.0, 123.0101, 41.01)
    filled = assign_grids(layer([ring]), Router.build(drawn))
    assert filled["grid_code"].tolist() == ["east"]
    assert "cell" not in filled.columns


def test_a_doubted_point_is_never_routed(drawn):
    points = layer([WEST, EAST], doubt=[None, "default_point"])
    filled = assign_grids(points, Router.build(drawn))
    assert filled["grid_code"].fillna("").tolist() == ["west", ""]
    assert (filled["cell"] != 0).all()


def test_keeps_the_place_of_columns_that_exist(drawn):
    points = layer([WEST], grid_code=["old"], cell=[1], name=["n"])
    filled = assign_grids(points, Router.build(drawn))
    assert filled.columns.tolist() == ["grid_code", "cell", "name", "geometry"]
    assert filled["grid_code"].tolist() == ["west"]


def test_nothing_in_nothing_out(drawn):
    assert len(assign_grids(layer([]), Router.build(drawn))) == 0


def test_refuses_metres(drawn):
    with pytest.raises(CrsError, match="EPSG:4549"):
        assign_grids(layer([WEST]).to_crs(4549), Router.build(drawn))
