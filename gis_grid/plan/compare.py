"""Two plans of the same blocks: what moves, which grid became which, and the table to print."""

from dataclasses import dataclass

import numpy as np

from gis_grid.errors import InputError
from gis_grid.plan.arrays import Floats, Ints, totals
from gis_grid.plan.core import NOBODY
from gis_grid.plan.state import PlanState


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Ground that an old grid and a new one have in common; None is no grid."""

    old_code: str | None
    new_code: str | None
    area_m2: float
    amounts: tuple[float, ...]
    """The weights on it, in the order of the blocks' names."""

    of_old: float
    """Share of the old grid, by area."""

    of_new: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GazetteRow:
    """One line of the table that is published: an old code and what it is now."""

    old_code: str
    new_codes: tuple[str, ...]
    """Grids that have at least a thousandth of its ground, the largest share first."""

    kind: str
    """``kept``, ``renamed``, ``split``, ``merged``, ``changed`` or ``ended`` (no grid has it)."""

    area_m2: float
    households: float
    """Of the old grid; NaN when the blocks do not know households."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a plan changes."""

    names: tuple[str, ...]
    shares: tuple[Share, ...]
    """Every pair of grids with common ground, by old code and new code."""

    moved_blocks: Ints
    """Blocks of the new plan whose ground has another grid than before."""

    moved_area_m2: float
    moved: tuple[float, ...]
    """What lies on them, in the order of `names`."""

    whole: tuple[float, ...]
    """What there is in all."""


SMALL = 1e-3
"""A smaller share of a grid is nothing in the gazette."""


def compare(old: PlanState, new: PlanState, *, shared: int | None = None) -> Comparison:
    """Compare two plans that began with the same blocks; either may have cut some.

    A block has moved when it is in a grid that is not the heir of the grid it was in: the heir of
    an old grid is the new one with the same number, whatever its code is now; between plans that
    do not share their numbers, the one with the same code.

    Parameters
    ----------
    old, new
        The plans.
    shared
        How many grid numbers mean the same in both: those that both began with; found out by the
        codes when None.

    Raises
    ------
    InputError
        The plans have other blocks.
    """
    if old.blocks is not new.blocks and old.blocks.codes.tolist() != new.blocks.codes.tolist():
        message = "the two plans are not of the same blocks; bring them to one set of blocks first"
        raise InputError(message)
    rows = _common(old, new)
    before, after = rows.old_grid, rows.new_grid
    moved = before != ancestors(old, new, shared=shared)[after]
    weights = rows.weights
    key, label = np.unique(np.c_[before, after], axis=0, return_inverse=True)
    sums = totals(label.ravel().astype(np.int64), weights, len(key))
    return Comparison(
        names=old.blocks.names,
        shares=_shares(old, new, key, sums),
        moved_blocks=np.unique(rows.block[moved]),
        moved_area_m2=float(weights[moved, -1].sum()),
        moved=tuple(weights[moved, :-1].sum(axis=0).tolist()),
        whole=tuple(weights[:, :-1].sum(axis=0).tolist()),
    )


def gazette(old: PlanState, found: Comparison) -> tuple[GazetteRow, ...]:
    """Return the table of old codes, in their order."""
    names = old.blocks.names
    table, mine = [], dict[str | None, list[Share]]()
    for share in found.shares:
        if share.new_code and share.of_old >= SMALL:
            mine.setdefault(share.old_code, []).append(share)
    codes = sorted(code for code in old.codes if code is not None)
    grids = [old.grid_of(code) for code in codes]
    areas, sums = old.area_m2(grids).tolist(), old.sums(grids)
    people = (
        sums[:, names.index("households")] if "households" in names else np.full(len(grids), np.nan)
    )
    for code, area, households in zip(codes, areas, people.tolist(), strict=True):
        heirs = sorted(mine.get(code, ()), key=lambda s: (-s.of_old, s.new_code or ""))
        table.append(
            GazetteRow(
                old_code=code,
                new_codes=tuple(str(s.new_code) for s in heirs),
                kind=_kind(code, heirs),
                area_m2=area,
                households=households,
            )
        )
    return tuple(table)


def _kind(code: str, heirs: list[Share]) -> str:
    if not heirs:
        return "ended"
    first = heirs[0]
    if len(heirs) == 1 and first.of_new > 1 - SMALL:
        return "kept" if first.new_code == code else "renamed"
    if len(heirs) == 1:
        return "merged" if first.new_code != code else "changed"
    return "split" if all(share.of_new > 1 - SMALL for share in heirs) else "changed"


@dataclass(frozen=True, slots=True)
class _Rows:
    """Pieces of ground with their grids in both plans."""

    block: Ints
    old_grid: Ints
    new_grid: Ints
    weights: Floats


def _common(old: PlanState, new: PlanState) -> _Rows:
    """Return ground that has one grid in each plan: the blocks or parts of the finer plan.

    Where both plans cut the same block in different ways the parts are intersected, and the
    weights shared by area.
    """
    rows: list[tuple[int, int, int, Floats]] = []
    for origin in range(len(old.blocks)):
        mine, yours = old.atoms.living_parts(origin), new.atoms.living_parts(origin)
        if len(mine) == 1:
            owner = int(old.core.grid[mine[0]])
            rows += [(b, owner, int(new.core.grid[b]), new.core.weights[b]) for b in yours]
        elif len(yours) == 1:
            target = int(new.core.grid[yours[0]])
            rows += [(yours[0], int(old.core.grid[b]), target, old.core.weights[b]) for b in mine]
        else:
            rows += _overlaid(old, new, mine, yours)
    blocks, before, after, weights = zip(*rows, strict=True) if rows else ((), (), (), ())
    width = len(old.blocks.names) + 1
    return _Rows(
        np.array(blocks, np.int64),
        np.array(before, np.int64),
        np.array(after, np.int64),
        np.array(weights, float).reshape(-1, width),
    )


def _overlaid(
    old: PlanState, new: PlanState, mine: list[int], yours: list[int]
) -> list[tuple[int, int, int, Floats]]:
    found = []
    for one in mine:
        for other in yours:
            share = old.shape(one).intersection(new.shape(other)).area / new.shape(other).area
            if share > 0:
                grids = int(old.core.grid[one]), int(new.core.grid[other])
                found.append((other, *grids, share * new.core.weights[other]))
    return found


def ancestors(old: PlanState, new: PlanState, *, shared: int | None = None) -> Ints:
    """Return for each new grid (and for none, at the end) the old grid that it continues.

    A new grid that continues none has -2.
    """
    if shared is None:
        same = [code if g < new.grids else None for g, code in enumerate(old.codes)]
        related = new.codes[: old.grids] == same or old.blocks is new.blocks
        shared = old.grids if related else 0
    known = {code: grid for grid, code in enumerate(old.codes) if code is not None}
    found = [
        grid
        if grid < min(shared, old.grids) and old.codes[grid] is not None
        else known.get(str(code), -2)
        for grid, code in enumerate(new.codes)
    ]
    return np.array([*found, NOBODY], np.int64)


def _shares(old: PlanState, new: PlanState, pairs: Ints, sums: Floats) -> tuple[Share, ...]:
    codes = ([*old.codes, None], [*new.codes, None])
    areas = [[*state.area_m2(range(state.grids)).tolist(), np.nan] for state in (old, new)]
    found = []
    for (before, after), row in zip(pairs.tolist(), sums, strict=True):
        area = float(row[-1])
        whole = areas[0][before], areas[1][after]
        found.append(
            Share(
                old_code=codes[0][before],
                new_code=codes[1][after],
                area_m2=area,
                amounts=tuple(row[:-1].tolist()),
                of_old=area / whole[0],
                of_new=area / whole[1],
            )
        )
    return tuple(sorted(found, key=lambda s: (s.old_code or "", s.new_code or "")))
