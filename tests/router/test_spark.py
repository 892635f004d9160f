"""Routing on Spark equals routing here: on a cluster of two executors, one of which may die."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import FileError, InputError
from gis_grid.geo.datum import Datum, from_wgs84
from gis_grid.router import cells
from gis_grid.router.index import Router
from gis_grid.router.spark import Answers, route_frame, routed_batch
from gis_grid.router.spark_files import Routed, route_files

NAN = float("nan")


def drawn_grids() -> gpd.GeoDataFrame:
    """Return nine squares near Anshan; the middle one has a hole, the last one two parts."""
    shapes = [
        shapely.box(123 + x / 10, 41 + y / 10, 123.1 + x / 10, 41.1 + y / 10)
        for y in range(3)
        for x in range(3)
    ]
    shapes[4] = shapely.difference(shapes[4], shapely.Point(123.15, 41.15).buffer(0.02))
    shapes[8] = shapely.union(shapes[8], shapely.box(124, 41, 124.1, 41.1))
    codes = [f"网格{row}" for row in range(9)]
    return gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs="EPSG:4326")


def drawn_points(count: int = 4_000) -> pa.Table:
    """Return points inside, outside, on borders and corners, missing and impossible."""
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform([122.9, 40.9], [124.2, 41.4], (count, 2)).T
    lon[: count // 2] = 123 + rng.uniform(0, 0.3, count // 2)
    lon[::7] = np.round(lon[::7], 1)  # on a border
    lat[::14] = np.round(lat[::14], 1)  # in a corner
    lon[5:9], lat[5:9] = [NAN, np.inf, 181.0, 1e308], 41.05
    columns = {
        "id": np.arange(count),
        "lon": pa.array(lon, mask=np.arange(count) == 10),
        "lat": pa.array(lat, mask=np.arange(count) == 11),
        "a.b": pa.array([f"路灯{row}" if row % 3 else None for row in range(count)]),
    }
    return pa.table(columns)


def expected(router: Router, points: pa.Table) -> dict[str, list]:
    """Answer in this process, by another path than Arrow."""
    lon, lat = (points[name].to_pandas().to_numpy(float) for name in ("lon", "lat"))
    found = router.locate_many(lon=lon, lat=lat)
    metres = router.distance_to_border_m(lon=lon, lat=lat)
    known = cells.is_on_earth(lon=lon, lat=lat)
    methods = np.where(found.index >= 0, "polygon", np.where(known, "outside", None))
    return {
        "grid_code": found.code.tolist(),
        "method": methods.tolist(),
        "distance_to_border_m": [None if np.isnan(m) else m for m in metres],
        "cell": [cell or None for cell in cells.encode(lon=lon, lat=lat).tolist()],
    }


@pytest.fixture(scope="module")
def router() -> Router:
    return Router.build(drawn_grids())


@pytest.fixture(scope="module")
def saved(router, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("router") / "city.router"
    router.save(path)
    return path


def missing_tools() -> str:
    """Say what a cluster on this machine lacks."""
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed: pip install 'gis-grid[spark]'"
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        return "no java on the PATH: apt-get install default-jre-headless"
    return ""


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    """Start a cluster of two executor processes with one core each."""
    if missing_tools():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing_tools())
    from pyspark.sql import SparkSession  # noqa: PLC0415 - an optional extra

    quick = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # half the work of starting Java
    settings = {
        "spark.driver.extraJavaOptions": quick,
        "spark.executor.extraJavaOptions": quick,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.local.dir": str(tmp_path_factory.mktemp("spark")),
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
        "spark.sql.execution.arrow.maxRecordsPerBatch": "100",
    }
    builder = SparkSession.builder.master("local-cluster[2,1,1024]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    session.sparkContext.pythonExec = sys.executable
    work = Path(importlib.util.find_spec("pyspark").origin).parent / "work"
    application = session.sparkContext.applicationId
    yield session
    session.stop()
    shutil.rmtree(work / application, ignore_errors=True)


@pytest.fixture
def frame(spark):
    """Return the points in six partitions that are spread over both executors."""
    path = Path(spark.conf.get("spark.sql.warehouse.dir").removeprefix("file:")) / "points.parquet"
    pq.write_table(drawn_points(), path)
    return spark.read.parquet(str(path)).repartition(6, "id")


def in_order(frame) -> dict[str, list]:
    return frame.toArrow().sort_by("id").to_pydict()


@pytest.mark.slow
class TestOnTwoExecutors:
    def test_equals_the_router_here(self, frame, router, saved):
        points = drawn_points()
        routed = in_order(route_frame(frame, saved, distances=True))
        assert list(routed) == [*points.column_names, *expected(router, points)]
        assert routed["a.b"] == points["a.b"].to_pylist()
        np.testing.assert_array_equal(np.array(routed["lon"], float), points["lon"].to_numpy())
        for name, answers in expected(router, points).items():
            assert routed[name] == answers, name
        assert set(routed["grid_code"]) == {None, *router.codes}

    @pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")  # our own map
    def test_survives_the_death_of_an_executor(self, frame, router, saved, tmp_path):
        victim = tmp_path / "victim"
        frame = frame.select("id", "lon", "lat")  # Spark itself cannot map a name with a dot
        dying = frame.mapInArrow(kills_its_executor(str(victim)), frame.schema)
        routed = in_order(route_frame(dying, saved))
        assert not Path("/proc", victim.read_text(encoding="ascii")).exists()
        assert routed["id"] == list(range(drawn_points().num_rows))
        assert routed["grid_code"] == expected(router, drawn_points())["grid_code"]

    def test_sends_an_index_once_and_tells_two_apart(self, spark, frame, saved, tmp_path):
        other = tmp_path / "city.router"  # another city under the same name
        Router.build(drawn_grids().iloc[:1]).save(other)
        for path in (saved, saved, other, other):
            routed = route_frame(frame, path)
        assert {row[0] for row in routed.select("grid_code").distinct().collect()} == {
            None,
            "网格0",
        }
        shipped = [name for name in spark.sparkContext.listFiles if name.endswith(".router")]
        assert len(shipped) == 2

    def test_refuses_what_it_cannot_route(self, frame, saved, tmp_path):
        with pytest.raises(InputError, match=r"no column 'x'; name one of: id, lon, lat, a\.b"):
            route_frame(frame, saved, lon="x")
        with pytest.raises(InputError, match=r"'a\.b' is string, no number; cast it"):
            route_frame(frame, saved, lat="a.b")
        with pytest.raises(InputError, match="a column 'cell' already; rename or drop"):
            route_frame(frame.withColumnRenamed("id", "cell"), saved)
        with pytest.raises(FileError, match="cannot be read"):
            route_frame(frame, tmp_path / "none.router")

    @pytest.mark.usefixtures("spark")
    def test_routes_files(self, saved, router, tmp_path):
        points = drawn_points()
        pq.write_table(points, tmp_path / "points.parquet")
        routed = tmp_path / "routed.parquet"
        counts = route_files(tmp_path / "points.parquet", saved, routed, master="unused")
        answers = expected(router, points)
        owned, outside = (answers["method"].count(word) for word in ("polygon", "outside"))
        assert counts == Routed(rows=points.num_rows, owned=owned, outside=outside)
        table = pq.read_table(routed).sort_by("id")
        assert table["grid_code"].to_pylist() == answers["grid_code"]
        words = cells.to_words(np.array([cell or 0 for cell in answers["cell"]]))
        assert table["cell"].to_pylist() == [word or None for word in words]
        with pytest.raises(FileError, match="already exists"):
            route_files(tmp_path / "points.parquet", saved, routed, master="unused")
        with pytest.raises(FileError, match="does not exist"):
            route_files(tmp_path / "none.csv", saved, tmp_path / "o.csv", master="unused")

    @pytest.mark.usefixtures("spark")
    def test_routes_text_and_keeps_it(self, saved, tmp_path):
        rows = [
            ["0123", '井盖,"圆"\n二行', "123.050", " 41.05"],
            ["", "x ", "no number", "41"],
        ]
        text = pa.table(list(zip(*rows, strict=True)), names=["no.", "name", "经度", "y"])
        pa.csv.write_csv(text, tmp_path / "points.csv")
        folder = tmp_path / "routed.csv"
        counts = route_files(
            tmp_path / "points.csv",
            saved,
            folder,
            master="unused",
            coordinates=lambda _: ("经度", "y"),
        )
        assert counts == Routed(rows=2, owned=1, outside=0)
        (part,) = folder.glob("part-*.csv")
        options = pa.csv.ConvertOptions(column_types=dict.fromkeys(text.column_names, pa.string()))
        parse = pa.csv.ParseOptions(newlines_in_values=True)
        read = pa.csv.read_csv(part, parse_options=parse, convert_options=options)
        assert read.select(text.column_names).to_pylist() == text.to_pylist()
        assert read["grid_code"].to_pylist() == ["网格0", ""]


def kills_its_executor(marker: str):
    """Return a task that once, after its second batch, kills the process that runs it."""

    def passes_on(batches):
        for number, batch in enumerate(batches):
            yield batch
            if number == 1 and not os.path.exists(marker):  # noqa: PTH110
                daemon = os.getppid()
                with open(f"/proc/{daemon}/stat") as stat:  # noqa: PTH123
                    executor = int(stat.read().rpartition(")")[2].split()[1])
                with open(marker, "x") as file:  # noqa: PTH123
                    file.write(str(executor))
                os.kill(executor, signal.SIGKILL)

    return passes_on


ASKED = Answers(file="", lon=0, lat=1, datum=Datum.WGS84, distances=True)
DEGREES = st.one_of(
    st.none(), st.floats(122.9, 124.2), st.floats(), st.sampled_from([123.0, 123.1, 41.1, 41.2])
)


@given(st.lists(st.tuples(DEGREES, DEGREES)))
def test_a_batch_is_answered_as_arrays_are(router, points):
    table = pa.table(
        {
            "lon": pa.array([x for x, _ in points], pa.float64()),
            "lat": pa.array([y for _, y in points], pa.float64()),
        }
    )
    batch = pa.RecordBatch.from_arrays([c.combine_chunks() for c in table.columns], ["lon", "lat"])
    routed = routed_batch(batch, ASKED, router, pa.array(router.codes, pa.string()))
    for name, answers in expected(router, table).items():
        assert routed[name].to_pylist() == answers


@pytest.mark.parametrize("kind", [pa.float32(), pa.int32(), pa.decimal128(9, 6)], ids=str)
def test_any_numbers_are_degrees(router, kind):
    batch = pa.record_batch(
        {"lon": pa.array([Decimal(123), None]).cast(kind), "lat": pa.array([41, 41])}
    )
    routed = routed_batch(batch, ASKED, router, pa.array(router.codes))
    assert routed["grid_code"].to_pylist() == ["网格0", None]


def test_a_datum_is_undone(router):
    lon, lat = from_wgs84(lon=[123.0999], lat=[41.05], datum=Datum.GCJ02)
    batch = pa.record_batch({"lon": lon, "lat": lat})
    asked = Answers(file="", lon=0, lat=1, datum=Datum.GCJ02, distances=False)
    routed = routed_batch(batch, asked, router, pa.array(router.codes))
    assert routed["grid_code"].to_pylist() == ["网格0"]
    assert routed.schema.names == ["lon", "lat", "grid_code", "method", "cell"]


def test_files_of_another_type_are_refused(saved, tmp_path):
    with pytest.raises(FileError, match=r"points\.xlsx is neither \.parquet nor \.csv"):
        route_files("points.xlsx", saved, tmp_path / "o.csv", master="local[1]")


def test_without_the_extra_it_says_which(saved, tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"pip install 'gis-grid\[spark\]'"):
        route_files("points.csv", saved, tmp_path / "o.csv", master="local[1]")


@pytest.mark.slow
def test_a_machine_without_java_gets_one_line(saved, tmp_path):
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip(missing_tools())
    script = (
        "from gis_grid.router.spark_files import route_files\n"
        f"route_files('p.csv', {str(saved)!r}, 'o.csv', master='local[1]')"
    )
    env = os.environ | {"JAVA_HOME": str(tmp_path / "nowhere")}
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=False
    )
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("gis_grid.errors.InputError: Spark does not start at local[1]")
    assert last.endswith("it needs Java 17 or newer")
