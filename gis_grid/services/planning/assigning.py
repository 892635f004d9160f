"""What a file says of who has which block, as one step of a plan and a report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gis_grid.errors import GisGridError, NotFoundError
from gis_grid.plan.core import NOBODY
from gis_grid.plan.log import Edit
from gis_grid.plan.ops import Flip
from gis_grid.plan.state import PlanState
from gis_grid.services.planning.desk import Held


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken."""

    row: int
    """In a table counted from the heading, which is row 1; in a map the first feature is 1."""

    field: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A block that does not fit the areas of a map."""

    block: str
    grid: str | None
    """The grid that it is in now, after the step."""

    share: float
    """How much of its area the grid of the map covers that has most of it."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What a file means for a draft."""

    edit: Edit
    moved: int
    unchanged: int
    """Blocks that were there already."""

    untouched: int = 0
    """Living blocks that the file says nothing of; they stay."""

    rejects: Sequence[Reject] = ()
    doubts: Sequence[Doubt] = ()


def target_of(state: PlanState, grid: str) -> int:
    """Return the number of a grid; an empty code is that of no grid.

    Raises
    ------
    NotFoundError
        No grid has this code; it says the way out.
    """
    if not grid:
        return NOBODY
    try:
        return state.grid_of(grid)
    except NotFoundError as error:
        message = f"{error}; begin it in the plan first, or correct its code"
        raise NotFoundError(message) from error


def assigned_by_rows(held: Held, rows: Iterable[tuple[int, str, str]]) -> Assignment:
    """Return the step that puts blocks into the grids that rows name: number, block, grid.

    Good rows are taken whatever the bad ones are. A block that was cut stands for its parts; an
    empty grid takes the block out of the plan.
    """
    state = held.state
    target: dict[int, int] = {}
    rejects: list[Reject] = []
    said: dict[int, int] = {}
    for row, block, grid in rows:
        try:
            number = target_of(state, grid)
        except GisGridError as error:
            rejects.append(Reject(row, "grid", grid, str(error)))
            continue
        try:
            parts = held.blocks([block])
        except GisGridError as error:
            rejects.append(Reject(row, "block", block, str(error)))
            continue
        twice = [part for part in parts if target.get(part, number) != number]
        if twice:
            reason = f"row {said[twice[0]]} puts this block into another grid"
            rejects.append(Reject(row, "block", block, reason))
            continue
        target.update(dict.fromkeys(parts, number))
        said.update(dict.fromkeys(parts, row))
    return assigned(state, target, by="a table", rejects=rejects)


def assigned(
    state: PlanState,
    target: Mapping[int, int],
    *,
    by: str,
    rejects: Sequence[Reject] = (),
    doubts: Sequence[Doubt] = (),
) -> Assignment:
    """Return the step that brings blocks to the numbers of their grids; `by` says who wants it."""
    now = state.core.grid
    moved = sorted(block for block, grid in target.items() if int(now[block]) != grid)
    flip = Flip(
        tuple(moved),
        tuple(int(now[block]) for block in moved),
        tuple(target[block] for block in moved),
    )
    return Assignment(
        edit=Edit(f"{len(moved)} blocks by {by}", (flip,) if moved else ()),
        moved=len(moved),
        unchanged=len(target) - len(moved),
        untouched=len(state.alive()) - len(target),
        rejects=tuple(rejects),
        doubts=tuple(doubts),
    )
