"""What a step does to grids, in words that travel, and what a step would do before it is taken."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gis_grid.plan.log import Edit, Effect, touched_grids
from gis_grid.plan.metrics import measure
from gis_grid.plan.ops import Flip, Recut, Rename
from gis_grid.plan.state import PlanState
from gis_grid.services.planning.desk import Held
from gis_grid.services.planning.judging import PlanSettings, known
from gis_grid.services.planning.telling import Feature, feature_of_shapes

AREA = "area_m2"

SHOWN = ("work", "households", "edge_min", "inside_min", "polsby_popper", "pieces")
"""The metrics that a preview tells: those that look at the grid itself, not at the whole plan."""

Numbers = Mapping[str, Mapping[str, float | None]]


@dataclass(frozen=True, slots=True)
class Told:
    """What a step does to one grid."""

    grid_code: str | None
    before: Mapping[str, float]
    after: Mapping[str, float]
    pieces_before: int
    pieces_after: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a step would do."""

    effects: Sequence[Told]
    broken: Sequence[str]
    parts: Sequence[Feature]
    before: Numbers
    """Numbers of the touched grids by code; a grid that is not there has none."""

    after: Numbers


def told_effects(state: PlanState, effect: Effect, codes: Mapping[int, str]) -> list[Told]:
    """Return the sums of weights and the area of each grid before and after a step.

    Parameters
    ----------
    state
        The plan.
    effect
        What the step does.
    codes
        Codes of grids that the plan does not have now.
    """
    names = (*state.blocks.names, AREA)

    def sums(row: Sequence[float]) -> dict[str, float]:
        return dict(zip(names, row, strict=True))

    return [
        Told(
            grid_code=code_of(state, int(grid), codes),
            before=sums(effect.before[at].tolist()),
            after=sums(effect.after[at].tolist()),
            pieces_before=int(effect.pieces_before[at]),
            pieces_after=int(effect.pieces_after[at]),
        )
        for at, grid in enumerate(effect.grids)
    ]


def preview(held: Held, edit: Edit, settings: PlanSettings) -> Preview:
    """Return what an edit would do; the draft stays as it is.

    Parameters
    ----------
    held
        The draft.
    edit
        What would be done.
    settings
        How the plan is judged: the formula of work.

    Raises
    ------
    InputError
        The edit does not fit the draft.
    """
    state = held.state
    touched = touched_grids(state, edit.ops)
    before = numbers_of(state, touched, settings)
    with held.draft.tried(edit) as effect:
        after = numbers_of(state, touched, settings)
    fresh = {op.grid: op.after for op in edit.ops if isinstance(op, Rename) and op.after}
    return Preview(
        effects=told_effects(held.state, effect, fresh),
        broken=[code_of(held.state, int(grid), fresh) or "" for grid in effect.broken],
        parts=_parts(held.state, edit, fresh),
        before=before,
        after=after,
    )


def numbers_of(state: PlanState, grids: Iterable[int], settings: PlanSettings) -> Numbers:
    """Return the metrics of `SHOWN` by code, of those grids that have ground now."""
    size = state.core.size
    there = [int(grid) for grid in grids if grid < len(size) and size[grid]]
    found = measure(settings.view(state, there), SHOWN)
    return {
        str(state.codes[grid]): {name: known(values[at]) for name, values in found.items()}
        for at, grid in enumerate(there)
    }


def code_of(state: PlanState, grid: int, codes: Mapping[int, str]) -> str | None:
    """Return the code of a grid, or of one that a step begins or ends."""
    now = state.codes[grid] if 0 <= grid < state.grids else None
    return now or codes.get(grid)


def _parts(state: PlanState, edit: Edit, codes: Mapping[int, str]) -> list[Feature]:
    """Return blocks that would move or be cut, each with the grid that it would be in."""
    parts = {part.block: part for op in edit.ops if isinstance(op, Recut) for part in op.parts}
    to: dict[int, int] = {part.block: int(state.core.grid[part.parent]) for part in parts.values()}
    for op in edit.ops:
        if isinstance(op, Flip):
            to.update(zip(op.blocks, op.after, strict=True))
    shapes = [parts[one].shape if one in parts else state.shape(one) for one in to]
    names: list[dict[str, Any]] = [
        {
            "code": parts[one].code if one in parts else state.code(one),
            "grid_code": code_of(state, grid, codes),
        }
        for one, grid in to.items()
    ]
    return feature_of_shapes(shapes, names, state.blocks.epsg)
