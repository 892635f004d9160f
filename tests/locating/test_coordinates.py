import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from gis_grid.geo.datum import Datum, from_wgs84
from gis_grid.locating.coordinates import readings

LONS, LATS = st.integers(100_000_000, 125_000_000), st.integers(22_000_000, 42_000_000)


def first(text):
    found = readings(text)
    assert found, text
    return found[0].given


def close(pair, lon, lat, tolerance=2e-7):
    return math.isclose(pair[0], lon, abs_tol=tolerance) and math.isclose(
        pair[1], lat, abs_tol=tolerance
    )


@given(LONS, LATS, st.sampled_from([",", ", ", " ", "，", ";", "/", "、", "\t"]))
def test_reads_decimals_in_either_order(lon_u, lat_u, between):
    lon, lat = lon_u / 1e6, lat_u / 1e6
    assert close(first(f"{lon:.6f}{between}{lat:.6f}"), lon, lat)
    assert close(first(f"({lat:.6f}{between}{lon:.6f})"), lon, lat)
    assert close(first(f"{lat:.6f}N{between}{lon:.6f}E"), lon, lat)
    assert close(first(f"E{lon:.6f}{between}N{lat:.6f}"), lon, lat)
    assert close(first(f"lat={lat:.6f}{between}lon={lon:.6f}"), lon, lat)


def spelt(degrees, marks, letter):
    seconds = round(degrees * 3600, 3)
    whole, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return f"{int(whole)}{marks[0]}{int(minutes)}{marks[1]}{left:.3f}{marks[2]}{letter}"


@given(LONS, LATS, st.sampled_from(["°'\"", "°′″", "度分秒", ["° ", "' ", '" '], [" ", " ", " "]]))
def test_reads_degrees_minutes_and_seconds(lon_u, lat_u, marks):
    lon, lat = lon_u / 1e6, lat_u / 1e6
    text = f"{spelt(lat, marks, 'N')} {spelt(lon, marks, 'E')}"
    if "60.000" not in text:
        assert close(first(text), lon, lat, 3e-7)


@pytest.mark.parametrize(
    ("text", "lon", "lat"),
    [
        ("geo:41.12,123.02;u=5", 123.02, 41.12),
        ("POINT (123.02 41.12)", 123.02, 41.12),
        ("SRID=4326;POINT(123.02 41.12)", 123.02, 41.12),
        ("[123.02, 41.12]", 123.02, 41.12),
        ("北纬41.12 东经123.02", 123.02, 41.12),
        ("东经123°1'12\" 北纬41°7'12\"", 123.02, 41.12),
        ("经度:123.02 纬度:41.12", 123.02, 41.12),
        ("41°07.2'N, 123°01.2'E", 123.02, 41.12),
        ("33.9S 18.4E", 18.4, -33.9),
        ("-33.9, 151.2", 151.2, -33.9),
        ("48.85, 2.35", 48.85, 2.35),  # nothing tells: lon, lat
        ("75.5 40.2", 75.5, 40.2),  # only this order lies in China
        ("40.2 75.5", 75.5, 40.2),
    ],
)
def test_reads_what_people_write(text, lon, lat):
    assert close(first(text), lon, lat)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "123", "12 5", "2199020118001024", "1-2-3", "3号楼 2单元", "123.02", "N E"),
        *("200.5,41.1", "123.02,91.5 N", "41.1N 42.1N", "41°61'N 123°E", "1234.5,41.1"),
        *("123.02,41.12,5", "nan,inf", "1e3,2e1", "灯杆 0307", "E123.02E 41.1N"),
    ],
)
def test_leaves_what_is_no_point(text):
    assert readings(text) == ()


@given(LONS, LATS)
def test_one_reading_per_datum_with_their_distances(lon_u, lat_u):
    lon, lat = lon_u / 1e6, lat_u / 1e6
    found = readings(f"{lon:.6f},{lat:.6f}")
    datums = [one.datum for one in found]
    assert datums[0] is Datum.WGS84
    assert len(set(datums)) == len(datums)
    for one in found:
        back = from_wgs84(lon=[one.lon], lat=[one.lat], datum=one.datum)
        assert close((back[0][0], back[1][0]), lon, lat, 1e-6)
        apart_m = Geod(ellps="WGS84").inv(lon, lat, one.lon, one.lat)[2]
        assert math.isclose(one.apart_m, apart_m, abs_tol=0.01)
        assert not one.stated


@pytest.mark.parametrize(
    ("word", "datum"),
    [("GCJ-02", "gcj02"), ("高德", "gcj02"), ("百度", "bd09"), ("BD09", "bd09"), ("GPS", "wgs84")],
)
def test_a_datum_that_is_named_is_believed(word, datum):
    for text in (f"{word} 123.02,41.12", f"123.02,41.12（{word}）"):
        (one,) = readings(text)
        assert (one.datum, one.stated, one.apart_m) == (Datum(datum), True, 0.0)


def test_datums_agree_outside_china():
    assert len(readings("2.3522E 48.8566N")) == 1


@given(
    st.text(max_size=200) | st.from_regex(re.compile(r"[0-9NSEW°'\" ,.+-]{0,60}"), fullmatch=True)
)
def test_any_text_gives_points_on_earth_or_none(text):
    for one in readings(text):
        assert abs(one.lon) <= 180
        assert abs(one.lat) <= 90
