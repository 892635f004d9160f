import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime

import geopandas as gpd
import pytest
import shapely

from gis_grid.cli.app import main
from gis_grid.grid.levels import COMMUNITY_GRID
from gis_grid.storage.city import City, CityStore
from gis_grid.storage.database import name_of, open_engine, sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.schema import newest
from gis_grid.values.layers import LAYERS


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command in this process, as its entry point does."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["gis-grid", *words])
        with pytest.raises(SystemExit) as stopped:
            main()
        said = capsys.readouterr()
        return Done(stopped.value.code or 0, said.out, said.err)

    return run


def test_makes_the_tables_and_says_what_they_hold(run, bare_database_url):
    made = run("db", "upgrade", "--database", bare_database_url)
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.endswith("is ready\n")
    assert "secret" not in made.stdout
    told = json.loads(run("db", "status", "--json", "--database", bare_database_url).stdout)
    assert told["revision"] == newest()
    assert told["generation"] is None
    assert told["city"] is None
    assert told["counts"] == dict.fromkeys(LAYERS, 0)


def test_tells_the_city_and_the_generation(run, database_url):
    engine = open_engine(database_url)
    grids = gpd.GeoDataFrame(
        {"code": ["g1"], "level": ["subarea"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326
    )
    with sessions(engine).begin() as session:
        city = City(name="鞍山", area_code="210300000000", scheme=COMMUNITY_GRID, epsg=4550)
        CityStore(session).put(city)
        GenerationStore(session).publish(
            grids, name="首版", valid_from=datetime(2026, 1, 1, tzinfo=UTC)
        )
    engine.dispose()
    told = json.loads(run("db", "status", "--json", "--database", database_url).stdout)
    assert told["city"] == "鞍山"
    assert told["generation"] == {
        "number": 1,
        "name": "首版",
        "valid_from": "2026-01-01T00:00:00+00:00",
    }
    assert told["counts"]["grids"] == 1
    shown = run("db", "status", "--database", database_url).stdout
    assert "1 首版, since 2026-01-01" in shown
    assert "鞍山" in shown
    assert name_of(engine) in shown


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite:///{folder}/none/city.db", "there is no folder {folder}/none for the database"),
        ("sqlite:///{folder}/empty.db", "there is no {folder}/empty.db; run: gis-grid db upgrade"),
        ("mysql://host/city", "is neither SQLite nor PostGIS"),
        ("postgresql://ann:secret@127.0.0.1:1/city", "cannot be reached or went away"),
        ("city.db", "'city.db' is not the address of a database; write sqlite:///city.db"),
    ],
)
def test_says_in_one_line_what_is_wrong(run, tmp_path, url, reason):
    done = run("db", "status", "--database", url.format(folder=tmp_path))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("error: ")
    assert reason.format(folder=tmp_path) in done.stderr
    assert "secret" not in done.stderr
