import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tests import databases, postgres

pytestmark = pytest.mark.postgis
ROOT = Path(__file__).resolve().parents[1]
OWNER = """
import os
from tests import postgres
print(postgres.url(), flush=True)
input()
raise SystemExit(postgres.stop())
"""


@pytest.fixture
def owner(monkeypatch):
    """Give a process that has a cluster of its own, the cluster's address and its folder."""
    if databases.SERVER in os.environ:
        pytest.skip("a named server is used, no private one")
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    monkeypatch.setenv(postgres.FOLDER, os.environ[postgres.FOLDER] + "-" + secrets.token_hex(3))
    folder = Path(os.environ[postgres.FOLDER])
    with subprocess.Popen(
        [sys.executable, "-c", OWNER],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        url = make_url(process.stdout.readline().strip())
        yield process, url, folder
        process.kill()


def ask(url):
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, connect_timeout=5) as connection:
        return connection.execute("SHOW fsync").fetchone()


def is_gone(url, folder):
    with socket.socket() as probe:
        return not folder.exists() and probe.connect_ex((url.host, url.port)) != 0


@pytest.mark.parametrize("end", ["asked", "killed"])
def test_the_cluster_ends_with_its_owner(owner, end):
    process, url, folder = owner
    assert ask(url) == ("off",)
    if end == "asked":
        process.communicate("\n", timeout=60)
        assert is_gone(url, folder)  # at once: stop() waits for it
    else:
        process.send_signal(signal.SIGKILL)
    until = time.monotonic() + 30
    while not is_gone(url, folder) and time.monotonic() < until:
        time.sleep(0.1)
    assert is_gone(url, folder)


def test_strangers_need_the_password(owner):
    _, url, _ = owner
    with pytest.raises(psycopg.OperationalError, match="password"):
        ask(url.set(password="guess"))


def test_missing_postgis_is_skipped_here_and_fails_in_ci(monkeypatch):
    def nothing():
        msg = "no PostgreSQL server with PostGIS here"
        raise postgres.NoPostgisError(msg)

    monkeypatch.setattr(postgres, "url", nothing)
    monkeypatch.delenv(databases.SERVER, raising=False)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no PostgreSQL server"):
        databases.postgis_server()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="CI needs PostGIS: no PostgreSQL server"):
        databases.postgis_server()
