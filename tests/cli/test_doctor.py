import json
import sys
from datetime import timedelta

import pytest
import shapely

from gis_grid.cli.app import main
from gis_grid.cli.doctor import examine
from gis_grid.storage.database import sessions
from gis_grid.storage.generations import GenerationStore
from tests import drawn

TOPICS = ["python", "packages", "database", "disk", "layers", "grids", "coverage", "router"]


def found(url, folder):
    return {one.topic: one for one in examine(url, folder)}


def test_a_city_in_order(engine, database_url, tmp_path):
    drawn.store(engine)
    findings = found(database_url, tmp_path)
    assert list(findings) == TOPICS
    assert all(one.ok for one in findings.values())
    assert "14 grids" in findings["layers"].said
    assert "9 ground grids" in findings["coverage"].said


def test_an_empty_database_is_told_what_to_do(database_url, tmp_path):
    findings = found(database_url, tmp_path)
    assert [topic for topic, one in findings.items() if not one.ok] == ["grids"]
    assert "gis-grid import grids" in findings["grids"].said
    assert "router" not in findings


def test_grids_that_overlap_are_found(engine, database_url, tmp_path):
    drawn.store(engine)
    bad = drawn.grids()
    bad.loc[bad["code"] == "A", "geometry"] = shapely.box(123.0, 41.004, 123.0025, 41.006)
    with sessions(engine).begin() as session:
        later = drawn.START + timedelta(days=1)
        GenerationStore(session).publish(bad, name="错", valid_from=later)
    findings = found(database_url, tmp_path)
    assert not findings["coverage"].ok
    assert findings["coverage"].said.split()[0] in {"2", "3"}


def test_a_database_without_tables(bare_database_url, tmp_path):
    findings = found(bare_database_url, tmp_path)
    assert not findings["database"].ok
    assert "gis-grid" in findings["database"].said
    assert "layers" not in findings


def test_a_server_that_is_not_there(tmp_path):
    findings = found("postgresql://ann:secret@127.0.0.1:1/city", tmp_path)
    assert not findings["database"].ok
    assert "secret" not in findings["database"].said


@pytest.fixture
def run(monkeypatch, capsys):
    def run(*words):
        monkeypatch.setattr(sys, "argv", ["gis-grid", "doctor", *words])
        with pytest.raises(SystemExit) as stopped:
            main()
        return stopped.value.code or 0, capsys.readouterr().out

    return run


def test_the_exit_code_tells(run, engine, database_url, tmp_path, monkeypatch):
    monkeypatch.setenv("GIS_GRID_CACHE_DIR", str(tmp_path))
    code, said = run("--database", database_url)
    assert code == 1
    assert "FAIL  grids" in said
    drawn.store(engine)
    code, said = run("--database", database_url)
    assert code == 0
    assert "FAIL" not in said
    code, said = run("--json", "--database", database_url)
    assert [one["topic"] for one in json.loads(said)] == TOPICS
    assert all(one["ok"] for one in json.loads(said))
