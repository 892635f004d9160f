"""How fast tiles are drawn: ``python -m tests.benchmarks tiles``.

The demo city `large`, or that of ``--city``, in both databases: the mean over tiles all over it,
one after the other; then the same tiles of buildings by mapbox-vector-tile; then over HTTP with 8
clients: tiles that nobody asked for before (drawn), and tiles that every worker has (kept).
The addresses of both copies of a city that was made before can be given.
Service, database and load share the machine.
"""

import asyncio
import gc
import sys
import time

import mapbox_vector_tile
import numpy as np
import shapely
import uvloop
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from gis_grid.services.tiling import Tiling
from gis_grid.storage.database import opened
from gis_grid.storage.layers import LayerStore
from gis_grid.tiles.mercator import Tile, shapes_to_world, to_world
from gis_grid.values.tiles import TILE_LAYERS
from tests.benchmarks.bench_http_route import WORKERS, service
from tests.benchmarks.both import SIZE, addresses
from tests.benchmarks.machine import machine
from tests.benchmarks.tile_load import Served, server_of
from tests.signed import token

ZOOMS = (10, 11, 12, 13, 14, 15, 16)
TILES = 40
CLIENTS = 8
SECONDS = 6
HTTP_ZOOMS = (14, 15, 16)
SQUARES = 300
"""Squares that are asked for, of every layer; and as many others, of buildings."""

WARM, KEPT_SQUARES = 6, 20


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


def paths_of(tiles: list[Tile]) -> tuple[list[str], list[str], list[str]]:
    """Return addresses all over the box of some tiles; no square is in two of these lists.

    Returns
    -------
    first, every, buildings
        A few of every layer, so that what a process reads once is read before the clock starts;
        many of every layer; many of buildings.
    """
    zoom = tiles[0].z
    columns, rows = ([getattr(tile, axis) for tile in tiles] for axis in "xy")
    squares = [
        (x, y)
        for x in range(min(columns), max(columns) + 1)
        for y in range(min(rows), max(rows) + 1)
    ]
    order = np.random.default_rng(zoom).permutation(len(squares))[: WARM + 2 * SQUARES].tolist()
    parts = order[:WARM], *np.array_split(order[WARM:], 2)
    names = [name for name, layer in TILE_LAYERS.items() if layer.min_zoom <= zoom]
    return tuple(
        [f"/tiles/{name}/{zoom}/{squares[n][0]}/{squares[n][1]}.mvt" for n in part for name in said]
        for part, said in zip(parts, (names, names, ["buildings"]), strict=True)
    )


def over_http(url: str) -> None:
    with opened(url) as engine:
        tiles, database = squares(engine), server_of(engine)
    headers = f"Authorization: Bearer {token(url)}\r\nAccept-Encoding: gzip\r\n"
    print(f"\nHTTP, {CLIENTS} clients, {WORKERS} workers on PostGIS; processor ms a tile\n")
    print("| tiles | tiles/s | mean kB | workers ms | database ms | tool ms |")
    print("|---|---:|---:|---:|---:|---:|")
    with service(url) as (port, parent):
        uvloop.run(all_rows(Served(port, parent, database, headers), tiles))


async def all_rows(served: Served, tiles: dict[int, list[Tile]]) -> None:
    clients = await served.clients(CLIENTS)
    for zoom in HTTP_ZOOMS:
        first, every, buildings = paths_of(tiles[zoom])
        await asyncio.gather(*(client.ask(first) for client in clients))
        rows = [("all layers, drawn", every), ("buildings, drawn", buildings)]
        for said, paths in rows:
            print(f"| z{zoom}, {said} | {await served.load(clients, paths, SECONDS)} |", flush=True)
        again = every[: KEPT_SQUARES * len(TILE_LAYERS)]
        await asyncio.gather(*(client.ask(again) for client in clients))
        often = again * max(1, SECONDS * 3000 // len(again))
        print(f"| z{zoom}, all layers, kept | {await served.load(clients, often, SECONDS)} |")


def main(given: list[str] | None = None) -> None:
    print(f"Tiles of the city `{SIZE}`. {machine()}")
    with addresses(sys.argv[1:] if given is None else given) as (sqlite, postgis):
        gc.freeze()  # as the service does: the city that was made is still in memory
        drawn_alone(postgis)
        drawn_alone(sqlite)
        by_peer(sqlite)
        over_http(postgis)


if __name__ == "__main__":
    main()
