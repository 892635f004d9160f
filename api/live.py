"""What a process keeps in memory of the current generation, swapped when it changes."""

import gzip
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from gis_grid.errors import GisGridError
from gis_grid.grid.generations import Generation
from gis_grid.grid.naming import GridName
from gis_grid.maps.city import city_page
from gis_grid.router.index import Router
from gis_grid.router.special import SpecialIndex
from gis_grid.services.explaining import Guide, make_guide
from gis_grid.services.reading import grid_names, picture_of
from gis_grid.services.routing import current_router
from gis_grid.storage.changes import ChangeWatch
from gis_grid.storage.database import sessions
from gis_grid.storage.generations import GenerationStore

POLL_S = 2.0
"""How long an answer may still come from the generation before a new one."""

PAST = 2
"""Generations besides the current one that are kept, because somebody asked for their time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """Everything that a route needs, of one generation."""

    router: Router
    generation: Generation
    names: Mapping[str, GridName]
    guide: Guide


class LiveRouting:
    """The routing of the current generation; a new one is built beside it, then swapped in."""

    def __init__(
        self,
        engine: Engine,
        *,
        cache_dir: Path | None,
        special: SpecialIndex | None = None,
        poll_s: float = POLL_S,
    ) -> None:
        self._engine = engine
        self._cache_dir = cache_dir
        self._special = special
        self._poll_s = poll_s
        self._lock = threading.Lock()
        self._held: Routing | None = None
        self._looked_at = -float("inf")
        self._closed = False
        self._past_lock = threading.Lock()
        self._past: dict[int, Routing] = {}

    def close(self) -> None:
        """Wait for a build that is running, and begin no other one."""
        with self._lock, self._past_lock:
            self._closed = True

    def at(self, moment: datetime | None) -> Routing:
        """Return the routing of the generation that is valid at a moment; the current one for None.

        Asking for the past never makes those wait who ask for the present.

        Raises
        ------
        NotFoundError
            No generation was valid then, or no city has been named.
        InputError
            `moment` has no time zone.
        StorageError
            The database cannot be read.
        """
        if moment is None:
            return self.current()
        with sessions(self._engine).begin() as session:
            number = GenerationStore(session).at(moment).number
        held = self._held
        if held is not None and held.generation.number == number:
            return held
        with self._past_lock:
            routing = self._past.pop(number, None) or self._build(moment)
            self._past[number] = routing  # the one asked for last is forgotten last
            for oldest in list(self._past)[:-PAST]:
                del self._past[oldest]
        return routing

    def current(self) -> Routing:
        """Return the routing of the current generation.

        While a new generation is being built every answer still comes from the one before, and
        says so by its number.

        Raises
        ------
        NotFoundError
            No city has been named or no generation published.
        StorageError
            The database cannot be read and nothing is held yet.
        """
        held = self._held
        if held is None:
            return self._refresh(wait=True)
        is_due = time.monotonic() - self._looked_at > self._poll_s
        if is_due and not self._lock.locked():
            threading.Thread(target=self._refresh_quietly, daemon=True).start()
        return held

    def _refresh_quietly(self) -> None:
        try:
            self._refresh(wait=False)
        except GisGridError:
            return  # the database is away: what is held stays, the next look tries again

    def _refresh(self, *, wait: bool) -> Routing:
        if not self._lock.acquire(blocking=wait):
            assert self._held is not None  # noqa: S101 - only a first build waits
            return self._held
        try:
            held = self._held
            if held is not None and self._closed:
                return held
            self._looked_at = time.monotonic()
            if held is None or held.generation.number != self._newest():
                held = self._build()
                self._held = held
            return held
        finally:
            self._lock.release()

    def _newest(self) -> int:
        with sessions(self._engine).begin() as session:
            return GenerationStore(session).number()

    def _build(self, at: datetime | None = None) -> Routing:
        router, generation = current_router(self._engine, cache_dir=self._cache_dir, at=at)
        with sessions(self._engine).begin() as session:
            names = grid_names(session, generation)
            guide = make_guide(session, generation, router, names, self._special)
        return Routing(router=router, generation=generation, names=names, guide=guide)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPage:
    """The first map, ready to be sent."""

    state: str
    """What the database held when it was drawn."""

    html: bytes
    gzipped: bytes


class LivePage:
    """The first map of the database's present state, drawn at the first request for it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._watch = ChangeWatch(engine)
        self._lock = threading.Lock()
        self._held: DrawnPage | None = None

    def close(self) -> None:
        """Give back what it holds of the database."""
        with self._lock:
            self._watch.close()

    def current(self) -> DrawnPage:
        """Return the map; draw it anew only when the database has changed.

        Raises
        ------
        StorageError
            The database cannot be read.
        """
        with self._lock:
            state = self._watch.token()
            if self._held is None or self._held.state != state:
                page = city_page(picture_of(self._engine, now=datetime.now(UTC))).encode()
                packed = gzip.compress(page, compresslevel=6, mtime=0)
                self._held = DrawnPage(state=state, html=page, gzipped=packed)
            return self._held
