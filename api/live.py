"""What a process keeps in memory of the current generation, swapped when it changes."""

import gc
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis_grid import __version__
from gis_grid.errors import GisGridError, StorageError
from gis_grid.grid.generations import Generation
from gis_grid.grid.naming import GridName
from gis_grid.router.index import Router
from gis_grid.router.special import SpecialIndex
from gis_grid.services.explaining import Guide, make_guide
from gis_grid.services.reading import grid_names
from gis_grid.services.routing import current_router
from gis_grid.services.special_sets import stored_special
from gis_grid.storage.database import sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.special import TOPIC, SpecialStore
from gis_grid.storage.versions import versions
from gis_grid.storage.whereabouts import KEPT, Whereabouts

POLL_S = 2.0
"""How long an answer may still come from what was there before a change, besides the time that
reading the change takes."""

PAST = 2
"""Generations besides the current one that are kept, because somebody asked for their time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """Everything that a route needs, of one generation."""

    router: Router
    generation: Generation
    names: Mapping[str, GridName]
    guide: Guide
    around: Whereabouts
    """Buildings, entrances and duty posts as they are now, whatever the generation."""

    special_set: int = 0
    """Which set of the database's special grids lies over it, 0 for none."""

    special_counter: int = 0
    """The counter of these sets when it was built."""

    @property
    def stamp(self) -> str:
        """Return a word for everything that an answer depends on besides its question.

        Facilities are not in it: one that is named is looked up.
        """
        special = self.guide.atlas.special
        kept = [self.around.versions.get(layer, 0) for layer in KEPT]
        return "-".join(map(str, [self.ground_stamp, *kept, special.digest if special else 0]))

    @property
    def ground_stamp(self) -> str:
        """Return a word for everything that the owner of a point depends on."""
        since = self.generation.valid_from
        return f"{self.generation.number}-{since.timestamp():.0f}-{__version__}"


class LiveRouting:
    """The routing of the current generation; a new one is built beside it, then swapped in.

    The same look that finds a new generation finds new special grids, and changed buildings,
    entrances and officers, by their counters, and reads those again. Special grids that are handed
    over, from a file, go before those of the database.
    """

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
        self._past: dict[tuple[int, int], Routing] = {}

    def close(self) -> None:
        """Wait for a build that is running, and begin no other one."""
        with self._lock, self._past_lock:
            self._closed = True

    def begin(self, then: Callable[[], None]) -> None:
        """Build the routing beside what goes on, so that the first who asks waits less.

        When it is built, or cannot be, `then` is called.
        """
        threading.Thread(target=self._begin, args=(then,), daemon=True).start()

    def _begin(self, then: Callable[[], None]) -> None:
        with suppress(GisGridError):  # no city yet, or no database: who asks is told
            self._refresh(wait=True)
        then()

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
        now = self.current()
        if moment is None:
            return now
        with sessions(self._engine).begin() as session:
            which = (GenerationStore(session).at(moment).number, self._special_set(session, moment))
        if which == (now.generation.number, now.special_set):
            return now
        with self._past_lock:
            past = self._past.pop(which, None) or self._build(now.around, moment)
            if past.around is not now.around:
                past = replace(past, around=now.around)
            self._past[which] = past  # the one asked for last is forgotten last
            for oldest in list(self._past)[:-PAST]:
                del self._past[oldest]
        return past

    def held(self) -> Routing | None:
        """Return the current routing without waiting for anything; None before the first build.

        When it is time to look for changes, that is begun in a thread of its own.
        """
        held = self._held
        is_due = time.monotonic() - self._looked_at > self._poll_s
        if held is not None and is_due and not self._lock.locked():
            threading.Thread(target=self._refresh_quietly, daemon=True).start()
        return held

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
        return self.held() or self._refresh(wait=True)

    def _refresh_quietly(self) -> None:
        with suppress(GisGridError):  # the database is away: what is held stays; we try again
            self._refresh(wait=False)

    def _refresh(self, *, wait: bool) -> Routing:
        if not self._lock.acquire(blocking=wait):
            assert self._held is not None  # noqa: S101 - only a first build waits
            return self._held
        try:
            held = self._held
            if self._closed:
                return _held_or_away(held)
            self._looked_at = time.monotonic()
            self._held = self._renewed(held)
            if self._held is not held:
                gc.freeze()  # else every full collection walks the city: 0.3 s for a large one
            return self._held
        finally:
            self._lock.release()

    def _renewed(self, held: Routing | None) -> Routing:
        """Return what is held brought up to date; itself when nothing has changed."""
        with sessions(self._engine).begin() as session:
            now = versions(session)
        known = None if held is None else (held.generation.number, held.special_counter)
        if held is None or known != (now.get("generation"), now.get(TOPIC, 0)):
            return self._build(None if held is None else held.around)
        if held.around.is_of(now):
            return held
        with sessions(self._engine).begin() as session:
            return replace(held, around=Whereabouts.read(session, held.around))

    def _build(self, around: Whereabouts | None, at: datetime | None = None) -> Routing:
        router, generation = current_router(self._engine, cache_dir=self._cache_dir, at=at)
        with sessions(self._engine).begin() as session:
            counter = versions(session).get(TOPIC, 0)  # before the set, as with the layers
            special_set = self._special_set(session, at)
            special = self._special or stored_special(session, special_set)
            names = grid_names(session, generation)
            guide = make_guide(session, generation, router, names, special)
            around = Whereabouts.read(session, around)
        return Routing(
            router=router,
            generation=generation,
            names=names,
            guide=guide,
            around=around,
            special_set=special_set,
            special_counter=counter,
        )

    def _special_set(self, session: Session, at: datetime | None) -> int:
        return 0 if self._special is not None else SpecialStore(session).number(at)


def _held_or_away(held: Routing | None) -> Routing:
    if held is None:
        message = "the service stops; ask again when it runs"
        raise StorageError(message)
    return held
