import json
import re

import geopandas as gpd
import pytest
from typer.testing import CliRunner

from gis_grid.cli.app import app
from gis_grid.errors import FileError, InputError
from gis_grid.maps.reports.kinds import KINDS
from gis_grid.storage.database import open_engine
from tests import databases, drawn

RUN = CliRunner()


@pytest.fixture(scope="module")
def url(tmp_path_factory, sqlite_template):
    url = databases.sqlite_database(tmp_path_factory.mktemp("report"), sqlite_template)
    engine = open_engine(url)
    drawn.store(engine)
    engine.dispose()
    return url


@pytest.fixture
def grids(tmp_path):
    """Return a plain file of grids with a column of its own and one bad row."""
    frame = drawn.grids().query("level == 'subarea'")[["code", "name", "geometry"]]
    path = tmp_path / "plain.geojson"
    frame.assign(巡查次数=range(9)).to_file(path, driver="GeoJSON")
    return path


def run(*words):
    return RUN.invoke(app, ["report", *map(str, words)])


def data(path):
    html = path.read_text("utf-8")
    return json.loads(re.search(r'id="gis-grid-data">(.*?)</script>', html, re.DOTALL)[1])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_command(kind, url, tmp_path):
    out = tmp_path / "map.html"
    answer = run(kind, "--database", url, "-o", out, "--lang", "en", "--title", "Q1 & more")
    assert answer.exit_code == 0, answer.output
    html = out.read_text("utf-8")
    assert "<h1>Q1 &amp; more</h1>" in html
    assert '<html lang="en">' in html
    assert str(out) in answer.stdout
    assert list(tmp_path.iterdir()) == [out]


def test_a_generation_or_a_moment_is_chosen(url, tmp_path):
    out = tmp_path / "map.html"
    assert run("grids", "--database", url, "-o", out, "--generation", 1).exit_code == 0
    assert "第 1 版" in out.read_text("utf-8")
    answer = run("grids", "--database", url, "-o", out, "--at", "2020-01-01T00:00Z")
    assert "no generation" in str(answer.exception)
    both = run(
        "grids", "--database", url, "-o", out, "--at", "2026-02-01T00:00Z", "--generation", 1
    )
    assert isinstance(both.exception, InputError)


def test_a_sheet_of_paper(url, tmp_path):
    out = tmp_path / "map.pdf"
    assert run("cameras", "--database", url, "-o", out, "--size", "A5").exit_code == 0
    assert out.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("words", "error", "says"),
    [
        (["grids", "-o", "map.doc"], FileError, "write .html, .png or .pdf"),
        (["grids", "-o", "no/where/map.html"], FileError, "cannot write"),
        (["grids", "-o", "x.html", "--value", "moon"], InputError, "no number 'moon'"),
        (["grids", "-o", "x.html", "--at", "monday"], InputError, "write it like"),
    ],
)
def test_bad_input_is_one_line(url, tmp_path, monkeypatch, words, error, says):
    monkeypatch.chdir(tmp_path)
    answer = run(*words, "--database", url)
    assert isinstance(answer.exception, error)
    assert says in str(answer.exception)


def test_a_plain_file_needs_no_database(grids, tmp_path):
    out = tmp_path / "map.html"
    answer = run("grids", grids, "--value", "巡查次数", "-o", out)
    assert answer.exit_code == 0, answer.output
    html = out.read_text("utf-8")
    assert "取自文件 plain.geojson" in html
    fill = next(layer for layer in data(out)["layers"] if layer["key"] == "fill")
    assert len(fill["shapes"]) == 9
    column = fill["columns"][fill["fields"].index("巡查次数")]
    assert [column["words"][row] if "words" in column else row for row in column["rows"]] == [
        str(number) for number in range(9)
    ]


def test_rows_that_cannot_be_read_are_told(grids, tmp_path):
    frame = gpd.read_file(grids)
    frame.loc[3, "geometry"] = frame.geometry[3].boundary
    bad = tmp_path / "bad.gpkg"
    frame.to_file(bad, driver="GPKG")
    answer = run("grids", bad, "-o", tmp_path / "map.html")
    assert answer.exit_code == 1
    assert "1 rows left out; the first is row 4" in answer.output
    assert (tmp_path / "map.html").exists()
    assert run("grids", bad, "-o", tmp_path / "map.html", "--keep-going").exit_code == 0


def test_points_of_a_table_become_heat(tmp_path):
    rows = "\n".join(f"{n},2026-01-0{n % 9 + 1} 08:00,123.001,41.001" for n in range(20))
    table = tmp_path / "案件.csv"
    table.write_text(f"编号,上报时间,经度,纬度\n{rows}\n", encoding="utf-8")
    out = tmp_path / "heat.html"
    answer = run("heat", table, "-o", out)
    assert answer.exit_code == 0, answer.output
    heat = next(layer for layer in data(out)["layers"] if layer["key"] == "heat")
    assert heat["columns"][0]["rows"] == [20]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--generation", "1"], "--generation chooses in a database"),
        (["--value", "巡查"], "no number '巡查'"),
        (["--value", "name"], "no number 'name'"),
        (["--map", "color"], "--map takes field=VALUE"),
    ],
)
def test_a_file_is_asked_sensibly(grids, tmp_path, words, says):
    answer = run("grids", grids, "-o", tmp_path / "x.html", *words)
    assert isinstance(answer.exception, InputError)
    assert says in str(answer.exception)


def test_a_city_is_no_file(grids, tmp_path):
    answer = run("city", grids, "-o", tmp_path / "x.html")
    assert answer.exit_code == 2
