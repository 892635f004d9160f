import json
import sys

import pytest

from gis_grid.cli.app import main
from tests.databases import sqlite_database


@pytest.fixture
def url(tmp_path, sqlite_template):
    return sqlite_database(tmp_path, sqlite_template)


@pytest.fixture
def run(url, monkeypatch, capsys):
    """Run the command as a shell would; return exit code, output and complaints."""

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["gis-grid", *map(str, words), "--database", url])
        with pytest.raises(SystemExit) as stopped:
            main()
        said = capsys.readouterr()
        return stopped.value.code or 0, said.out, said.err

    return call


@pytest.fixture
def lamps(tmp_path):
    path = tmp_path / "lamps.csv"
    path.write_text("灯杆编号,经度,纬度\nL1,118.7,32.0\nL2,32.0,118.7\nL3,118.8,32.1\n")
    return path


ARGUMENTS = ("--map", "code=灯杆编号", "--set", "category=0118")


def test_exit_code_says_whether_rows_were_rejected(run, lamps, tmp_path):
    code, out, _ = run("import", "facilities", lamps, *ARGUMENTS)
    assert code == 1
    assert "3 read, 2 stored" in out
    assert "1 swapped_lon_lat" in out
    assert "lon=经度 (guessed)" in out
    assert (tmp_path / "lamps.rejects.csv").exists()
    code, out, _ = run("import", "facilities", lamps, *ARGUMENTS, "--keep-going")
    assert code == 0
    assert "2 unchanged" in out


def test_says_everything_in_json(run, lamps, tmp_path):
    rejects = tmp_path / "elsewhere.csv"
    code, out, _ = run(
        "import", "facilities", lamps, *ARGUMENTS, "--json", "--dry-run", "--rejects", rejects
    )
    document = json.loads(out)
    assert (code, document["stored"], document["dry_run"]) == (1, 2, True)
    assert document["reasons"] == {"swapped_lon_lat": 1}
    assert document["rejects_files"] == [str(rejects)]
    assert not (tmp_path / "lamps.rejects.csv").exists()


@pytest.mark.parametrize("ending", ["toml", "json"])
def test_saves_a_mapping_and_uses_it(run, lamps, tmp_path, ending):
    saved = tmp_path / f"lamps.{ending}"
    run("import", "facilities", lamps, *ARGUMENTS, "--save-mapping", saved, "--dry-run")
    code, out, _ = run("import", "facilities", lamps, "--mapping", saved, "--keep-going", "--json")
    assert (code, json.loads(out)["stored"], json.loads(out)["guessed"]) == (0, 2, [])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("zero.gpkg", b""),
        ("odd.csv", b"code,lon\n\x00\xff\xfe\n"),
        ("lacking.csv", b"code,name\n1,a\n"),
        ("unknown.dwg", b"x"),
    ],
)
def test_a_bad_file_is_one_line_and_exit_code_2(run, tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    code, out, err = run("import", "gates", path)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1


def test_a_bad_extract_is_one_line_and_exit_code_2(run, tmp_path):
    for name, content in (("zero.osm.pbf", b""), ("junk.osm.pbf", b"hello" * 1000)):
        (tmp_path / name).write_bytes(content)
        code, _, err = run("import", "osm", tmp_path / name)
        assert (code, err.count("\n")) == (2, 1)
    code, _, err = run("import", "osm", tmp_path)
    assert (code, "is a folder" in err) == (2, True)
    assert "one OpenStreetMap extract at a time" in run("import", "osm", "a.pbf", "b.pbf")[2]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--map", "code"), "--map takes field=VALUE"),
        (("--map", "code=nothing"), "no column 'nothing'"),
        (("--set", "colour=red"), "no field 'colour'"),
        (("--timezone", "Asia/Atlantis"), "no time zone"),
        (("--mapping", "missing.toml"), "cannot be read as a mapping"),
        (("--encoding", "klingon"), "no encoding"),
        (("--crs", "EPSG:99"), "no CRS"),
        (("--datum", "auto"), "nothing is stored"),
    ],
)
def test_says_which_option_is_wrong(run, tmp_path, words, complaint):
    path = tmp_path / "a.csv"
    path.write_text("code,state,reported_at,lon,lat\n1,reported,2026-01-01,118,32\n")
    code, _, err = run("import", "incidents", path, *words)
    assert (code, complaint in err) == (2, True), err


def test_asks_for_the_order_of_days_and_months_when_it_matters(run, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("code,state,reported_at,lon,lat\n1,reported,03/04/2026,118,32\n")
    assert "--day-order" in run("import", "incidents", path)[2]
    assert run("import", "incidents", path, "--day-order", "day-first")[0] == 0
