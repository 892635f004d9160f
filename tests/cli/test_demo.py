import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from gis_grid.cli.app import main
from gis_grid.cli.demo import FILE
from gis_grid.services.demo_city import stored_demo
from gis_grid.services.special_sets import list_special
from gis_grid.storage.database import opened, sessions


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command in this process; give its exit code and what it said on both streams."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["gis-grid", "demo", *map(str, words)])
        with pytest.raises(SystemExit) as stopped:
            main()
        said = capsys.readouterr()
        return stopped.value.code or 0, said.out, said.err

    return run


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Return a folder with the small city of seed 3."""
    folder = tmp_path_factory.mktemp("demo")
    words = ["gis-grid", "demo", "--seed", "3", "--until", "2026-03-01"]
    words += ["--data", str(folder), "--build-only"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as stopped:
            main()
    assert not stopped.value.code
    return folder


def specials(file: Path) -> int:
    with opened(f"sqlite:///{file}") as engine, sessions(engine)() as session:
        return len(list_special(session))


def held(file: Path):
    with opened(f"sqlite:///{file}") as engine:
        return stored_demo(engine)


def test_makes_a_city_in_a_folder(folder):
    assert held(folder / FILE) == ("small", 3, date(2026, 2, 28))
    assert [path.name for path in folder.iterdir()] == [FILE]  # no draft, no log is left


def test_keeps_the_city_that_is_there(run, folder):
    before = (folder / FILE).stat()
    code, out, _ = run("--seed", 3, "--data", folder, "--build-only")
    assert code == 0
    assert f"{folder / FILE} is ready" in out
    assert (folder / FILE).stat().st_ino == before.st_ino


def test_does_not_overwrite_another_city(run, folder):
    code, _, err = run("--seed", 4, "--data", folder, "--build-only")
    assert code == 2
    assert err.count("\n") == 1
    assert "holds the small city of seed 3, not the small one of seed 4; --replace" in err
    assert held(folder / FILE) == ("small", 3, date(2026, 2, 28))


def test_says_when_the_record_is_old_and_keeps_it(run, folder):
    code, out, _ = run("--seed", 3, "--data", folder, "--until", "2026-03-01", "--build-only")
    assert code == 0
    assert "days old; --replace makes new ones" in out
    code, _, err = run("--seed", 3, "--data", folder, "--until", "2026-03-02", "--build-only")
    assert code == 2
    assert "holds incidents up to 2026-02-28, not up to 2026-03-01; --replace" in err


def test_does_not_overwrite_what_it_does_not_know(run, tmp_path):
    (tmp_path / FILE).write_text("my notes")
    code, _, err = run("--data", tmp_path, "--build-only")
    assert code == 2
    assert "--replace makes a new city" in err
    assert (tmp_path / FILE).read_text() == "my notes"


def test_replaces_when_asked_to(run, tmp_path):
    (tmp_path / FILE).write_text("my notes")
    code, _, _ = run("--data", tmp_path, "--build-only", "--replace", "--seed", 9)
    assert code == 0
    today = datetime.now(UTC) + timedelta(hours=8)  # in the city's time
    assert held(tmp_path / FILE) == ("small", 9, (today - timedelta(days=1)).date())
    assert specials(tmp_path / FILE) > 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--size", "tiny", "--build-only"), "city size 'tiny' is unknown"),
        (("--seed", "-1", "--build-only"), "seed -1 is negative"),
        (("--host", "0.0.0.0"), "host 0.0.0.0 is not this machine"),
        (("--host", "here"), "host 'here' is no address"),
        (("--until", "soon", "--build-only"), "--until 'soon' is no day; write it like"),
        (("--until", "2004-01-01", "--build-only"), "the record cannot end on 2003-12-31"),
    ],
)
def test_refuses_in_one_line(run, tmp_path, words, said):
    code, _, err = run("--data", tmp_path / "new", *words)
    assert code == 2
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert said in err
    assert not (tmp_path / "new" / FILE).exists()


def test_a_taken_port_is_noticed_before_the_work(run, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, _, err = run("--data", tmp_path / "new", "--port", port)
    assert code == 2
    assert err.count("\n") == 1
    assert f"cannot listen on port {port} of 127.0.0.1" in err
    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be(run, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, err = run("--data", tmp_path / "file", "--build-only")
    assert code == 2
    assert f"{tmp_path / 'file'} cannot hold the city" in err


@pytest.mark.slow
def test_serves_the_city(folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-c", "from gis_grid.cli.app import main; main()", "demo"]
    words += ["--seed", "3", "--data", str(folder), "--port", str(port)]
    said = ""
    service = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        health = fetched(f"http://127.0.0.1:{port}/api/v1/health", service)
        assert health["generation"] == 1 or health["generation"]["number"] == 1
        while "curl -H" not in said:
            said += service.stdout.readline()
        [command] = [line for line in said.splitlines() if "curl -H" in line]
        done = subprocess.run(command.strip(), shell=True, capture_output=True, check=True)
        assert "2199" in json.dumps(json.loads(done.stdout))
    finally:
        service.terminate()
        said += service.communicate(timeout=30)[0]
    assert f"http://127.0.0.1:{port}/  shows the map" in said
    assert "Traceback" not in said


def fetched(address, service, patience_s=180):
    deadline = time.monotonic() + patience_s
    while True:
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.URLError:
            assert service.poll() is None, service.stdout.read()
            assert time.monotonic() < deadline
            time.sleep(0.2)
