"""What a planner does to a plan, each as an `Edit` that can be shown before it is taken."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from gis_grid.errors import ConflictError, InputError
from gis_grid.plan.arrays import Ints
from gis_grid.plan.core import NOBODY
from gis_grid.plan.log import Edit
from gis_grid.plan.ops import Flip, Lock, LockKind, Op, Part, Recut, Rename
from gis_grid.plan.state import PlanState


def move_blocks(state: PlanState, blocks: npt.ArrayLike, to: str | None) -> Edit:
    """Give blocks to a grid, or to none: the brush, the rectangle, a whole compound.

    Parameters
    ----------
    state
        The plan.
    blocks
        Numbers; those that are there already stay.
    to
        Code of the grid; None takes the blocks out of the plan.

    Raises
    ------
    NotFoundError
        No grid has this code.
    InputError
        A block is not there.
    """
    target = NOBODY if to is None else state.grid_of(to)
    flip = flip_to(state, blocks, target)
    return Edit(f"{len(flip.blocks)} blocks to {to or 'no grid'}", unless_empty(flip))


def merge(state: PlanState, grids: Sequence[str], into: str) -> Edit:
    """Give all blocks of grids to another one; they end.

    Raises
    ------
    NotFoundError
        No grid has one of the codes.
    """
    target, ops = state.grid_of(into), list[Op]()
    for code in dict.fromkeys(grids):
        grid = state.grid_of(code)
        if grid != target:
            ops += [*unless_empty(flip_to(state, state.members(grid), target))]
            ops.append(Rename(grid, code, None))
    return Edit(f"merge {', '.join(grids)} into {into}", tuple(ops))


def new_grid(state: PlanState, blocks: npt.ArrayLike, code: str) -> Edit:
    """Begin a grid of some blocks.

    Raises
    ------
    ConflictError
        A grid has this code already.
    InputError
        A block is not there, or none is given.
    """
    grid = require_free(state, code)
    flip = flip_to(state, blocks, grid)
    if not flip.blocks:
        message = f"grid {code} would be empty; choose blocks for it"
        raise InputError(message, reason="plan.empty-grid", about={"grid": code})
    return Edit(f"new grid {code}", (Rename(grid, None, code), flip))


def move_compound(state: PlanState, compound: str, to: str) -> Edit:
    """Give all blocks of a compound to a grid.

    Raises
    ------
    NotFoundError
        No grid has this code.
    InputError
        No block is part of this compound.
    """
    names = state.blocks.compound.names
    number = np.flatnonzero(names == compound)
    alive = state.alive()
    label = np.append(state.blocks.compound.number, -1)[state.origins(alive)]
    if not len(number):
        message = f"no block is part of compound {compound!r}"
        raise InputError(message)
    edit = move_blocks(state, alive[label == number[0]], to)
    return Edit(f"compound {compound} to {to}", edit.ops)


def rename(state: PlanState, codes: Sequence[tuple[str, str]]) -> Edit:
    """Give grids other codes, all at once: they may be exchanged.

    Raises
    ------
    NotFoundError
        No grid has an old code.
    ConflictError
        A new code is given twice, or stays with another grid.
    """
    grids = {state.grid_of(old): (old, new) for old, new in codes}
    fresh = [new for _, new in grids.values()]
    stay = {c for g, c in enumerate(state.codes) if c is not None and g not in grids}
    twice = {code for code in fresh if fresh.count(code) > 1 or code in stay}
    if twice:
        message = f"code {min(twice)} would belong to two grids"
        raise ConflictError(message, reason="plan.code-taken", about={"code": min(twice)})
    changed = {grid: pair for grid, pair in grids.items() if pair[0] != pair[1]}
    # in two steps, because a new code may still belong to a grid that is to be renamed after it
    first = [Rename(grid, old, f"\0{grid}") for grid, (old, _) in changed.items()]
    then = [Rename(grid, f"\0{grid}", new) for grid, (_, new) in changed.items()]
    return Edit(f"renumber {len(changed)} grids", (*first, *then))


def set_lock(state: PlanState, kind: LockKind, codes: Sequence[str], *, locked: bool) -> Edit:
    """Lock or open a grid, the border between two grids, or an officer's round.

    Raises
    ------
    NotFoundError
        No grid has one of the codes.
    InputError
        There are too many or too few codes, or the lock is so already.
    """
    needed = 2 if kind == "border" else 1
    if len(set(codes)) != needed:
        message = f"a lock on a {kind} takes {needed} code(s), not {len(set(codes))}"
        raise InputError(message)
    key: tuple[int, ...] | str = codes[0]
    if kind != "officer":
        key = tuple(sorted(state.grid_of(code) for code in codes))
    before = (kind, key) in state.locks
    ops: Iterable[Op] = (Lock(kind, key, before, locked),) if before != locked else ()
    return Edit(f"{'lock' if locked else 'open'} {kind} {' and '.join(codes)}", tuple(ops))


def flip_to(
    state: PlanState, blocks: npt.ArrayLike, target: int, recut: Recut | None = None
) -> Flip:
    """Return the flip of blocks (also of parts that a cut is going to make) to a grid."""
    wanted = sorted({*np.asarray(blocks, np.int64).tolist()})
    future = parts_made(recut)
    for block in wanted:
        if not (state.is_alive(block) or block in future):
            message = f"there is no block {block}"
            raise InputError(message)
    now = owners_of(state, wanted, recut)
    moving = [(b, g) for b, g in zip(wanted, now, strict=True) if g != target]
    owners = tuple(grid for _, grid in moving)
    return Flip(tuple(block for block, _ in moving), owners, (target,) * len(moving))


def require_free(state: PlanState, code: str) -> int:
    """Return the number of a new grid, or stop when its code is taken."""
    if state.has_grid(code) or not code.strip():
        message = f"there is a grid {code!r} already, or it is no code; choose another"
        raise ConflictError(message, reason="plan.code-taken", about={"code": code})
    return state.grids


def unless_empty(flip: Flip) -> tuple[Op, ...]:
    """Return the flip unless it moves nothing."""
    return (flip,) if flip.blocks else ()


def parts_made(recut: Recut | None) -> dict[int, Part]:
    """Return the parts that a cut is going to make, by their numbers."""
    return {} if recut is None else {part.block: part for part in recut.parts}


def owners_of(state: PlanState, blocks: Sequence[int], recut: Recut | None) -> list[int]:
    """Return the grids of blocks, and of parts that a cut is going to make."""
    future = parts_made(recut)
    known = [future[block].parent if block in future else block for block in blocks]
    found: list[int] = state.core.grid[known].tolist()
    return found


def moved_ground(edit: Edit) -> Ints:
    """Return the blocks that an edit moves."""
    flips = [op.blocks for op in edit.ops if isinstance(op, Flip)]
    return np.array(sorted({block for blocks in flips for block in blocks}), np.int64)
