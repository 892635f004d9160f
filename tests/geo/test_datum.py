import json
import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.geo.datum import Datum, from_wgs84, shapes_from_wgs84, shapes_to_wgs84, to_wgs84
from gis_grid.geo.mainland import _mainland

SHIFTED = [Datum.GCJ02, Datum.BD09]
WRONG = "dromara/hutool CoordinateUtilTest"
OUTSIDE = {
    "Hong Kong": (114.1694, 22.3193),
    "Macao": (113.5439, 22.1900),
    "Taipei": (121.5654, 25.0330),
    "Kinmen": (118.3171, 24.4321),
    "Matsu": (119.9497, 26.1608),
    "Seoul": (126.9780, 37.5665),
    "Ulaanbaatar": (106.9057, 47.8864),
    "Hanoi": (105.8342, 21.0278),
    "Tokyo": (139.6917, 35.6895),
    "Boston": (-71.0589, 42.3601),
}
INSIDE = {
    "Beijing": (116.404, 39.915),
    "Shenzhen Luohu port": (114.1130, 22.5335),
    "Zhuhai Gongbei port": (113.5493, 22.2200),
    "Xiamen": (118.0894, 24.4798),
    "Dandong": (124.3830, 40.1242),
    "Heihe": (127.5286, 50.2452),
    "Kashgar": (75.9894, 39.4677),
    "Sanya": (109.5082, 18.2479),
    "Zhoushan": (122.2072, 29.9853),
}


def metres(lon, lat, other_lon, other_lat):
    """Compare by the haversine formula, which shares nothing with the code under test."""
    one, two = math.radians(lat), math.radians(other_lat)
    half = math.sin((two - one) / 2) ** 2 + math.cos(one) * math.cos(two) * (
        math.sin(math.radians(other_lon - lon) / 2) ** 2
    )
    return 2 * 6_371_000 * math.asin(math.sqrt(half))


def between(lon, lat, start, end):
    middle = to_wgs84(lon=lon, lat=lat, datum=start)
    return from_wgs84(lon=middle[0], lat=middle[1], datum=end)


@given(
    lon=st.floats(-180, 180) | st.floats(72, 138),
    lat=st.floats(-90, 90) | st.floats(0.8, 56),
    datum=st.sampled_from(list(Datum)),
)
def test_back_and_forth_is_the_identity_everywhere(lon, lat, datum):
    there = from_wgs84(lon=lon, lat=lat, datum=datum)
    back = to_wgs84(lon=there[0], lat=there[1], datum=datum)
    assert abs(back[0] - lon) <= 1e-9
    assert abs(back[1] - lat) <= 1e-9


@given(
    where=st.floats(0, 1),
    east=st.floats(-0.03, 0.03),
    north=st.floats(-0.03, 0.03),
    datum=st.sampled_from(SHIFTED),
)
def test_back_and_forth_is_the_identity_along_the_edge(where, east, north, datum):
    edge = shapely.line_interpolate_point(
        shapely.multilinestrings(shapely.get_rings(shapely.get_parts(_mainland()))),
        where,
        normalized=True,
    )
    lon, lat = edge.x + east, edge.y + north
    there = from_wgs84(lon=lon, lat=lat, datum=datum)
    back = to_wgs84(lon=there[0], lat=there[1], datum=datum)
    assert np.abs(np.subtract(back, (lon, lat))).max() <= 1e-9


@given(lon=st.floats(100, 118), lat=st.floats(24, 38))
def test_the_shift_is_some_hundred_metres(lon, lat):
    there = from_wgs84(lon=lon, lat=lat, datum="gcj02")
    assert 50 < metres(lon, lat, *map(float, there)) < 1000


@given(lon=st.floats(72, 138), lat=st.floats(0.8, 56), step=st.floats(-1e-4, 1e-4))
def test_neighbours_stay_neighbours(lon, lat, step):
    lons, lats = from_wgs84(lon=[lon, lon + step], lat=[lat, lat], datum="bd09")
    assert math.hypot(*np.diff([lons, lats], axis=1).ravel()) <= 2 * abs(step) + 1e-12


@pytest.mark.parametrize("datum", SHIFTED)
@pytest.mark.parametrize("city", OUTSIDE)
def test_nothing_moves_outside_mainland_china(city, datum):
    lon, lat = OUTSIDE[city]
    assert from_wgs84(lon=lon, lat=lat, datum=datum) == (lon, lat)
    assert to_wgs84(lon=lon, lat=lat, datum=datum) == (lon, lat)


@pytest.mark.parametrize("city", INSIDE)
def test_the_whole_shift_is_applied_up_to_the_border(city):
    lon, lat = INSIDE[city]
    found = from_wgs84(lon=lon, lat=lat, datum="gcj02")
    assert metres(*published_formula(lon, lat), *map(float, found)) < 1e-6


def published_formula(lon, lat):
    """Repeat the formula as it is published, number by number, for one point."""
    x, y, pi, sin = lon - 105, lat - 35, math.pi, math.sin
    both = 20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)
    d_lat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    d_lat += both * 2 / 3 + (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    d_lat += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    d_lon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    d_lon += both * 2 / 3 + (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    d_lon += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    a, ee, rad = 6378245.0, 0.00669342162296594323, lat / 180 * pi
    magic = 1 - ee * sin(rad) ** 2
    d_lat = d_lat * 180 / (a * (1 - ee) / (magic * math.sqrt(magic)) * pi)
    d_lon = d_lon * 180 / (a / math.sqrt(magic) * math.cos(rad) * pi)
    return lon + d_lon, lat + d_lat


@given(
    points=st.lists(st.tuples(st.floats(70, 140), st.floats(0, 60)), max_size=8),
    datum=st.sampled_from(SHIFTED),
)
def test_many_points_are_as_one_by_one(points, datum):
    lon, lat = np.array(points).reshape(-1, 2).T
    for move in (from_wgs84, to_wgs84):
        together = np.column_stack(move(lon=lon, lat=lat, datum=datum))
        alone = [np.array(move(lon=x, lat=y, datum=datum)) for x, y in points]
        assert np.array_equal(together, np.array(alone).reshape(-1, 2))


@pytest.mark.parametrize("datum", list(Datum))
def test_missing_and_impossible_coordinates_pass_through(datum):
    lon = [np.nan, 116.4, np.inf, -np.inf, 1e308, 200]
    lat = [39.9, np.nan, 39.9, 39.9, 1e308, 39.9]
    for move in (from_wgs84, to_wgs84):
        there = move(lon=lon, lat=lat, datum=datum)
        assert np.array_equal(there, (lon, lat), equal_nan=True)


def test_the_input_is_not_changed_and_shapes_broadcast():
    lon = np.full((2, 3), 116.4)
    there = from_wgs84(lon=lon, lat=39.9, datum="gcj02")
    assert there[0].shape == there[1].shape == (2, 3)
    assert (lon == 116.4).all()


def test_an_unknown_datum_is_refused():
    with pytest.raises(ValueError, match="wgs72"):
        to_wgs84(lon=116, lat=39, datum="wgs72")


@pytest.mark.parametrize("datum", SHIFTED)
def test_shapes_move_vertex_by_vertex(datum):
    hole = shapely.box(116.3, 39.8, 116.5, 40.0) - shapely.box(116.35, 39.85, 116.4, 39.9)
    shapes = np.array([hole, None, shapely.Polygon(), shapely.LineString([(110, 30), (111, 31)])])
    there = shapes_from_wgs84(shapes, datum=datum)
    lon, lat = shapely.get_coordinates(shapes).T
    expected = np.column_stack(from_wgs84(lon=lon, lat=lat, datum=datum))
    assert np.array_equal(shapely.get_coordinates(there), expected)
    assert there[1] is None
    assert there[2].is_empty
    back = shapely.get_coordinates(shapes_to_wgs84(there, datum=datum))
    assert np.abs(back - shapely.get_coordinates(shapes)).max() <= 1e-9


@pytest.mark.shared
def test_agrees_with_what_others_publish(shared):
    """One vector is wrong: hutool's longitude is 7.6 m off every other implementation."""
    moves = {
        "wgs84->gcj02": (Datum.WGS84, Datum.GCJ02),
        "wgs84->bd09": (Datum.WGS84, Datum.BD09),
        "gcj02->wgs84": (Datum.GCJ02, Datum.WGS84),
        "gcj02->bd09": (Datum.GCJ02, Datum.BD09),
        "bd09->gcj02": (Datum.BD09, Datum.GCJ02),
    }
    off_m = {}
    for vector in json.loads((shared / "datum/published_vectors.json").read_text("utf-8")):
        operation = vector["op"].split(" ")[0]
        if operation == "bd09mc->gcj02":  # Baidu's metres, which nobody exports files in
            continue
        found = between(*vector["inp"], *moves[operation])
        off_m[vector["src"], vector["op"]] = metres(*vector["out"], *map(float, found))
    wrong = {source for (source, _), distance_m in off_m.items() if distance_m > 1}
    assert len(off_m) == 9
    assert wrong == {WRONG}
    assert off_m[WRONG, "wgs84->gcj02"] == pytest.approx(7.6, abs=0.1)
