"""``gis-grid route`` on files of 1 and 10 million rows, CSV and Parquet: rows a second and memory.

``ROWS=1,10,100`` names the sizes in millions; 100 takes some minutes and 25 GB of disk.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv, parquet

from tests.benchmarks import made_up
from tests.benchmarks.machine import machine

MILLION = 1_000_000
COMMAND = """
import json, resource, sys
from gis_grid.cli.app import main
try:
    main()
finally:
    peak = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps([peak.ru_maxrss / 1024, peak.ru_utime + peak.ru_stime]), file=sys.stderr)
"""


def write_points(path: Path, millions: int) -> None:
    """Write points that crowd, with a number, a time and a remark as an incident has."""
    writer = None
    for part in range(millions):
        lon, lat = made_up.clustered_points(MILLION, seed=part)
        number = np.arange(MILLION) + part * MILLION
        table = pa.table(
            {
                "id": number,
                "at": pa.array(number * 1_000_000, pa.timestamp("us")),
                "lon": np.round(lon, 7),
                "lat": np.round(lat, 7),
                "what": pa.array(["streetlight out", 'says: "again"', "manhole cover"]).take(
                    pa.array(number % 3)
                ),
            }
        )
        if writer is None:
            kind = csv.CSVWriter if path.suffix == ".csv" else parquet.ParquetWriter
            writer = kind(path, table.schema)
        writer.write_table(table)
    writer.close()


def routed(points: Path, grids: Path, out: Path) -> tuple[dict, float, float]:
    """Route a file in a process of its own; return what it told, peak MB and processor seconds."""
    command = [sys.executable, "-c", COMMAND, "route", points, "--grids", grids, "-o", out]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    peak_mb, cpu_s = json.loads(done.stderr.strip().splitlines()[-1])
    return json.loads(done.stdout), peak_mb, cpu_s


def main() -> None:
    """Print one table."""
    print(machine())
    sizes = [int(size) for size in os.environ.get("ROWS", "1,10").split(",")]
    print("\n| rows | file | s | rows/s | processor s | peak MB | out MB |")
    print("|---:|---|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        grids = folder / "grids.gpkg"
        made_up.coverage().to_file(grids)
        for size in sizes:
            for ending in ("csv", "parquet"):
                points, out = folder / f"points.{ending}", folder / f"routed.{ending}"
                write_points(points, size)
                told, peak_mb, cpu_s = routed(points, grids, out)
                assert told["rows"] == size * MILLION
                print(
                    f"| {size} M | {ending} | {told['rows_s']:.1f} | {told['points_per_s']:,.0f} "
                    f"| {cpu_s:.1f} | {peak_mb:.0f} | {out.stat().st_size / 1e6:.0f} |",
                    flush=True,
                )
                points.unlink()
                out.unlink()
    print("\nThe processor's seconds and the peak are those of the whole process, grids included.")


if __name__ == "__main__":
    main()
