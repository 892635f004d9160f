"""Splitting a grid evenly: two whole, compact halves of equal work, by blocks or by a cut."""

from dataclasses import dataclass

import numpy as np
import shapely

from gis_grid.errors import ConflictError, GeometryError, InputError
from gis_grid.plan.arrays import Floats, Ints
from gis_grid.plan.balance import Wish, best_parts, loads_of
from gis_grid.plan.drawing import split_by_line
from gis_grid.plan.edits import flip_to, require_free
from gis_grid.plan.log import Draft, Edit
from gis_grid.plan.ops import Rename
from gis_grid.plan.problem import problem_of, share_out
from gis_grid.plan.spots import Spots
from gis_grid.plan.state import PlanState

COARSE = 0.1
"""Halves of whole blocks that are more off than this, as a share of a half, are cut instead."""

_CLOSE = 0.01
_ANGLES = 12
_TRIES = 10
_NUDGE_M = 0.7


@dataclass(frozen=True, slots=True)
class _Split:
    """A split that was tried, and how far its halves are off, as a share of a half."""

    edit: Edit
    off: float
    is_whole: bool
    share: float
    """Share of the work that the new grid gets."""


def split_evenly(
    state: PlanState,
    grid: str,
    code: str,
    formula: Floats,
    spots: Spots,
    *,
    rng: np.random.Generator,
) -> Edit:
    """Split a grid into two of equal work, both in one piece: by blocks, else by a straight cut.

    Blocks are divided as `balance` does it. Where they are too few or too coarse, which leaves the
    halves more than `COARSE` off, a straight line is cut through the grid: the shortest of twelve
    directions that leaves two whole halves.

    Parameters
    ----------
    state
        The plan; it is as it was afterwards.
    grid
        Code of the grid; it keeps one half.
    code
        Code of the other half.
    formula
        Factor for each weight of the blocks, as `Formula.row` gives it. Where nothing of the grid
        has work, its area is halved.
    spots
        Where blocks are.
    rng
        Source of chance: the same gives the same halves.

    Raises
    ------
    NotFoundError, ConflictError
        There is no such grid, the new code is taken, or the grid is broken.
    InputError
        The grid has no blocks.
    GeometryError
        Neither blocks nor a straight line divide it into two whole parts.
    """
    number, fresh = state.grid_of(grid), require_free(state, code)
    _require_whole(state, number)
    factors = _factors(state, number, formula)
    blocks = _by_blocks(state, number, fresh, code, factors, rng)
    if blocks is not None and blocks.off <= COARSE:
        return blocks.edit
    found = [one for one in (blocks, _by_line(state, grid, code, factors, spots)) if one]
    if not found:
        message = f"neither blocks nor a straight line divide grid {grid} into two whole halves; "
        message += "draw the line by hand"
        raise GeometryError(message, reason="plan.unsplittable", about={"grid": grid})
    return min(found, key=lambda one: one.off).edit


def _require_whole(state: PlanState, number: int) -> None:
    if not state.core.size[number]:
        message = f"grid {state.codes[number]} has no blocks; there is nothing to split"
        about = {"grid": str(state.codes[number])}
        raise InputError(message, reason="plan.empty-grid", about=about)
    pieces = int(state.pieces([number])[0])
    if pieces > 1:
        message = f"grid {state.codes[number]} is in {pieces} pieces; reattach it first"
        about = {"grid": str(state.codes[number]), "pieces": str(pieces)}
        raise ConflictError(message, reason="plan.broken-grid", about=about)


def _factors(state: PlanState, number: int, formula: Floats) -> Floats:
    """Return a factor for each weight and for the area, which counts where there is no work."""
    works = float(state.sums([number])[0] @ formula) > 0
    return np.append(formula, 0.0) if works else np.append(formula * 0, 1.0)


def _by_blocks(
    state: PlanState, number: int, fresh: int, code: str, factors: Floats, rng: np.random.Generator
) -> _Split | None:
    """Return the best split of whole blocks; None when there is but one on land."""
    members = state.members(number)
    land = members[~state.core.water[members]]
    if len(land) < 2:  # noqa: PLR2004 - two halves
        return None
    free = np.zeros(state.used, bool)
    free[members] = True
    loads = loads_of(state, factors[:-1]) + factors[-1] * state.core.weights[: state.used, -1]
    target = float(loads[land].sum()) / 2
    if target <= 0:
        return None
    problem = problem_of(state, loads, target=target, within=False, free=free)
    if problem.regions > 2:  # noqa: PLR2004 - two halves
        return None
    want = Wish(within=False)
    parts = best_parts(problem, share_out(problem, 2), (target, want), rng)
    half = _with_water(state, members, problem.blocks, parts.part)
    ground = np.bincount(half, state.core.weights[members, -1], 2)
    moving = members[half == int(np.argmin(ground))]
    edit = Edit(
        f"split {state.codes[number]} evenly by blocks",
        (Rename(fresh, None, code), flip_to(state, moving, fresh)),
    )
    found = _tried(state, edit, number, factors)
    return found if found.is_whole else None


def _with_water(state: PlanState, members: Ints, land: Ints, part: Ints) -> Ints:
    """Return the half of each block of a grid: water goes to the half with the longest border."""
    half = dict(zip(land.tolist(), part.tolist(), strict=True))
    waiting = [int(block) for block in members if int(block) not in half]
    while waiting:
        border = {block: [0.0, 0.0] for block in waiting}
        for block, lengths in border.items():
            for other, length, _ in state.row(block):
                if other in half:
                    lengths[half[other]] += length[-1]
        reached = [block for block in waiting if any(border[block])] or waiting
        half |= {block: int(np.argmax(border[block])) for block in reached}
        waiting = [block for block in waiting if block not in half]
    return np.array([half[int(block)] for block in members], np.int64)


def _by_line(
    state: PlanState, grid: str, code: str, factors: Floats, spots: Spots
) -> _Split | None:
    """Return the split along the shortest straight line that is even and leaves both halves whole.

    None when no direction leaves them whole.
    """
    members = state.members(state.grid_of(grid))
    ground = shapely.coverage_union_all(state.shapes(members))
    best: _Split | None = None
    for angle in _by_chord(ground):
        found = _even_line(state, grid, code, (factors, spots), ground, angle)
        if found is not None and (best is None or found.off < best.off):
            best = found
        if best is not None and best.off <= _CLOSE * 2:
            break
    return best


def _by_chord(ground: shapely.Geometry) -> list[float]:
    """Return directions of lines through the middle, the one with the shortest way inside first."""
    angles = np.arange(_ANGLES) * np.pi / _ANGLES
    middle = shapely.get_coordinates(shapely.centroid(ground))[0]
    reach = shapely.length(shapely.boundary(ground))
    way = np.stack([np.cos(angles), np.sin(angles)], axis=1) * reach
    lines = shapely.linestrings(np.stack([middle - way, middle + way], axis=1))
    inside_m = shapely.length(shapely.intersection(lines, ground))
    directions: list[float] = angles[np.argsort(inside_m, kind="stable")].tolist()
    return directions


def _even_line(
    state: PlanState,
    grid: str,
    code: str,
    how: tuple[Floats, Spots],
    ground: shapely.Geometry,
    angle: float,
) -> _Split | None:
    """Move a line of a direction over a grid until both sides have equal work."""
    factors, spots = how
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    place = shapely.get_coordinates(ground) @ across
    middle = shapely.get_coordinates(shapely.centroid(ground))[0] @ along
    low, high = float(place.min()), float(place.max())
    at, best, ends = (low + high) / 2, None, (0.0, 1.0)
    for _ in range(_TRIES):
        start = across * at + along * middle
        line = shapely.LineString([start, start + along])
        try:
            edit = split_by_line(state, grid, line, code, spots)
            found = _tried(state, edit, state.grid_of(grid), factors)
        except (GeometryError, InputError):
            at += _NUDGE_M  # a hair beside a border: the next try is clear of it
            continue
        if found.is_whole and (best is None or found.off < best.off):
            best = found
        if found.off <= _CLOSE:
            break
        # the new grid is right of the line, so it grows with the line's place
        if found.share < 1 / 2:
            low, ends = at, (found.share, ends[1])
        else:
            high, ends = at, (ends[0], found.share)
        step = (1 / 2 - ends[0]) / (ends[1] - ends[0])
        at = low + (high - low) * min(max(step, 0.1), 0.9)
    return best


def _tried(state: PlanState, edit: Edit, number: int, factors: Floats) -> _Split:
    """Return how even the halves of a split are, and whether both hang together."""
    effect = Draft(state).preview(edit)
    work = effect.after @ factors
    other = effect.grids != number
    share = float(work[other].sum() / work.sum())
    title = edit.title if edit.title.endswith("blocks") else f"split {state.codes[number]} evenly"
    whole = len(effect.grids) == 2 and bool((effect.pieces_after == 1).all())  # noqa: PLR2004
    return _Split(Edit(title, edit.ops), abs(2 * share - 1), whole, share)
