"""Reports that were drawn already, ready to be sent until the database changes."""

import threading
from collections.abc import Callable, Hashable
from http import HTTPStatus

from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api.live_tiles import Drawn, TileCache
from gis_grid.storage.changes import ChangeWatch

AT_ONCE = 2
"""Reports that are drawn at the same time; each may hold a whole city in memory."""

WAITING = 16
"""Requests that may wait for a drawing; more are told to come again."""

KEPT_BYTES = 64 * 2**20
COME_AGAIN_S = 10


class LiveReports:
    """Draws reports away from the event loop, a few at a time, each once for a state."""

    def __init__(self, engine: Engine) -> None:
        self._watch = ChangeWatch(engine)
        self._lock = threading.Lock()
        self._cache = TileCache(at_once=AT_ONCE, kept_bytes=KEPT_BYTES)
        self._waiting = 0

    def close(self) -> None:
        """Give back what it holds of the database."""
        with self._lock:
            self._watch.close()

    async def get(self, key: Hashable, draw: Callable[[], bytes]) -> Drawn:
        """Return the report of a key as the database is now; `draw` it when it is not there.

        Raises
        ------
        HTTPException
            503: too many wait already.
        StorageError
            The database cannot be read.
        """
        if self._waiting >= WAITING:
            detail = f"{self._waiting} reports are being drawn; ask again in {COME_AGAIN_S} s"
            headers = {"Retry-After": str(COME_AGAIN_S)}
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers)
        self._waiting += 1
        try:
            state = await run_in_threadpool(self._state)
            return await self._cache.get((state, key), draw)
        finally:
            self._waiting -= 1

    def _state(self) -> str:
        with self._lock:
            return self._watch.token()
