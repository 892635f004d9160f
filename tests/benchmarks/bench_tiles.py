"""How fast tiles are drawn: ``python -m tests.benchmarks tiles``.

The demo city `large`, or that of ``--city``, in both databases: the mean over tiles all over it,
one after the other; then the same tiles of buildings by mapbox-vector-tile; then over HTTP with 8
clients. The addresses of both copies of a city that was made before can be given.
Service, database and load share the machine.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import mapbox_vector_tile
import numpy as np
import shapely
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from gis_grid.demo.city import make_city
from gis_grid.services.demo_city import store_city
from gis_grid.services.tiling import Tiling
from gis_grid.storage.database import opened, upgrade
from gis_grid.storage.layers import LayerStore
from gis_grid.tiles.mercator import Tile, shapes_to_world, to_world
from gis_grid.values.tiles import TILE_LAYERS
from tests import postgres
from tests.benchmarks import cities
from tests.benchmarks.bench_http_route import service
from tests.benchmarks.load import HOST
from tests.benchmarks.machine import machine
from tests.signed import token

SIZE, SEED = cities.name() or "large", cities.SEED
ZOOMS = (10, 11, 12, 13, 14, 15, 16)
TILES = 40
CLIENTS = 8
SECONDS = 8


@contextmanager
def addresses(given: list[str]) -> Iterator[list[str]]:
    """Give the addresses of both databases; without any given, make the city in both."""
    if given:
        yield given
        return
    postgres.choose_folder()
    try:
        with tempfile.TemporaryDirectory() as folder:
            urls = [f"sqlite:///{folder}/city.db", postgres.url()]
            city = make_city(SIZE, SEED)
            for url in urls:
                with opened(url) as engine:
                    upgrade(engine)
                    store_city(engine, city)
            yield urls
    finally:
        postgres.stop()


def squares(engine: Engine) -> dict[int, list[Tile]]:
    """Return some of the tiles of each zoom that lie over the city, the same in every run."""
    with engine.connect() as connection:
        query = "SELECT min(west), min(south), max(east), max(north) FROM grid"
        west, south, east, north = connection.execute(text(query)).one()
    (left, bottom), (right, top) = to_world(np.array([[west, south], [east, north]]))
    rng = np.random.default_rng(1)
    found = {}
    for zoom in ZOOMS:
        xs, ys = (
            np.arange(int(a * 2**zoom), int(b * 2**zoom) + 1)
            for a, b in ((left, right), (top, bottom))
        )
        every = [Tile(zoom, int(x), int(y)) for x in xs for y in ys]
        order = rng.permutation(len(every))[:TILES]
        found[zoom] = [every[n] for n in order]
    return found


def mean_ms(draw, tiles: list[Tile]) -> str:
    """Return the mean time of a tile by the clock, and of our own processor."""
    for tile in tiles[:5]:
        draw(tile)
    clock, processor = time.perf_counter(), time.process_time()
    for tile in tiles:
        draw(tile)
    spent = time.perf_counter() - clock, time.process_time() - processor
    wall_ms, cpu_ms = (seconds / len(tiles) * 1e3 for seconds in spent)
    return f"{wall_ms:.2f} ({cpu_ms:.2f})"


def drawn_alone(url: str) -> None:
    with opened(url) as engine:
        tiling, tiles = Tiling(engine), squares(engine)
        print(f"\n{engine.dialect.name}, mean ms a tile (of our own processor)\n")
        print(f"| layer | {' | '.join(f'z{zoom}' for zoom in ZOOMS)} |")
        print("|---" * (len(ZOOMS) + 1) + "|")
        for name, layer in TILE_LAYERS.items():
            row = [
                mean_ms(lambda tile, layer=layer: tiling.draw(layer, tile), tiles[zoom])
                if zoom >= layer.min_zoom
                else ""
                for zoom in ZOOMS
            ]
            print(f"| {name} | {' | '.join(row)} |", flush=True)
        tiling.close()


def by_peer(url: str) -> None:
    """Encode buildings by mapbox-vector-tile, its rows and a tree of them in memory already."""
    with opened(url) as engine:
        tiles = squares(engine)
        with Session(engine) as session:
            frame = LayerStore(session).read("buildings")
    fields = list(TILE_LAYERS["buildings"].fields)
    said = frame[fields].astype(object).where(frame[fields].notna(), None).to_dict("records")
    shapes = shapes_to_world(frame.geometry.to_numpy())
    tree = shapely.STRtree(shapes)

    def draw(tile: Tile) -> bytes:
        left, top, right, bottom = tile.box
        rows = tree.query(shapely.box(left, top, right, bottom))
        cut = shapely.clip_by_rect(shapes[rows], left, top, right, bottom)
        features = [
            {"geometry": shape, "properties": said[row]}
            for row, shape in zip(rows, cut, strict=True)
            if not shape.is_empty
        ]
        options = {
            "quantize_bounds": (
                tile.x * tile.side,
                tile.y * tile.side,
                (tile.x + 1) * tile.side,
                (tile.y + 1) * tile.side,
            )
        }
        return mapbox_vector_tile.encode(
            {"name": "buildings", "features": features}, default_options=options
        )

    zooms = [zoom for zoom in ZOOMS if zoom >= TILE_LAYERS["buildings"].min_zoom]
    print(
        "\nmapbox-vector-tile, buildings already in memory, mean ms a tile (of our own processor)\n"
    )
    print(f"| {' | '.join(f'z{zoom}' for zoom in zooms)} |\n{'|---' * len(zooms)}|")
    print(f"| {' | '.join(f'{mean_ms(draw, tiles[zoom])}' for zoom in zooms)} |", flush=True)


async def ask(port: int, paths: list[str], headers: str, until: float) -> list[int]:
    """Ask for paths, one after the other, until there are none or the time is over."""
    reader, writer = await asyncio.open_connection(HOST, port)
    sizes = []
    while paths and time.perf_counter() < until:
        writer.write(f"GET {paths.pop()} HTTP/1.1\r\nHost: {HOST}\r\n{headers}\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        if int(head.split(" ", 2)[1]) not in {200, 204}:
            raise RuntimeError(head)
        length = int(head.partition("\r\ncontent-length:")[2].partition("\r\n")[0] or 0)
        await reader.readexactly(length)
        sizes.append(length)
    writer.close()
    return sizes


async def load(port: int, paths: list[str], headers: str) -> tuple[float, float]:
    """Return tiles a second, and the mean size of an answer, by several clients at once."""
    start = time.perf_counter()
    asked = [ask(port, paths, headers, start + SECONDS) for _ in range(CLIENTS)]
    sizes = [size for one in await asyncio.gather(*asked) for size in one]
    return len(sizes) / (time.perf_counter() - start), float(np.mean(sizes))


def paths_of(tiles: list[Tile], names: list[str]) -> list[str]:
    """Return addresses all over the box of some tiles, every layer of each square."""
    zoom = tiles[0].z
    columns, rows = ([getattr(tile, axis) for tile in tiles] for axis in "xy")
    every = [
        (x, y)
        for x in range(min(columns), max(columns) + 1)
        for y in range(min(rows), max(rows) + 1)
    ]
    order = np.random.default_rng(zoom).permutation(len(every))[:600]
    return [
        f"/tiles/{name}/{zoom}/{every[n][0]}/{every[n][1]}.mvt" for n in order for name in names
    ]


def over_http(url: str) -> None:
    with opened(url) as engine:
        tiles = squares(engine)
    headers = f"Authorization: Bearer {token(url)}\r\nAccept-Encoding: gzip\r\n"
    print(f"\nHTTP, {CLIENTS} clients, 2 workers, every tile asked for once (none is kept yet)\n")
    print("| tiles | tiles/s | mean kB |\n|---|---:|---:|")
    with service(url) as (port, _):
        for zoom in (14, 15, 16):
            names = [name for name, layer in TILE_LAYERS.items() if layer.min_zoom <= zoom]
            for asked in (names, ["buildings"]):
                paths = paths_of(tiles[zoom], asked)
                late = time.perf_counter() + 600
                asyncio.run(ask(port, paths[-60:], headers, late))  # what is read once is read now
                rate, size = asyncio.run(load(port, paths[:-60], headers))
                said = "all layers" if asked == names else "buildings"
                print(f"| z{zoom}, {said} | {rate:.0f} | {size / 1e3:.1f} |", flush=True)


def main(given: list[str] | None = None) -> None:
    print(f"Tiles of the city `{SIZE}`. {machine()}")
    with addresses(sys.argv[1:] if given is None else given) as (sqlite, postgis):
        drawn_alone(postgis)
        drawn_alone(sqlite)
        by_peer(sqlite)
        over_http(postgis)


if __name__ == "__main__":
    main()
