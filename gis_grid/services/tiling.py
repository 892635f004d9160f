"""Tiles of every layer: what is drawn from rows, from a generation, or from cameras."""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import numpy as np
import pandas as pd
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis_grid.accounts.areas import EVERYWHERE, Area
from gis_grid.errors import NotFoundError
from gis_grid.router.special import reaches
from gis_grid.storage.database import sessions
from gis_grid.storage.kept_open import KeptOpen
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.special import GivenSpecial, special_of
from gis_grid.storage.tile_tokens import TokenWatch
from gis_grid.storage.tiles import draw_rows, widest_deg
from gis_grid.tiles.columns import Value, columns_of
from gis_grid.tiles.grids import GridSheets
from gis_grid.tiles.mercator import Tile, shapes_to_world, to_world
from gis_grid.tiles.sectors import sectors
from gis_grid.tiles.sheet import Sheet
from gis_grid.values.tiles import GRID_LABELS, GRIDS, SPECIAL, TILE_LAYERS, VIEWS, TileLayer

T = TypeVar("T")

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


class _Kept(Generic[T]):
    """Something made of a whole layer, made anew when the layer has changed."""

    def __init__(self, engine: Engine, make: Callable[[Session], T]) -> None:
        self._engine = engine
        self._make = make
        self._lock = threading.Lock()
        self._held: tuple[str, T] | None = None

    def get(self, token: str) -> T:
        """Return what was made of the state that `token` stands for, or of a later one."""
        with self._lock:
            if self._held is None or self._held[0] != token:
                with sessions(self._engine).begin() as session:
                    self._held = token, self._make(session)
            return self._held[1]


class Tiling:
    """The tiles of a database. Safe for several threads."""

    def __init__(
        self, engine: Engine, *, poll_s: float = POLL_S, special: GivenSpecial | None = None
    ) -> None:
        """Keep the engine; nothing is read yet. `special` goes before those of the database."""
        self._connections = KeptOpen(engine)
        self._watch = TokenWatch(engine)
        self._poll_s = poll_s
        self._looked_at = -float("inf")
        self._tokens: Mapping[str, str] = MappingProxyType({})
        self._token_lock = threading.Lock()
        self._grid_sheets = _Kept(engine, _read_grids)
        self._view_sheet = _Kept(engine, _read_views)
        self._special_sheet = _Kept(engine, partial(_read_special, special))
        self._special = special
        self._widest = {
            name: _Kept(engine, partial(_widest, layer)) for name, layer in TILE_LAYERS.items()
        }

    def close(self) -> None:
        """Give back what it holds of the database."""
        self._connections.close()
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
                | ({SPECIAL.name: f"f-{self._special.digest[:16]}"} if self._special else {})
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
        if layer == GRIDS:
            return self._grids().draw(tile, area=area)
        if layer == GRID_LABELS:
            return self._grids().draw_labels(tile, area=area)
        if layer == VIEWS:
            views = self._view_sheet.get(self.tokens()[VIEWS.name])
            return views.draw(tile, area=area)
        if layer == SPECIAL:  # they belong to no grid
            return self._special_sheet.get(self.tokens()[SPECIAL.name]).draw(tile)
        widest = self._widest[layer.name].get(self.tokens()[layer.name])
        return self._connections.read(
            partial(draw_rows, layer=layer, tile=tile, area=area, widest_deg=widest)
        )

    def prepare(self) -> None:
        """Make what a first look needs, at the whole city and at a street: seconds for a large one.

        Raises
        ------
        StorageError
            The database cannot be read.
        """
        self._grids().prepare()
        self._view_sheet.get(self.tokens()[VIEWS.name])

    def generation(self) -> int | None:
        """Return the number of the current generation; None before the first.

        Raises
        ------
        StorageError
            The database cannot be read.
        """
        return int(self.tokens()[GRIDS.name].partition("-")[0]) or None

    def levels(self) -> Mapping[str, tuple[int, int]]:
        """Return for each level the zooms from which its grids and their labels are drawn.

        Raises
        ------
        StorageError
            The database cannot be read.
        """
        sheets = self._grids()
        return {
            level: (zoom, sheets.named_from[level]) for level, zoom in sheets.drawn_from.items()
        }

    def _grids(self) -> GridSheets:
        return self._grid_sheets.get(self.tokens()[GRIDS.name])


@lru_cache(maxsize=256)
def area_token(area: Area) -> str:
    """Return a short word for an area, empty for everywhere.

    Examples
    --------
    >>> area_token(EVERYWHERE), area_token(Area(frozenset({"a", "b"})))
    ('', '-bdaac9cbab')
    """
    if area.codes is None:
        return ""
    listed = "\0".join(sorted(area.codes)).encode()
    return "-" + hashlib.blake2b(listed, digest_size=5).hexdigest()


def _widest(layer: TileLayer, session: Session) -> float | None:
    return widest_deg(session.connection(), layer)


def _read_grids(session: Session) -> GridSheets:
    frame = LayerStore(session).read("grids")
    return GridSheets(
        frame.geometry.to_numpy(), {name: _plain(frame[name]) for name in GRIDS.fields}
    )


def _read_views(session: Session) -> Sheet:
    frame = LayerStore(session).read("cameras")
    frame = frame[frame.geometry.notna().to_numpy()]
    lonlats = np.array([frame.geometry.x, frame.geometry.y], dtype=float).T
    numbers = {name: frame[name].to_numpy(float) for name in ("azimuth_deg", "fov_deg", "range_m")}
    columns = columns_of({name: _plain(frame[name]) for name in VIEWS.fields})
    owners = [None if pd.isna(code) else str(code) for code in frame["grid_code"]]
    return Sheet(VIEWS, sectors(to_world(lonlats), **numbers), columns, owners=owners)


def _read_special(given: GivenSpecial | None, session: Session) -> Sheet:
    store = special_of(session, given)
    frame = reaches(store.get(store.number()))
    columns = columns_of({name: _plain(frame[name]) for name in SPECIAL.fields})
    shapes = shapes_to_world(frame.geometry.to_numpy())
    return Sheet(SPECIAL, shapes, columns, owners=[None] * len(frame))


def _plain(values: "pd.Series[Any]") -> list[Value]:
    """Return what a tile holds: text, whole numbers, numbers; None for missing."""
    return [None if pd.isna(value) else value for value in values.tolist()]
