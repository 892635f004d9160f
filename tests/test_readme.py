"""The README is true: every command in it runs, in order, in one folder."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(name: str, language: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return [body for found, body in BLOCK.findall(text) if found == language]


def commands(name: str) -> list[str]:
    return [line for body in blocks(name, "sh") for line in body.splitlines() if line.strip()]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port: int, process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait until the service on a port answers its health question."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/health", timeout=5) as got:
                return got.status == 200
        except OSError:
            time.sleep(0.3)
    return False


def serves(command: list[str], port: int, folder: Path, env: dict[str, str]) -> None:
    """Run a command that serves, wait for it to answer, stop it."""
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdout=log, stderr=log, start_new_session=True
        )
        try:
            assert answers(port, process, 120), (folder / "serve.log").read_text(encoding="utf-8")
        finally:
            os.killpg(process.pid, 15)
            process.wait(20)


@pytest.fixture
def folder(tmp_path) -> Path:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    return tmp_path


@pytest.fixture
def env(folder) -> dict[str, str]:
    """Return a newcomer's environment: our commands on the path, an empty home."""
    (folder / "home").mkdir()
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {"PATH": path, "HOME": str(folder / "home"), "LANG": "C.UTF-8"}


@pytest.mark.slow
def test_every_shell_command(folder, env):
    for line in commands("README.md"):
        if line.startswith("export "):
            name, value = line.removeprefix("export ").split("=", 1)
            env |= {} if name == "PATH" else {name: value}
        elif line == "make test":
            continue  # this run; what it does is asserted below
        elif line == "make demo":
            port = free_port()
            data = folder / "city"
            serves(
                ["make", "-C", str(ROOT), "demo", f"PORT={port}", f"DATA={data}"], port, folder, env
            )
        elif line == "gis-grid serve":
            port = free_port()
            serves([*line.split(), "--port", str(port)], port, folder, env)
        else:
            done = subprocess.run(
                line, shell=True, cwd=folder, env=env, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    assert (folder / "routed.csv").stat().st_size > 0
    assert (folder / "covers.gpkg").stat().st_size > 0
    assert (folder / "data" / "sample" / "covers_gcj02.rejects.csv").stat().st_size > 0


def test_make_test_runs_pytest():
    plan = subprocess.run(
        ["make", "-n", "test"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "-m pytest" in plan


def test_every_python_block(folder, env):
    for body in blocks("README.md", "python"):
        done = subprocess.run(
            [sys.executable, "-c", body],
            cwd=folder, env=env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "None" in done.stdout  # the point outside has no owner


def test_both_languages_give_the_same_commands():
    assert commands("README.zh.md") == commands("README.md")
    assert blocks("README.zh.md", "python") == blocks("README.md", "python")


def test_links_lead_somewhere():
    for name in ("README.md", "README.zh.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        targets = [t for t in re.findall(r"\]\(([^)#]+)", text) if "://" not in t]
        assert [t for t in targets if not (ROOT / t).exists()] == []


@pytest.mark.slow
def test_reference_pages_are_fresh():
    done = subprocess.run(
        [sys.executable, "scripts/reference.py", "--check"],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
