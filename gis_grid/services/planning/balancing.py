"""Proposals for a plan: made in the order that a planner chose, with the figures to choose by."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import shapely
from pydantic import BaseModel, ConfigDict, Field, model_validator

from gis_grid.errors import ConflictError, InputError
from gis_grid.plan.arrays import Floats, Ints, Progress
from gis_grid.plan.balance import Wish, balance, loads_of, locked_grids, rebalance
from gis_grid.plan.core import NOBODY
from gis_grid.plan.heirs import fresh_codes, with_heirs
from gis_grid.plan.log import Edit
from gis_grid.plan.metrics import spread
from gis_grid.plan.ops import Flip, Op, Rename
from gis_grid.plan.proposal import Proposal
from gis_grid.plan.state import PlanState
from gis_grid.plan.work import Formula
from gis_grid.services.planning.judging import PlanSettings, known
from gis_grid.storage.plans.jobs import Kept

MILDEST = 0.1
"""Tolerance of the mildest proposal from scratch."""

SHARES = 100
"""Progress is told in hundredths of a proposal."""


class BalanceOrder(BaseModel):
    """What a planner wants to be made even, and how much of it may change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    mode: Literal["scratch", "small_change"] = Field(
        description="All grids anew, or the grids there are with little moved."
    )
    count: int | None = Field(
        default=None, ge=1, le=20_000, description="From scratch: how many grids there are to be."
    )
    households: float | None = Field(
        default=None, gt=0, description="From scratch, instead: households of a grid."
    )
    within: bool = Field(default=True, description="Whether grids stay inside communities.")
    most_moved: float = Field(
        default=0.05, gt=0, le=1, description="Small change: largest share of households moved."
    )
    tolerance: float = Field(
        default=0.02, ge=0.005, le=0.5, description="From scratch: how far a grid may be off."
    )
    factors: dict[str, float] | None = Field(
        default=None, description="Minutes a year for one of each weight; by default the plan's."
    )
    proposals: int = Field(default=5, ge=1, le=8, description="How many to choose from.")
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="The same gives the same grids.")

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        given = (self.count is not None) + (self.households is not None)
        if given != (self.mode == "scratch"):
            message = "from scratch give one of count and households; for a small change neither"
            raise ValueError(message)
        return self

    @property
    def limits(self) -> list[float]:
        """Return the tolerance, or the share that may be moved, of each proposal: mildest first."""
        if self.mode == "small_change":
            steps = range(1, self.proposals + 1)
            return [step / self.proposals * self.most_moved for step in steps]
        ends = (max(MILDEST, self.tolerance), self.tolerance)
        return np.geomspace(*ends, self.proposals).tolist() if self.proposals > 1 else [ends[1]]


@dataclass(frozen=True, slots=True)
class Task:
    """A plan that is to be made even: what is counted in each of its blocks."""

    state: PlanState
    order: BalanceOrder
    work: Floats
    """Of each block number."""

    people: Floats
    """What moving a block counts: households, or blocks where nobody knows them."""

    def count(self) -> int:
        """Return how many grids there are to be.

        Raises
        ------
        InputError
            The blocks do not know households.
        """
        if self.order.count is not None:
            return self.order.count
        if "households" not in self.state.blocks.names:
            message = "the blocks of this plan do not know households; say how many grids (count)"
            raise InputError(message)
        everybody = float(self.people[self.state.alive()].sum())
        return max(1, round(everybody / (self.order.households or 1.0)))


def task_of(state: PlanState, order: BalanceOrder, settings: PlanSettings) -> Task:
    """Return what an order means for a plan.

    Raises
    ------
    InputError
        A factor is negative, or the blocks have none of the weights.
    """
    factors = settings.factors if order.factors is None else order.factors
    work = loads_of(state, Formula(factors).row(state.blocks))
    names = state.blocks.names
    weights = state.core.weights[: state.used]
    people = weights[:, names.index("households")] if "households" in names else np.ones(state.used)
    return Task(state, order, work, np.array(people, float))


def offers(task: Task, progress: Callable[[int, str], None]) -> Iterator[Kept]:
    """Yield proposals, the mildest first, each as soon as it is made.

    Parameters
    ----------
    task
        What is to be made even; its state is not changed.
    progress
        Told how many hundredths of a proposal are done, and the name of the step; raise from it to
        cancel.

    Raises
    ------
    InputError, ConflictError
        As for `balance` and `rebalance`.
    """
    for number, limit in enumerate(task.order.limits, 1):
        told = _told(progress, number)
        rng = np.random.default_rng([task.order.seed, number])
        yield _kept(task, number, limit, _made(task, limit, rng, told))


def _told(progress: Callable[[int, str], None], number: int) -> Progress:
    def tell(step: str, done: int, of: int) -> None:
        progress((number - 1) * SHARES + SHARES * done // max(of, 1), step)

    return tell


def _made(task: Task, limit: float, rng: np.random.Generator, progress: Progress) -> Proposal:
    order, state = task.order, task.state
    if order.mode == "small_change":
        return rebalance(
            state,
            task.work,
            task.people,
            most_moved=limit,
            rng=rng,
            wish=Wish(within=order.within),
            progress=progress,
        )
    want = Wish(tolerance=limit, within=order.within)
    found = balance(state, task.work, task.count(), rng=rng, wish=want, progress=progress)
    return with_heirs(state, found, task.people)


def _kept(task: Task, number: int, limit: float, found: Proposal) -> Kept:
    state = task.state
    codes = fresh_codes(state, found.assignment, [int(one) for one in found.grids])
    after = state.copy()
    for op in found.edit(state, codes).ops:
        after.apply(op)
    return Kept(
        number=number,
        figures={"limit": limit} | figures_of(task, found, after),
        before=state.assignment,
        after=found.assignment,
        alive=state.alive(),
        grids=state.grids,
        codes=codes,
        ground=ground_of(state),
    )


def figures_of(task: Task, found: Proposal, after: PlanState) -> dict[str, Any]:
    """Return what a proposal is worth: what it moves, how even it is, how round, what is broken."""
    state, alive = task.state, task.state.alive()
    before, then = state.core.grid[alive], found.assignment[alive]
    moved = (before != then) & (before != NOBODY)
    people = task.people[alive]
    old, new = (_works(task, labels) for labels in (before, then))
    grids = after.living_grids()
    full = grids[after.core.size[grids] > 0]
    around = np.maximum(after.around_m(full)[:, -1], 1e-9)
    work = spread(new)
    return {
        "grids": len(full),
        "locked": len(locked_grids(state)),
        "moved_households": float(people[moved].sum()),
        "moved_share": float(people[moved].sum() / max(people.sum(), 1e-9)),
        "moved_blocks": int(moved.sum()),
        "cv_before": known(spread(old).cv),
        "cv": known(work.cv),
        "gini": known(work.gini),
        "ratio": known(work.ratio),
        "largest_deviation": known(float(np.abs(new / work.mean - 1).max(initial=0.0))),
        "polsby_popper": known(float(np.mean(4 * np.pi * after.area_m2(full) / around**2))),
        "broken": int((after.pieces(full) > 1).sum()),
        "crossings": len(found.crossings),
        "unsplittable": [
            {
                "grid_code": after.codes[one.grid],
                "deviation": one.deviation,
                "block": one.code,
                "share": one.share,
                "said": one.said,
            }
            for one in found.unsplittable
        ],
    }


def _works(task: Task, labels: Ints) -> Floats:
    """Return the work of each grid that has a block."""
    inside = labels != NOBODY
    grids, number = np.unique(labels[inside], return_inverse=True)
    work = task.work[task.state.alive()][inside]
    return np.bincount(number, work, len(grids)).astype(np.float64)


def ground_of(state: PlanState) -> str:
    """Return a digest of the ground of the blocks that were made by cuts."""
    made = range(len(state.blocks), state.used)
    written = shapely.to_wkb(state.shapes(made)).tolist() if made else []
    return hashlib.sha256(b"".join(written)).hexdigest()


def fits(state: PlanState, found: Kept) -> str | None:
    """Return why a proposal does not fit a plan any more; None when it does."""
    if state.used != len(found.before) or ground_of(state) != found.ground:
        return "blocks were cut or joined since"
    if state.alive().tolist() != found.alive.tolist():
        return "blocks were cut or joined since"
    moved = np.flatnonzero(state.assignment != found.before)
    if len(moved):
        code = state.code(int(moved[0]))
        return f"block {code} and {len(moved) - 1} others have changed their grid since"
    return None


def adoption(state: PlanState, job: int, found: Kept) -> Edit:
    """Return the step that takes a proposal.

    Raises
    ------
    ConflictError
        The plan is not as it was when the proposal was made.
    """
    reason = fits(state, found)
    if reason is not None:
        message = f"proposal {found.number} of job {job} does not fit the plan any more: {reason}; "
        message += "undo that or ask for new proposals"
        raise ConflictError(message)
    # grids that began since have taken the numbers of the proposal's new ones
    shift = state.grids - found.grids
    now, then = found.before, found.after + shift * (found.after >= found.grids)
    codes = {grid + shift: _free(code, state) for grid, code in found.codes.items()}
    moved = found.alive[(now != then)[found.alive]]
    flip = Flip(tuple(moved.tolist()), tuple(now[moved].tolist()), tuple(then[moved].tolist()))
    left = set(now[moved].tolist()) - set(then[found.alive].tolist()) - {NOBODY}
    ops: list[Op] = [Rename(grid, None, code) for grid, code in sorted(codes.items())]
    ops += [flip] if flip.blocks else []
    ends = [Rename(grid, state.codes[grid], None) for grid in sorted(left)]
    return Edit(f"adopt proposal {found.number} of job {job}", (*ops, *ends))


def _free(code: str, state: PlanState) -> str:
    """Return a code that no grid has: somebody may have given it to another one since."""
    found, number = code, 1
    while found in state.codes:
        number += 1
        found = f"{code}-{number}"
    return found
