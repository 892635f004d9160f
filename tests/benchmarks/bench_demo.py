"""How long the made-up cities take to make and to store, and how much memory that needs.

Each city and each database is measured in a process of its own: wall and CPU seconds, peak memory.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gis_grid.demo.city import City, make_city
from gis_grid.demo.kinds import SPECS
from gis_grid.services.demo_city import store_city
from gis_grid.storage.database import opened
from tests import databases, postgres

SEED = 7
ROOT = Path(__file__).parents[2]
ONE = "--one"
"""Asks a process for a single row: size, kind of database, address."""

GOALS = {"small": (15.0, 2.0), "large": (180.0, 2.0)}
"""Seconds to make and store, and GB."""

SHOWN = ("buildings", "entrances", "facilities", "cameras", "places", "ways", "incidents")


def main() -> None:
    """Print a row for each size and database; sizes may be named on the command line."""
    sizes = sys.argv[1:] or [*SPECS]
    print("| city | database | make s (CPU) | store s (CPU) | peak GB | goal | ", end="")
    print(" | ".join(["grids", *SHOWN]), "|")
    print("|" + "---|" * (7 + len(SHOWN)), flush=True)
    postgres.choose_folder()
    try:
        for size in sizes:
            for kind in ("sqlite", "postgis"):
                measure_apart(size, kind)
    finally:
        databases.forget_run()


def measure_apart(size: str, kind: str) -> None:
    """Measure in a new process, which prints the row."""
    with database(kind) as url:
        words = [sys.executable, __file__, ONE, size, kind, url]
        subprocess.run(words, check=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": "."})


@contextmanager
def database(kind: str) -> Iterator[str]:
    """Give the address of a new database."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'city.db'}"
        return
    server = databases.postgis_server()
    with databases.postgis_database(server, "template0") as url:
        yield url


def measured(size: str, kind: str, url: str) -> str:
    """Make and store one city, and return its row of the table."""
    start, cpu = time.perf_counter(), time.process_time()
    city = make_city(size, SEED)
    made, made_cpu = time.perf_counter() - start, time.process_time() - cpu
    start, cpu = time.perf_counter(), time.process_time()
    with opened(url) as engine:
        store_city(engine, city)
    stored, stored_cpu = time.perf_counter() - start, time.process_time() - cpu
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    goal_s, goal_gb = GOALS.get(size, (None, None))
    goal = f"{goal_s:.0f} s, {goal_gb:.0f} GB" if goal_s else "-"
    words = [size, kind, f"{made:.1f} ({made_cpu:.1f})", f"{stored:.1f} ({stored_cpu:.1f})"]
    words += [f"{peak_gb:.2f}", goal, *counts(city)]
    return f"| {' | '.join(words)} |"


def counts(city: City) -> list[str]:
    """Return how many ground grids and things there are."""
    ground = (city.layers["grids"]["level"] == city.scheme.ground).sum()
    return [f"{n:,}" for n in (ground, *(len(city.layers[name]) for name in SHOWN))]


if __name__ == "__main__":
    if ONE in sys.argv:
        print(measured(*sys.argv[2:]), flush=True)
    else:
        main()
