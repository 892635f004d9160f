"""What is to be balanced: the blocks that may change, and how many grids each region gets."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from gis_grid.errors import ConflictError, InputError
from gis_grid.plan.anneal import Graph
from gis_grid.plan.arrays import Bools, Floats, Ints
from gis_grid.plan.state import PlanState

CRUMB = 0.5
"""A region with less than this share of a target is joined to another over whatever is between."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Blocks in a graph that never leaves a community, and the regions that it falls into."""

    blocks: Ints
    """Number of the block of each row of the graph."""

    graph: Graph
    region: Ints
    """Connected region of each row."""

    regions: int
    crossings: tuple[tuple[int, int], ...]
    """Pairs of blocks that were joined though one cannot walk from one to the other: without them
    a crumb of ground would be a grid of its own."""

    @property
    def load(self) -> Floats:
        """Return the weight of each region."""
        return np.bincount(self.region, self.graph.weight, self.regions).astype(float)

    @property
    def sizes(self) -> Ints:
        """Return the number of blocks of each region."""
        return np.bincount(self.region, minlength=self.regions)


def problem_of(
    state: PlanState,
    weight: npt.ArrayLike,
    *,
    target: float,
    people: npt.ArrayLike | None = None,
    within: bool = True,
    free: Bools | None = None,
) -> Problem:
    """Gather what is to be balanced.

    Parameters
    ----------
    state
        The plan; water is left out, it follows the land.
    weight
        Work of each block number, shape ``(state.used,)``; not negative, not all zero.
    target
        Weight that a grid is to have; regions much lighter are joined to others.
    people
        What moving a block costs; by default 1 a block.
    within
        Whether grids stay inside communities.
    free
        Which block numbers may change; by default all.

    Raises
    ------
    InputError
        A weight is missing or negative, there is no weight at all, or nothing is free.
    """
    loads = require_loads(state, weight)
    alive = state.alive()
    mask = ~state.core.water[alive]
    if free is not None:
        mask &= free[alive]
    blocks = alive[mask]
    if not len(blocks) or not loads[blocks].sum() > 0:
        message = "there is nothing to balance: no block is free, or none has any weight"
        raise InputError(message)
    place = np.full(state.used, -1)
    place[blocks] = np.arange(len(blocks))
    group = _communities(state, blocks) if within else np.zeros(len(blocks), np.int64)
    pairs, border, walkable = _pairs(state, blocks, place)
    same = group[pairs[:, 0]] == group[pairs[:, 1]]
    pairs, border, walkable = pairs[same], border[same], walkable[same]
    joined = _joined(state, blocks, (pairs, border, walkable), loads[blocks], target * CRUMB, group)
    linked = np.concatenate([pairs[walkable], joined])
    length = np.append(border[walkable], np.zeros(len(joined)))
    cost = np.ones(len(blocks)) if people is None else np.asarray(people, float)[blocks]
    graph = _graph(state, blocks, linked, length, loads[blocks], cost)
    count, region = _components(len(blocks), linked)
    crossings = tuple((int(blocks[a]), int(blocks[b])) for a, b in joined)
    return Problem(blocks, graph, region, count, crossings)


def share_out(problem: Problem, count: int) -> Ints:
    """Share grids out to regions by weight: at least one each, at most one a block.

    Each next grid goes where a grid is heaviest (D'Hondt), which keeps the heaviest grid as light
    as it can be.

    Raises
    ------
    ConflictError
        There are more regions than grids, or fewer blocks than grids.
    """
    load, most = problem.load, problem.sizes
    if count < problem.regions or count > most.sum():
        message = f"{count} grids cannot be made of {int(most.sum())} blocks in {problem.regions} "
        message += "regions that nothing walkable joins; every region needs a grid and every grid "
        message += "a block"
        raise ConflictError(message)
    shares = np.ones(problem.regions, np.int64)
    for _ in range(count - problem.regions):
        heavy = np.where(shares < most, load / shares, -1.0)
        shares[int(np.argmax(heavy))] += 1
    return shares


def require_loads(state: PlanState, weight: npt.ArrayLike) -> Floats:
    """Return the work of each block number as numbers.

    Raises
    ------
    InputError
        There are too few or too many, or one is missing, negative or infinite.
    """
    loads = np.asarray(weight, float)
    if loads.shape != (state.used,):
        message = f"there are {loads.size} weights for {state.used} blocks"
        raise InputError(message)
    wrong = ~(np.isfinite(loads) & (loads >= 0))
    if wrong.any():
        row = int(np.argmax(wrong))
        message = f"the weight of block {state.code(row)} is {loads[row]}; it must be 0 or more"
        raise InputError(message)
    return loads


def _communities(state: PlanState, blocks: Ints) -> Ints:
    number = state.blocks.community.number
    return np.asarray(number[state.origins(blocks)] + 1 if len(number) else blocks * 0)


def _pairs(state: PlanState, blocks: Ints, place: Ints) -> tuple[Ints, Floats, Bools]:
    """Return the pairs of rows that touch, lower first, their border and whether one can walk."""
    core = state.core
    count = core.degree[blocks]
    row = np.repeat(np.arange(len(blocks)), count)
    first = np.repeat(core.start[blocks] - (np.cumsum(count) - count), count)
    link = first + np.arange(len(row))
    other = place[core.other[link]]
    real = other > row
    link = link[real]
    return np.c_[row[real], other[real]], core.border_m[link, -1], core.walkable[link]


def _components(count: int, pairs: Ints) -> tuple[int, Ints]:
    from scipy.sparse import coo_array  # noqa: PLC0415 - a service that starts balances nothing
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    ones = np.ones(len(pairs), np.int8)
    matrix = coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    found, label = connected_components(matrix, directed=False)
    return int(found), label.astype(np.int64)


def _joined(
    state: PlanState,
    blocks: Ints,
    touching: tuple[Ints, Floats, Bools],
    load: Floats,
    least: float,
    group: Ints,
) -> Ints:
    """Return pairs that join regions lighter than `least` to another one in their community.

    Over the longest border that is not walkable, else over the shortest way.
    """
    pairs, border, walkable = touching
    count, label = _components(len(blocks), pairs[walkable])
    total = np.bincount(label, load, count)
    home = np.zeros(count, np.int64)
    home[label] = group
    several = np.bincount(home)[home] > 1
    joins: list[tuple[int, int]] = []
    while True:
        light = np.flatnonzero((total < least) & several & (total >= 0))
        if not len(light):
            return np.array(joins, np.int64).reshape(-1, 2)
        region = int(light[np.argmin(total[light])])
        a, b = label[pairs].T
        out = np.flatnonzero(((a == region) | (b == region)) & (a != b))
        if len(out):
            pair = pairs[out[int(np.argmax(border[out]))]]
        else:
            pair = _nearest(state, blocks, label, region, group)
        other = label[pair[0]] if label[pair[0]] != region else label[pair[1]]
        joins.append((int(pair[0]), int(pair[1])))
        total[other] += total[region]
        total[region] = -1.0
        label[label == region] = other
        several = np.bincount(home[total >= 0], minlength=int(home.max()) + 1)[home] > 1


def _nearest(
    state: PlanState, blocks: Ints, label: Ints, region: int, group: Ints
) -> npt.NDArray[np.int64]:
    own = np.flatnonzero(label == region)
    others = np.flatnonzero((label != region) & (group == group[own[0]]))
    tree = shapely.STRtree(state.shapes(blocks[others]))
    (mine, near), far = tree.query_nearest(
        state.shapes(blocks[own]), return_distance=True, all_matches=False
    )
    at = int(np.argmin(far))
    return np.array([own[mine[at]], others[near[at]]])


def _graph(
    state: PlanState, blocks: Ints, pairs: Ints, border: Floats, load: Floats, people: Floats
) -> Graph:
    n = len(blocks)
    one, other = np.concatenate([pairs, pairs[:, ::-1]]).T
    order = np.lexsort((other, one))
    core = state.core
    around = core.outer_m[blocks, -1].copy()
    count = core.degree[blocks]
    row = np.repeat(np.arange(n), count)
    link = np.repeat(core.start[blocks] - (np.cumsum(count) - count), count) + np.arange(len(row))
    around += np.bincount(row, core.border_m[link, -1], n)
    return Graph(
        start=np.append(0, np.cumsum(np.bincount(one, minlength=n))).astype(np.int64),
        other=other[order].astype(np.int64),
        border_m=np.tile(border, 2)[order].astype(float),
        weight=load.astype(float),
        area_m2=core.weights[blocks, -1].copy(),
        perimeter_m=around,
        people=people.astype(float),
    )
