"""Routing on one and on two Spark executors: what it takes and what moves.

Points are Parquet files. `route` throws its rows away (Spark's noop sink), so it is reading, the
way through Python and routing; `read` is the same without routing; `write` also writes Parquet.
The executors, the driver and the benchmark share one machine.
"""

import importlib.util
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark import cloudpickle
from pyspark.sql import DataFrame, SparkSession

from gis_grid.geo.datum import Datum
from gis_grid.router.index import Router
from gis_grid.router.spark import Answers, route_frame, routed_batch, task
from gis_grid.router.spark_files import BATCH
from tests.benchmarks import made_up
from tests.benchmarks.machine import machine

POINTS = 4_000_000
FILES = 8
RUNS = 3
EXECUTORS = (1, 2)
PROJECTED = (2, 10, 100)
BILLION = 10**9


@dataclass
class Measured:
    """Seconds of each step with some executors."""

    executors: int
    first_s: float
    read_s: float
    route_s: float
    write_s: float


@contextmanager
def cluster(executors: int, folder: Path) -> Iterator[SparkSession]:
    builder = SparkSession.builder.master(f"local-cluster[{executors},1,1024]")
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.local.dir": str(folder),
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH),
        "spark.sql.files.maxPartitionBytes": "16m",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    session.sparkContext.pythonExec = sys.executable
    work = Path(importlib.util.find_spec("pyspark").origin).parent / "work"
    application = session.sparkContext.applicationId
    try:
        yield session
    finally:
        session.stop()
        shutil.rmtree(work / application, ignore_errors=True)


def write_points(folder: Path) -> None:
    lon, lat = made_up.clustered_points(POINTS)
    folder.mkdir()
    for part in range(FILES):
        rows = slice(POINTS * part // FILES, POINTS * (part + 1) // FILES)
        ids = pa.array(range(rows.start, rows.stop))
        table = pa.table({"id": ids, "lon": lon[rows], "lat": lat[rows]})
        pq.write_table(table, folder / f"part-{part}.parquet")


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def best(work: Callable[[], object]) -> float:
    return min(seconds(work) for _ in range(RUNS))


def throw_away(frame: DataFrame) -> None:
    frame.write.format("noop").mode("overwrite").save()


def measure(executors: int, folder: Path, index: Path) -> Measured:
    with cluster(executors, folder) as spark:
        frame = spark.read.parquet(str(folder / "points"))
        routed = route_frame(frame, index)
        written = str(folder / f"routed-{executors}")
        return Measured(
            executors=executors,
            first_s=seconds(lambda: throw_away(routed)),
            read_s=best(lambda: throw_away(frame)),
            route_s=best(lambda: throw_away(routed)),
            write_s=best(lambda: routed.write.mode("overwrite").parquet(written)),
        )


def in_process_s(index: Path) -> float:
    """Return what one thread takes without Spark, in batches of the same size."""
    router = Router.load(index)
    lon, lat = made_up.clustered_points(POINTS)
    asked = Answers(file="", lon=0, lat=1, datum=Datum.WGS84, distances=False)
    codes = pa.array(router.codes, pa.string())
    batches = pa.table({"lon": lon, "lat": lat}).to_batches(max_chunksize=BATCH)

    def work() -> None:
        for batch in batches:
            routed_batch(batch, asked, router, codes)

    work()
    return best(work)


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.parquet"))


def print_measured(runs: list[Measured], alone_s: float) -> None:
    print("**Measured.** Points/s in millions; the first routing run loads Spark's classes and the")
    print(f"index, the others are the best of {RUNS}.\n")
    print("| executors | first run s | read | route | route and write | against one |")
    print("|---:|---:|---:|---:|---:|---:|")
    rate = POINTS / 1e6
    print(f"| none: one thread of this process, no Spark | | | {rate / alone_s:.2f} | | |")
    for run in runs:
        print(
            f"| {run.executors} | {run.first_s:.1f} | {rate / run.read_s:.2f} | "
            f"{rate / run.route_s:.2f} | {rate / run.write_s:.2f} | "
            f"{runs[0].write_s / run.write_s:.2f}x |"
        )


def print_moved(folder: Path, index: Path) -> None:
    asked = Answers(file=index.name, lon=1, lat=2, datum=Datum.WGS84, distances=False)
    told = len(cloudpickle.dumps(task(asked)))
    read = size(folder / "points") / POINTS
    routed = size(folder / f"routed-{EXECUTORS[-1]}") / POINTS
    print("\n**Measured.** What moves over the wire:\n")
    print("| what | bytes | how often |")
    print("|---|---:|---|")
    print(f"| the index | {index.stat().st_size:,} | once an executor, from the driver |")
    print(f"| what a task is told | {told:,} | once a task |")
    print(f"| a point, read (id, lon, lat as Parquet) | {read:.1f} | once |")
    print(f"| a point, written (with its answer as Parquet) | {routed:.1f} | once |")
    print("| a point between executors | 0 | never: a row is answered where it was read |")


def print_projected(run: Measured, index: Path) -> None:
    each = POINTS / run.write_s / run.executors
    print(
        "\n**Projected, not measured.** Reading, routing and writing at the rate of an executor in"
    )
    print(
        f"the run with {run.executors} ({each / 1e6:.2f} M points/s each), if storage keeps up and"
    )
    print(
        "executors are added without loss; starting the executors and the first run not counted.\n"
    )
    print("| executors of one core | 10^9 points | 10^10 points | index sent by the driver |")
    print("|---:|---:|---:|---:|")
    for executors in PROJECTED:
        hours = [points / each / executors for points in (BILLION, 10 * BILLION)]
        sent = index.stat().st_size * executors / 1e6
        print(f"| {executors} | {duration(hours[0])} | {duration(hours[1])} | {sent:,.0f} MB |")


def duration(total_s: float) -> str:
    return f"{total_s / 60:.1f} min" if total_s < 2 * 3600 else f"{total_s / 3600:.1f} h"


def main() -> None:
    warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
    grids = made_up.coverage()
    with tempfile.TemporaryDirectory() as name:
        folder, index = Path(name), Path(name, "city.router")
        Router.build(grids).save(index)
        write_points(folder / "points")
        print(f"{POINTS:,} clustered points in {FILES} Parquet files, {len(grids):,} grids.")
        print(machine())
        print("The executors have one core each and share this machine with the driver.\n")
        alone_s = in_process_s(index)
        runs = [measure(executors, folder, index) for executors in EXECUTORS]
        print_measured(runs, alone_s)
        print_moved(folder, index)
        print_projected(runs[-1], index)


if __name__ == "__main__":
    main()
