"""The parts of a broken grid, and reattaching the small ones to their best neighbours."""

from gis_grid.plan.core import NOBODY, search
from gis_grid.plan.edits import flip_to, unless_empty
from gis_grid.plan.log import Edit
from gis_grid.plan.ops import Op
from gis_grid.plan.state import PlanState


def parts_of_grid(state: PlanState, grid: int) -> tuple[tuple[int, ...], ...]:
    """Return the blocks of each part of a grid that hangs together, the largest ground first."""
    core = state.core
    core.searches[0] += 1
    number, found, members = core.searches[0], [], state.members(grid)
    for wet in (False, True):
        for block in members:
            if core.stamp[block] != number and core.water[block] == wet:
                end = search(core, int(block), 0)
                found.append(tuple(sorted(core.queue[:end].tolist())))
    return tuple(sorted(found, key=lambda part: (-_area_m2(state, part), part)))


def reattach(state: PlanState, grid: str) -> Edit:
    """Give every part of a grid but the largest to the neighbour with the longest border.

    Borders that one can walk across go before all others. A part without neighbours in a grid
    stays. The edit is empty when the grid is whole.

    Raises
    ------
    NotFoundError
        No grid has this code.
    """
    ops = list[Op]()
    for part in parts_of_grid(state, state.grid_of(grid))[1:]:
        target = _best_neighbour(state, part)
        if target is not None:
            ops += unless_empty(flip_to(state, part, target))
    return Edit(f"reattach parts of {grid}", tuple(ops))


def _best_neighbour(state: PlanState, part: tuple[int, ...]) -> int | None:
    own = int(state.core.grid[part[0]])
    border: dict[int, tuple[float, float]] = {}
    for block in part:
        for other, length, walkable in state.row(block):
            grid = int(state.core.grid[other])
            if grid not in (own, NOBODY):
                free, whole = border.get(grid, (0.0, 0.0))
                border[grid] = (free + length[-1] * walkable, whole + length[-1])
    return max(border, key=lambda grid: (border[grid], -grid), default=None)


def _area_m2(state: PlanState, part: tuple[int, ...]) -> float:
    return float(state.core.weights[list(part), -1].sum())
