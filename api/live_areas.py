"""The areas of those who ask, kept for the current generation: knowing one costs a look-up."""

import threading
import time
from collections import OrderedDict

from sqlalchemy import Engine

from gis_grid.accounts.areas import EVERYWHERE, Area, Territory
from gis_grid.accounts.permissions import Action, granting, has_no_place
from gis_grid.accounts.principals import Grant, Principal
from gis_grid.services.territory import territory_of
from gis_grid.storage.database import sessions
from gis_grid.storage.generations import GenerationStore

LOOK_S = 1.0
"""How long an area may be that of the generation before a publication."""

MOST_KEPT = 1_000

_Grants = tuple[Grant, ...]


class LiveAreas:
    """Turns who asks, for what, into where: for all requests of a process."""

    def __init__(self, engine: Engine, *, look_s: float = LOOK_S) -> None:
        self._maker = sessions(engine)
        self._look_s = look_s
        self._lock = threading.Lock()
        self._territory: Territory | None = None
        self._looked_at = -float("inf")
        self._kept: OrderedDict[_Grants, Area] = OrderedDict()

    def at_once(self, who: Principal, action: Action, resource: str) -> Area | None:
        """Return the area in which somebody may do something; None when it must be looked up."""
        mine = _allowing(who, action, resource)
        return _without_look(mine, resource)

    def area(self, who: Principal, action: Action, resource: str) -> Area:
        """Return the area in which somebody may do something.

        Raises
        ------
        InputError
            Nothing is called `resource`.
        StorageError
            The database cannot be read.
        """
        mine = _allowing(who, action, resource)
        found = _without_look(mine, resource)
        if found is None:
            found = EVERYWHERE
            for grants in mine:
                found &= self._of(grants)
        return found

    def territory(self) -> Territory:
        """Return the grids of the current generation, at most a second old.

        Raises
        ------
        StorageError
            The database cannot be read.
        """
        with self._lock:
            return self._present()

    def _of(self, grants: _Grants) -> Area:
        with self._lock:
            land = self._present()
            area = self._kept.get(grants)
            if area is None:
                area = self._kept[grants] = land.area(grants)
            self._kept.move_to_end(grants)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            return area

    def _present(self) -> Territory:
        now = time.monotonic()
        if self._territory is None or now - self._looked_at > self._look_s:
            with self._maker.begin() as session:
                number = GenerationStore(session).number()
                if self._territory is None or self._territory.generation != number:
                    self._territory = territory_of(session)
                    self._kept.clear()
            self._looked_at = now
        return self._territory


def _allowing(who: Principal, action: Action, resource: str) -> tuple[_Grants, ...]:
    """Return the grants that allow it, and those of the token's limit: both must."""
    sides = [who.grants] if who.limit is None else [who.grants, who.limit]
    return tuple(granting(side, action, resource, is_read_only=who.is_read_only) for side in sides)


def _without_look(mine: tuple[_Grants, ...], resource: str) -> Area | None:
    if not all(mine):
        return Area(frozenset())
    if has_no_place(resource):
        return EVERYWHERE
    if all(any(grant.is_everywhere for grant in grants) for grants in mine):
        return EVERYWHERE
    return None
