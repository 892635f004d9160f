"""The desk: drafts that are being worked on, in memory, always level with the database.

The database is the truth. A process keeps the drafts that it was asked for last; before it shows or
changes one, it takes the steps that others have taken meanwhile. A step is acknowledged when its
transaction is committed; when that fails the draft is forgotten and read anew.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis_grid.errors import InputError
from gis_grid.plan.log import Draft, Edit, Effect, Entry
from gis_grid.plan.spots import Spots
from gis_grid.plan.stages import require_editable
from gis_grid.plan.state import PlanState
from gis_grid.services.planning.judging import PlanSettings
from gis_grid.storage.database import sessions
from gis_grid.storage.plans.plans import Plan, PlanStore

AT_ONCE = 8
"""How many drafts a process keeps; a street takes about 10 MB, a city of 100,000 blocks 300 MB."""


class Held:
    """A draft in memory; whoever has `lock` may look at it and change it."""

    def __init__(self, state: PlanState) -> None:
        self.lock = threading.RLock()
        self.plan: Plan | None = None
        """The plan as it was when the draft was brought level with it."""
        self.restart(state)

    def restart(self, state: PlanState) -> None:
        """Begin with the start of the plan, before its first step."""
        self.draft = Draft(state)
        self.spots = Spots(state)
        self.first_grids = state.grids
        """How many grids the plan began with."""
        self._begun = (state.assignment, [str(code) for code in state.codes], [*state.officers])
        self.is_sure = True
        """Whether all steps of the draft are known to be kept."""
        self._first = {str(code): number for number, code in enumerate(state.blocks.codes)}
        self._parts: dict[str, int] = {}
        self._parts_at = 0

    @property
    def state(self) -> PlanState:
        """Return which block is in which grid."""
        return self.draft.state

    def beginning(self) -> PlanState:
        """Return the plan before its first step; the database need not be read for it."""
        return PlanState(self.state.blocks, *self._begun)

    @property
    def settings(self) -> PlanSettings:
        """Return how the plan is judged."""
        return PlanSettings.model_validate(dict(self.plan.settings if self.plan else {}))

    def blocks(self, codes: Iterable[str]) -> list[int]:
        """Return the numbers of blocks; a block that was cut stands for what it was cut into.

        Raises
        ------
        InputError
            The plan has no such block.
        """
        living = self.state.atoms.living_parts
        return [part for code in codes for part in living(self._number(code))]

    def _number(self, code: str) -> int:
        number = self._first.get(code)
        if number is not None:
            return number
        if self._parts_at != len(self.draft.log):  # a cut that is undone gives its numbers back
            made = range(len(self._first), self.state.used)
            self._parts = {self.state.atoms.code(part): part for part in made}
            self._parts_at = len(self.draft.log)
        if code not in self._parts:
            message = f"the plan has no block {code!r}; load the plan anew"
            raise InputError(message)
        return self._parts[code]


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken, and the plan after it."""

    plan: Plan
    entry: Entry
    effect: Effect


Take = Callable[[Held, Session], tuple[Entry, Effect]]


class Desk:
    """The drafts of one process.

    Parameters
    ----------
    engine
        The database of the plans.
    at_once
        How many drafts are kept in memory.
    """

    def __init__(self, engine: Engine, *, at_once: int = AT_ONCE) -> None:
        self._sessions = sessions(engine)
        self._at_once = at_once
        self._held: dict[int, Held] = {}
        self._lock = threading.Lock()

    @contextmanager
    def look(self, number: int) -> Iterator[tuple[Plan, Held]]:
        """Give a plan and its draft as they are now; nobody changes the draft meanwhile.

        Raises
        ------
        NotFoundError
            There is no such plan.
        StorageError
            The database cannot be read.
        """
        held = self._take_out(number)
        with held.lock, self._sessions.begin() as session:
            plan = PlanStore(session).get(number)
            self._catch_up(session, plan, held)
            yield plan, held

    def do(
        self,
        number: int,
        make: Callable[[Held, Session], Edit],
        *,
        seen: int,
        author: str,
        now: datetime,
    ) -> Taken:
        """Take a step in one transaction.

        Parameters
        ----------
        number
            The plan.
        make
            Makes the edit of the draft as it is now.
        seen
            Number of the last step that the author knows of.
        author, now
            Who takes the step and when.

        Raises
        ------
        NotFoundError
            There is no such plan.
        StaleError
            Others took steps since `seen`; it says who took which.
        ConflictError
            A lock forbids it, or the plan is no draft.
        InputError
            The edit does not fit, or changes nothing.
        StorageError
            The step could not be kept; it was not taken.
        """

        def take(held: Held, session: Session) -> tuple[Entry, Effect]:
            return held.draft.do(make(held, session), author=author, now=now)

        return self._step(number, take, seen)

    def undo(self, number: int, *, seen: int, author: str, now: datetime) -> Taken:
        """Take the last step back, in one transaction.

        Raises
        ------
        NotFoundError, StaleError, ConflictError, StorageError
            As `do`; ConflictError also when nothing is left to undo.
        """
        return self._step(number, lambda held, _: held.draft.undo(author=author, now=now), seen)

    def redo(self, number: int, *, seen: int, author: str, now: datetime) -> Taken:
        """Take again what was taken back last, in one transaction.

        Raises
        ------
        NotFoundError, StaleError, ConflictError, StorageError
            As `do`; ConflictError also when nothing is left to redo.
        """
        return self._step(number, lambda held, _: held.draft.redo(author=author, now=now), seen)

    def _step(self, number: int, take: Take, seen: int) -> Taken:
        held = self._take_out(number)
        with held.lock:
            before = len(held.draft.log)
            try:
                with self._sessions.begin() as session:
                    store = PlanStore(session)
                    plan = store.hold(number)
                    require_editable(plan.stage)
                    store.require_step(plan, seen)
                    self._catch_up(session, plan, held)
                    before = len(held.draft.log)
                    entry, effect = take(held, session)
                    plan = store.append(plan, entry)
            except BaseException:
                held.is_sure = len(held.draft.log) == before
                raise
        return Taken(plan, entry, effect)

    def _take_out(self, number: int) -> Held:
        """Return the draft of a plan, from memory or from the database."""
        with self._lock:
            held = self._held.pop(number, None)
            if held is not None:
                self._held[number] = held  # the one used last is forgotten last
                return held
        with self._sessions.begin() as session:
            store = PlanStore(session)
            fresh = Held(store.start(store.get(number).start_digest).state())
        with self._lock:
            held = self._held.setdefault(number, fresh)
            for oldest in list(self._held)[: -self._at_once]:
                del self._held[oldest]
        return held

    def _catch_up(self, session: Session, plan: Plan, held: Held) -> None:
        """Take the steps that others took; begin anew when some of ours may not have been kept."""
        store, held.plan = PlanStore(session), plan
        if not held.is_sure or len(held.draft.log) > plan.step:
            held.restart(store.start(plan.start_digest).state())
        taken = len(held.draft.log)
        if taken < plan.step:
            # not more than `plan` knows of: others may have gone on since it was read
            for entry in store.entries(plan.number, after=taken, limit=plan.step - taken):
                held.draft.follow(entry)
