"""How fast a large city goes into each database: ``python -m tests.benchmarks storage``.

100,000 buildings, 64,000 facilities and 1,000,000 incidents, made by numpy in parts of 100,000 as
an import or the demo hands them on, with every index in place, in one transaction. Each database
runs in a process of its own, so that its peak memory is its own. On a busy machine the processor
seconds, ours and those of the server's process, say more than the clock.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Self

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis_grid.router import cells
from gis_grid.storage.bulk import load
from gis_grid.storage.database import opened, sessions, upgrade
from gis_grid.storage.layers import LayerStore
from tests import databases, postgres
from tests.benchmarks.machine import machine

SIZES = {"buildings": 100_000, "facilities": 64_000, "incidents": 1_000_000}
WEST, SOUTH, WIDE = 118.7, 32.0, 0.3
GROUND_GRIDS = 12_900
PART = 100_000
YEAR_S = 365 * 86_400
ROOT = Path(__file__).resolve().parents[2]


def codes(letter: str, numbers: range) -> list[str]:
    """Return codes of 16 characters."""
    return [f"{letter}{number:015d}" for number in numbers]


def somewhere(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return longitudes and latitudes in the city."""
    return WEST + WIDE * rng.random(count), SOUTH + WIDE * rng.random(count)


def owners(rng: np.random.Generator, count: int) -> list[str]:
    """Return a ground grid for each feature."""
    return [f"3201020010{grid:08d}" for grid in rng.integers(0, GROUND_GRIDS, count).tolist()]


def buildings(rng: np.random.Generator, numbers: range) -> gpd.GeoDataFrame:
    """Return rectangles with counts."""
    count = len(numbers)
    lon, lat = somewhere(rng, count)
    columns = {
        "code": codes("B", numbers),
        "name": [f"{number}号楼" for number in numbers],
        "address": "人民路100号",
        "use": "residential",
        "floors": rng.integers(1, 34, count),
        "height_m": rng.random(count) * 99,
        "households": rng.integers(0, 200, count),
        "persons": rng.integers(0, 600, count),
        "grid_code": owners(rng, count),
    }
    shapes = shapely.box(lon, lat, lon + 2e-4, lat + 1e-4)
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


def at_points(rng: np.random.Generator, columns: dict[str, object]) -> gpd.GeoDataFrame:
    """Return features at random points, with owners and cells, sorted by cell."""
    count = len(columns["code"])
    lon, lat = somewhere(rng, count)
    columns |= {"grid_code": owners(rng, count), "cell": cells.encode(lon=lon, lat=lat)}
    frame = gpd.GeoDataFrame(columns, geometry=shapely.points(lon, lat), crs="EPSG:4326")
    return frame.sort_values("cell")


def facilities(rng: np.random.Generator, numbers: range) -> gpd.GeoDataFrame:
    """Return manhole covers and poles."""
    count = len(numbers)
    number = codes("F", numbers)
    bodies = {"in_charge": "住建局", "owner": "供水公司", "maintainer": "养护一所"}
    kinds = rng.choice(["0101", "0106", "0201"], count)
    columns = {"code": number, "dialect": "local", "category": kinds, "painted_number": number}
    return at_points(rng, columns | bodies)


def incidents(rng: np.random.Generator, numbers: range) -> gpd.GeoDataFrame:
    """Return a year of incidents."""
    count = len(numbers)
    reported = pd.to_datetime(1_735_689_600 + rng.integers(0, YEAR_S, count), unit="s", utc=True)
    return at_points(
        rng,
        {
            "code": codes("I", numbers),
            "kind": rng.choice(["facility", "event"], count),
            "category": [f"{kind:04d}" for kind in rng.integers(0, 139, count).tolist()],
            "state": rng.choice(["closed", "handled", "reported"], count, p=[0.97, 0.02, 0.01]),
            "source": rng.choice(["collector", "app", "hotline"], count),
            "reported_at": reported,
            "due_at": reported + pd.Timedelta(hours=4),
            "closed_at": reported + pd.Timedelta(hours=3),
            "accuracy_m": rng.random(count) * 20,
            "address": "人民路100号",
        },
    )


MAKERS = {"buildings": buildings, "facilities": facilities, "incidents": incidents}


def parts(layer: str, rng: np.random.Generator) -> Iterator[gpd.GeoDataFrame]:
    """Yield a layer part by part."""
    for start in range(0, SIZES[layer], PART):
        yield MAKERS[layer](rng, range(start, min(start + PART, SIZES[layer])))


class Watch(AbstractContextManager["Watch"]):
    """Sums the time of what happens inside it: the clock, our processor, the server's."""

    def __init__(self, server: int | None) -> None:
        self.server = server
        self.spent = np.zeros(3)

    def _now(self) -> np.ndarray:
        ticks = 0
        if self.server:
            stat = Path(f"/proc/{self.server}/stat").read_text(encoding="utf-8")
            ticks = sum(map(int, stat.rpartition(")")[2].split()[11:13]))
        cpu_s = time.process_time()
        return np.array([time.perf_counter(), cpu_s, ticks / os.sysconf("SC_CLK_TCK")])

    def __enter__(self) -> Self:
        self.spent -= self._now()
        return self

    def __exit__(self, *_: object) -> None:
        self.spent += self._now()

    def row(self, name: str, what: str, count: int) -> None:
        """Print one line of the table."""
        clock_s, cpu_s, server_s = self.spent
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        numbers = (f"{count:,}", f"{clock_s:.2f}", f"{cpu_s:.2f}", f"{server_s:.2f}")
        print("|", " | ".join((name, what, *numbers, f"{count / clock_s:,.0f}", str(peak_mb))), "|")


def server_of(session: Session) -> int | None:
    """Return the process that serves a session; None on SQLite, which has none."""
    if session.get_bind().dialect.name == "sqlite":
        return None
    return session.scalars(select(func.pg_backend_pid())).one()


def measure(name: str) -> None:
    """Load everything into one database in one transaction and print a row for each layer."""
    rng = np.random.default_rng(7)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/city.db" if name == "sqlite" else databases.postgis_server()
        with opened(url) as engine:
            upgrade(engine)
            total = np.zeros(3)
            with sessions(engine)() as session:
                for layer, count in SIZES.items():
                    watch = Watch(server_of(session))
                    for part in parts(layer, rng):
                        with watch:
                            load(session, layer, part)
                    watch.row(name, f"load {layer}", count)
                    total += watch.spent
                with (watch := Watch(server_of(session))):
                    session.commit()
                watch.spent += total
                watch.row(name, "load all, committed", sum(SIZES.values()))
                read(name, session, next(parts("facilities", np.random.default_rng(1))))


def read(name: str, session: Session, facilities: gpd.GeoDataFrame) -> None:
    """Time the usual questions."""
    store = LayerStore(session)
    cell = store.read("incidents", limit=1)["cell"].to_numpy()
    low, high = cells.ranges(cells.parents(cell, 8))
    box, middle = (118.8, 32.1, 118.81, 32.11), codes("I", range(500_000, 500_001))[0]
    questions = {
        "upsert 64,000 changed facilities": lambda: store.upsert("facilities", facilities),
        "upsert them again": lambda: store.upsert("facilities", facilities),
        "buildings in 1 km": lambda: store.read("buildings", bbox=box),
        "incidents in 1 km": lambda: store.read("incidents", bbox=box),
        "incidents in an H3-8 cell": lambda: store.in_cells(
            "incidents", zip(low, high, strict=True)
        ),
        "a page of 500 incidents": lambda: store.read("incidents", after=middle, limit=500),
        "every building": lambda: store.read("buildings"),
    }
    for what, ask in questions.items():
        with (watch := Watch(server_of(session))):
            found = ask()
        count = len(found) if isinstance(found, pd.DataFrame) else len(facilities)
        watch.row(name, what, count)


def main() -> None:
    """Measure both databases, each in its own process."""
    print(f"{machine()}, load {os.getloadavg()[0]:.1f}\n")
    print("| database | what | rows | clock s | our cpu s | server cpu s | rows/s | peak MB |")
    print("|---|---|---:|---:|---:|---:|---:|---:|", flush=True)
    itself = [sys.executable, "-m", "tests.benchmarks.bench_storage"]
    postgres.choose_folder()
    try:
        for name in ("sqlite", "postgis"):
            subprocess.run([*itself, name], check=True, cwd=ROOT)
    finally:
        postgres.stop()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1])
    else:
        main()
