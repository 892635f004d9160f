"""Route Spark frames: every executor fetches the saved index once (extra ``spark``).

What moves and why is in docs/algorithms/scaling.md. gis_grid itself must be installed where the
executors run; the driver and the executors need no other common ground than Spark.
"""

import hashlib
import importlib.util
import math
import shutil
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gis_grid.errors import InputError
from gis_grid.geo.datum import Datum, to_wgs84
from gis_grid.router import cells
from gis_grid.router.index import Router
from gis_grid.router.located import OUTSIDE

if TYPE_CHECKING:
    from pyspark import SparkContext
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

NUMBERS = ("tinyint", "smallint", "int", "bigint", "float", "double", "decimal")
"""Spark types that a coordinate may have."""

METHODS = pa.array(["polygon", "outside"])
DIGEST_DIGITS = 16

Batches = Iterator[pa.RecordBatch]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What is asked about each point: the driver tells it to every task."""

    file: str
    """Name under which Spark ships the index."""

    lon: int
    """Place of the longitude among the columns."""

    lat: int
    """Place of the latitude among the columns."""

    datum: Datum
    distances: bool

    @property
    def columns(self) -> dict[str, str]:
        """Return the new columns and their Spark types, in order."""
        distance = {"distance_to_border_m": "double"} if self.distances else {}
        return {"grid_code": "string", "method": "string", **distance, "cell": "long"}


def route_frame(
    frame: "DataFrame",
    router_path: str | Path,
    *,
    lon: str = "lon",
    lat: str = "lat",
    datum: Datum | str = Datum.WGS84,
    distances: bool = False,
) -> "DataFrame":
    """Return the frame with the owning grid of each row's point.

    The plan is lazy, as usual in Spark. Every answer depends on its row alone, so a task that
    runs twice, because its executor died, gives the same rows.

    Parameters
    ----------
    frame
        Points as two columns of numbers, degrees; other columns pass unchanged.
    router_path
        What `Router.save` wrote: a file that the driver can read.
    lon, lat
        Names of the two columns.
    datum
        Datum of the points: WGS-84, GCJ-02 or BD-09.
    distances
        Say also how far each point is from the border.

    Returns
    -------
    DataFrame
        The columns of `frame` in order, then ``grid_code`` (string; null outside every grid and
        where a coordinate is null, NaN, infinite or out of range), ``method`` (``polygon``,
        ``outside``, null where there is no point), ``distance_to_border_m`` (double, metres; only
        with `distances`), ``cell`` (long, H3 cell of resolution 12 in WGS-84; null where there is
        no point). As many rows as `frame` has; none give none.

    Raises
    ------
    InputError
        A column is missing, is no number, or has the name of an answer; pyspark is not installed.
    FileError
        `router_path` is not a saved router.

    Examples
    --------
    >>> route_frame(spark.read.parquet("points"), "city.router")  # doctest: +SKIP
    DataFrame[lon: double, lat: double, grid_code: string, method: string, cell: bigint]
    """
    require_pyspark()
    names = frame.columns
    require_columns(names, lon, lat)
    _require_numbers(frame, lon, lat)
    asked = Answers(
        file=_ship(frame.sparkSession.sparkContext, Path(router_path)),
        lon=names.index(lon),
        lat=names.index(lat),
        datum=Datum(datum),
        distances=distances,
    )
    _require_free(names, asked.columns)
    # Spark reads a dot in a name as a path into a struct, so columns travel as c0, c1, ...
    places = frame.toDF(*(f"c{place}" for place in range(len(names))))
    with warnings.catch_warnings():  # no pandas is used here
        warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
        routed = places.mapInArrow(task(asked), _schema(places, asked))
    return routed.toDF(*names, *asked.columns)


def require_pyspark() -> None:
    """Refuse to go on without pyspark.

    Raises
    ------
    InputError
        It is not installed.
    """
    if importlib.util.find_spec("pyspark") is None:
        msg = "pyspark is not installed; pip install 'gis-grid[spark]'"
        raise InputError(msg)


def require_columns(names: Sequence[str], *wanted: str) -> None:
    """Refuse a frame without the columns that are wanted.

    Raises
    ------
    InputError
        One is missing.

    Examples
    --------
    >>> require_columns(["lon", "lat"], "lon")
    """
    missing = [name for name in wanted if name not in names]
    if missing:
        msg = f"the points have no column {missing[0]!r}; name one of: {', '.join(names)}"
        raise InputError(msg)


def _require_numbers(frame: "DataFrame", *wanted: str) -> None:
    kinds = dict(frame.dtypes)
    for name in wanted:
        if kinds[name].partition("(")[0] not in NUMBERS:
            msg = f"column {name!r} is {kinds[name]}, no number; cast it to double first"
            raise InputError(msg)


def _require_free(names: Sequence[str], answers: Iterable[str]) -> None:
    taken = [name for name in answers if name in names]
    if taken:  # Spark could not tell the two apart
        msg = f"the points have a column {taken[0]!r} already; rename or drop it first"
        raise InputError(msg)


def _schema(places: "DataFrame", asked: Answers) -> "StructType":
    from pyspark.sql.types import StructType  # noqa: PLC0415 - an optional extra

    schema = StructType(list(places.schema.fields))
    for name, kind in asked.columns.items():
        schema = schema.add(name, kind)
    return schema


def _ship(context: "SparkContext", path: Path) -> str:
    """Give the index to Spark, which sends it to every executor; return its name there.

    Its name is made of its content: two cities in one session do not collide, and the same index
    is sent only once however often it is used.
    """
    from pyspark import SparkFiles  # noqa: PLC0415 - an optional extra

    Router.load(path)  # a wrong file is the caller's error here, not a failed task elsewhere
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    name = f"gis-grid-{digest[:DIGEST_DIGITS]}.router"
    copy = Path(SparkFiles.getRootDirectory(), name)
    if not copy.exists():  # Spark removes its folder at the end of the session
        draft = copy.with_suffix(".part")
        shutil.copyfile(path, draft)
        draft.rename(copy)
        context.addFile(str(copy))
    return name


def task(asked: Answers) -> Callable[[Batches], Batches]:
    """Return what every task runs; it carries names and no data."""

    def answer(batches: Batches) -> Batches:
        for batch in batches:
            yield routed_batch(batch, asked, *_loaded(asked.file))

    return answer


@cache
def _loaded(file: str) -> tuple[Router, pa.StringArray]:
    """Open the shipped index once in each Python worker; its pages are shared on a machine."""
    from pyspark import SparkFiles  # noqa: PLC0415 - an optional extra

    router = Router.load(SparkFiles.get(file))
    return router, pa.array(router.codes, pa.string())


def routed_batch(
    batch: pa.RecordBatch, asked: Answers, router: Router, codes: pa.StringArray
) -> pa.RecordBatch:
    """Return an Arrow batch with its answers behind its columns.

    Parameters
    ----------
    batch
        Points, degrees in the datum of `asked`; null counts as NaN.
    asked
        Which columns hold the coordinates and what is wanted.
    router, codes
        The index and its codes.

    Returns
    -------
    RecordBatch
        The rows of `batch`; what the answers are says `route_frame`.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> shapes = {"code": ["a"], "geometry": [shapely.box(0, 0, 1, 1)]}
    >>> router = Router.build(gpd.GeoDataFrame(shapes, crs="EPSG:4326"))
    >>> batch = pa.record_batch({"lon": [0.5, 5.0, None], "lat": [0.5, 5.0, 5.0]})
    >>> asked = Answers(file="", lon=0, lat=1, datum=Datum.WGS84, distances=False)
    >>> routed = routed_batch(batch, asked, router, pa.array(["a"]))
    >>> routed["grid_code"].to_pylist(), routed["method"].to_pylist()
    (['a', None, None], ['polygon', 'outside', None])
    >>> routed["cell"].is_null().to_pylist()
    [False, False, True]
    """
    lon, lat = (_degrees(batch.column(place)) for place in (asked.lon, asked.lat))
    if asked.datum is not Datum.WGS84:
        lon, lat = to_wgs84(lon=lon, lat=lat, datum=asked.datum)
    index = router.rows_of(lon=lon, lat=lat)
    outside = index == OUTSIDE
    cell = cells.encode(lon=lon, lat=lat)
    nowhere = cell == 0
    answers: list[pa.Array[Any]] = [
        codes.take(pa.array(index, pa.int32(), mask=outside)),
        METHODS.take(pa.array(outside.astype(np.int32), pa.int32(), mask=nowhere)),
    ]
    if asked.distances:
        metres = router.distance_to_border_m(lon=lon, lat=lat, index=index)
        answers.append(pa.array(metres, mask=np.isnan(metres)))
    answers.append(pa.array(cell, mask=nowhere))
    names = [*batch.schema.names, *asked.columns]
    return pa.RecordBatch.from_arrays([*batch.columns, *answers], names=names)


def _degrees(column: "pa.Array[Any]") -> NDArray[np.float64]:
    return column.cast(pa.float64()).fill_null(math.nan).to_numpy(zero_copy_only=False)
