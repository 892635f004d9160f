"""Publishing under load: how many reports a second are acknowledged, and how long others wait.

``python -m tests.benchmarks publish``; AT_ONCE says how many reports a transaction stores.
"""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from gis_grid.storage.database import open_engine
from tests import databases, drawn, postgres
from tests.benchmarks.machine import machine
from tests.reporters import AT_ONCE, PUBLICATIONS, require_one_owner, under_load

LEAST = 200
"""Reports a second that must be acknowledged on PostGIS, over the whole run."""

BETWEEN = int(os.environ.get("BETWEEN", "1500"))
"""Reports between two publications."""


def measured(url: str) -> float:
    """Run on one database, print what was reached, and return the rate."""
    engine = open_engine(url)
    drawn.store(engine)
    run = under_load(engine, between=BETWEEN if engine.dialect.name == "postgresql" else 150)
    require_one_owner(engine, run.reporters, run.shapes)
    found = run.reporters
    print(
        f"| {engine.dialect.name} | {len(found.reported):,} | {found.rate:.0f} | {PUBLICATIONS} | "
        f"{max(run.took_s):.2f} | {found.longest_s:.2f} | 0 |"
    )
    engine.dispose()
    return found.rate


def main() -> None:
    """Print a table, and whether PostGIS acknowledged as many as are wanted."""
    print(f"{machine()}\nA transaction stores {AT_ONCE} reports.\n")
    print(
        "| database | reports | acknowledged a second | publications | longest publication, s | "
        f"longest wait of {AT_ONCE} reports, s | wrong owners |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|")
    postgres.choose_folder()
    try:
        with TemporaryDirectory() as folder:
            template = databases.migrated_file(Path(folder) / "template.db")
            measured(databases.sqlite_database(Path(folder), template))
        server = databases.postgis_server()
        with databases.postgis_database(server, databases.migrated_template(server)) as url:
            rate = measured(url)
    finally:
        databases.forget_run()
    reached = "were" if rate >= LEAST else "were not"
    print(f"\n{LEAST} acknowledged reports a second {reached} reached on PostGIS.")


if __name__ == "__main__":
    main()
