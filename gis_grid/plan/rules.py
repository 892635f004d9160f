"""Rules that a plan should keep, and for each place where it does not: what, where and the way out.

A broken rule never stops an edit (locks do): the map shows it red until it is mended.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from gis_grid.errors import InputError
from gis_grid.plan.arrays import Ints
from gis_grid.plan.core import NOBODY
from gis_grid.plan.metrics import View, buildings_cut, polsby_popper
from gis_grid.plan.parting import parts_of_grid
from gis_grid.plan.state import PlanState


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Where the rules draw the line."""

    households: tuple[float, float] | None = None
    """Least and most households of a grid."""

    work_off: float | None = None
    """Largest share that the work of a grid may be off the mean of the grids looked at."""

    least_round: float = 0.3
    """Least Polsby-Popper compactness (research/planning.md A.7)."""

    def __post_init__(self) -> None:
        """Refuse a band that nothing fits into.

        Raises
        ------
        InputError
            The band is upside down.
        """
        if self.households and not 0 <= self.households[0] <= self.households[1]:
            message = f"a band of {self.households} households has no grid in it"
            raise InputError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One place where a plan does not keep a rule."""

    rule: str
    grid: int
    code: str
    value: float
    limit: float
    said: str
    """What is wrong and what helps, with codes and numbers."""

    blocks: tuple[int, ...] = ()
    """The blocks that it is about, for the map."""

    details: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def check_rules(view: View, limits: Limits) -> tuple[Broken, ...]:
    """Return everything in which the grids of a view do not keep the rules, grid by grid."""
    found = [one for rule in RULES.values() for one in rule(view, limits)]
    return tuple(sorted(found, key=lambda one: (one.grid, one.rule)))


def whole(view: View, _limits: Limits) -> Iterator[Broken]:
    """Ask that a grid hangs together on foot."""
    for grid in view.grids[view.state.pieces(view.grids) > 1]:
        parts = parts_of_grid(view.state, int(grid))
        loose = tuple(block for part in parts[1:] for block in part)
        said = f"grid {_code(view, grid)} is in {len(parts)} parts that nothing walkable joins; "
        said += "reattach the small ones to their neighbours"
        yield _broken(view, "whole", grid, len(parts), 1, said, loose)


def not_empty(view: View, _limits: Limits) -> Iterator[Broken]:
    """Ask that a grid has ground."""
    for grid in view.grids[view.state.core.size[view.grids] == 0]:
        said = f"grid {_code(view, grid)} has no blocks; give it some or end it"
        yield _broken(view, "not_empty", grid, 0, 1, said)


def in_band(view: View, limits: Limits) -> Iterator[Broken]:
    """Ask that households are in the band."""
    if limits.households is None:
        return
    low, high = limits.households
    for grid, count in zip(view.grids, view.weight("households"), strict=True):
        if count < low or count > high:
            limit = low if count < low else high
            side = "fewer than" if count < low else "more than"
            said = f"grid {_code(view, grid)} has {count:,.0f} households, {side} {limit:,.0f}"
            yield _broken(view, "in_band", grid, count, limit, said)


def even(view: View, limits: Limits) -> Iterator[Broken]:
    """Ask that work is near the mean."""
    if limits.work_off is None or not len(view.grids) or view.work.mean() <= 0:
        return
    off = view.work / view.work.mean() - 1
    for at in np.flatnonzero(np.abs(off) > limits.work_off):
        grid = view.grids[at]
        said = f"the work of grid {_code(view, grid)} is {off[at]:+.0%} of the mean; "
        said += f"{limits.work_off:.0%} is allowed"
        yield _broken(view, "even", grid, float(off[at]), limits.work_off, said)


def compact(view: View, limits: Limits) -> Iterator[Broken]:
    """Ask that a grid is not a thread."""
    for grid, score in zip(view.grids, polsby_popper(view), strict=True):
        if score < limits.least_round:
            said = f"grid {_code(view, grid)} is long or ragged: compactness {score:.2f}, "
            said += f"at least {limits.least_round:g} is easy to walk"
            yield _broken(view, "compact", grid, float(score), limits.least_round, said)


def one_community(view: View, _limits: Limits) -> Iterator[Broken]:
    """Ask that a grid lies in one community."""
    labels, state = view.state.blocks.community, view.state
    for grid in view.grids:
        members = state.members(int(grid))
        number = labels.number[state.origins(members)]
        found, count = np.unique(number[number >= 0], return_counts=True)
        if len(found) > 1:
            names = [str(labels.names[one]) for one in found]
            main = found[int(np.argmax(count))]
            strange = members[(number >= 0) & (number != main)]
            said = f"grid {_code(view, grid)} crosses into {len(found)} communities: "
            said += ", ".join(names[:4])
            blocks = tuple(strange.tolist())
            yield _broken(view, "one_community", grid, len(found), 1, said, blocks)


def whole_buildings(view: View, _limits: Limits) -> Iterator[Broken]:
    """Ask that no building stands in two grids."""
    for grid, count in zip(view.grids, buildings_cut(view), strict=True):
        if count > 0:
            said = f"{count:.0f} buildings of grid {_code(view, grid)} stand in another grid too; "
            said += "move them to one side"
            yield _broken(view, "whole_buildings", grid, float(count), 0, said)


Rule = Callable[[View, Limits], Iterator[Broken]]

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "whole": whole,
        "not_empty": not_empty,
        "in_band": in_band,
        "even": even,
        "compact": compact,
        "one_community": one_community,
        "whole_buildings": whole_buildings,
    }
)
"""Every rule by its name; to add one, write a function and put it here."""


def unassigned(state: PlanState) -> Ints:
    """Return the blocks that are in no grid."""
    alive = state.alive()
    return np.asarray(alive[state.core.grid[alive] == NOBODY], np.int64)


def _code(view: View, grid: int) -> str:
    return str(view.state.codes[grid])


def _broken(  # noqa: PLR0913, PLR0917 - the fields of what is broken
    view: View,
    rule: str,
    grid: int,
    value: float,
    limit: float,
    said: str,
    blocks: tuple[int, ...] = (),
) -> Broken:
    return Broken(
        rule=rule,
        grid=int(grid),
        code=_code(view, grid),
        value=float(value),
        limit=float(limit),
        said=said,
        blocks=blocks,
    )
