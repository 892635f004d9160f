"""How long a service takes to begin: ``python -m tests.benchmarks start``.

The demo city `large`, or that of ``--city``, in both databases; each figure is the median of three
starts after one that compiled and saved what is kept: Python's and numba's code and the router.
"""

import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from statistics import median

from gis_grid.storage.database import opened, sessions
from gis_grid.storage.overview import grid_bounds
from tests.benchmarks.bench_http_route import processor_s
from tests.benchmarks.both import SIZE, addresses, alone, as_installed, kind_of
from tests.benchmarks.load import HOST
from tests.benchmarks.machine import machine
from tests.signed import token

TIMES = 3


def phases(url: str, cache: str, text: str) -> dict[str, float]:
    """Return the processor seconds of each phase, in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.start_phases", text]
    env = as_installed() | {"GIS_GRID_DATABASE_URL": url, "GIS_GRID_CACHE_DIR": cache}
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=root, env=env)
    told = done.stdout
    rows = (line.split("\t") for line in told.splitlines())
    return {what: float(seconds) for what, seconds in rows}


def middle(url: str) -> str:
    """Return the question for a point in the middle of the city."""
    with opened(url) as engine, sessions(engine)() as session:
        west, south, east, north = grid_bounds(session)
    return f"lon={(west + east) / 2}&lat={(south + north) / 2}"


def to_first_answers(url: str, cache: str, text: str) -> tuple[float, float, float]:
    """Return when ``gis-grid serve`` answers health and route, seconds, and what both cost it."""
    place = middle(url)
    start = time.perf_counter()
    with alone(url, cache) as (port, process):
        healthy = time.perf_counter() - start
        asked = f"http://{HOST}:{port}/api/v1/route?{place}"
        request = urllib.request.Request(asked, headers={"Authorization": f"Bearer {text}"})
        with urllib.request.urlopen(request, timeout=60):
            return healthy, time.perf_counter() - start, processor_s(process)


def main() -> None:
    print(f"Start of the service on the city `{SIZE}`, median of {TIMES}. {machine()}\n")
    with addresses(sys.argv[1:]) as urls, tempfile.TemporaryDirectory() as cache:
        rows: dict[str, list[str]] = {}
        for url in urls:
            text, folder = token(url), f"{cache}/{kind_of(url)}"
            to_first_answers(url, folder, text)
            runs = [phases(url, folder, text) for _ in range(TIMES)]
            for what in runs[0]:
                spent = median(run[what] for run in runs)
                rows.setdefault(f"{what}, processor s", []).append(f"{spent:.2f}")
            starts = [to_first_answers(url, folder, text) for _ in range(TIMES)]
            said = "`gis-grid serve`: {}".format
            for at, what in enumerate(("first health, s", "first route, s", "both, processor s")):
                spent = median(start[at] for start in starts)
                rows.setdefault(said(what), []).append(f"{spent:.2f}")
        print(f"| | {' | '.join(map(kind_of, urls))} |\n|---{'|---:' * len(urls)}|")
        for what, cells in rows.items():
            print(f"| {what} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
