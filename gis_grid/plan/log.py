"""The log of a plan: every step with author and time, undone and redone without limit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np

from gis_grid.errors import ConflictError, GisGridError, InputError
from gis_grid.plan.arrays import Floats, Ints
from gis_grid.plan.locks import require_unlocked
from gis_grid.plan.ops import Flip, Op, Recut, op_from_json, op_to_json
from gis_grid.plan.state import PlanState

EntryKind = Literal["edit", "undo", "redo"]


@dataclass(frozen=True, slots=True)
class Edit:
    """A step that somebody means to take: what it is called, and what it does."""

    title: str
    ops: tuple[Op, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A step that was taken."""

    number: int
    """Counts from 1 without gaps: a plan at entry n is always the same."""

    kind: EntryKind
    of: int | None
    """The edit that was undone or redone."""

    title: str
    author: str
    at: datetime
    ops: tuple[Op, ...]
    """What an edit did; empty for undo and redo, which know it by `of`."""

    def to_json(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return {
            "number": self.number,
            "kind": self.kind,
            "of": self.of,
            "title": self.title,
            "author": self.author,
            "at": self.at.isoformat(),
            "ops": [op_to_json(op) for op in self.ops],
        }

    @staticmethod
    def from_json(written: Mapping[str, Any]) -> "Entry":
        """Read what `to_json` wrote.

        Raises
        ------
        InputError
            Something is missing or not what it should be.
        """
        try:
            kind = written["kind"]
            if kind not in ("edit", "undo", "redo"):
                message = f"an entry of the log is of the unknown kind {kind!r}"
                raise InputError(message)
            return Entry(
                number=int(written["number"]),
                kind=kind,
                of=None if written["of"] is None else int(written["of"]),
                title=str(written["title"]),
                author=str(written["author"]),
                at=_moment(written["at"]),
                ops=tuple(op_from_json(op) for op in written["ops"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, GisGridError):
                raise
            message = f"an entry of the log is not complete: {type(error).__name__} {error}"
            raise InputError(message) from error


@dataclass(frozen=True, slots=True)
class Effect:
    """What a step does to the grids that it touches."""

    grids: Ints
    """The grids, in the order of their numbers."""

    before: Floats
    """Their weights and area before, shape ``(n, k + 1)``; a grid that begins has zeros."""

    after: Floats
    pieces_before: Ints
    pieces_after: Ints

    @property
    def broken(self) -> Ints:
        """Return the grids that hang together less than before."""
        return self.grids[self.pieces_after > np.maximum(self.pieces_before, 1)]


class Draft:
    """A plan that is being worked on: a state, and the log that leads to it.

    The log is the truth: `Draft.replayed` makes the same state of it, bit by bit.

    Parameters
    ----------
    state
        Where the work begins. It is changed from now on.

    Examples
    --------
    See docs/algorithms/plan.md.
    """

    def __init__(self, state: PlanState) -> None:
        self.state = state
        self.log: list[Entry] = []
        self._done: list[int] = []
        self._undone: list[int] = []

    def do(self, edit: Edit, *, author: str, now: datetime) -> tuple[Entry, Effect]:
        """Take a step, or none when a lock or the state forbids it.

        Raises
        ------
        ConflictError
            A lock forbids it.
        InputError
            The edit does not fit the state, or does nothing.
        """
        if not edit.ops:
            message = f"{edit.title} changes nothing"
            raise InputError(message, reason="plan.changes-nothing")
        require_unlocked(self.state, edit.ops)
        entry = self._entry("edit", None, edit.title, author, now, edit.ops)
        effect = self._apply(edit.ops)
        self._done.append(entry.number)
        self._undone.clear()
        self.log.append(entry)
        return entry, effect

    def preview(self, edit: Edit) -> Effect:
        """Say what a step would do, locks aside, and leave everything as it is.

        Raises
        ------
        InputError
            The edit does not fit the state.
        """
        with self.tried(edit) as effect:
            return effect

    @contextmanager
    def tried(self, edit: Edit) -> Iterator[Effect]:
        """Give the state as a step would leave it, locks aside; afterwards it is as it was.

        Raises
        ------
        InputError
            The edit does not fit the state.
        """
        known = self.state.grids
        effect = self._apply(edit.ops)
        try:
            yield effect
        finally:
            self._take_back(edit.ops, known)

    def undo(self, *, author: str, now: datetime) -> tuple[Entry, Effect]:
        """Take back the last step that was not taken back; locks do not hinder it.

        Raises
        ------
        ConflictError
            There is none.
        """
        if not self._done:
            message = "there is nothing to undo"
            raise ConflictError(message, reason="plan.nothing-to-undo")
        number = self._done[-1]
        title = f"undo {self.log[number - 1].title}"
        entry = self._entry("undo", number, title, author, now, ())
        effect = self._apply(self.ops_of(entry))
        self._done.pop()
        self._undone.append(number)
        self.log.append(entry)
        return entry, effect

    def redo(self, *, author: str, now: datetime) -> tuple[Entry, Effect]:
        """Take again the step that was taken back last; a new step forgets what was taken back.

        Raises
        ------
        ConflictError
            There is none.
        """
        if not self._undone:
            message = "there is nothing to redo"
            raise ConflictError(message, reason="plan.nothing-to-redo")
        number = self._undone[-1]
        title = f"redo {self.log[number - 1].title}"
        entry = self._entry("redo", number, title, author, now, ())
        effect = self._apply(self.ops_of(entry))
        self._undone.pop()
        self._done.append(number)
        self.log.append(entry)
        return entry, effect

    @property
    def undoable(self) -> int:
        """Return how many steps can be undone."""
        return len(self._done)

    @property
    def redoable(self) -> int:
        """Return how many steps can be redone."""
        return len(self._undone)

    @staticmethod
    def replayed(state: PlanState, log: Iterable[Entry]) -> "Draft":
        """Take all steps of a log again.

        Parameters
        ----------
        state
            Where the log begins. It is changed.
        log
            Entries in order.

        Raises
        ------
        InputError
            An entry does not follow the one before it, or does not fit the state.
        """
        draft = Draft(state)
        for entry in log:
            draft.follow(entry)
        return draft

    def follow(self, entry: Entry) -> None:
        """Take a step that somebody else took after the last one of the log.

        Raises
        ------
        InputError
            It does not follow, or does not fit the state.
        """
        stacks = {"undo": (self._done, self._undone), "redo": (self._undone, self._done)}
        source, target = stacks.get(entry.kind, (self._undone, self._done))
        expected = source[-1] if entry.kind != "edit" and source else None
        if entry.number != len(self.log) + 1 or entry.of != expected:
            message = f"entry {entry.number} of the log does not follow entry {len(self.log)}"
            raise InputError(message)
        for op in self.ops_of(entry):
            self.state.apply(op)
        if entry.kind == "edit":
            self._undone.clear()
        else:
            source.pop()
        target.append(entry.of or entry.number)
        self.log.append(entry)

    def ops_of(self, entry: Entry) -> tuple[Op, ...]:
        """Return what an entry of the log did; undo and redo by the edit that they are of."""
        if entry.of is None:
            return entry.ops
        ops = self.log[entry.of - 1].ops
        return ops if entry.kind == "redo" else tuple(op.inverse() for op in reversed(ops))

    def _entry(
        self,
        kind: EntryKind,
        of: int | None,
        title: str,
        author: str,
        now: datetime,
        ops: tuple[Op, ...],
    ) -> Entry:
        if now.tzinfo is None:
            message = f"{now} has no time zone; give a moment in UTC"
            raise InputError(message)
        return Entry(
            number=len(self.log) + 1,
            kind=kind,
            of=of,
            title=title,
            author=author,
            at=now.astimezone(UTC),
            ops=ops,
        )

    def _apply(self, ops: Sequence[Op]) -> Effect:
        """Apply all operations or none."""
        grids = touched_grids(self.state, ops)
        before, pieces = _now(self.state, grids)
        known, done = self.state.grids, list[Op]()
        try:
            for op in ops:
                self.state.apply(op)
                done.append(op)
        except InputError:
            self._take_back(done, known)
            raise
        after, pieces_after = _now(self.state, grids)
        return Effect(grids, before, after, pieces, pieces_after)

    def _take_back(self, done: Sequence[Op], known: int) -> None:
        """Leave no trace of operations: the numbers of grids that they began are free again."""
        for op in reversed(done):
            self.state.apply(op.inverse())
        self.state.forget_grids(known)


def touched_grids(state: PlanState, ops: Sequence[Op]) -> Ints:
    """Return the grids whose ground operations change."""
    found: set[int] = set()
    for op in ops:
        if isinstance(op, Flip):
            found.update(op.before, op.after)
        elif isinstance(op, Recut):
            inside = (p.block if op.joins else p.parent for p in op.parts)
            core = state.core.grid
            found.update(int(core[block]) for block in inside if block < state.used)
    return np.array(sorted(found - {-1}), np.int64)


def _now(state: PlanState, grids: Ints) -> tuple[Floats, Ints]:
    """Return sums and pieces; grids that have not begun have none."""
    there = grids < len(state.core.size)
    sums = np.zeros((len(grids), state.core.sums.shape[1]))
    pieces = np.zeros(len(grids), np.int64)
    sums[there], pieces[there] = state.core.sums[grids[there]], state.core.pieces[grids[there]]
    return sums, pieces


def _moment(text: object) -> datetime:
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        message = f"the moment {text} of an entry has no time zone"
        raise InputError(message)
    return moment
