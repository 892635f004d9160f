"""Tiles of every layer: what is drawn from rows, from a generation, or from cameras."""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Engine

from gis_grid.accounts.areas import EVERYWHERE, Area
from gis_grid.errors import NotFoundError
from gis_grid.storage.database import sessions
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.tile_tokens import TokenWatch
from gis_grid.storage.tiles import draw_rows
from gis_grid.tiles.encode import Value
from gis_grid.tiles.grids import GridSheets
from gis_grid.tiles.mercator import Tile, to_world
from gis_grid.tiles.sectors import sectors
from gis_grid.tiles.sheet import Mask, Sheet
from gis_grid.values.tiles import GRID_LABELS, GRIDS, TILE_LAYERS, VIEWS, TileLayer

POLL_S = 1.0
"""How long a token may be that of the state before a change."""


def tile_layer(name: str) -> TileLayer:
    """Return a layer of tiles.

    Raises
    ------
    NotFoundError
        No layer of tiles has this name.
    """
    if name not in TILE_LAYERS:
        msg = f"there are no tiles of {name!r}; choose one of {', '.join(TILE_LAYERS)}"
        raise NotFoundError(msg)
    return TILE_LAYERS[name]


@dataclass(frozen=True, slots=True)
class _Held:
    """Something in memory, and the state of the database that it was made of."""

    token: str
    sheets: Any
    owners: np.ndarray[Any, Any]


class Tiling:
    """The tiles of a database. Safe for several threads."""

    def __init__(self, engine: Engine, *, poll_s: float = POLL_S) -> None:
        """Keep the engine; nothing is read yet."""
        self._engine = engine
        self._watch = TokenWatch(engine)
        self._poll_s = poll_s
        self._looked_at = -float("inf")
        self._tokens: Mapping[str, str] = MappingProxyType({})
        self._token_lock = threading.Lock()
        self._locks = {name: threading.Lock() for name in ("grids", "cameras")}
        self._held: dict[str, _Held] = {}

    def close(self) -> None:
        """Give back what it holds of the database."""
        with self._token_lock:
            self._watch.close()

    @property
    def fresh_tokens(self) -> Mapping[str, str] | None:
        """Return the tokens when nobody has to look for them, else None."""
        return self._tokens if time.monotonic() - self._looked_at < self._poll_s else None

    def tokens(self) -> Mapping[str, str]:
        """Return a word for each layer of tiles that is another one after every change of it.

        A change may be seen a second late. A word is never used again for something else, also
        not after a restart or in another database.

        Raises
        ------
        StorageError
            The database cannot be read.
        """
        with self._token_lock:
            fresh = self.fresh_tokens
            if fresh is not None:
                return fresh
            found = self._watch.tokens()
            self._tokens = MappingProxyType(
                {name: found[layer.source] for name, layer in TILE_LAYERS.items()}
            )
            self._looked_at = time.monotonic()
            return self._tokens

    def draw(self, layer: TileLayer, tile: Tile, *, area: Area = EVERYWHERE) -> bytes:
        """Return a tile of what lies in an area; no bytes when nothing is there.

        Raises
        ------
        StorageError
            The database cannot be read.
        """
        if tile.z < layer.min_zoom:
            return b""
        if layer.source == GRIDS.source:
            held = self._current("grids", _read_grids)
            draw = held.sheets.draw_labels if layer == GRID_LABELS else held.sheets.draw
            return bytes(draw(tile, drawn=_allowed(held, area)))
        if layer == VIEWS:
            held = self._current("cameras", _read_views)
            return bytes(held.sheets.draw(tile, drawn=_allowed(held, area)))
        with self._engine.connect() as connection:
            return draw_rows(connection, layer, tile, area=area)

    def levels(self) -> Mapping[str, tuple[int, int]]:
        """Return for each level the zooms from which its grids and their labels are drawn.

        Raises
        ------
        StorageError
            The database cannot be read.
        """
        sheets: GridSheets = self._current("grids", _read_grids).sheets
        return {
            level: (zoom, sheets.named_from[level]) for level, zoom in sheets.drawn_from.items()
        }

    def _current(self, source: str, read: Callable[[LayerStore], tuple[Any, Any]]) -> _Held:
        """Return what is held of a source; read it again when it has changed."""
        name = {"grids": GRIDS.name, "cameras": VIEWS.name}[source]
        token = self.tokens()[name]
        with self._locks[source]:
            held = self._held.get(source)
            if held is None or held.token != token:
                with sessions(self._engine).begin() as session:
                    sheets, owners = read(LayerStore(session))
                held = _Held(token, sheets, owners)
                self._held[source] = held
            return held


def area_token(area: Area) -> str:
    """Return a short word for an area, empty for everywhere.

    Examples
    --------
    >>> area_token(EVERYWHERE), area_token(Area(frozenset({"a", "b"})))
    ('', '-0d5d2bb6b4')
    """
    if area.codes is None:
        return ""
    listed = "\0".join(sorted(area.codes)).encode()
    return "-" + hashlib.blake2b(listed, digest_size=5).hexdigest()


def _allowed(held: _Held, area: Area) -> Mask | None:
    if area.codes is None:
        return None
    return np.fromiter((code in area.codes for code in held.owners), bool, len(held.owners))


def _read_grids(store: LayerStore) -> tuple[GridSheets, Any]:
    frame = store.read("grids")
    columns = {name: _plain(frame[name]) for name in GRIDS.fields}
    codes = np.array(columns["code"], dtype=object)
    levels = [str(level) for level in frame["level"]]
    return GridSheets(frame.geometry.to_numpy(), levels, columns), codes


def _read_views(store: LayerStore) -> tuple[Sheet, Any]:
    frame = store.read("cameras")
    frame = frame[frame.geometry.notna().to_numpy()]
    lonlats = np.array([frame.geometry.x, frame.geometry.y], dtype=float).T
    numbers = {name: frame[name].to_numpy(float) for name in ("azimuth_deg", "fov_deg", "range_m")}
    shapes = sectors(to_world(lonlats), **numbers)
    columns = {name: _plain(frame[name]) for name in VIEWS.fields}
    return Sheet(VIEWS, shapes, columns), np.array(_plain(frame["grid_code"]), dtype=object)


def _plain(values: "pd.Series[Any]") -> list[Value]:
    """Return what a tile holds: text, whole numbers, numbers; None for missing."""
    return [None if pd.isna(value) else value for value in values.tolist()]
