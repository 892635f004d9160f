"""``gis-grid route`` on files of 10 and 100 million rows: rows a second, memory, a killed run.

``ROWS=1,10`` names the sizes in millions, ``FILES=csv`` the kinds of files. From 100 million rows
on it is Parquet only, unless they are named, and each run is killed (SIGKILL) when half of its rows
are safe, then started again; ``KILL=2`` does so from 2 million on. The numbers of the rows are read
back from what was written: each must be there once, in order. 100 takes six minutes and 10 GB.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
from pyarrow import csv, parquet

from tests.benchmarks import cities
from tests.benchmarks.machine import machine

MILLION = 1_000_000
BIG = 100
SIZES = tuple(int(size) for size in os.environ.get("ROWS", f"10,{BIG}").split(","))
FILES = os.environ.get("FILES", "")
KILLED_FROM = int(os.environ.get("KILL", BIG))
LOOK_S = 0.2
COMMAND = """
import json, re, resource, sys
from gis_grid.cli.app import main
try:
    main()
finally:
    used = resource.getrusage(resource.RUSAGE_SELF)
    with open("/proc/self/status") as status:  # ru_maxrss would count the parent's memory, too
        peak_kb = int(re.search(r"VmHWM:\\s+(\\d+)", status.read())[1])
    print(json.dumps([peak_kb / 1024, used.ru_utime + used.ru_stime]), file=sys.stderr)
"""


@dataclass(frozen=True)
class Run:
    """One process."""

    told: dict
    peak_mb: float
    cpu_s: float


def write_points(path: Path, millions: int, grids: gpd.GeoDataFrame) -> None:
    """Write points over the grids, with a number, a time and a remark as an incident has."""
    writer = None
    for part in range(millions):
        lon, lat = cities.points(MILLION, grids, seed=part)
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


def start(points: Path, grids: Path, out: Path) -> subprocess.Popen:
    """Route a file in a process of its own."""
    command = [sys.executable, "-c", COMMAND, "route", points, "--grids", grids, "-o", out]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([*command, "--json"], text=True, **pipes)


def ended(process: subprocess.Popen) -> Run:
    """Wait for a process, and return what it told."""
    told, said = process.communicate()
    if process.returncode:
        raise RuntimeError(said)
    return Run(json.loads(told), *json.loads(said.strip().splitlines()[-1]))


def kill_halfway(process: subprocess.Popen, out: Path, rows: int) -> None:
    """Kill a process as soon as it has made half of its rows safe."""
    while process.poll() is None and safe_rows(out) < rows // 2:
        time.sleep(LOOK_S)
    process.kill()
    process.communicate()


def safe_rows(out: Path) -> int:
    """Return how many rows a run that is under way has made safe."""
    try:
        journal = out.with_name(f".{out.name}.routing") / "journal.json"
        return json.loads(journal.read_text(encoding="utf-8"))["entry"]["counts"]["rows"]
    except (OSError, ValueError):
        return 0


def numbers_of(path: Path) -> Iterator[np.ndarray]:
    """Yield the numbers of the rows that were written."""
    if path.suffix == ".csv":
        only = csv.ConvertOptions(include_columns=["id"])
        blocks = csv.ReadOptions(block_size=1 << 24)
        batches = csv.open_csv(path, read_options=blocks, convert_options=only)
    else:
        batches = parquet.ParquetFile(path).iter_batches(MILLION, columns=["id"])
    for batch in batches:
        yield batch.column("id").to_numpy()


def require_each_once(path: Path, rows: int) -> None:
    """Raise unless the rows of a file are numbered 0, 1, 2 ... up to the last."""
    seen = 0
    for numbers in numbers_of(path):
        if (numbers != np.arange(seen, seen + len(numbers))).any():
            msg = f"{path} lost or doubled a row near {seen:,}"
            raise AssertionError(msg)
        seen += len(numbers)
    if seen != rows:
        msg = f"{path} has {seen:,} of {rows:,} rows"
        raise AssertionError(msg)


def measured(points: Path, grids: Path, out: Path, rows: int) -> str:
    """Route a file, perhaps killed halfway, and return its columns of the table."""
    killed_s, is_killed = 0.0, rows >= KILLED_FROM * MILLION
    if is_killed:
        begun = time.perf_counter()
        kill_halfway(start(points, grids, out), out, rows)
        killed_s = time.perf_counter() - begun
    run = ended(start(points, grids, out))
    told, size_mb = run.told, out.stat().st_size / 1e6
    if told["rows"] != rows or (is_killed and not told["resumed"]):
        raise AssertionError(told)
    require_each_once(out, rows)
    went_on = f"{told['resumed']:,} | {killed_s:.1f}" if is_killed else "|"
    return (
        f"{told['rows_s']:.1f} | {told['points_per_s']:,.0f} | {run.cpu_s:.1f} "
        f"| {run.peak_mb:.0f} | {size_mb:.0f} | {went_on} |"
    )


def files_of(size: int) -> list[str]:
    """Return which kinds of files a size is measured with."""
    return (FILES or ("parquet" if size >= BIG else "csv,parquet")).split(",")


def main() -> None:
    """Print one table."""
    print(machine())
    frame = cities.grids()
    print(f"\n{cities.told()}: {len(frame):,}\n")
    print(
        "| rows | file | s | rows/s | processor s | peak MB | out MB | rows safe when killed "
        "| s until then |\n|---:|---|---:|---:|---:|---:|---:|---:|---:|"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        grids = folder / "grids.gpkg"
        frame.to_file(grids)
        for size in SIZES:
            for ending in files_of(size):
                points, out = folder / f"points.{ending}", folder / f"routed.{ending}"
                write_points(points, size, frame)
                row = measured(points, grids, out, size * MILLION)
                print(f"| {size} M | {ending} | {row}", flush=True)
                points.unlink()
                out.unlink()
    print("\nThe processor's seconds and the peak are those of the whole process, grids included.")
    print("Of a run that was killed, seconds and rows a second are those of the one that went on.")


if __name__ == "__main__":
    main()
