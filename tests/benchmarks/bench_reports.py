"""Size and time of every kind of report: ``python -m tests.benchmarks reports --city large``."""

import tempfile
import time
from datetime import UTC, datetime

from sqlalchemy import Engine

from gis_grid.demo.city import make_city
from gis_grid.maps.output import Format, rendered
from gis_grid.maps.reports.kinds import KINDS
from gis_grid.services.demo_city import store_city
from gis_grid.services.reporting import page_from_database
from gis_grid.storage.database import opened, upgrade
from tests.benchmarks import cities

OPTIONS = {"grids": {"value": "households"}}


def main() -> None:
    """Store a demo city and measure it."""
    with tempfile.TemporaryDirectory() as folder, opened(f"sqlite:///{folder}/city.db") as engine:
        upgrade(engine)
        size = cities.name() or "small"
        store_city(engine, make_city(size, cities.SEED))
        print(f"Demo city `{size}`, seconds of the clock (of the processor), megabytes.\n")
        measure(engine)


def measure(engine: Engine) -> None:
    """Print a line a kind: what it takes to read and describe it, then to make each file."""
    formats = " | ".join(f"{one}, MB" for one in Format)
    print(f"| kind | read and describe | {formats} |")
    print("|---|" + "---|" * (len(Format) + 1))
    for key, kind in KINDS.items():
        if key == "plan":  # of a plan, not of the city
            continue
        options = kind.options_of(OPTIONS.get(key, {}))
        clock, cpu = time.perf_counter(), time.process_time()
        page = page_from_database(engine, kind, options, now=datetime.now(UTC))
        cells = [_since(clock, cpu)]
        for how in Format:
            clock, cpu = time.perf_counter(), time.process_time()
            size = len(rendered(page, how))
            cells.append(f"{_since(clock, cpu)}, {size / 1e6:.2f}")
        print(f"| {key} | " + " | ".join(cells) + " |", flush=True)


def _since(clock: float, cpu: float) -> str:
    return f"{time.perf_counter() - clock:.1f} ({time.process_time() - cpu:.1f})"


if __name__ == "__main__":
    main()
