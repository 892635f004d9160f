"""The same points against the same grids by every engine at hand, in one run.

Each engine gets points and grids in its own tables or geometries first (`prepare`, with its index
where that is a step of its own), then answers with the row of each point's grid; the best of three
runs counts (two of PostGIS). Every engine may use all processors.
"""

import importlib.metadata
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import h3
import numpy as np
import pyarrow as pa
import shapely
from sqlalchemy import make_url

from gis_grid.router import cells
from gis_grid.router.index import Router
from tests import postgres
from tests.benchmarks import cities
from tests.benchmarks.machine import machine

POINTS = 1_000_000
ENCODED = 200_000
"""Points for the comparison of encoders: enough, and h3-py's loop is slow."""

RUNS = 3
BORDER_DEG = 1e-9
"""Nearer to a border than this (0.1 mm) engines may differ: rounding, and who owns a border."""


@dataclass
class Case:
    """What every engine is given."""

    grids: gpd.GeoDataFrame
    lon: np.ndarray
    lat: np.ndarray
    points: np.ndarray = field(init=False)

    def __post_init__(self):
        self.points = shapely.points(self.lon, self.lat)

    def point_table(self) -> pa.Table:
        return pa.table({"i": np.arange(len(self.lon)), "wkb": shapely.to_wkb(self.points)})

    def grid_table(self) -> pa.Table:
        shapes = self.grids.geometry.to_numpy()
        return pa.table({"g": np.arange(len(shapes)), "wkb": shapely.to_wkb(shapes)})


@dataclass
class Answer:
    """What one engine did."""

    prepare_s: float
    seconds: float
    owner: np.ndarray
    version: str = ""


Pairs = tuple[np.ndarray, np.ndarray]


def timed(work: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def best(work: Callable[[], object], runs: int = RUNS) -> tuple[float, object]:
    results = [timed(work) for _ in range(runs)]
    return min(seconds for seconds, _ in results), results[-1][1]


def answered(case: Case, prepare_s: float, join: Callable[[], Pairs], runs: int = RUNS) -> Answer:
    """Time a join that gives pairs of point and grid."""
    seconds, (point, grid) = best(join, runs)
    owner = np.full(len(case.lon), -1)
    owner[point] = grid
    return Answer(prepare_s, seconds, owner)


def ours(case: Case) -> Answer:
    Router.build(case.grids).rows_of(lon=case.lon, lat=case.lat)  # compiles, or loads the cache
    prepare_s, router = timed(lambda: Router.build(case.grids))
    seconds, owner = best(lambda: router.rows_of(lon=case.lon, lat=case.lat))
    return Answer(prepare_s, seconds, owner)


def ours_with_cells(case: Case) -> Answer:
    router = Router.build(case.grids)

    def both():
        cells.encode(lon=case.lon, lat=case.lat)
        return router.locate_many(lon=case.lon, lat=case.lat).index

    both()
    seconds, owner = best(both)
    return Answer(0.0, seconds, owner)


def sedonadb(case: Case) -> Answer:
    import sedonadb as module  # noqa: PLC0415 - a peer that may be missing

    database = module.connect()

    def prepare():
        grids = gpd.GeoDataFrame({"g": np.arange(len(case.grids))}, geometry=case.grids.geometry)
        points = {"i": np.arange(len(case.lon))}
        points = gpd.GeoDataFrame(points, geometry=case.points, crs=case.grids.crs)
        for name, frame in (("grids", grids), ("points", points)):
            database.create_data_frame(frame).to_memtable().to_view(name)

    def join() -> Pairs:
        sql = "SELECT i, g FROM points JOIN grids ON ST_Contains(grids.geometry, points.geometry)"
        pairs = pa.table(database.sql(sql))
        return pairs["i"].to_numpy(), pairs["g"].to_numpy()

    return answered(case, timed(prepare)[0], join)


def geopandas_sjoin(case: Case) -> Answer:
    points = gpd.GeoDataFrame(geometry=case.points, crs=case.grids.crs)
    prepare_s, _ = timed(lambda: case.grids.sindex)

    def join() -> Pairs:
        pairs = points.sjoin(case.grids, predicate="within")
        return pairs.index.to_numpy(), pairs["index_right"].to_numpy()

    return answered(case, prepare_s, join)


def shapely_strtree(case: Case) -> Answer:
    prepare_s, tree = timed(lambda: shapely.STRtree(case.grids.geometry.to_numpy()))
    return answered(case, prepare_s, lambda: tree.query(case.points, predicate="within"))


def duckdb_spatial(case: Case) -> Answer:
    import duckdb  # noqa: PLC0415 - a peer that may be missing
    import duckdb_extension_spatial  # noqa: PLC0415

    folder = Path(duckdb_extension_spatial.__file__).parent
    database = duckdb.connect(
        config={"autoinstall_known_extensions": "false", "allow_unsigned_extensions": "true"}
    )
    database.execute(f"LOAD '{next(folder.rglob('spatial.duckdb_extension'))}'")

    def prepare():
        for name, key, table in (
            ("points", "i", case.point_table()),
            ("grids", "g", case.grid_table()),
        ):
            database.register("given", table)
            database.execute(
                f"CREATE TABLE {name} AS SELECT {key}, ST_GeomFromWKB(wkb) AS geom FROM given"
            )

    def join() -> Pairs:
        sql = "SELECT i, g FROM points JOIN grids ON ST_Contains(grids.geom, points.geom)"
        pairs = database.execute(sql).fetchnumpy()
        return pairs["i"], pairs["g"]

    return answered(case, timed(prepare)[0], join)


@contextmanager
def postgis_connection() -> Iterator[object]:
    import psycopg  # noqa: PLC0415 - a peer that may be missing

    postgres.choose_folder()
    try:
        address = make_url(postgres.url()).set(drivername="postgresql")
        with psycopg.connect(
            address.render_as_string(hide_password=False), autocommit=True
        ) as link:
            link.execute("CREATE EXTENSION IF NOT EXISTS postgis")
            yield link
    finally:
        postgres.stop()


def postgis(case: Case) -> Answer:
    with postgis_connection() as link:
        prepare_s, _ = timed(lambda: load_postgis(link, case))

        def join() -> Pairs:
            link.execute("DROP TABLE IF EXISTS pairs")
            link.execute(
                "CREATE UNLOGGED TABLE pairs AS SELECT i, g FROM points "
                "JOIN grids ON ST_Contains(grids.geom, points.geom)"
            )
            return np.empty(0, int), np.empty(0, int)

        answer = answered(case, prepare_s, join, runs=2)
        pairs = np.array(link.execute("SELECT i, g FROM pairs").fetchall())
        answer.owner[pairs[:, 0]] = pairs[:, 1]
        versions = "SELECT postgis_lib_version(), split_part(version(), ' ', 2)"
        answer.version = "{} (PostgreSQL {})".format(*link.execute(versions).fetchone())
    return answer


def load_postgis(link, case: Case) -> None:
    for name, key, table in (
        ("points", "i", case.point_table()),
        ("grids", "g", case.grid_table()),
    ):
        link.execute(f"CREATE UNLOGGED TABLE {name} ({key} int, geom geometry)")
        with link.cursor().copy(f"COPY {name} FROM STDIN") as copy:
            for row, wkb in zip(table[key].to_pylist(), table["wkb"].to_pylist(), strict=True):
                copy.write_row((row, wkb.hex()))
        link.execute(f"CREATE INDEX ON {name} USING gist (geom)")
        link.execute(f"VACUUM ANALYZE {name}")


ENGINES = {
    "gis-grid Router": (ours, "gis-grid"),
    "gis-grid Router + code + H3 cell": (ours_with_cells, "gis-grid"),
    "SedonaDB": (sedonadb, "sedonadb"),
    "geopandas.sjoin": (geopandas_sjoin, "geopandas"),
    "shapely STRtree": (shapely_strtree, "shapely"),
    "DuckDB spatial": (duckdb_spatial, "duckdb"),
    "PostGIS ST_Contains join": (postgis, "psycopg"),
}


def h3_loop(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    pairs = zip(lat.tolist(), lon.tolist(), strict=True)
    return np.array([int(h3.latlng_to_cell(y, x, 12), 16) for y, x in pairs])


def polars_h3(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    import polars as pl  # noqa: PLC0415 - a peer that may be missing
    import polars_h3 as plh3  # noqa: PLC0415

    frame = pl.DataFrame({"lon": lon, "lat": lat})
    cell = plh3.latlng_to_cell("lat", "lon", 12, return_dtype=pl.Int64)
    return frame.select(cell.alias("cell"))["cell"].to_numpy()


ENCODERS = {
    "gis-grid cells.encode": (lambda lon, lat: cells.encode(lon=lon, lat=lat), "gis-grid"),
    "polars-h3": (polars_h3, "polars-h3"),
    "h3-py in a loop": (h3_loop, "h3"),
}


def inside_points(case: Case) -> np.ndarray:
    """Say which points are not on a border."""
    borders = shapely.STRtree(shapely.boundary(case.grids.geometry.to_numpy()))
    on_border = borders.query(case.points, predicate="dwithin", distance=BORDER_DEG)[0]
    inside = np.ones(len(case.lon), bool)
    inside[on_border] = False
    return inside


def compare_engines(case: Case) -> None:
    inside = inside_points(case)
    vertices = shapely.get_num_coordinates(case.grids.geometry.to_numpy()).mean()
    print(
        f"{len(case.lon):,} points, {cities.told()}: {len(case.grids):,} of {vertices:.0f} "
        f"vertices each; {inside.sum():,} points are not on a border. {machine()}\n"
    )
    print("| engine | version | prepare s | answer s | M points/s | Router is | differs inside |")
    print("|---|---|---:|---:|---:|---:|---:|")
    first = None
    for name, (engine, package) in ENGINES.items():
        try:
            answer = engine(case)
            version = answer.version or importlib.metadata.version(package)
        except (ImportError, postgres.NoPostgisError) as error:
            print(f"| {name} | **missing**: {error} | | | | | |")
            continue
        first = first or answer
        differs = int((answer.owner != first.owner)[inside].sum())
        print(
            f"| {name} | {version} | {answer.prepare_s:.2f} | {answer.seconds:.3f} | "
            f"{len(case.lon) / answer.seconds / 1e6:.2f} | {answer.seconds / first.seconds:.1f}x | "
            f"{differs:,} |",
            flush=True,
        )


def compare_encoders(lon: np.ndarray, lat: np.ndarray) -> None:
    print(f"\nH3 cells of resolution 12 of {len(lon):,} points:\n")
    print("| encoder | version | µs a point | gis-grid is | differs |")
    print("|---|---|---:|---:|---:|")
    first = None
    for name, (encoder, package) in ENCODERS.items():
        try:
            seconds, found = best(lambda encoder=encoder: encoder(lon, lat))
        except ImportError as error:
            print(f"| {name} | **missing**: {error} | | | |")
            continue
        first = first or (seconds, found)
        print(
            f"| {name} | {importlib.metadata.version(package)} | {seconds / len(lon) * 1e6:.3f} | "
            f"{seconds / first[0]:.1f}x | {int((found != first[1]).sum()):,} |"
        )


def main() -> None:
    grids = cities.grids()
    case = Case(grids, *cities.points(POINTS, grids))
    compare_engines(case)
    compare_encoders(case.lon[:ENCODED], case.lat[:ENCODED])


if __name__ == "__main__":
    main()
