import csv
import io
import json

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from gis_grid.accounts.audit import Actor, Change
from gis_grid.cli.app import app
from gis_grid.errors import FileError, InputError
from gis_grid.storage.acting import acting
from gis_grid.storage.audit import record
from gis_grid.storage.database import open_engine, sessions
from tests import databases

FORMULA = '=HYPERLINK("http://evil")'


@pytest.fixture
def url(tmp_path, sqlite_template):
    url = databases.sqlite_database(tmp_path, sqlite_template)
    engine = open_engine(url)
    for who, code in (("ann", "i1"), ("bob", FORMULA)):
        with acting(Actor(who=who, address="10.0.0.7")), sessions(engine).begin() as session:
            record(session, Change(action="change", layer="incidents", code=code, after={"n": 1}))
    engine.dispose()
    return url


def run(*words):
    return CliRunner().invoke(app, [*map(str, words)])


def doctor(url, *words):
    done = run("doctor", "--audit", *words, "--database", url, "--json")
    return next(one for one in json.loads(done.stdout) if one["topic"] == "audit")


def test_takes_the_log_away_as_lines_of_json(url):
    done = run("audit", "export", "--database", url)
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["number"], first["who"], first["code"]) == (1, "ann", "i1")
    assert second["code"] == FORMULA
    assert len(second["hash"]) == 64


def test_a_spreadsheet_runs_no_formula_of_a_row(url, tmp_path):
    file = tmp_path / "log.csv"
    assert run("audit", "export", "-o", file, "--who", "bob", "--database", url).exit_code == 0
    [row] = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8")))
    assert row["code"] == f"'{FORMULA}"
    assert json.loads(row["after"]) == {"n": 1}


def test_chooses_by_time(url):
    late = run("audit", "export", "--since", "2100-01-01T00:00:00+00:00", "--database", url)
    assert late.stdout == ""
    wrong = run("audit", "export", "--since", "yesterday", "--database", url)
    assert isinstance(wrong.exception, InputError)


def test_says_what_it_cannot(url, tmp_path):
    assert isinstance(
        run("audit", "export", "-o", "x.pdf", "--database", url).exception, InputError
    )
    nowhere = tmp_path / "no" / "log.csv"
    assert isinstance(run("audit", "export", "-o", nowhere, "--database", url).exception, FileError)


def test_the_doctor_verifies_the_log_and_tells_its_end(url):
    found = doctor(url)
    assert found["ok"]
    anchor = found["said"].rpartition("--anchor ")[2]
    assert anchor.startswith("2:")
    assert doctor(url, "--anchor", anchor)["ok"]
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_kept_update"))
        connection.execute(text("UPDATE audit SET who = 'eve' WHERE number = 1"))
    engine.dispose()
    found = doctor(url)
    assert not found["ok"]
    assert found["said"].startswith("entry 1 is not what was written")


def test_an_anchor_that_is_none_is_one_line(url):
    done = run("doctor", "--anchor", "12", "--database", url)
    assert isinstance(done.exception, InputError)
