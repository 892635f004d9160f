"""Route Parquet and CSV files on a Spark cluster: what ``gis-grid route --engine spark`` does."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gis_grid.errors import FileError, InputError
from gis_grid.geo.datum import Datum
from gis_grid.router.spark import require_columns, require_pyspark, route_frame

if TYPE_CHECKING:
    from pyspark.errors import PySparkException
    from pyspark.sql import Column, DataFrame, DataFrameReader, SparkSession

CSV = {"header": "true", "escape": '"', "encoding": "UTF-8"}
"""RFC 4180: a quote in a field is doubled."""

SPACES = {"ignoreLeadingWhiteSpace": "false", "ignoreTrailingWhiteSpace": "false"}
DEGREES = ("gis_grid_lon", "gis_grid_lat")
"""Columns for the coordinates of a text file while it is routed."""

BATCH = 16_384
"""Points in one call of the router: big enough for Arrow, small enough for one thread."""

LOOPBACK = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


Coordinates = Callable[[Sequence[str]], tuple[str, str]]


def lon_and_lat(_: Sequence[str]) -> tuple[str, str]:
    """Choose the columns ``lon`` and ``lat``."""
    return "lon", "lat"


class Routed(NamedTuple):
    """What became of a file."""

    rows: int
    """Rows written, as many as were read."""

    owned: int
    """Rows with a `grid_code`."""

    outside: int
    """Rows with a point that no grid owns."""


def route_files(
    points: str | Path,
    router_path: str | Path,
    output: str | Path,
    *,
    master: str,
    datum: Datum = Datum.WGS84,
    coordinates: Coordinates = lon_and_lat,
) -> Routed:
    """Route a file, or a folder of files, into a folder of files.

    Parameters
    ----------
    points
        Parquet or CSV by its extension; a local path or an address that the cluster can read. A
        CSV is one task's work, because a quoted field may hold a line break; Parquet is split.
    router_path
        What `Router.save` wrote, on this machine.
    output
        Folder to make, named ``.parquet`` or ``.csv``; Spark writes one file for each task.
    master
        Address of the cluster: ``spark://host:7077``, ``yarn``, ``local[2]``.
    datum
        Datum of the points.
    coordinates
        Says which columns of the file are the longitude and the latitude.

    Returns
    -------
    Routed
        The counts. Each row is written once, its columns unchanged and in order, then
        ``grid_code``, ``method``, ``distance_to_border_m`` and ``cell`` (hexadecimal). Text that
        is no number counts as a missing coordinate. A folder without rows gives one without rows.

    Raises
    ------
    FileError
        `points` or `router_path` cannot be read, `output` exists already, or the type of a file
        is not known.
    InputError
        A column is missing; pyspark or Java is; the cluster failed.

    Examples
    --------
    >>> route_files("calls.parquet", "city.router", "routed.parquet", master="local[2]")
    ... # doctest: +SKIP
    Routed(rows=1000000, owned=999120, outside=870)
    """
    require_pyspark()
    kinds = [_kind(path) for path in (points, output)]
    with _session(master) as spark, _plain_errors(points):
        found = _read(spark, str(points), kinds[0])
        lon, lat = coordinates(found.columns)
        require_columns(found.columns, lon, lat)
        degrees = DEGREES if kinds[0] == "csv" else (lon, lat)
        if degrees == DEGREES:
            found = _with_numbers(found, lon, lat)
        routed = route_frame(
            found, router_path, lon=degrees[0], lat=degrees[1], datum=datum, distances=True
        )
        words = routed.withColumn("cell", _hexadecimal("cell")).drop(*DEGREES)
        return _write(words, str(output), kinds[1])


def _kind(path: str | Path) -> str:
    kind = str(path).rstrip("/").rpartition(".")[2].lower()
    if kind not in {"parquet", "csv"}:
        msg = f"{path} is neither .parquet nor .csv, which is what Spark routes; convert it first"
        raise FileError(msg)
    return kind


@contextmanager
def _session(master: str) -> "Iterator[SparkSession]":
    """Use the session of this process, or begin one and end it."""
    from pyspark.errors import PySparkRuntimeError  # noqa: PLC0415 - an optional extra
    from pyspark.sql import SparkSession  # noqa: PLC0415

    active = SparkSession.getActiveSession()
    if active:
        yield active
        return
    builder = SparkSession.builder.master(master).appName("gis-grid route")
    settings = {"spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH)}
    settings |= LOOPBACK if master.startswith("local") else {}
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except PySparkRuntimeError as error:
        msg = f"Spark does not start at {master} ({_first_line(error)}); it needs Java 17 or newer"
        raise InputError(msg) from error
    if master.startswith("local"):  # the workers are on this machine and need our packages
        session.sparkContext.pythonExec = sys.executable
    try:
        yield session
    finally:
        session.stop()


@contextmanager
def _plain_errors(points: str | Path) -> Iterator[None]:
    from pyspark.errors import AnalysisException, PySparkException  # noqa: PLC0415

    try:
        yield
    except AnalysisException as error:
        raise FileError(_first_line(error)) from error
    except PySparkException as error:
        msg = f"Spark could not route {points}: {_first_line(error)}"
        raise InputError(msg) from error


def _first_line(error: "PySparkException") -> str:
    """Return what happened in one line: of a worker's traceback the exception itself."""
    lines = str(error).strip().splitlines()
    begin = next((n for n, line in enumerate(lines) if line.startswith("Traceback")), -1)
    return next(line for line in lines[begin + 1 :] if line and not line.startswith(" "))


def _read(spark: "SparkSession", points: str, kind: str) -> "DataFrame":
    reader: DataFrameReader = spark.read
    if kind == "parquet":
        return reader.parquet(points)
    return reader.options(**CSV, **SPACES, multiLine="true", mode="FAILFAST").csv(points)


def _with_numbers(found: "DataFrame", lon: str, lat: str) -> "DataFrame":
    """Add the coordinates of a text file as numbers; null where the text is none."""
    from pyspark.sql.functions import expr  # noqa: PLC0415

    quoted = [f"`{name.replace('`', '``')}`" for name in (lon, lat)]
    numbers = [expr(f"try_cast({name} AS double)") for name in quoted]
    return found.withColumns(dict(zip(DEGREES, numbers, strict=True)))


def _hexadecimal(name: str) -> "Column":
    from pyspark.sql.functions import hex as hexadecimal  # noqa: PLC0415
    from pyspark.sql.functions import lower  # noqa: PLC0415

    return lower(hexadecimal(name))


def _write(routed: "DataFrame", output: str, kind: str) -> Routed:
    from pyspark.sql import Observation  # noqa: PLC0415
    from pyspark.sql.functions import count, count_if, lit  # noqa: PLC0415

    counts = Observation("routed")
    counted = routed.observe(
        counts,
        count(lit(1)).alias("rows"),
        count("grid_code").alias("owned"),
        count_if(routed["method"] == "outside").alias("outside"),
    )
    if kind == "parquet":
        counted.write.parquet(output)
    else:
        counted.write.options(**CSV, **SPACES).csv(output)
    return Routed(**counts.get)
