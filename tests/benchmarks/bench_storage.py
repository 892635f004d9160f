"""How fast a large city goes into each database: ``python -m tests.benchmarks storage``.

100,000 buildings, 64,000 facilities and 1,000,000 incidents, made by numpy, with every index in
place. Each database runs in a process of its own, so that its peak memory is its own; the memory
includes the frames themselves.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_grid.router import cells
from gis_grid.storage.bulk import load
from gis_grid.storage.database import opened, sessions, upgrade
from gis_grid.storage.layers import LayerStore
from tests import databases, postgres
from tests.benchmarks.machine import machine

SIZES = {"buildings": 100_000, "facilities": 64_000, "incidents": 1_000_000}
WEST, SOUTH, WIDE = 118.7, 32.0, 0.3
GROUND_GRIDS = 12_900
YEAR_S = 365 * 86_400
ROOT = Path(__file__).resolve().parents[2]


def codes(letter: str, count: int) -> list[str]:
    """Return so many codes of 16 characters."""
    return [f"{letter}{number:015d}" for number in range(count)]


def somewhere(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return longitudes and latitudes in the city."""
    return WEST + WIDE * rng.random(count), SOUTH + WIDE * rng.random(count)


def owners(rng: np.random.Generator, count: int) -> list[str]:
    """Return a ground grid for each feature."""
    return [f"3201020010{grid:08d}" for grid in rng.integers(0, GROUND_GRIDS, count).tolist()]


def buildings(rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return rectangles with counts."""
    count = SIZES["buildings"]
    lon, lat = somewhere(rng, count)
    columns = {
        "code": codes("B", count),
        "name": [f"{number}号楼" for number in range(count)],
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


def facilities(rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return manhole covers and poles."""
    count = SIZES["facilities"]
    number = codes("F", count)
    bodies = {"in_charge": "住建局", "owner": "供水公司", "maintainer": "养护一所"}
    kinds = rng.choice(["0101", "0106", "0201"], count)
    columns = {"code": number, "dialect": "local", "category": kinds, "painted_number": number}
    return at_points(rng, columns | bodies)


def incidents(rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return a year of incidents."""
    count = SIZES["incidents"]
    reported = pd.to_datetime(1_735_689_600 + rng.integers(0, YEAR_S, count), unit="s", utc=True)
    return at_points(
        rng,
        {
            "code": codes("I", count),
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


def measure(name: str) -> None:
    """Load everything into one database in one transaction and print a row for each layer."""
    rng = np.random.default_rng(7)
    frames = {"buildings": buildings(rng), "facilities": facilities(rng)}
    frames["incidents"] = incidents(rng)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/city.db" if name == "sqlite" else databases.postgis_server()
        with opened(url) as engine:
            upgrade(engine)
            start = Began()
            with sessions(engine).begin() as session:
                for layer, frame in frames.items():
                    began = Began()
                    load(session, layer, frame)
                    row(name, f"load {layer}", len(frame), began)
            row(name, "load all, committed", sum(SIZES.values()), start)
            with sessions(engine).begin() as session:
                read(name, LayerStore(session), frames["facilities"])


def read(name: str, store: LayerStore, facilities: gpd.GeoDataFrame) -> None:
    """Time the usual questions."""
    cell = store.read("incidents", limit=1)["cell"].to_numpy()
    low, high = cells.ranges(cells.parents(cell, 8))
    box = (118.8, 32.1, 118.81, 32.11)
    questions = {
        "upsert facilities again": lambda: store.upsert("facilities", facilities),
        "read buildings in 1 km": lambda: store.read("buildings", bbox=box),
        "read incidents in 1 km": lambda: store.read("incidents", bbox=box),
        "read incidents in an H3-8 cell": lambda: store.in_cells(
            "incidents", zip(low, high, strict=True)
        ),
        "page of 500 incidents": lambda: store.read(
            "incidents", after="I000000000500000", limit=500
        ),
        "read every building": lambda: store.read("buildings"),
    }
    for what, ask in questions.items():
        began = Began()
        found = ask()
        count = len(found) if isinstance(found, pd.DataFrame) else SIZES["facilities"]
        row(name, what, count, began)


class Began:
    """When something began, on the wall and for our processor time."""

    def __init__(self) -> None:
        self.wall_s, self.cpu_s = time.perf_counter(), time.process_time()


def row(name: str, what: str, count: int, began: Began) -> None:
    """Print one line of the table; the processor time is without that of a server."""
    took_s, cpu_s = time.perf_counter() - began.wall_s, time.process_time() - began.cpu_s
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"| {name} | {what} | {count:,} | {took_s:.2f} | {cpu_s:.2f} | {count / took_s:,.0f} | {peak_mb} |",
        flush=True,
    )


def main() -> None:
    """Measure both databases, each in its own process."""
    print(f"{machine()}, load {os.getloadavg()[0]:.1f}\n")
    print(
        "| database | what | rows | s | cpu s | rows/s | peak MB |\n|---|---|---:|---:|---:|---:|---:|",
        flush=True,
    )
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
