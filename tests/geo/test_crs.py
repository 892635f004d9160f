import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Geod

from gis_grid.errors import CrsError, InputError
from gis_grid.geo.crs import (
    metric_epsg,
    project,
    require_crs,
    require_lonlat,
    require_metric,
    require_same_crs,
    to_lonlat,
    to_metric,
    unproject,
)

POINT = shapely.Point(118.78, 32.04)
LONS = st.floats(73.5, 136.5)
LATS = st.floats(3, 54)


def layer(crs, *shapes):
    return gpd.GeoSeries(list(shapes or [POINT]), crs=crs)


@given(lon=LONS, lat=LATS)
def test_the_nearest_central_meridian_is_chosen_in_china(lon, lat):
    epsg = metric_epsg(lon=lon, lat=lat)
    crs = CRS.from_epsg(epsg)
    meridian = crs.coordinate_operation.params[1].value
    assert crs.name.startswith("CGCS2000 / 3-degree Gauss-Kruger CM")
    assert abs(lon - meridian) <= 1.5


@given(lon=st.floats(-180, 180), lat=st.floats(-80, 84))
def test_the_chosen_crs_is_metric_and_covers_the_point(lon, lat):
    epsg = metric_epsg(lon=lon, lat=lat)
    require_metric(layer(epsg))
    x_m, y_m = project(lon=lon, lat=lat, epsg=epsg)
    assert abs(x_m - 500_000) < 460_000
    assert np.isfinite(y_m)


@given(lon=LONS, lat=LATS)
def test_unproject_undoes_project(lon, lat):
    epsg = metric_epsg(lon=lon, lat=lat)
    x_m, y_m = project(lon=lon, lat=lat, epsg=epsg)
    back = unproject(x_m=x_m, y_m=y_m, epsg=epsg)
    assert back == (pytest.approx(lon, abs=1e-9), pytest.approx(lat, abs=1e-9))


@given(lon=st.floats(74, 136), lat=LATS, bearing=st.floats(0, 360))
def test_a_kilometre_is_a_kilometre_on_the_ellipsoid(lon, lat, bearing):
    there = Geod(ellps="WGS84").fwd(lon, lat, bearing, 1000)[:2]
    x_m, y_m = project(lon=[lon, there[0]], lat=[lat, there[1]], epsg=metric_epsg(lon=lon, lat=lat))
    assert math.dist((x_m[0], y_m[0]), (x_m[1], y_m[1])) == pytest.approx(1000, rel=4e-4)


@pytest.mark.parametrize(("lon", "lat"), [(math.nan, 30), (118, math.inf), (500_000, 3_500_000)])
def test_no_zone_for_what_is_not_on_earth(lon, lat):
    with pytest.raises(InputError, match="both must be degrees"):
        metric_epsg(lon=lon, lat=lat)


def test_points_that_cannot_be_projected_are_nan_together():
    x_m, y_m = project(lon=[120, np.nan, np.inf, 120], lat=[30, 30, 30, 95], epsg=4549)
    assert np.isnan(x_m).tolist() == np.isnan(y_m).tolist() == [False, True, True, True]


@pytest.mark.parametrize("epsg", [3857, 4326, 2263, 999_999])
def test_projects_only_to_metres(epsg):
    with pytest.raises(CrsError, match="choose one with `metric_epsg`"):
        project(lon=118, lat=32, epsg=epsg)
    with pytest.raises(CrsError, match=str(epsg)):
        to_metric(layer(4326), epsg=epsg)


@pytest.mark.parametrize("crs", [4490, 4326, "OGC:CRS84"])
def test_geographic_china_keeps_its_numbers(crs):
    assert to_lonlat(layer(crs)).tolist() == [POINT]


def test_nad83_comes_in():
    home = shapely.Point(-71.41, 41.82)
    found = to_lonlat(layer(4269, home)).iloc[0]
    assert shapely.distance(found, home) < 3e-5


@given(lon=LONS, lat=LATS)
def test_to_lonlat_undoes_to_metric(lon, lat):
    there = to_metric(layer(4326, shapely.Point(lon, lat)), epsg=metric_epsg(lon=lon, lat=lat))
    assert shapely.distance(to_lonlat(there).iloc[0], shapely.Point(lon, lat)) < 1e-9


def test_missing_and_empty_geometry_and_columns_survive():
    frame = gpd.GeoDataFrame(
        {"code": ["a", "b", "c"]},
        geometry=[POINT, None, shapely.Point()],
        crs=4490,
        index=[7, 8, 9],
    )
    there = to_lonlat(frame)
    assert there["code"].tolist() == ["a", "b", "c"]
    assert there.index.tolist() == [7, 8, 9]
    assert there.geometry.iloc[1] is None
    assert there.geometry.iloc[2].is_empty


def test_the_message_names_the_layer_its_crs_and_the_way_out():
    with pytest.raises(CrsError, match=r"^grids has no CRS; set .*`\.set_crs\(\)`$"):
        require_crs(layer(None), "grids")
    with pytest.raises(CrsError, match=r"^grids is in EPSG:4490; bring it to EPSG:4326 with `to_l"):
        require_lonlat(layer(4490), "grids")
    with pytest.raises(CrsError, match=r"^grids is in EPSG:2263; project it to metres"):
        require_metric(layer(2263), "grids")
    with pytest.raises(CrsError, match=r"a is in EPSG:4326 but b is in EPSG:4549; project one"):
        require_same_crs(layer(4326), layer(4549), names=("a", "b"))


def test_web_mercator_is_not_metric():
    with pytest.raises(CrsError, match="EPSG:3857"):
        require_metric(layer(3857))


def test_axis_order_does_not_make_another_crs():
    require_lonlat(layer("OGC:CRS84"))
    require_same_crs(layer("OGC:CRS84"), layer(4326))


def test_a_local_site_grid_has_no_place_on_earth():
    site = 'LOCAL_CS["site",UNIT["metre",1],AXIS["x",EAST],AXIS["y",NORTH]]'
    with pytest.raises(CrsError, match="site, which is not a place on Earth"):
        to_lonlat(layer(site))
