"""The router alone: build, save, load, memory, many points, one point, with and without cells."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gis_grid.router import Router, cells
from tests.benchmarks import cities
from tests.benchmarks.machine import machine

POINTS = 1_000_000
SINGLE = 20_000
RUNS = 5

RESIDENT = """
import sys
from pathlib import Path
def resident_mb():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
import numpy as np
from gis_grid.router import Router
points = np.load(sys.argv[2])
Router.load(sys.argv[3]).rows_of(lon=points[:, 0][:9], lat=points[:, 1][:9])
before = resident_mb()
router = Router.load(sys.argv[1])
router.rows_of(lon=points[:, 0], lat=points[:, 1])
print(resident_mb() - before)
"""


def best(work: Callable[[], object], runs: int = RUNS) -> tuple[float, float]:
    """Return the least wall and processor seconds."""
    walls, cpus = [], []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return min(walls), min(cpus)


def main() -> None:
    """Print one table."""
    print(machine())
    grids = cities.grids()
    lon, lat = cities.points(POINTS, grids)
    small = Router.build(grids.iloc[:20])
    small.locate_many(lon=lon[:9], lat=lat[:9])
    small.distance_to_border_m(lon=lon[:9], lat=lat[:9])
    router = Router.build(grids)
    with tempfile.TemporaryDirectory() as folder:
        path, other = Path(folder) / "router.ggr", Path(folder) / "small.ggr"
        np.save(Path(folder) / "points.npy", np.column_stack([lon, lat]))
        small.save(other)
        rows = [("build", best(lambda: Router.build(grids), 2), 0)]
        rows.append(("save", best(lambda: router.save(path), 2), 0))
        rows.append(("load", best(lambda: Router.load(path)), 0))
        command = [sys.executable, "-c", RESIDENT, path, Path(folder) / "points.npy", other]
        resident = float(subprocess.run(command, capture_output=True, check=True).stdout)
        size = path.stat().st_size
    rows.append(("rows_of", best(lambda: router.rows_of(lon=lon, lat=lat)), POINTS))
    rows.append(("locate_many", best(lambda: router.locate_many(lon=lon, lat=lat)), POINTS))
    both = best(lambda: router.locate_many(lon=lon, lat=lat, cells=True))
    rows.append(("locate_many, cells too", both, POINTS))
    even = cities.even_points(POINTS, grids, 2)
    spread = best(lambda: router.rows_of(lon=even[0], lat=even[1]))
    rows.append(("rows_of, points spread evenly", spread, POINTS))
    rows.append(("cells.encode", best(lambda: cells.encode(lon=lon, lat=lat)), POINTS))
    index = router.rows_of(lon=lon, lat=lat)
    distances = best(lambda: router.distance_to_border_m(lon=lon, lat=lat, index=index), 2)
    rows.append(("distance_to_border_m", distances, POINTS))
    pairs = list(zip(lon[:SINGLE].tolist(), lat[:SINGLE].tolist(), strict=True))
    one = best(lambda: [router.locate(lon=x, lat=y) for x, y in pairs], 3)
    size_of_it = f"{len(grids):,} with {len(router.edges.ends):,} edges"
    print(f"\n{cities.told()}: {size_of_it}, {POINTS:,} points\n")
    print("| step | wall s | processor s | M points/s | M points a processor second |")
    print("|---|---:|---:|---:|---:|")
    for name, (wall, cpu), count in rows:
        rates = f"{count / wall / 1e6:.1f} | {count / cpu / 1e6:.1f}" if count else "|"
        print(f"| {name} | {wall:.3f} | {cpu:.3f} | {rates} |")
    print(
        f"\none look-up {one[0] / SINGLE * 1e6:.1f} µs ({one[1] / SINGLE * 1e6:.1f} µs processor)"
    )
    print(f"file {size / 1e6:.0f} MB, resident after routing {resident:.0f} MB more")


if __name__ == "__main__":
    main()
