"""``gis-grid plan`` on the database: a plan travels through files and is published and undone."""

import json
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from typer.testing import CliRunner

from gis_grid.cli.app import app
from gis_grid.errors import InputError
from gis_grid.plan.stages import Stage
from gis_grid.services.planning.desk import Desk
from gis_grid.services.planning.judging import PlanSettings
from gis_grid.services.planning.starting import begin
from gis_grid.services.planning.wishes import WISH
from gis_grid.storage.database import open_engine, sessions
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.plans.plans import PlanStore
from tests import databases, drawn
from tests.planned import NOW


@pytest.fixture
def url(tmp_path, sqlite_template):
    url = databases.sqlite_database(tmp_path, sqlite_template)
    engine = open_engine(url)
    drawn.store(engine)
    with sessions(engine).begin() as session:
        store, begun = PlanStore(session), begin(session, "s")
        store.add(
            title="秋季调整",
            area_code="s",
            generation=1,
            start_digest=store.keep_start(begun.start, now=NOW),
            settings=PlanSettings().model_dump(mode="json"),
            author="ann",
            now=NOW,
        )
    engine.dispose()
    return url


def run(*words, code=0):
    found = CliRunner().invoke(app, ["plan", *map(str, words)])
    assert found.exit_code == code, (found.output, found.exception)
    return found.stdout


def ground(url):
    engine = open_engine(url)
    with sessions(engine).begin() as session:
        grids = LayerStore(session).read("grids")
    engine.dispose()
    return set(grids["code"][grids["level"] == "subarea"])


def approve(url, number):
    engine = open_engine(url)
    with sessions(engine).begin() as session:
        store = PlanStore(session)
        for stage in (Stage.REVIEW, Stage.APPROVED):
            store.move(store.hold(number), stage, now=NOW)
    engine.dispose()


def test_a_plan_travels_through_files_is_published_and_undone(url, tmp_path):
    at = ("--database", url)
    assert "秋季调整" in run("list", *at)
    table = tmp_path / "plan.csv"
    assert "written to" in run("export", 1, "-o", table, *at)
    rows = table.read_text("utf-8-sig").splitlines()
    moved = [row.replace(",A", ",B") for row in rows]
    table.write_text("\n".join([*moved, "B999,A"]), "utf-8")
    told = json.loads(run("import", table, "--onto", 1, "--json", *at, code=1))
    assert told["moved"] == sum(one != other for one, other in zip(rows, moved, strict=True)) > 0
    assert [one["value"] for one in told["rejects"]] == ["B999"]
    whole = tmp_path / "p.plan.json"
    run("export", 1, "-o", whole, *at)
    assert json.loads(run("import", whole, "--json", *at)) == {"plan": 2, "steps": 1}
    again = tmp_path / "q.plan.json"
    run("export", 2, "-o", again, *at)
    assert again.read_bytes() == whole.read_bytes()
    for name in ("g.gpkg", "s.zip", "t.gazette.csv", "t.gazette.xlsx"):
        run("export", 2, "-o", tmp_path / name, *at)
        assert (tmp_path / name).stat().st_size > 100
    assert [one["number"] for one in json.loads(run("list", "--json", *at))] == [2, 1]
    before = ground(url)
    refused = CliRunner().invoke(app, ["plan", "publish", "2", "--name", "x", *at])
    assert "draft" in str(refused.exception)
    approve(url, 2)
    refused = CliRunner().invoke(app, ["plan", "publish", "2", "--name", "x", *at])
    assert "grid A has no blocks" in str(refused.exception)
    assert ground(url) == before


def test_a_workbook_comes_in_as_a_step(url, tmp_path):
    at, file = ("--database", url), tmp_path / "plan.xlsx"
    run("export", 1, "-o", file, *at)
    book = openpyxl.load_workbook(file)
    [head, first, *_] = book.active.iter_rows()
    assert [cell.value for cell in head] == ["block", "grid"]
    first[1].value = "H" if first[1].value == "G" else "G"
    book.active.append(["B999", "G"])
    book.save(file)
    told = json.loads(run("import", file, "--onto", 1, "--json", *at, code=1))
    [lost] = told["rejects"]
    assert (told["moved"], lost["value"], lost["row"]) == (1, "B999", book.active.max_row)
    assert "no sheet 'x'" in str(
        CliRunner()
        .invoke(app, ["plan", "import", str(file), "--onto", "1", "--layer", "x", *at])
        .exception
    )


def test_a_publication_from_the_command_line_is_undone(url):
    at = ("--database", url)
    engine = open_engine(url)
    wish = WISH.validate_python({"do": "merge", "grids": ["A"], "into": "D"})
    Desk(engine).do(1, wish.edit, seen=0, author="ann", now=NOW)
    engine.dispose()
    approve(url, 1)
    before = ground(url)
    assert "generation 2 is current" in run("publish", 1, "--name", "秋季", *at)
    assert ground(url) == before - {"A"}
    assert "generation 3 is current" in run("revert", 2, "--name", "撤销", *at)
    assert ground(url) == before
    listed = json.loads(run("list", "--json", *at))
    assert listed[0]["stage"] == "approved"


def test_a_publication_waits_for_its_moment_and_is_cancelled(url):
    at = ("--database", url)
    approve(url, 1)
    moment = (datetime.now(UTC) + timedelta(days=30)).replace(microsecond=0)
    when = ("--effective-from", moment.isoformat())
    assert moment.isoformat() in run("publish", 1, "--name", "春季", *when, *at)
    assert f"to be published at {moment.isoformat()}" in run("list", *at)
    [listed] = json.loads(run("list", "--json", *at))
    assert (listed["effective_from"], listed["area_name"]) == (moment.isoformat(), "网格s")
    assert "stays approved" in run("cancel", 1, *at)
    assert json.loads(run("list", "--json", *at))[0]["effective_from"] is None
    for wrong, said in (("soon", "is no moment"), ("2020-01-01T00:00Z", "ten years to come")):
        words = ["plan", "publish", "1", "--name", "x", "--effective-from", wrong, *at]
        assert said in str(CliRunner().invoke(app, words).exception)


def test_a_map_comes_in_as_a_step(url, tmp_path):
    at, file = ("--database", url), tmp_path / "plan.gpkg"
    run("export", 1, "-o", file, *at)
    wish = WISH.validate_python({"do": "merge", "grids": ["A"], "into": "D"})
    engine = open_engine(url)
    Desk(engine).do(1, wish.edit, seen=0, author="ann", now=NOW)
    engine.dispose()
    told = json.loads(run("import", file, "--onto", 1, "--layer", "grids", "--json", *at, code=1))
    [gone] = told["rejects"]
    assert (gone["value"], told["moved"], told["doubts"]) == ("A", 0, [])
    assert "begin it in the plan first" in gone["reason"]
    assert told["untouched"] > 0  # the blocks of A stay in D
    whole = run("import", file, "--onto", 1, "--keep-going", *at)
    assert "0 blocks moved" in whole


def test_an_unknown_ending_is_named(url, tmp_path):
    found = CliRunner().invoke(app, ["plan", "export", "1", "-o", str(tmp_path / "x.docx"),
                                     "--database", url])  # fmt: skip
    assert isinstance(found.exception, InputError)
    assert ".gpkg" in str(found.exception)
