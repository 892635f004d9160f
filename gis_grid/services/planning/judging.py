"""What a plan is worth: the numbers of its grids, how even they are, and the rules it breaks."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from gis_grid.plan.arrays import Floats
from gis_grid.plan.metrics import View, measure, spread, spread_within
from gis_grid.plan.rules import Broken, Limits, check_rules
from gis_grid.plan.state import PlanState
from gis_grid.plan.work import MINUTES, Formula

SPREAD_OVER = ("work", "households")
"""The numbers that a plan is to make even."""


class PlanSettings(BaseModel):
    """How a plan is judged."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    households: tuple[float, float] | None = Field(
        default=(300.0, 500.0), description="Least and most households of a grid."
    )
    work_off: float | None = Field(
        default=0.2, gt=0, description="How far the work of a grid may be off the mean, as a share."
    )
    least_round: float = Field(default=0.3, ge=0, le=1, description="Least compactness.")
    factors: dict[str, float] = Field(
        default_factory=lambda: dict(MINUTES), description="Minutes a year for one of each weight."
    )

    def limits(self) -> Limits:
        """Return where the rules draw the line.

        Raises
        ------
        InputError
            The band is upside down.
        """
        return Limits(
            households=self.households, work_off=self.work_off, least_round=self.least_round
        )

    def view(self, state: PlanState, grids: Iterable[int]) -> View:
        """Return grids as these settings look at them.

        Raises
        ------
        InputError
            A factor is negative or not a number.
        """
        target = None if self.households is None else sum(self.households) / 2
        numbers = np.array([*grids], np.int64)
        return View(state, numbers, Formula(self.factors), target)


@dataclass(frozen=True, slots=True)
class Judged:
    """Numbers of grids and of all of them together."""

    grids: Mapping[str, Mapping[str, float | None]]
    """Metrics by code of the grid; None where one cannot be said."""

    spread: Mapping[str, Mapping[str, float | None]]
    spread_within: Mapping[str, Mapping[str, Mapping[str, float | None]]]
    """The same over the grids of each community, street and so on, by its code."""

    communities: Mapping[str, str]
    """The community that a grid has most of its blocks in, by code of the grid."""

    broken: tuple[Broken, ...]


def judge(
    state: PlanState, settings: PlanSettings, *, parents: Mapping[str, str | None] | None = None
) -> Judged:
    """Return what a plan is worth.

    Parameters
    ----------
    state
        The plan.
    settings
        How it is judged.
    parents
        The code above each code of the city: how even the work is is then said for everything
        that lies above a community too.

    Raises
    ------
    InputError
        The settings make no sense.
    """
    grids = [int(grid) for grid in state.living_grids()]
    view = settings.view(state, grids)
    found = measure(view)
    codes = [str(state.codes[grid]) for grid in grids]
    homes = communities_of(state, grids)
    return Judged(
        grids={
            code: {name: known(values[at]) for name, values in found.items()}
            for at, code in enumerate(codes)
        },
        spread={name: _told(asdict(spread(found[name]))) for name in SPREAD_OVER},
        spread_within=_within(found, [homes.get(code) for code in codes], parents or {}),
        communities=homes,
        broken=check_rules(view, settings.limits()),
    )


def _within(
    found: Mapping[str, Floats], homes: list[str | None], parents: Mapping[str, str | None]
) -> Mapping[str, Mapping[str, Mapping[str, float | None]]]:
    """Say how even the grids of each community are, and those of each grid above it."""
    told: dict[str, dict[str, Mapping[str, float | None]]] = {}
    groups = homes
    while any(group is not None for group in groups):
        for name in SPREAD_OVER:
            for group, figures in spread_within(found[name], groups).items():
                told.setdefault(group, {})[name] = _told(asdict(figures))
        groups = [parents.get(group) if group else None for group in groups]
    return told


def communities_of(state: PlanState, grids: Iterable[int]) -> Mapping[str, str]:
    """Return the community in which a grid has most of its blocks, by code of the grid.

    A grid none of whose blocks lies in a community is left out; of two with as many blocks the
    one that the blocks name first is taken.
    """
    labels = state.blocks.community
    found = {}
    for grid in grids:
        number = labels.number[state.origins(state.members(grid))]
        counts = np.bincount(number[number >= 0])
        if len(counts):
            found[str(state.codes[grid])] = str(labels.names[int(np.argmax(counts))])
    return found


def known(value: float) -> float | None:
    """Return a number for JSON, which knows neither NaN nor infinity.

    Examples
    --------
    >>> known(2.5), known(float("nan")), known(float("inf"))
    (2.5, None, None)
    """
    return float(value) if math.isfinite(value) else None


def _told(figures: Mapping[str, Any]) -> Mapping[str, float | None]:
    return {name: known(value) for name, value in figures.items()}
