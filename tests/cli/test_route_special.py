"""``gis-grid route --special``: special grids go before the others."""

import csv
import json

import geopandas as gpd
import pytest
import shapely
from typer.testing import CliRunner

from gis_grid.cli.app import app
from gis_grid.errors import InputError
from tests.router.conftest import drawn  # noqa: F401 - a fixture

POINTS = """id,lon,lat
in the west,123.002,41.002
on the campus,123.0085,41.005
beside the road,123.002,41.00505
on the campus and the road,123.0085,41.00905
outside,0,0
nowhere,,
"""


@pytest.fixture
def files(tmp_path, drawn):  # noqa: F811
    drawn.to_file(tmp_path / "grids.geojson")
    (tmp_path / "points.csv").write_text(POINTS, encoding="utf-8")
    campus = shapely.box(123.007, 41.003, 123.013, 41.0095)
    road = shapely.LineString([(123.0, 41.005), (123.006, 41.005)])
    ring = shapely.LineString([(123.0, 41.009), (123.02, 41.009)])
    rows = {"code": ["campus", "road", "ring"], "priority": [1, 1, 2], "tolerance_m": [0, 8, 8]}
    special = gpd.GeoDataFrame(rows, geometry=[campus, road, ring], crs="EPSG:4326")
    special.to_file(tmp_path / "special.geojson")
    return tmp_path


def asked(files, *more):
    names = ["route", files / "points.csv", "--grids", files / "grids.geojson"]
    return [*map(str, names), "-o", str(files / "out.csv"), "--keep-going", *more]


def test_special_grids_own_what_they_reach(files):
    result = CliRunner().invoke(app, asked(files, "--special", str(files / "special.geojson")))
    assert result.exit_code == 0, result.output
    with (files / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["grid_code"], row["method"]) for row in rows] == [
        ("west", "polygon"),
        ("campus", "special"),
        ("road", "special"),
        ("ring", "special"),
        ("", "outside"),
        ("", ""),
    ]
    depth_m = [float(rows[at]["distance_to_border_m"]) for at in (1, 2, 3)]
    assert depth_m == pytest.approx([126.1, 8 - 5.55, 8 - 5.55], abs=0.2)
    assert [bool(row["cell"]) for row in rows] == [True] * 5 + [False]


def test_without_them_nothing_is_special(files):
    assert CliRunner().invoke(app, asked(files)).exit_code == 0
    text = (files / "out.csv").read_text(encoding="utf-8")
    assert "special" not in text
    assert text.count("polygon") == 4


def test_a_cluster_does_not_know_them(files):
    more = ["--special", str(files / "special.geojson"), "--engine", "spark"]
    with pytest.raises(InputError, match="--special works in this process only"):
        CliRunner().invoke(app, asked(files, *more), catch_exceptions=False)


def test_the_nearest_grid_within_a_limit(files):
    points = "id,lon,lat\n"
    places = [(123.002, 41.002), (122.9995, 41.005), (122.998, 41.005), (0, 0), ("", "")]
    points += "".join(f"{row},{lon},{lat}\n" for row, (lon, lat) in enumerate(places))
    (files / "points.csv").write_text(points, encoding="utf-8")
    result = CliRunner().invoke(app, asked(files, "--nearest-limit", "100", "--json"))
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["routed"] == 2
    with (files / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["grid_code"], row["method"]) for row in rows] == [
        ("west", "polygon"),
        ("west", "nearest"),
        ("", "outside"),
        ("", "outside"),
        ("", ""),
    ]
    assert float(rows[1]["distance_to_border_m"]) == pytest.approx(42.0, abs=0.2)


def test_special_grids_go_before_the_nearest(files):
    (files / "points.csv").write_text("id,lon,lat\n1,122.99995,41.005\n", encoding="utf-8")
    more = ["--special", str(files / "special.geojson"), "--nearest-limit", "100"]
    assert CliRunner().invoke(app, asked(files, *more)).exit_code == 0
    with (files / "out.csv").open(encoding="utf-8", newline="") as file:
        assert [row["grid_code"] for row in csv.DictReader(file)] == ["road"]


def test_spark_knows_no_nearest_limit(files):
    more = asked(files, "--nearest-limit", "5", "--engine", "spark")
    result = CliRunner().invoke(app, more)
    assert isinstance(result.exception, InputError)
    assert "--nearest-limit" in str(result.exception)
