"""A proposal for a plan: the grids, how good they are, and why some cannot be better."""

import math
from dataclasses import dataclass

import numpy as np

from gis_grid.plan.anneal import Graph, Parts, stays_whole
from gis_grid.plan.arrays import Floats, Ints
from gis_grid.plan.core import NOBODY
from gis_grid.plan.log import Edit
from gis_grid.plan.ops import Flip, Op, Rename
from gis_grid.plan.problem import Problem
from gis_grid.plan.state import PlanState

EXPLAINED = 0.05
"""A grid that is farther off than this is explained by a block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsplittable:
    """Why a grid is far from the target: the block that would have to be cut."""

    grid: int
    deviation: float
    """Share of the target that the grid is over (positive) or under it."""

    block: int
    code: str
    share: float
    """The weight of the block as a share of the target."""

    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Which grid each block should be in, and what that is worth."""

    assignment: Ints
    """Grid of each block number; numbers from `state.grids` on are new grids."""

    grids: Ints
    """Grids that were balanced."""

    weight: Floats
    """Work of each of them."""

    target: float
    tolerance: float
    moved: float
    """What was moved, in the unit of the people given (blocks when made from scratch)."""

    polsby_popper: float
    """Mean compactness, from 0 (thread) to 1 (disc), of the ground that was balanced."""

    crossings: tuple[tuple[int, int], ...]
    """Pairs of blocks that share a grid though nothing walkable joins them."""

    unsplittable: tuple[Unsplittable, ...]
    """An explanation for each grid that is more than 5 % off."""

    @property
    def deviation(self) -> Floats:
        """Return how far each grid is off, as a share of the target."""
        return np.asarray(self.weight / self.target - 1)

    @property
    def worst(self) -> float:
        """Return the largest deviation."""
        return float(np.abs(self.deviation).max(initial=0.0))

    @property
    def cv(self) -> float:
        """Return the coefficient of variation of the work."""
        mean = float(self.weight.mean())
        return float(self.weight.std() / mean) if mean > 0 else 0.0

    def edit(self, state: PlanState, codes: dict[int, str]) -> Edit:
        """Return the edit that takes the proposal; `codes` names its new grids.

        Raises
        ------
        KeyError
            A new grid has no code.
        """
        now = state.core.grid[: state.used]
        there = np.zeros(state.used, bool)
        there[state.alive()] = True
        fresh = sorted(set(self.grids.tolist()) - set(range(state.grids)))
        moved = np.flatnonzero(there & (now != self.assignment))
        flip = Flip(
            tuple(moved.tolist()),
            tuple(now[moved].tolist()),
            tuple(self.assignment[moved].tolist()),
        )
        left = set(now[moved].tolist()) - set(self.assignment[there].tolist()) - {NOBODY}
        ends = [Rename(grid, state.codes[grid], None) for grid in sorted(left)]
        ops: list[Op] = [Rename(grid, None, codes[grid]) for grid in fresh]
        ops += [flip] if flip.blocks else []
        return Edit(f"balance into {len(self.grids)} grids", (*ops, *ends))


def propose(
    state: PlanState,
    problem: Problem,
    parts: Parts,
    assignment: Ints,
    grids: Ints,
    *,
    aim: tuple[float, float],
) -> Proposal:
    """Put a proposal together."""
    around = np.maximum(parts.perimeter_m, 1e-9)
    round_ = 4 * math.pi * parts.area_m2 / around**2
    return Proposal(
        assignment=assignment,
        grids=grids,
        weight=parts.weight.copy(),
        target=aim[0],
        tolerance=aim[1],
        moved=float(parts.moved[0]),
        polsby_popper=float(np.mean(round_[parts.size > 0])) if (parts.size > 0).any() else 0.0,
        crossings=problem.crossings,
        unsplittable=tuple(_explained(state, problem, parts, grids, aim[0])),
    )


def _explained(
    state: PlanState, problem: Problem, parts: Parts, grids: Ints, target: float
) -> list[Unsplittable]:
    graph = problem.graph
    number = int(np.abs(parts.stamp).max(initial=0)) + 1
    found = []
    for part in np.flatnonzero(np.abs(parts.weight / target - 1) > EXPLAINED):
        if parts.fixed[part]:
            continue
        off = float(parts.weight[part] / target - 1)
        rows = np.flatnonzero(parts.part == part)
        row, said, number = _cause(problem, parts, rows, (off, target, number))
        share = float(graph.weight[row] / target)
        block = int(problem.blocks[row])
        code = state.code(block)
        found.append(
            Unsplittable(
                grid=int(grids[part]),
                deviation=off,
                block=block,
                code=code,
                share=share,
                said=said.format(code=code, share=f"{share:.0%}"),
            )
        )
    return found


def _cause(
    problem: Problem,
    parts: Parts,
    rows: Ints,
    how: tuple[float, float, int],
) -> tuple[int, str, int]:
    """Return the block that keeps a grid from the target, and why."""
    off, target, number = how
    graph = problem.graph
    heaviest = int(rows[np.argmax(graph.weight[rows])])
    if graph.weight[heaviest] > target * (1 + EXPLAINED):
        return heaviest, "block {code} alone has {share} of the target; only a cut helps", number
    edge = _edge(graph, parts, rows, giving=off > 0)
    if off > 0:
        fit = []
        for row in edge:
            number += 1
            if graph.weight[row] > 0 and stays_whole(graph, parts, int(row), number):
                fit.append(int(row))
        if not fit:
            said = (
                "no block can leave without breaking the grid; block {code} ({share}) is heaviest"
            )
            return heaviest, said, number
        row = min(fit, key=lambda one: (abs(graph.weight[one] / target - off), one))
        return row, "block {code} ({share} of the target) fits into no neighbour whole", number
    if not len(edge):
        said = "no neighbour can give; block {code} ({share}) is the heaviest of the grid"
        return heaviest, said, number
    gap = np.abs(graph.weight[edge] / target + off)
    row = int(edge[int(np.argmin(gap))])
    return row, "taking block {code} ({share} of the target) would spoil its own grid", number


def _edge(graph: Graph, parts: Parts, rows: Ints, *, giving: bool) -> Ints:
    """Return the blocks on the inner (giving) or outer side of the border of a part."""
    own = parts.part[rows[0]]
    found = set()
    for row in rows:
        others = graph.other[graph.start[row] : graph.start[row + 1]]
        beyond = others[(parts.part[others] != own) & ~parts.fixed[parts.part[others]]]
        if giving and len(beyond):
            found.add(int(row))
        elif not giving:
            found.update(int(one) for one in beyond)
    return np.array(sorted(found), np.int64)


def with_water(state: PlanState, assignment: Ints, *, within: bool) -> Ints:
    """Give water that has no land of its grid beside it to the grid with the longest border.

    Water that touches no grid stays with the one it has, or with none. With `within` it goes to a
    grid of its own community where it touches one, over other water too.
    """
    core, found = state.core, assignment.copy()
    number = state.blocks.community.number
    homes = number[state.origins(np.arange(state.used))] if within and len(number) else None
    wet = [int(block) for block in state.alive() if core.water[block]]
    settled = {block for block in wet if _touches_land(state, found, block)}
    waiting = [block for block in wet if block not in settled]
    while waiting:
        later = []
        for block in waiting:
            border = _beside(state, found, block, settled, homes)
            if border:
                found[block] = max(border, key=lambda grid: (border[grid], -grid))
                settled.add(block)
            else:
                later.append(block)
        if len(later) == len(waiting):
            if homes is None:
                break
            homes = None  # rather in another community than loose
        waiting = later
    return found


def _beside(
    state: PlanState, assignment: Ints, block: int, settled: set[int], homes: Ints | None
) -> dict[int, float]:
    """Return the border of water with each grid that it may go to."""
    border: dict[int, float] = {}
    for other, length, _ in state.row(block):
        grid = int(assignment[other])
        is_known = other in settled or not state.core.water[other]
        is_home = homes is None or homes[block] in {NOBODY, homes[other]}
        if grid != NOBODY and is_known and is_home:
            border[grid] = border.get(grid, 0.0) + length[-1]
    return border


def _touches_land(state: PlanState, assignment: Ints, block: int) -> bool:
    grid = assignment[block]
    near = state.neighbours(block)
    return grid != NOBODY and bool((assignment[near][~state.core.water[near]] == grid).any())
