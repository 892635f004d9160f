"""What a proposal would move, ready to be tinted on the map."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gis_grid.plan.core import NOBODY
from gis_grid.plan.state import PlanState
from gis_grid.services.planning.balancing import fits
from gis_grid.services.planning.telling import Feature, feature_of_shapes
from gis_grid.storage.plans.jobs import Kept

MOST_SHAPES = 20_000
"""More moved blocks than these come without their shapes."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a proposal moves."""

    reason: str | None
    """Why it does not fit the plan any more; None when it does."""

    codes: Sequence[str]
    """Grids that it begins."""

    changes: Sequence[Mapping[str, str | None]]
    features: Sequence[Feature]


def changes_of(state: PlanState, found: Kept, *, shapes: bool) -> Changes:
    """Return the blocks that a proposal moves, with their grids before and after.

    Blocks that the plan does not have any more are left out.

    Parameters
    ----------
    state
        The plan as it is now.
    found
        The proposal.
    shapes
        Whether features are wanted, too.
    """
    moved = found.alive[(found.before != found.after)[found.alive]]
    moved = moved[moved < state.used]

    def code_of(grid: int) -> str | None:
        if grid == NOBODY:
            return None
        return found.codes.get(grid) or state.codes[grid]

    changes = [
        {
            "block": state.code(block),
            "before": code_of(int(found.before[block])),
            "after": code_of(int(found.after[block])),
        }
        for block in moved.tolist()
    ]
    features: list[Feature] = []
    if shapes and len(moved) <= MOST_SHAPES:
        about = [
            {"code": one["block"], "before": one["before"], "grid_code": one["after"]}
            for one in changes
        ]
        drawn = list(state.shapes(np.asarray(moved)))
        features = feature_of_shapes(drawn, about, state.blocks.epsg)
    return Changes(fits(state, found), [*found.codes.values()], changes, features)
