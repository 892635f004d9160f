"""Routing files in pieces: odd text, killed runs, rejects, memory."""

import csv
import gzip
import io
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from gis_grid.errors import FileError
from gis_grid.geo.datum import Datum
from gis_grid.router import Router
from gis_grid.services.route_file import text
from gis_grid.services.route_file.answers import border_words, cell_words
from gis_grid.services.route_file.job import Places
from gis_grid.services.route_file.points import Wanted, open_points
from gis_grid.services.route_file.run import route_file

ROOT = Path(__file__).resolve().parents[2]
ROWS = 40_000

KILLED = """
import sys, time
from pathlib import Path
from gis_grid.router import Router
from gis_grid.services.route_file.job import Places
from gis_grid.services.route_file.points import Wanted
from gis_grid.services.route_file import points, run, text
points.BATCH, text.PIECE_BYTES = 500, 20_000
router, source, out = Router.load(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
print("ready", flush=True)
told = run.route_file(
    router, source, Places.beside(out, None), wanted=Wanted(), commit_rows=1_500,
    progress=lambda *_: time.sleep(0.005),
)
print(told.rows, told.resumed, flush=True)
"""


@pytest.fixture(scope="module")
def router():
    boxes = [shapely.box(x / 10, 0, (x + 1) / 10, 1) for x in range(10)]
    codes = [f"grid {x}" if x % 2 else f'g,"{x}"' for x in range(10)]
    return Router.build(gpd.GeoDataFrame({"code": codes}, geometry=boxes, crs=4326))


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(6)
    lon, lat = rng.uniform(-0.2, 1.2, (2, ROWS))
    lon[rng.random(ROWS) < 0.01] = np.nan
    return pa.table(
        {
            "id": np.arange(ROWS),
            "lon": pa.array(lon, mask=np.isnan(lon)),
            "lat": lat,
            "note": [f'a "{n}", b' if n % 7 == 0 else f"n{n}" for n in range(ROWS)],
        }
    )


def written(table, path):
    if path.suffix == ".parquet":
        parquet.write_table(table, path, row_group_size=7_000)
        return path
    opened = gzip.open if path.suffix == ".gz" else Path.open
    with opened(path, "wt", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(table.column_names)
        for values in zip(*(column.to_pylist() for column in table.columns), strict=True):
            writer.writerow(["" if value is None else value for value in values])
    return path


def started(folder, source, out):
    return subprocess.Popen(
        [sys.executable, "-c", KILLED, folder / "grids.router", source, out],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", ["p.csv>o.csv", "p.csv.gz>o.csv.gz", "p.parquet>o.parquet"])
def test_a_killed_run_goes_on_to_the_same_bytes(router, table, tmp_path, name):
    source, target = name.split(">")
    router.save(tmp_path / "grids.router")
    points = written(table, tmp_path / source)
    (tmp_path / "whole").mkdir()
    whole = started(tmp_path, points, tmp_path / "whole" / target)
    assert whole.stdout.readline() == "ready\n"
    assert whole.communicate()[0] == f"{ROWS} 0\n"
    rng = random.Random(len(name))
    journal = tmp_path / f".{target}.routing" / "journal.json"
    for kills in range(4):
        run = started(tmp_path, points, tmp_path / target)
        if kills < 3:
            wait_for_change(journal, run)
            time.sleep(rng.uniform(0, 0.05))
            run.send_signal(signal.SIGKILL)
        told = run.communicate()[0].split()[1:]
        assert (tmp_path / target).exists() == (kills == 3)
    assert told[0] == str(ROWS)
    assert int(told[1]) > 0  # it did go on
    stem = target.split(".")[0]
    for file in (target, f"{stem}.rejects.csv"):
        assert (tmp_path / file).read_bytes() == (tmp_path / "whole" / file).read_bytes()
    assert not list(tmp_path.glob(".*"))


def wait_for_change(path, run):
    """Wait until a run has made more rows safe."""
    before = path.read_bytes() if path.exists() else b""
    while not path.exists() or path.read_bytes() == before:
        assert run.poll() is None
        time.sleep(0.002)


def routed(router, points, out, **options):
    return route_file(router, points, Places.beside(out, None), wanted=Wanted(), **options)


@pytest.mark.parametrize("change", ["grids", "datum", "points"])
def test_another_run_does_not_go_on_from_it(router, table, tmp_path, monkeypatch, change):
    points, out = written(table.slice(0, 3_000), tmp_path / "p.parquet"), tmp_path / "o.parquet"
    monkeypatch.setattr("gis_grid.services.route_file.points.BATCH", 500)

    def stop(done, _):
        if done >= 2_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        routed(router, points, out, commit_rows=1_000, progress=stop)
    assert (tmp_path / ".o.parquet.routing" / "journal.json").exists()
    options = {"commit_rows": 1_000}
    if change == "grids":
        box = gpd.GeoDataFrame({"code": ["a"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326)
        router = Router.build(box)
    elif change == "datum":
        options["datum"] = Datum.GCJ02
    else:
        written(table.slice(100, 3_000), points)
    told = routed(router, points, out, **options)
    assert (told.rows, told.resumed) == (3_000, 0)
    assert parquet.read_table(out).num_rows == 3_000


def test_two_runs_do_not_write_one_file(router, table, tmp_path):
    points = written(table.slice(0, 100), tmp_path / "p.csv")

    def another(_done, _rows):
        with pytest.raises(FileError, match="another run"):
            routed(router, points, tmp_path / "o.csv")

    assert routed(router, points, tmp_path / "o.csv", progress=another).rows == 100


def test_a_full_disk_leaves_what_was_there(router, table, tmp_path):
    points = written(table.slice(0, 100), tmp_path / "p.csv")
    (tmp_path / "o.csv").write_text("before")
    with pytest.raises(FileError, match="cannot be written"):
        route_file(
            router, points, Places(out=tmp_path / "o.csv", rejects=Path("/dev/full/r.csv")),
            wanted=Wanted(),
        )  # fmt: skip
    assert (tmp_path / "o.csv").read_text() == "before"


def test_rejects_name_row_reason_and_value(router, tmp_path):
    points = tmp_path / "p.csv"
    points.write_text('id,lon,lat\na,0.5,0.5\nb,,0.5\nc,"x, y",1\nd,0.5\ne,500,0.5\n')
    told = routed(router, points, tmp_path / "o.csv")
    assert told.rejects == str(tmp_path / "o.rejects.csv")
    listed = (tmp_path / "o.rejects.csv").read_text(encoding="utf-8-sig")
    assert list(csv.reader(io.StringIO(listed))) == [
        ["row", "reason", "value"],
        ["2", "no_coordinates", "b,,0.5"],
        ["3", "not_a_number", 'c,"x, y",1'],
        ["4", "uneven_row", "d,0.5"],
        ["5", "out_of_range", "e,500,0.5"],
    ]
    points.write_text("id,lon,lat\na,0.5,0.5\n")
    assert routed(router, points, tmp_path / "o.csv").rejects is None
    assert not (tmp_path / "o.rejects.csv").exists()


FIELD = st.text(st.sampled_from('a"\n,; é'), max_size=5)


@given(
    rows=st.lists(st.tuples(FIELD, FIELD), max_size=12),
    end=st.sampled_from(["\n", "\r\n"]),
    size=st.integers(1, 60),
)
def test_pieces_of_any_size_give_the_rows_of_the_csv_module(rows, end, size, tmp_path_factory):
    path = tmp_path_factory.mktemp("any") / "p.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator=end)
        writer.writerow(["lon", "x", "lat"])
        writer.writerows((one, "0.5", other) for one, other in rows)
    points = open_points(path, Wanted())
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "PIECE_BYTES", size)
        for some, _ in points.read(None):
            told = some.degrees()
            raw = text_of(some)
            found += list(csv.reader(io.StringIO(raw, newline="")))
            assert len(told.lon) == len(told.reason)
    assert [[row[0], row[2]] for row in found] == [list(row) for row in rows]


def text_of(rows):
    if hasattr(rows, "lines_read"):
        return "".join(f"{line}\n" for line in rows.lines_read)
    return "".join(f"{line}\n" for line in rows.rows.lines.to_pylist())


def test_quotes_inside_words_and_stray_ones_stay_what_they_are(router, tmp_path):
    lines = ['5" pipe,0.5,0.5', 'a "b" c,0.5,0.5', '"x ""y""",0.5,0.5', 'odd " one,0.5,0.5']
    (tmp_path / "p.csv").write_text("\n".join(["t,lon,lat", *lines]))
    assert routed(router, tmp_path / "p.csv", tmp_path / "o.csv").routed == 4
    out = (tmp_path / "o.csv").read_text().splitlines()[1:]
    assert [
        line.startswith(f"{before},grid 5,polygon") for line, before in zip(out, lines, strict=True)
    ]


def test_utf16_is_read(router, tmp_path):
    (tmp_path / "p.csv").write_text("名,lon,lat\n一,0.55,0.5\n", encoding="utf-16")
    assert routed(router, tmp_path / "p.csv", tmp_path / "o.csv").routed == 1
    assert "一,0.55,0.5,grid 5," in (tmp_path / "o.csv").read_text(encoding="utf-8")


@given(metres=st.floats(0, 1e7))
def test_distances_are_written_to_the_millimetre(metres):
    word = border_words(np.array([metres])).to_pylist()[0]
    assert len(word.partition(".")[2]) == 3
    assert abs(float(word) - metres) <= 0.000_501


def test_cells_are_written_as_words():
    assert cell_words(np.array([0, 0x8C302E48D3823FF])).to_pylist() == ["", "8c302e48d3823ff"]
    assert cell_words(np.array([], np.int64)).to_pylist() == []
