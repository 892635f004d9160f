"""``gis-grid route`` on real files, through the command line."""

import csv
import gzip
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet
from typer.testing import CliRunner

from gis_grid.cli.app import app
from gis_grid.errors import GisGridError
from gis_grid.geo.datum import from_wgs84
from gis_grid.router.cells import encode, to_words
from tests.router.conftest import drawn  # noqa: F401 - a fixture

HEADING = "id,经度,纬度,note"
LINES = [
    'a,123.005,41.005,"x, ""y"""',
    "b,123.0150,41.005,01/02/2015",
    "c,0,0,",
    "d,,41.005,empty",
    "e,east,41.005,word",
    "f,500,41.005,far",
    'g,123.01,41.005,"two\nlines"',
    "h,123.005",
    "i,123.005,41.005,too,many",
]
OWNERS = ["west", "east", "", "", "", "", "east", "", ""]
METHODS = ["polygon", "polygon", "outside", "", "", "", "polygon", "", ""]


@pytest.fixture
def grids(tmp_path, drawn):  # noqa: F811
    path = tmp_path / "grids.geojson"
    drawn.rename(columns={"code": "编码"}).to_file(path)
    return path


@pytest.fixture
def points(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("\n".join([HEADING, *LINES, ""]), encoding="utf-8")
    return path


def run(*arguments, code=None, fails=False):
    asked = [] if code is not None else ["--keep-going"]
    result = CliRunner().invoke(app, ["route", *asked, *map(str, arguments)])
    if fails:
        assert isinstance(result.exception, GisGridError), result
        return str(result.exception)
    assert result.exit_code == (code or 0), result
    return result


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_row_comes_back_once_in_order_unchanged(grids, points, tmp_path):
    out = tmp_path / "routed.csv"
    run(points, "--grids", grids, "-o", out)
    rows = rows_of(out)
    assert [row["grid_code"] for row in rows] == OWNERS
    assert [row["method"] for row in rows] == METHODS
    assert list(rows[0])[-4:] == ["grid_code", "method", "distance_to_border_m", "cell"]
    written = out.read_text(encoding="utf-8")
    for line in LINES[:7]:
        assert f"\n{line}," in written
    assert rows[0]["cell"] == to_words(encode(lon=[123.005], lat=[41.005]))[0]
    assert 400 < float(rows[0]["distance_to_border_m"]) < 430
    assert rows[8]["note"] == "too,many"


def test_the_summary_counts_every_row_by_reason(grids, points, tmp_path):
    result = run(points, "--grids", grids, "-o", tmp_path / "o.csv", "--json")
    told = json.loads(result.stdout)
    assert (told["rows"], told["routed"], told["outside"]) == (9, 3, 1)
    assert told["without_point"] == {
        "no_coordinates": 1,
        "not_a_number": 1,
        "out_of_range": 1,
        "uneven_row": 2,
    }
    words = run(points, "--grids", grids, "-o", tmp_path / "o.csv").stderr
    assert "uneven_row" in words


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "parquet", "geojson", "gpkg"])
def test_formats_give_the_same_answers(grids, points, tmp_path, ending):
    out = tmp_path / f"routed.{ending}"
    run(points, "--grids", grids, "-o", out)
    if ending == "parquet":
        found = parquet.read_table(out).to_pandas()
    elif ending.startswith("csv"):
        found = pd.read_csv(out, dtype=str)
    else:
        found = pyogrio.read_dataframe(out)
        assert found.geometry.notna().sum() == 4
    assert found["grid_code"].fillna("").tolist() == OWNERS


def test_parquet_keeps_its_types_and_reads_geometry(grids, tmp_path):
    table = pa.table(
        {"n": pa.array([1, None], pa.int16()), "lng": [123.005, None], "lat": [41.005, 1]}
    )
    parquet.write_table(table, tmp_path / "p.parquet")
    run(tmp_path / "p.parquet", "--grids", grids, "-o", tmp_path / "o.parquet")
    found = parquet.read_table(tmp_path / "o.parquet")
    assert found.schema.field("n").type == pa.int16()
    assert found["grid_code"].to_pylist() == ["west", None]
    assert found["distance_to_border_m"].null_count == 1
    shapes = gpd.GeoDataFrame(
        {"k": ["a", "b"]}, geometry=[shapely.Point(123.015, 41.005), None], crs="EPSG:4326"
    )
    shapes.to_parquet(tmp_path / "g.parquet")
    run(tmp_path / "g.parquet", "--grids", grids, "-o", tmp_path / "g.csv")
    assert [row["grid_code"] for row in rows_of(tmp_path / "g.csv")] == ["east", ""]
    run(tmp_path / "g.parquet", "--grids", grids, "-o", tmp_path / "h.parquet")
    assert gpd.read_parquet(tmp_path / "h.parquet")["grid_code"].iloc[0] == "east"


def test_features_in_metres_are_routed_in_degrees(grids, tmp_path):
    points = gpd.GeoDataFrame(
        {"k": ["a", "b"]},
        geometry=[shapely.Point(123.015, 41.005), shapely.box(0, 0, 1, 1)],
        crs="EPSG:4326",
    ).to_crs(4550)
    points.to_file(tmp_path / "p.gpkg")
    run(tmp_path / "p.gpkg", "--grids", grids, "-o", tmp_path / "o.gpkg")
    found = pyogrio.read_dataframe(tmp_path / "o.gpkg")
    assert found["grid_code"].fillna("").tolist() == ["east", ""]
    assert found.crs.to_epsg() == 4550


def test_datums_are_taken_off_points_and_grids(grids, tmp_path, drawn):  # noqa: F811
    lon, lat = from_wgs84(lon=[123.0099], lat=[41.005], datum="gcj02")
    points = tmp_path / "p.csv"
    points.write_text(f"x,y\n{lon[0]!r},{lat[0]!r}\n".replace("np.float64(", "").replace(")", ""))
    run(points, "--grids", grids, "--datum", "gcj02", "-o", tmp_path / "o.csv")
    assert rows_of(tmp_path / "o.csv")[0]["grid_code"] == "west"
    run(points, "--grids", grids, "-o", tmp_path / "o.csv")
    assert rows_of(tmp_path / "o.csv")[0]["grid_code"] == "east"
    moved = shapely.transform(
        drawn.geometry.to_numpy(),
        lambda xy: np.column_stack(from_wgs84(lon=xy[:, 0], lat=xy[:, 1], datum="gcj02")),
    )
    drawn.set_geometry(gpd.GeoSeries(moved, crs=4326)).to_file(tmp_path / "gcj.geojson")
    grids = tmp_path / "gcj.geojson"
    run(
        points,
        "--grids",
        grids,
        "--datum",
        "gcj02",
        "--grids-datum",
        "gcj02",
        "-o",
        tmp_path / "o.csv",
    )
    assert rows_of(tmp_path / "o.csv")[0]["grid_code"] == "west"


def test_a_pipe_goes_through(grids):
    command = "from gis_grid.cli.app import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", command, "route", "-", "--grids", grids, "-o", "-", "--keep-going"],
        input="\n".join([HEADING, *LINES, ""]).encode(),
        capture_output=True,
        check=True,
    )
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode(), newline="")))
    assert [row["grid_code"] for row in rows] == OWNERS
    assert b"routed" in done.stderr


def test_gbk_gz_and_semicolons_are_read(grids, tmp_path):
    points = tmp_path / "p.csv.gz"
    points.write_bytes(gzip.compress("编号;经度;纬度\n一号;123.005;41.005\n".encode("gbk")))
    run(points, "--grids", grids, "-o", tmp_path / "o.csv")
    assert (
        (tmp_path / "o.csv")
        .read_text("utf-8")
        .splitlines()[1]
        .startswith("一号;123.005;41.005;west")
    )


@given(
    cells=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\0\r\ufeff")), max_size=9
    )
)
def test_any_text_survives(cells, tmp_path_factory):
    folder = tmp_path_factory.mktemp("any")
    gpd.GeoDataFrame({"code": ["a"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326).to_file(
        folder / "g.geojson"
    )
    with (folder / "p.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerows([("text", "lon", "lat"), *((cell, "0.5", "0.5") for cell in cells)])
    run(folder / "p.csv", "--grids", folder / "g.geojson", "-o", folder / "o.csv")
    assert [row["text"] for row in rows_of(folder / "o.csv")] == cells


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points": "none.csv"}, "no file"),
        ({"points": "."}, "folder"),
        ({"text": ""}, "empty"),
        ({"text": "a,b\n1,2\n"}, "looks like lon.*a, b"),
        ({"text": "lon,lat,cell\n1,2,3\n"}, "'cell' already"),
        ({"lon": "east"}, "no column 'east'.*经度"),
        ({"code": "kennung"}, "no column 'kennung'"),
        ({"out": "o.docx"}, "unknown kind"),
        ({"out": "no/such/o.csv"}, "no such folder"),
        ({"grids": "points.csv"}, "no geometry"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_refuses_with_one_line_and_leaves_nothing(grids, points, tmp_path, change, message):
    if "text" in change:
        points.write_text(change["text"])
    arguments = [tmp_path / change["points"] if "points" in change else points]
    arguments += ["--grids", tmp_path / change["grids"] if "grids" in change else grids]
    arguments += ["-o", tmp_path / change.get("out", "o.csv")]
    arguments += [
        part for key in ("lon", "code") if key in change for part in (f"--{key}", change[key])
    ]
    before = sorted(tmp_path.iterdir())
    said = run(*arguments, fails=True)
    assert "\n" not in said
    assert re.search(message, said), said
    assert sorted(tmp_path.iterdir()) == before


def test_a_refusal_is_one_line_on_standard_error(grids, tmp_path):
    command = [Path(sys.executable).with_name("gis-grid"), "route", "nope.csv", "--grids", grids]
    done = subprocess.run(
        [*command, "-o", tmp_path / "out.csv"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == "error: there is no file nope.csv\n"
