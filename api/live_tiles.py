"""Tiles that were drawn already, ready to be sent; the same tile is drawn once at a time."""

import asyncio
import contextlib
import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial

from anyio import CapacityLimiter, to_thread
from sqlalchemy import Engine

from api.held import HeldTexts
from gis_grid.errors import GisGridError
from gis_grid.services.tiling import Tiling
from gis_grid.storage.special import GivenSpecial

AT_ONCE = 4
"""Tiles that are drawn at the same time."""

KEPT_BYTES = 64 * 2**20
_OVERHEAD = 400
"""What a tile costs besides its bytes."""

_WORTH_PACKING = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A tile as it is sent."""

    body: bytes
    packed: bool
    """Whether `body` is gzipped."""

    tag: str
    """Its ETag."""


class TileCache:
    """Keeps the tiles that were asked for last, up to a number of bytes. For one event loop."""

    def __init__(self, *, at_once: int = AT_ONCE, kept_bytes: int = KEPT_BYTES) -> None:
        self._limiter = CapacityLimiter(at_once)
        self._kept_bytes = kept_bytes
        self._bytes = 0
        self._kept: OrderedDict[Hashable, Drawn] = OrderedDict()
        self._drawing: dict[Hashable, asyncio.Task[Drawn]] = {}

    async def get(self, key: Hashable, draw: Callable[[], bytes]) -> Drawn:
        """Return the tile of a key; `draw` it in a thread when it is not there."""
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept
        task = self._drawing.get(key)
        if task is None:
            task = asyncio.create_task(self._draw(key, draw))
            self._drawing[key] = task
            task.add_done_callback(partial(self._done, key))
        return await asyncio.shield(task)  # who goes away does not take it from the others

    async def _draw(self, key: Hashable, draw: Callable[[], bytes]) -> Drawn:
        drawn = await to_thread.run_sync(lambda: packed(draw()), limiter=self._limiter)
        self._keep(key, drawn)
        return drawn

    def _done(self, key: Hashable, task: "asyncio.Task[Drawn]") -> None:
        self._drawing.pop(key, None)
        if not task.cancelled():
            task.exception()  # heard, also when everybody who waited has gone away

    def _keep(self, key: Hashable, drawn: Drawn) -> None:
        self._kept[key] = drawn
        self._bytes += len(drawn.body) + _OVERHEAD
        while self._bytes > self._kept_bytes:
            _, gone = self._kept.popitem(last=False)
            self._bytes -= len(gone.body) + _OVERHEAD


def packed(body: bytes, *, tag: str | None = None) -> Drawn:
    """Return a tile as it is sent; its tag is made of its bytes when none is given."""
    tag = tag or f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    if len(body) < _WORTH_PACKING:
        return Drawn(body=body, packed=False, tag=tag)
    return Drawn(body=gzip.compress(body, compresslevel=4, mtime=0), packed=True, tag=tag)


class LiveTiles:
    """What a process needs to answer for tiles."""

    def __init__(self, engine: Engine, *, special: GivenSpecial | None = None) -> None:
        self.tiling = Tiling(engine, special=special)
        self.cache = TileCache()
        self.texts = HeldTexts()
        self._preparing: threading.Thread | None = None
        self._closed = False
        self._beginning = threading.Lock()

    def prepare(self) -> None:
        """Begin what the first look at the city needs, while a page is still on its way.

        Only the first call does anything. What fails here fails again, and is told, when a tile
        is asked for.
        """
        with self._beginning:
            if self._preparing is None and not self._closed:
                self._preparing = threading.Thread(target=self._prepare, daemon=True)
                self._preparing.start()

    @property
    def has_begun(self) -> bool:
        """Say whether the first look is prepared, or being prepared."""
        return self._preparing is not None

    def _prepare(self) -> None:
        with contextlib.suppress(GisGridError):
            self.tiling.prepare()

    def close(self) -> None:
        """Give back what it holds of the database."""
        with self._beginning:  # who comes after this begins nothing
            self._closed = True
        if self._preparing is not None:
            self._preparing.join()
        self.tiling.close()
