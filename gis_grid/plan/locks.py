"""Locks: which grids, borders and officers' rounds an edit may not change, and why not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gis_grid.errors import ConflictError
from gis_grid.plan.ops import Flip, Op
from gis_grid.plan.state import PlanState


@dataclass(frozen=True, slots=True)
class Locked:
    """One block that may not move, and the lock that holds it."""

    block: int
    source: int
    target: int
    kind: str
    """``grid``, ``border`` or ``officer``."""

    said: str
    """The reason in words, with codes."""

    about: Mapping[str, str]
    """The codes in it, by name."""


def locked_moves(state: PlanState, ops: Sequence[Op]) -> Iterator[Locked]:
    """Yield each move of a block that a lock forbids.

    A locked grid neither gives nor takes ground. A locked border between two grids lets nothing
    pass from one to the other. A locked officer keeps the ground of all their grids together:
    blocks move between their own grids only.
    """
    if not state.locks:
        return
    for op in ops:
        if isinstance(op, Flip):
            for block, source, target in zip(op.blocks, op.before, op.after, strict=True):
                found = source != target and _holding(state, source, target)
                if found:
                    yield Locked(block, source, target, *found)


def require_unlocked(state: PlanState, ops: Sequence[Op]) -> None:
    """Stop when a lock forbids one of the operations.

    Raises
    ------
    ConflictError
        It names the block and the lock.
    """
    first = next(locked_moves(state, ops), None)
    if first is not None:
        message = f"block {state.code(first.block)} cannot move: {first.said}; unlock it first"
        about = {"block": state.code(first.block), **first.about}
        raise ConflictError(message, reason=f"plan.locked-{first.kind}", about=about)


def _holding(state: PlanState, source: int, target: int) -> tuple[str, str, dict[str, str]] | None:
    # the target may be a grid that the same edit makes: nothing holds it yet
    named = len(state.codes)
    one, other = (str(state.codes[g]) if 0 <= g < named else "" for g in (source, target))
    for grid in (source, target):
        if ("grid", (grid,)) in state.locks:
            code = str(state.codes[grid])
            return "grid", f"grid {code} is locked", {"grid": code}
    if ("border", tuple(sorted((source, target)))) in state.locks:
        said = f"the border between {one} and {other} is locked"
        return "border", said, {"one": one, "other": other}
    officers = [_officer(state, grid) for grid in (source, target)]
    for officer in officers:
        if officers[0] != officers[1] and ("officer", officer) in state.locks:
            said = f"the round of officer {officer} is locked"
            return "officer", said, {"officer": str(officer)}
    return None


def _officer(state: PlanState, grid: int) -> str | None:
    return state.officers[grid] if 0 <= grid < len(state.officers) else None
