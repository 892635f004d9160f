"""``gis-grid special``: kept in the database, used by ``gis-grid route``."""

import csv
import json
import time
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from typer.testing import CliRunner

from gis_grid.cli.app import app
from gis_grid.errors import GeometryError, InputError, StorageError
from gis_grid.storage.database import open_engine
from tests import drawn


@pytest.fixture
def ask(database_url, tmp_path, monkeypatch):
    """Give what runs the command on the drawn city."""
    monkeypatch.setenv("GIS_GRID_DATABASE_URL", database_url)
    monkeypatch.setenv("GIS_GRID_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    engine = open_engine(database_url)
    drawn.store(engine)
    engine.dispose()

    def run(*words):
        result = CliRunner().invoke(app, [*words], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


def write(path, *, crs="EPSG:4326", shape=drawn.BOXES["A"], **columns):
    road = shapely.LineString([(123.002, 41.001), (123.004, 41.001)])
    rows = {"code": ["campus", "road"], "name": ["画大学", None]} | columns
    gpd.GeoDataFrame(rows, geometry=[shape, road], crs="EPSG:4326").to_crs(crs).to_file(path)
    return path.name


def owners(ask, *more):
    """Return who owns the middles of A and B and a place beside the road."""
    places = [drawn.middle("A"), drawn.middle("B"), (123.003, 41.00105)]
    lines = "".join(f"{lon},{lat}\n" for lon, lat in places)
    Path("p.csv").write_text("lon,lat\n" + lines, encoding="utf-8")
    ask("route", "p.csv", "-o", "out.csv", *more)
    with Path("out.csv").open(encoding="utf-8", newline="") as file:
        return [row["grid_code"] for row in csv.DictReader(file)]


def test_they_are_kept_listed_used_and_ended(ask, tmp_path):
    ground = owners(ask)
    assert ground == ["A", "B", "H"]
    assert json.loads(ask("special", "list", "--json")) == []
    before = datetime.now(UTC).isoformat()
    time.sleep(0.001)
    file = write(tmp_path / "s.gpkg", crs="EPSG:4550", tolerance_m=[3.0, 8.0])
    assert ask("special", "import", file) == "2 special grids are valid now (set 1)\n"
    assert json.loads(ask("special", "list", "--json")) == [
        {"code": "campus", "name": "画大学", "priority": 0.0, "tolerance_m": 0.0},
        {"code": "road", "name": None, "priority": 0.0, "tolerance_m": 8.0},
    ]
    told = ask("special", "list").splitlines()
    assert told == [
        "campus  画大学  (priority 0)",
        "road  no name  (priority 0, 8 m to both sides)",
    ]
    assert owners(ask) == ["campus", "B", "road"]
    assert owners(ask, "--at", before) == ground
    other = write(tmp_path / "other.geojson", shape=drawn.BOXES["B"], tolerance_m=[0.0, 1.0])
    assert owners(ask, "--special", other) == ["A", "campus", "H"]
    nothing = gpd.GeoDataFrame({"code": []}, geometry=[], crs="EPSG:4326")
    nothing.to_parquet("none.parquet")
    assert json.loads(ask("special", "import", "none.parquet", "--json")) == {"set": 2, "rows": 0}
    assert owners(ask) == ground


def test_another_datum_is_brought_to_wgs84(ask, tmp_path):
    file = write(tmp_path / "s.geojson")
    ask("special", "import", file, "--datum", "gcj02")
    assert owners(ask)[0] == "A"  # the campus lies some 600 m away from there


def test_a_broken_file_changes_nothing(ask, tmp_path):
    ask("special", "import", write(tmp_path / "s.gpkg"))
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    for file, error in (
        (write(tmp_path / "bow.gpkg", shape=bow), GeometryError),
        (write(tmp_path / "twice.gpkg", code=["x", "x"]), InputError),
        (write(tmp_path / "none.gpkg", shape=None), InputError),
    ):
        with pytest.raises(error):
            ask("special", "import", file)
    assert len(json.loads(ask("special", "list", "--json"))) == 2


def test_a_cluster_does_not_know_them(ask, tmp_path):
    ask("special", "import", write(tmp_path / "s.gpkg"))
    with pytest.raises(InputError, match="the database keeps special grids"):
        owners(ask, "--engine", "spark")


def test_a_database_without_tables_is_refused(tmp_path):
    file = write(tmp_path / "s.gpkg")
    address = f"sqlite:///{tmp_path / 'empty.db'}"
    words = ["special", "import", str(tmp_path / file), "--database", address]
    with pytest.raises(StorageError, match="gis-grid db upgrade"):
        CliRunner().invoke(app, words, catch_exceptions=False)


def test_they_are_exported_and_imported_again(ask):
    write(Path("in.geojson"), priority=[0.0, 3.0])
    ask("special", "import", "in.geojson")
    assert json.loads(ask("special", "export", "out.gpkg", "--json")) == {"rows": 2}
    assert "2 special grids are valid now (set 1)" in ask("special", "import", "out.gpkg")
    assert "0 special grids written to" in ask(
        "special", "export", "before.geojson", "--at", "2020-01-01T00:00Z"
    )
    with pytest.raises(InputError, match="--at 'then' is no moment"):
        ask("special", "export", "out.gpkg", "--at", "then")
