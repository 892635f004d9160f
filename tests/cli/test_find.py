import json

import pytest
from typer.testing import CliRunner

from gis_grid.cli.app import app
from gis_grid.errors import StorageError
from gis_grid.storage.database import open_engine
from tests import databases, named


@pytest.fixture(scope="module")
def url(sqlite_template, tmp_path_factory):
    url = databases.sqlite_database(tmp_path_factory.mktemp("found"), sqlite_template)
    engine = open_engine(url)
    named.store(engine)
    engine.dispose()
    return url


def run(*words):
    return CliRunner().invoke(app, ["find", *words])


def test_prints_a_line_for_each_result(url):
    result = run("灯杆", "0307", "--database", url)
    assert result.exit_code == 0
    assert result.output.splitlines()[0].split("\t") == [
        *(
            "facility",
            "路灯 望溪路-0307",
            "2101010118000307",
            "河东区望溪路",
            "123.003000,41.005000",
        )
    ]


def test_says_in_which_datum_coordinates_were_read(url):
    lines = run("123.003,41.003", "--database", url).output.splitlines()
    assert lines[0].endswith("123.003000,41.003000\tread as WGS-84")
    assert lines[1].endswith("read as GCJ-02\t506 m from WGS-84")
    assert len(lines) == 3


def test_says_what_no_layer_holds(url):
    assert "without 501" in run("德平苑3号楼2单元501", "--database", url).output


def test_prints_json(url):
    found = json.loads(run("德平苑2号楼", "--json", "--limit", "1", "--database", url).output)
    assert [(one["kind"], one["code"]) for one in found] == [("building", "b21")]


def test_nothing_found_is_told_by_the_exit_code(url):
    result = run("没有这个", "--database", url)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "nothing fits" in result.stderr
    assert json.loads(run("没有这个", "--json", "--database", url).stdout) == []


def test_a_missing_database_is_one_line(tmp_path):
    result = run("a", "--database", f"sqlite:///{tmp_path}/none.db")
    assert isinstance(result.exception, StorageError)
    assert "gis-grid db upgrade" in str(result.exception)
