"""Where the parts of cut blocks touch one another and what was around them, in compiled steps.

`borders` asks the same of a whole city; here it is asked of a few blocks, many times a second.
"""

from typing import NamedTuple

import numpy as np

from gis_grid.geo.compiled import kernel
from gis_grid.plan.arrays import Bools, Floats, Ints
from gis_grid.plan.core import ALL_KINDS, NOBODY, Core

_SAME_M = 1e-3


@kernel
def edges_sorted(xy: Floats, ring: Ints, owner: Ints) -> tuple[Floats, Ints, Floats]:
    """Return the edges of rings, like ones side by side: ends, polygon and what they are sorted by.

    The lower end comes first, as in `borders.Edges`.
    """
    count = 0
    for i in range(len(xy) - 1):
        count += ring[i] == ring[i + 1]
    ends, who, key = np.empty((count, 4)), np.empty(count, np.int64), np.empty(count)
    at = 0
    for i in range(len(xy) - 1):
        if ring[i] != ring[i + 1]:
            continue
        a, b = xy[i], xy[i + 1]
        if a[0] > b[0] or (a[0] == b[0] and a[1] > b[1]):
            a, b = b, a
        ends[at, 0], ends[at, 1], ends[at, 2], ends[at, 3] = a[0], a[1], b[0], b[1]
        who[at] = owner[i]
        key[at] = a[0] + 0.7 * a[1] + 1.3 * b[0] + 1.9 * b[1]
        at += 1
    order = np.argsort(key, kind="mergesort")
    return ends[order], who[order], key[order]


@kernel
def _same(ends: Floats, one: int, other: int) -> bool:
    for k in range(4):  # noqa: SIM110 - the compiler knows no generators
        if ends[one, k] != ends[other, k]:
            return False
    return True


@kernel
def edges_of_parts(xy: Floats, ring: Ints, owner: Ints, parts: int) -> tuple[Floats, Ints]:
    """Return the edges of the polygons below `parts`, with who lies on both sides, lower first."""
    ends, who, key = edges_sorted(xy, ring, owner)
    n = len(who)
    second, done = np.full(n, -1, np.int64), np.zeros(n, np.bool_)
    for i in range(n):
        j = i + 1
        while not done[i] and j < n and key[j] == key[i]:
            if not done[j] and _same(ends, i, j):
                second[i] = max(who[i], who[j])
                who[i] = min(who[i], who[j])
                done[j] = True
                break
            j += 1
    kept = np.flatnonzero(~done & (who < parts))
    sides = np.empty((len(kept), 2), np.int64)
    sides[:, 0], sides[:, 1] = who[kept], second[kept]
    return ends[kept], sides


@kernel
def edges_left(xy: Floats, ring: Ints, is_new: Bools) -> tuple[float, float]:
    """Return the metres of edges that only the new polygons have alone, and only the old ones.

    An edge between two of the new (or of the old) is a border inside and does not count. When no
    ground is lost and the rest cancels, both sets cover the same ground once; what is left on the
    border of the city, where an edge got a corner, is as long on both sides.
    """
    ends, side, key = edges_sorted(xy, ring, is_new.astype(np.int64))
    n = len(side)
    done = np.zeros(n, np.bool_)
    fresh, lost = 0.0, 0.0
    for i in range(n):
        if done[i]:
            continue
        new, old, j = side[i], 1 - side[i], i + 1
        while j < n and key[j] == key[i]:
            if not done[j] and _same(ends, i, j):
                done[j] = True
                new, old = new + side[j], old + 1 - side[j]
            j += 1
        long = np.hypot(ends[i, 2] - ends[i, 0], ends[i, 3] - ends[i, 1])
        if new % 2 and not old % 2:
            fresh += long
        elif old % 2 and not new % 2:
            lost += long
    return fresh, lost


class Joins(NamedTuple):
    """What lies between parts and around them; parts and then their neighbours are numbered."""

    pair: Ints
    """Lower first, shape ``(m, 2)``."""

    border_m: Floats
    """Common border by `KINDS` and in all, shape ``(m, 4)``."""

    free_m: Floats
    """Border that is neither wall nor bank."""

    opened: Bools
    """Whether a gate or a bridge opens it."""

    outer_m: Floats
    """Border of each part with nobody, by `KINDS` and in all."""


@kernel
def joins_of(ends: Floats, sides: Ints, kind: Ints, opened: Bools, parts: int) -> Joins:
    """Gather the edges of parts into pairs, in the order of the pairs."""
    outer = np.zeros((parts, ALL_KINDS + 1))
    order = np.argsort(sides[:, 0] * (sides.max() + 2) + sides[:, 1], kind="mergesort")
    n = len(order)
    pair, border = np.empty((n, 2), np.int64), np.zeros((n, ALL_KINDS + 1))
    free, gate, count = np.zeros(n), np.zeros(n, np.bool_), 0
    for at in order:
        one, other = sides[at]
        long = np.hypot(ends[at, 2] - ends[at, 0], ends[at, 3] - ends[at, 1])
        if other == NOBODY:
            outer[one, -1] += long
            if kind[at] >= 0:
                outer[one, kind[at]] += long
            continue
        if not count or pair[count - 1, 0] != one or pair[count - 1, 1] != other:
            pair[count, 0], pair[count, 1] = one, other
            count += 1
        border[count - 1, -1] += long
        if kind[at] >= 0:
            border[count - 1, kind[at]] += long
        if kind[at] <= 0:
            free[count - 1] += long
        gate[count - 1] |= opened[at]
    return Joins(pair[:count], border[:count], free[:count], gate[:count], outer)


@kernel
def row_of(core: Core, block: int, other: int) -> int:
    """Return where the link of a block with another is in the pool, -1 for nowhere."""
    found = -1
    for at in range(core.start[block], core.start[block] + core.degree[block]):
        if core.other[at] == other:
            found = at
    return found


@kernel
def inherited(  # noqa: C901 - one pass, inlined for the compiler
    core: Core,
    joins: Joins,
    numbers: Ints,
    parent: Ints,
    first: int,
    shares: bool,  # noqa: FBT001 - the compiler has no keywords
) -> tuple[Bools, Bools, bool]:
    """Tell which joins become links, which of them are walkable, and whether all borders are kept.

    Parts are numbered from `first` on and `parent` is what each was cut from. A join with a
    neighbour is walkable only where that of its block was, and is none where there was none. With
    `shares`, its kinds are those of its block's border in proportion, and are written into
    `joins`; so are those of the outer border.
    """
    count = len(joins.pair)
    kept, walkable = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    for at in range(count):
        one, other = joins.pair[at]
        mine, beyond = parent[one], numbers[other]
        if beyond >= first:
            beyond = parent[other]
        wet, wet_too = core.water[mine], core.water[beyond]
        open_ = joins.free_m[at] >= min(1.0, joins.border_m[at, -1]) or joins.opened[at]
        walk = (open_ and not wet and not wet_too) or (wet and wet_too)
        if mine != beyond:
            known = row_of(core, mine, beyond)
            if known < 0:
                continue  # they touch around this block but not over it
            walk = walk and core.walkable[known]
            whole = core.border_m[known, -1]
            if shares and whole > 0:
                joins.border_m[at, :-1] = core.border_m[known, :-1] * (
                    joins.border_m[at, -1] / whole
                )
        kept[at], walkable[at] = True, walk
    if shares:
        for part in range(len(parent)):
            whole = core.outer_m[parent[part], -1]
            if whole > 0:
                joins.outer_m[part, :-1] = core.outer_m[parent[part], :-1] * (
                    joins.outer_m[part, -1] / whole
                )
    return kept, walkable, _keeps_borders(core, joins, kept, numbers, parent, first)


@kernel
def _keeps_borders(  # noqa: C901 - one pass, inlined for the compiler
    core: Core, joins: Joins, kept: Bools, numbers: Ints, parent: Ints, first: int
) -> bool:
    """Tell whether the parts of each block have together the borders that it had."""
    for part in range(len(parent)):
        block = parent[part]
        if part and parent[part - 1] == block:
            continue
        left = core.outer_m[block, -1]
        for one in range(len(parent)):
            if parent[one] == block:
                left -= joins.outer_m[one, -1]
        if abs(left) > _SAME_M:
            return False
        for at in range(core.start[block], core.start[block] + core.degree[block]):
            left = core.border_m[at, -1]
            for join in range(len(kept)):
                mine, beyond = parent[joins.pair[join, 0]], numbers[joins.pair[join, 1]]
                if beyond >= first:
                    beyond = parent[joins.pair[join, 1]]
                ends_here = mine == block and beyond == core.other[at]
                ends_here |= beyond == block and mine == core.other[at]
                if kept[join] and ends_here and mine != beyond:
                    left -= joins.border_m[join, -1]
            if abs(left) > _SAME_M:
                return False
    return True


@kernel
def has_bridges(core: Core, blocks: Ints) -> bool:
    """Say whether a block has a link without a common border."""
    for block in blocks:
        for at in range(core.start[block], core.start[block] + core.degree[block]):
            if core.border_m[at, -1] <= 0:
                return True
    return False


@kernel
def relink(  # noqa: PLR0913, PLR0917 - the compiler has no objects
    core: Core, pool: int, blocks: Ints, gone: Ints, pair: Ints, border_m: Floats, walkable: Bools
) -> int:
    """Write the neighbours of blocks anew: without those that are gone, with new links.

    `gone` is ascending; links come in the order of `pair`, after what stays. The pool must have
    room from `pool` on; its new end is returned.
    """
    for block in blocks:
        begin, old, end = pool, core.start[block], core.start[block] + core.degree[block]
        for at in range(old, end):
            other = core.other[at]
            place = np.searchsorted(gone, other)
            if place < len(gone) and gone[place] == other:
                continue
            core.other[pool], core.walkable[pool] = other, core.walkable[at]
            core.border_m[pool] = core.border_m[at]
            pool += 1
        for at in range(len(pair)):
            for side in range(2):
                if pair[at, side] == block:
                    core.other[pool], core.walkable[pool] = pair[at, 1 - side], walkable[at]
                    core.border_m[pool] = border_m[at]
                    pool += 1
        core.start[block], core.degree[block] = begin, pool - begin
    return pool
