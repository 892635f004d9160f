"""How long moving a border takes to re-route: ``python -m tests.benchmarks.bench_reroute FOLDER``.

A made-up city (``--size``, large unless told) is built once in FOLDER, or in the temporary folder.
Then borders between two neighbouring ground grids are moved by `STRIP_M`, one after the other, each
in a transaction that is undone. The same is done with everything routed again for comparison.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from gis_grid.demo.city import make_city
from gis_grid.geo.crs import to_lonlat, to_metric
from gis_grid.router.changes import changes_between
from gis_grid.services.demo_city import store_city
from gis_grid.services.publishing import publish_in
from gis_grid.storage.city import CityStore
from gis_grid.storage.database import opened, sessions, upgrade
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.rerouting import reroute
from tests.benchmarks.machine import machine

STRIP_M = 30.0
BORDERS = 20
SEED = 7


@dataclass(frozen=True)
class Move:
    """What moving one border cost."""

    ranges: int
    looked_at: int
    moved: int
    open_moved: int
    finding_ms: float
    all_ms: float
    work_ms: float
    """Processor time of all threads; on a busy machine it says more than the clock."""


def city(folder: Path, size: str) -> str:
    """Return the address of a made-up city, which is made at the first call."""
    file = folder / size / "city.db"
    url = f"sqlite:///{file}"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with opened(url) as engine:
            upgrade(engine)
            store_city(engine, make_city(size, SEED), lambda *_: None)
    return url


@contextmanager
def undone(engine: Engine) -> Iterator[Session]:
    """Give a session whose changes are forgotten."""
    with sessions(engine)() as session:
        yield session
        session.rollback()


def milliseconds(since: float) -> float:
    """Return how long ago something was."""
    return 1000 * (time.perf_counter() - since)


def borders(grids: gpd.GeoDataFrame, epsg: int) -> Iterator[tuple[gpd.GeoDataFrame, float]]:
    """Yield the grids after one border was moved, and how long that border is."""
    metric = to_metric(grids, epsg=epsg).geometry.to_numpy()
    left, right = shapely.STRtree(metric).query(metric, predicate="intersects")
    pairs = np.column_stack([left, right])[left < right]
    for one, other in np.random.default_rng(SEED).permutation(pairs):
        line = shapely.intersection(metric[one], metric[other])
        if shapely.length(line) < 2 * STRIP_M:
            continue
        strip = shapely.intersection(metric[other], shapely.buffer(line, STRIP_M))
        pair = np.array([metric[one].union(strip), metric[other].difference(strip)])
        shapes = to_lonlat(gpd.GeoSeries(pair, crs=epsg)).to_numpy()
        if (shapely.is_valid(shapes) & (shapely.get_type_id(shapes) == 3)).all():
            moved = grids.geometry.to_numpy().copy()
            moved[[one, other]] = shapely.multipolygons(shapes, indices=[0, 1])
            yield grids.set_geometry(gpd.GeoSeries(moved, crs=grids.crs)), shapely.length(line)


def move(engine: Engine, old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> Move:
    """Route again after a change, and forget it."""
    with undone(engine) as session:
        started = time.perf_counter()
        changes = changes_between(old, new)
        finding_ms = milliseconds(started)
        started, worked = time.perf_counter(), time.process_time()
        done = reroute(session, old, new)
        all_ms, work_ms = milliseconds(started), 1000 * (time.process_time() - worked)
    return Move(
        ranges=len(changes.ranges),
        looked_at=sum(layer.looked_at for layer in done.values()),
        moved=sum(layer.moved for layer in done.values()),
        open_moved=done["incidents"].moved,
        finding_ms=finding_ms,
        all_ms=all_ms,
        work_ms=work_ms,
    )


def publishing_ms(engine: Engine, old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> float:
    """Publish the change with its lineage, forget it, and return how long that took."""
    with undone(engine) as session:
        every = gpd.GeoDataFrame(LayerStore(session).read("grids"))
        changed = new.set_index("code").geometry
        shapes = changed.reindex(every["code"]).to_numpy()
        shapes = np.where(shapely.is_missing(shapes), every.geometry.to_numpy(), shapes)
        grids = every.set_geometry(gpd.GeoSeries(shapes, crs=old.crs))
        started = time.perf_counter()
        publish_in(session, grids, name="moved", valid_from=datetime.now(UTC))
        return milliseconds(started)


def tell(name: str, values: list[float]) -> None:
    """Print median and worst of some numbers."""
    print(f"| {name} | {statistics.median(values):,.1f} | {max(values):,.1f} |")


def main() -> None:
    """Build the city when need be, then measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", default=Path(tempfile.gettempdir()), type=Path)
    parser.add_argument("--size", default="large")
    asked = parser.parse_args()
    with opened(city(asked.folder, asked.size)) as engine:
        with sessions(engine)() as session:
            place = CityStore(session).get()
            level = place.scheme.ground
            old = gpd.GeoDataFrame(LayerStore(session).read("grids", level=level))
            is_open = "SELECT count(*) FROM incident WHERE state <> 'closed' AND doubt IS NULL"
            unsettled = session.execute(text(is_open)).scalar_one()
        plans = [
            pair for pair, _ in zip(borders(old, place.epsg), range(BORDERS + 1), strict=False)
        ]
        moves = [move(engine, old, new) for new, _ in plans][1:]  # the first one compiles
        whole = move(engine, old.iloc[:0], plans[0][0])
        publication_ms = publishing_ms(engine, old, plans[0][0])
    print(machine())
    print()
    print(f"City {asked.size}: {len(old):,} ground grids, {unsettled:,} open incidents; one border")
    print(f"moved by {STRIP_M:.0f} m, {len(moves)} times.")
    print()
    print("| of one border | median | worst |")
    print("|---|---:|---:|")
    tell("length, m", [length for _, length in plans[1:]])
    tell("ranges of cells", [each.ranges for each in moves])
    tell("features looked at", [each.looked_at for each in moves])
    tell("features moved", [each.moved for each in moves])
    tell("open incidents moved", [each.open_moved for each in moves])
    tell("finding the cells, ms", [each.finding_ms for each in moves])
    tell("all of it: find, scan, route, write, ms", [each.all_ms for each in moves])
    tell("processor time of that, ms", [each.work_ms for each in moves])
    print()
    ratio = whole.work_ms / statistics.median([each.work_ms for each in moves])
    print(
        f"Routing all {whole.looked_at:,} features again: {whole.work_ms:,.0f} ms of the processor,"
    )
    print(
        f"{ratio:,.0f} times as much. Publishing with grids and lineage: {publication_ms:,.0f} ms."
    )


if __name__ == "__main__":
    main()
