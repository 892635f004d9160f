"""Balance: grids of equal work from scratch, or a small change that evens the work out.

METIS gives connected parts of like weight and short borders; random moves over borders that never
break a part then reach the tolerance and round the shapes. docs/algorithms/balance.md has the
measurements and says when it fails.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gis_grid.errors import ConflictError, InputError
from gis_grid.plan.anneal import Aim, Graph, Parts, anneal, descend, fill_parts, parts_of
from gis_grid.plan.arrays import Bools, Floats, Ints, Progress, silent
from gis_grid.plan.core import NOBODY
from gis_grid.plan.metis import partition
from gis_grid.plan.problem import Problem, problem_of, require_loads, share_out
from gis_grid.plan.proposal import Proposal, propose, with_water
from gis_grid.plan.state import PlanState

TOLERANCE = 0.02
"""Share of the target that a grid may be off."""

_INSIDE = 0.9
"""What the search aims at, as a share of the tolerance: it ends just inside."""

_STRICT, _VERY_STRICT = 1e3, 1e5
_CHUNKS = 20
_SWEEPS = 40
_FEW_BLOCKS = 20
_WARM, _HOT = (0.03, 0.001), (0.3, 0.002)
_LEAST_TRIES = 100_000
_STARTS, _SMALL, _RAGGED, _HOTTER = 12, 4_000, 0.02, 100.0
_PRICES = 14
_SHAPE, _MOST_SHAPE = 3.0, 0.02
"""Roundness in a small change beside the mean square of what is uneven: with more of it, grids that
are nearly even stay as they are; with less, Providence's wards lose their shape."""
BUDGETS = (0.01, 0.02, 0.03, 0.05, 0.1)
TOLERANCES = (0.01, 0.02, 0.03, 0.05, 0.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a balanced plan should be like."""

    tolerance: float = TOLERANCE
    within: bool = True
    """Whether grids stay inside communities."""

    roundness: float = 1.0
    """How much round shapes are worth beside even work; 0 is nothing."""

    tries: int = 300
    """Moves that are tried for each block."""

    def __post_init__(self) -> None:
        """Refuse what cannot be wished for.

        Raises
        ------
        InputError
            A value is out of range.
        """
        if not 0 < self.tolerance < 1 or not self.roundness >= 0 or self.tries < 0:
            message = f"tolerance {self.tolerance}, roundness {self.roundness}, tries {self.tries}:"
            message += " the tolerance is a share between 0 and 1, the others 0 or more"
            raise InputError(message)


def balance(
    state: PlanState,
    weight: npt.ArrayLike,
    count: int,
    *,
    rng: np.random.Generator,
    wish: Wish | None = None,
    progress: Progress = silent,
) -> Proposal:
    """Make `count` grids of equal weight from scratch; locked grids stay as they are.

    Parameters
    ----------
    state
        The plan; it is not changed.
    weight
        Work of each block number, shape ``(state.used,)``.
    count
        How many grids there are to be, locked ones included.
    rng
        Source of chance: the same gives the same grids.
    wish
        Tolerance and the like.
    progress
        Told of each step; raise from it to cancel.

    Returns
    -------
    Proposal
        Every grid has a block and, but for `crossings`, hangs together. Grids more than the
        tolerance off are explained by a block each.

    Raises
    ------
    InputError
        A weight is missing or negative, or nothing has weight.
    ConflictError
        So many grids cannot be made of these blocks.
    """
    want = wish or Wish()
    kept = locked_grids(state)
    free = ~np.isin(state.core.grid[: state.used], kept)
    loads = require_loads(state, weight)
    wanted = count - len(kept)
    if wanted < 1:
        message = f"{len(kept)} grids are locked; {count} in all leaves none to make"
        raise ConflictError(message)
    alive = state.alive()
    target = float(loads[alive[free[alive]]].sum()) / wanted
    problem = problem_of(state, loads, target=target, within=want.within, free=free)
    parts = best_parts(problem, share_out(problem, wanted), (target, want), rng, progress)
    grid_of_part = _numbers(state, kept, wanted)
    assignment = np.where(free, NOBODY, state.core.grid[: state.used])
    assignment[problem.blocks] = grid_of_part[parts.part]
    whole = with_water(state, assignment, within=want.within)
    return propose(state, problem, parts, whole, grid_of_part, aim=(target, want.tolerance))


def rebalance(  # noqa: PLR0913 - what, how much and how
    state: PlanState,
    weight: npt.ArrayLike,
    people: npt.ArrayLike,
    *,
    most_moved: float,
    rng: np.random.Generator,
    wish: Wish | None = None,
    progress: Progress = silent,
) -> Proposal:
    """Even the work of the grids out while moving few people.

    Blocks move over borders, dearest change for the fewest people first: the price of moving a
    person falls until the limit is reached. Locked grids, and grids without land, stay.

    Parameters
    ----------
    state
        The plan; it is not changed.
    weight
        Work of each block number, shape ``(state.used,)``.
    people
        What moving a block number counts, usually its households.
    most_moved
        Largest share of all people that may change their grid, from 0 to 1.
    rng, wish, progress
        As for `balance`; the tolerance does not matter.

    Returns
    -------
    Proposal
        No grid hangs together less than before, none gets empty.

    Raises
    ------
    InputError
        A weight is missing or negative, nothing has weight, or `most_moved` is no share.
    """
    if not 0 <= most_moved <= 1:
        message = f"{most_moved} is no share of people; give one from 0 to 1, like 0.05 for 5 %"
        raise InputError(message)
    want = wish or Wish()
    now = state.core.grid[: state.used]
    loads, crowd = require_loads(state, weight), require_loads(state, people)
    grids = np.unique(now[state.alive()])
    grids = grids[grids != NOBODY]
    if not len(grids):
        message = "the plan has no grids yet; balance it from scratch"
        raise InputError(message)
    problem = problem_of(
        state, loads, target=0.0, people=crowd, within=want.within, free=now != NOBODY
    )
    grids = np.unique(now[problem.blocks])  # those with land: a grid of water alone stays
    target = float(loads[np.isin(now, grids)].sum() / len(grids))
    place = np.full(state.grids, -1)
    place[grids] = np.arange(len(grids))
    fixed = np.isin(grids, locked_grids(state))
    parts = parts_of(place[now[problem.blocks]], len(grids), fixed, rng, problem.graph)
    total = float(crowd[state.alive()].sum())
    _buy(problem.graph, parts, target, (want, most_moved * total), progress)
    assignment = now.copy()
    assignment[problem.blocks] = grids[parts.part]
    whole = with_water(state, assignment, within=want.within)
    stays = (now != NOBODY) & ~np.isin(now, grids)
    whole[stays] = now[stays]
    return propose(state, problem, parts, whole, grids, aim=(target, want.tolerance))


def proposals(  # noqa: PLR0913 - what, how much and how
    state: PlanState,
    weight: npt.ArrayLike,
    people: npt.ArrayLike,
    *,
    rng: np.random.Generator,
    count: int | None = None,
    limits: Sequence[float] | None = None,
    wish: Wish | None = None,
    progress: Progress = silent,
) -> tuple[Proposal, ...]:
    """Return several proposals to choose from, from the mildest to the strictest.

    With `count` they are made from scratch, one for each tolerance in `limits`; without, they are
    small changes, one for each share of people in `limits`.

    Raises
    ------
    InputError, ConflictError
        As for `balance` and `rebalance`.
    """
    want = wish or Wish()
    found = []
    for limit in limits or (BUDGETS if count is None else TOLERANCES[::-1]):
        if count is None:
            one = rebalance(
                state, weight, people, most_moved=limit, rng=rng, wish=want, progress=progress
            )
        else:
            asked = Wish(
                tolerance=limit, within=want.within, roundness=want.roundness, tries=want.tries
            )
            one = balance(state, weight, count, rng=rng, wish=asked, progress=progress)
        found.append(one)
    return tuple(found)


def locked_grids(state: PlanState) -> Ints:
    """Return the grids that no balance may change: locked themselves, or by border or officer."""
    grids: set[int] = set()
    for kind, key in state.locks:
        if kind == "officer":
            grids.update(g for g, officer in enumerate(state.officers) if officer == key)
        else:
            grids.update(int(grid) for grid in key)
    return np.array(sorted(grids), np.int64)


def best_parts(
    problem: Problem,
    shares: Ints,
    aim: tuple[float, Wish],
    rng: np.random.Generator,
    progress: Progress = silent,
) -> Parts:
    """Divide and refine; a small problem several times, to keep the best.

    Every other start does not care for round shapes: with few blocks they stand in each other's
    way.

    Parameters
    ----------
    problem
        The blocks.
    shares
        How many parts each region gets.
    aim
        Weight that a part is to have, and what the plan should be like.
    rng, progress
        As for `balance`.
    """
    target, want = aim
    graph, wanted = problem.graph, int(shares.sum())
    starts = max(1, min(_STARTS, _SMALL // len(problem.blocks))) if want.tries else 1

    def attempt(start: int) -> Parts:
        first, second = (_turn(progress, 2 * start + half, 2 * starts) for half in (0, 1))
        part = _first_parts(problem, shares, rng, first)
        parts = parts_of(part, wanted, np.zeros(wanted, bool), rng, graph)
        round_ = want.roundness * (_RAGGED if start % 2 else 1.0)
        goal = Aim(target, _INSIDE * want.tolerance, _STRICT, round_, np.inf, 0.0)
        _refine(graph, parts, goal, want, second, hotter=_HOTTER if start % 2 else 1.0)
        return parts

    return min(map(attempt, range(starts)), key=lambda it: _score(it, target, want.tolerance))


def _turn(progress: Progress, turn: int, turns: int) -> Progress:
    """Return how to tell one turn of several, so that what is done never goes back."""

    def tell(said: str, done: int, of: int) -> None:
        whole = max(of, 1)
        progress(said, turn * whole + done, turns * whole)

    return tell


def _score(parts: Parts, target: float, tolerance: float) -> tuple[float, float, float]:
    """Return what is worst first: too much, too little, not round."""
    off = parts.weight / target - 1
    over, under = max(off.max() - tolerance, 0.0), max(-off.min() - tolerance, 0.0)
    round_ = parts.area_m2 / np.maximum(parts.perimeter_m, 1e-9) ** 2
    return round(float(over), 4), round(float(under), 4), -float(round_.mean())


def _first_parts(
    problem: Problem, shares: Ints, rng: np.random.Generator, progress: Progress
) -> Ints:
    part = np.zeros(len(problem.blocks), np.int64)
    order = np.argsort(problem.region, kind="stable")
    ends = np.cumsum(problem.sizes)
    done = 0
    for region, share in enumerate(shares.tolist()):
        rows = order[ends[region] - problem.sizes[region] : ends[region]]
        part[rows] = done + partition(problem.graph, rows, share, int(rng.integers(2**31 - 1)))
        done += share
        progress("dividing", done, int(shares.sum()))
    return part


def _refine(
    graph: Graph, parts: Parts, aim: Aim, want: Wish, progress: Progress, *, hotter: float
) -> None:
    """Cool down in chunks, then only take what helps."""
    n = len(graph.weight)
    crowded = n < _FEW_BLOCKS * len(parts.weight)
    hot, cold = _HOT if crowded else _WARM
    hot *= hotter
    tries = max(want.tries * n, _LEAST_TRIES) if want.tries else 0
    number = 1
    for chunk in range(_CHUNKS if tries else 0):
        ends = [hot * (cold / hot) ** ((chunk + k) / _CHUNKS) for k in (0, 1)]
        number = anneal(graph, parts, aim, tries // _CHUNKS, (ends[0], ends[1]), number)
        progress("refining", chunk + 1, _CHUNKS)
    for strict in (aim.strictness, _VERY_STRICT):
        number = descend(graph, parts, aim._replace(strictness=strict), _SWEEPS, number)
    fill_parts(graph, parts)  # sums without the rounding of many moves


def _buy(
    graph: Graph, parts: Parts, target: float, limit: tuple[Wish, float], progress: Progress
) -> None:
    """Buy evenness at a falling price of moving a person, until the limit is reached."""
    want, most = limit
    if most <= 0:
        return
    spread = float((((parts.weight / target) - 1) ** 2).sum())
    fair = spread / most
    number, n = 1, len(graph.weight)
    round_ = want.roundness * min(_MOST_SHAPE, _SHAPE * spread / len(parts.weight))
    tries = max(want.tries * n // (4 * _PRICES), 20_000)
    for step in range(_PRICES):
        price = fair * 20.0 * 0.6**step
        aim = Aim(target, 0.0, 1.0, round_, most, price)
        heat = 0.05 * spread / len(parts.weight)
        number = anneal(graph, parts, aim, tries, (heat, heat / 20), number)
        number = descend(graph, parts, aim, _SWEEPS, number)
        progress("evening out", step + 1, _PRICES)
    fill_parts(graph, parts)


def _numbers(state: PlanState, kept: Ints, wanted: int) -> Ints:
    """Return grid numbers for new parts: those in use that are not kept first, then new ones."""
    known = [int(grid) for grid in state.living_grids() if grid not in set(kept.tolist())]
    more = range(state.grids, state.grids + max(0, wanted - len(known)))
    return np.array([*known[:wanted], *more], np.int64)


def free_blocks(state: PlanState) -> Bools:
    """Return which block numbers a balance may move."""
    return ~np.isin(state.core.grid[: state.used], locked_grids(state))


def loads_of(state: PlanState, formula: Floats) -> Floats:
    """Return the work of each block number by a formula: a factor for each weight."""
    return np.asarray(state.core.weights[: state.used, :-1] @ formula)
