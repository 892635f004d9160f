import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from gis_grid.cli.app import main
from gis_grid.storage.database import open_engine
from tests import drawn
from tests.signed import bearer, token

COMMAND = [str(Path(sys.executable).parent / "gis-grid"), "serve"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(port, path, headers=None):
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers or {})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return answer.read()


def wait_for(port, process):
    until = time.monotonic() + 180  # a start takes 2 s; much more where others work, too
    while time.monotonic() < until and process.poll() is None:
        try:
            return json.loads(get(port, "/api/v1/health"))
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(process.communicate(timeout=10))


@pytest.fixture
def city(tmp_path, sqlite_template):
    file = tmp_path / "city.db"
    file.write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{file}")
    drawn.store(engine)
    engine.dispose()
    return file


@pytest.fixture
def refused(monkeypatch, capsys, tmp_path):
    """Run the command in this process, where it must refuse in one line; return the line."""
    monkeypatch.chdir(tmp_path)

    def run(*words, **more):
        for name, value in more.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["gis-grid", "serve", *words])
        with pytest.raises(SystemExit) as stopped:
            main()
        said = capsys.readouterr().err
        assert stopped.value.code == 2
        assert said.startswith("error: ")
        assert said.count("\n") == 1
        return said

    return run


@pytest.mark.slow
def test_serves_until_it_is_stopped(city):
    port = free_port()
    words = ["--port", str(port), "--database", f"sqlite:///{city}"]
    process = subprocess.Popen(
        [*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert wait_for(port, process)["city"] == "画市"
        assert b"<html" in get(port, "/signin")
    finally:
        process.send_signal(signal.SIGINT)
        said, complained = process.communicate(timeout=60)
    assert f"http://127.0.0.1:{port}/" in said
    assert f"gis-grid user add NAME --admin --database sqlite:///{city}" in said
    assert "Traceback" not in complained
    with pytest.raises(urllib.error.URLError):
        get(port, "/api/v1/health")


@pytest.mark.slow
def test_workers_share_the_port_and_the_router(city, tmp_path):
    port, cache = free_port(), tmp_path / "cache"
    words = ["--port", str(port), "--database", f"sqlite:///{city}", "--workers", "2"]
    process = subprocess.Popen(
        [*COMMAND, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"GIS_GRID_CACHE_DIR": str(cache)},
    )
    lon, lat = drawn.middle("E")
    headers = bearer(token(f"sqlite:///{city}"))
    try:
        wait_for(port, process)
        [router] = cache.glob("router-*.ggr")
        workers, until = set(), time.monotonic() + 120
        while len(workers) < 2 and time.monotonic() < until:
            told = json.loads(get(port, f"/api/v1/route?lon={lon}&lat={lat}", headers))
            assert told["grid_code"] == "E"
            workers = processes_that_map(router)
        assert len(workers) == 2
        os.kill(min(workers), signal.SIGKILL)
        assert wait_for(port, process)["city"] == "画市"
    finally:
        process.send_signal(signal.SIGINT)
        said, complained = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "2 workers" in said
    assert "Traceback" not in complained


def processes_that_map(file):
    """Return the processes that hold a file in their memory."""
    found = set()
    for maps in Path("/proc").glob("[0-9]*/maps"):
        with contextlib.suppress(OSError):
            if str(file) in maps.read_text():
                found.add(int(maps.parent.name))
    return found


def test_workers_refuse_together(refused, city, tmp_path):
    broken = tmp_path / "special.geojson"
    broken.write_text("{", encoding="utf-8")
    said = refused(
        *("--workers", "2", "--database", f"sqlite:///{city}"),
        GIS_GRID_SPECIAL_FILE=str(broken),
    )
    assert "special.geojson" in said


def test_a_taken_port_is_one_line(refused, city):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = refused("--port", port, "--database", f"sqlite:///{city}")
    assert port in said
    assert "--port" in said


def test_a_missing_database_is_one_line_and_stays_missing(refused, tmp_path):
    assert "gis-grid demo" in refused()
    assert not (tmp_path / "gis_grid.db").exists()


def test_a_database_without_tables_names_the_way_out(refused, tmp_path):
    (tmp_path / "empty.db").touch()
    said = refused("--database", "sqlite:///empty.db")
    assert "gis-grid db upgrade --database sqlite:///empty.db" in said


@pytest.mark.parametrize(
    "words",
    [
        ["--database", "oracle://x/y"],
        ["--database", "postgresql://ann:secret@127.0.0.1:1/city"],
        ["--host", "no.such.host.invalid"],
    ],
)
def test_what_cannot_be_is_one_line(refused, city, words):
    given = words if "--database" in words else [*words, "--database", f"sqlite:///{city}"]
    assert "secret" not in refused(*given)
