"""A demo city in both databases, and a service of one process on either of them."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gis_grid.demo.city import make_city
from gis_grid.services.demo_city import store_city
from gis_grid.storage.database import opened, upgrade
from tests import postgres
from tests.benchmarks import cities
from tests.benchmarks.bench_http_route import wait_for
from tests.benchmarks.load import HOST
from tests.postgres import _free_port as free_port

SIZE, SEED = cities.name() or "large", cities.SEED


@contextmanager
def addresses(given: list[str]) -> Iterator[list[str]]:
    """Give the addresses of both databases; without any given, make the city in both."""
    if given:
        yield given
        return
    postgres.choose_folder()
    try:
        with tempfile.TemporaryDirectory() as folder:
            urls = [f"sqlite:///{folder}/city.db", postgres.url()]
            city = make_city(SIZE, SEED)
            for url in urls:
                with opened(url) as engine:
                    upgrade(engine)
                    store_city(engine, city)
            yield urls
    finally:
        postgres.stop()


def kind_of(url: str) -> str:
    """Return what a database is called in a table."""
    return "SQLite" if url.startswith("sqlite") else "PostGIS"


def as_installed() -> dict[str, str]:
    """Return an environment in which compiled modules are kept, as in every installation."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@contextmanager
def alone(url: str, cache: str) -> Iterator[tuple[int, int]]:
    """Serve a database as ``gis-grid serve`` does; give the port and the process that answers."""
    port = free_port()
    env = as_installed() | {"GIS_GRID_CACHE_DIR": cache}
    command = [sys.executable, "-m", "gis_grid.cli.app", "serve", "--host", HOST]
    command += ["--port", str(port), "--database", url]
    server = subprocess.Popen(
        command, env=env, cwd=Path(__file__).resolve().parents[2], stdout=subprocess.DEVNULL
    )
    try:
        wait_for(f"http://{HOST}:{port}/api/v1/health", server)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(20)
