"""Single look-ups over HTTP: the service with two workers on PostGIS under a steady load."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import uvloop
from sqlalchemy import create_engine

from gis_grid.demo.city import make_city
from gis_grid.services.demo_city import store_city
from gis_grid.storage.database import open_engine
from tests import postgres
from tests.benchmarks import cities
from tests.benchmarks.load import HOST, Report, send
from tests.benchmarks.machine import machine
from tests.postgres import _free_port as free_port
from tests.signed import token

SIZE, SEED = cities.name() or "small", cities.SEED
WORKERS = 2
RATES = (100, 300)
SECONDS = 10
WARM_UP = 200
CONNECTIONS = 32
STARTS_WITHIN_S = 120


@contextmanager
def stored_city() -> Iterator[tuple[str, tuple[float, float, float, float]]]:
    """Give the address of a PostGIS database with a demo city, and the city's bounds."""
    postgres.choose_folder()
    try:
        url = postgres.url()
        with create_engine(url, isolation_level="AUTOCOMMIT").connect() as link:
            link.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")
        engine = open_engine(url)
        city = make_city(SIZE, SEED)
        store_city(engine, city)
        engine.dispose()
        yield url, tuple(city.layers["grids"].total_bounds)
    finally:
        postgres.stop()


@contextmanager
def service(url: str) -> Iterator[tuple[int, int]]:
    """Serve a database with some workers; give the port and the process that is their parent."""
    port = free_port()
    with tempfile.TemporaryDirectory() as cache:
        env = os.environ | {"GIS_GRID_DATABASE_URL": url, "GIS_GRID_CACHE_DIR": cache}
        command = [sys.executable, "-m", "uvicorn", "--factory", "api.app:create_app"]
        command += ["--host", HOST, "--port", str(port), "--workers", str(WORKERS)]
        command += ["--log-level", "warning", "--no-access-log"]
        server = subprocess.Popen(command, env=env, cwd=Path(__file__).resolve().parents[2])
        try:
            wait_for(f"http://{HOST}:{port}/api/v1/health", server)
            yield port, server.pid
        finally:
            server.terminate()
            server.wait(20)


def wait_for(address: str, server: subprocess.Popen) -> None:
    until = time.monotonic() + STARTS_WITHIN_S
    while server.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.02)
    msg = f"the service does not answer at {address}"
    raise RuntimeError(msg)


def look_ups(bounds: tuple[float, float, float, float], count: int, seed: int) -> list[str]:
    """Return addresses of random points in the city, each another one."""
    places = np.random.default_rng(seed).uniform(bounds[:2], bounds[2:], (count, 2))
    return [f"/api/v1/route?lon={lon:.7f}&lat={lat:.7f}" for lon, lat in places]


def processor_s(parent: int) -> float:
    """Return the processor seconds that a process and its children have taken so far."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
            if parent in {int(stat.parent.name), int(fields[1])}:
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def told(report: Report, worked_s: float) -> str:
    errors = ", ".join(f"{count} {kind}" for kind, count in report.errors.items()) or "0"
    times = " | ".join(f"{report.percentile_ms(percent):.1f}" for percent in (50, 95, 99, 100))
    count = max(1, len(report.latency_s))
    costs = f"{worked_s / count * 1e3:.2f} | {report.cpu_s / count * 1e3:.2f}"
    return f"{len(report.latency_s):,} | {report.rate:.0f} | {times} | {costs} | {errors}"


def main() -> None:
    with stored_city() as (url, bounds), service(url) as (port, parent):
        asked = f"GET /api/v1/route with an API token, city `{SIZE}` on PostGIS"
        print(f"{asked}, {WORKERS} workers. {machine()}")
        print("Service, database and load share the machine; a time runs from the moment a request")
        print("is due to the last byte of its answer. The last milliseconds are the processor time")
        print("of one request: of the workers, and of the load tool.\n")
        print(
            "| asked for /s | answers | reached /s | p50 ms | p95 ms | p99 ms | worst ms "
            "| workers ms | tool ms | errors |"
        )
        print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
        how = {"connections": CONNECTIONS, "headers": f"Authorization: Bearer {token(url)}\r\n"}
        uvloop.run(send(port, look_ups(bounds, WARM_UP, 1), rate=50, **how))
        for rate in RATES:
            paths = look_ups(bounds, rate * SECONDS, rate)
            before = processor_s(parent)
            report = uvloop.run(send(port, paths, rate=rate, **how))
            print(f"| {rate} | {told(report, processor_s(parent) - before)} |", flush=True)


if __name__ == "__main__":
    main()
