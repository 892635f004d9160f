"""Size and time of every kind of report on a stored city: ``python -m tests.benchmarks reports``.

``GIS_GRID_DATABASE_URL`` names the city, for instance the large demo city.
"""

import time
from datetime import UTC, datetime

from gis_grid.maps.output import Format, rendered
from gis_grid.maps.reports.kinds import KINDS
from gis_grid.services.reporting import page_from_database
from gis_grid.settings import Settings
from gis_grid.storage.database import opened

OPTIONS = {"grids": {"value": "households"}}


def main() -> None:
    """Print a line a kind: seconds of the clock and of the processor, and the size of each file."""
    print(
        "| kind | read and describe s (CPU) | " + " | ".join(f"{one} s (CPU), MB" for one in Format)
    )
    with opened(Settings().database_url) as engine:
        for key, kind in KINDS.items():
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
