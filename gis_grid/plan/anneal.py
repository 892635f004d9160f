"""The refinement of a partition: random moves over borders, never breaking a part.

A move gives one block to a neighbouring part. It is taken when it lowers the cost, or by chance
when it raises it little (Metropolis), and only when the part that gives stays in one piece. The
cost of a part is how far its weight is beyond the tolerance, and how far its shape is from round.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gis_grid.geo.compiled import kernel
from gis_grid.plan.arrays import Bools, Floats, Ints

_UNIT = 2.0**-53


class Graph(NamedTuple):
    """Blocks that a part can be made of, and their walkable neighbours."""

    start: Ints
    """Where each block's neighbours begin, shape ``(n + 1,)``."""

    other: Ints
    border_m: Floats
    weight: Floats
    area_m2: Floats
    perimeter_m: Floats
    """All of the border of a block, shape ``(n,)``."""

    people: Floats
    """What moving a block costs, for a change that is to be small."""


class Parts(NamedTuple):
    """The parts that are being refined; the arrays change."""

    part: Ints
    """Part of each block."""

    first: Ints
    """Part that each block is in at the beginning."""

    weight: Floats
    area_m2: Floats
    perimeter_m: Floats
    size: Ints
    fixed: Bools
    """Parts that neither give nor take."""

    stamp: Ints
    queue: Ints
    chance: npt.NDArray[np.uint64]
    """State of the source of chance, one value."""

    moved: Floats
    """People who are not where they were, one value."""


class Aim(NamedTuple):
    """What the refinement is to reach."""

    target: float
    """Weight of a part."""

    tolerance: float
    """Share of the target that a part may be off at no cost."""

    strictness: float
    """Cost of the square of what is beyond it."""

    roundness: float
    """Cost of a part that has no area for its border (1 minus Polsby-Popper)."""

    most_moved: float
    """People who may be moved at most."""

    moving: float
    """Cost of moving one person."""


@kernel
def uniform(chance: npt.NDArray[np.uint64]) -> float:
    """Return a number from 0 to 1 (splitmix64)."""
    chance[0] += np.uint64(0x9E3779B97F4A7C15)
    z = chance[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    share: float = (z >> np.uint64(11)) * _UNIT
    return share


@kernel
def part_cost(aim: Aim, weight: float, area_m2: float, perimeter_m: float) -> float:
    """Return the cost of one part."""
    beyond = abs(weight / aim.target - 1.0) - aim.tolerance
    balance = aim.strictness * beyond * beyond if beyond > 0.0 else 0.0
    round_ = 4.0 * math.pi * area_m2 / (perimeter_m * perimeter_m) if perimeter_m > 0.0 else 1.0
    return balance + aim.roundness * (1.0 - round_)


@kernel
def stays_whole(  # noqa: C901 - one search, inlined for the compiler
    graph: Graph, parts: Parts, block: int, number: int
) -> bool:
    """Tell whether the part of a block stays in one piece when the block leaves it."""
    own = parts.part[block]
    if parts.size[own] <= 1:
        return False
    wanted, first = 0, -1
    for at in range(graph.start[block], graph.start[block + 1]):
        other = graph.other[at]
        if parts.part[other] == own and parts.stamp[other] != -number:
            parts.stamp[other] = -number  # a neighbour that has to be reached
            wanted += 1
            first = other
    if wanted <= 1:
        return True
    parts.queue[0] = first
    parts.stamp[first] = number
    found, at, end = 1, 0, 1
    while at < end:
        here = parts.queue[at]
        at += 1
        for link in range(graph.start[here], graph.start[here + 1]):
            other = graph.other[link]
            if other == block or parts.part[other] != own or parts.stamp[other] == number:
                continue
            if parts.stamp[other] == -number:
                found += 1
                if found == wanted:
                    return True
            parts.stamp[other] = number
            parts.queue[end] = other
            end += 1
    return False


@kernel
def change_of(graph: Graph, parts: Parts, aim: Aim, block: int, target: int) -> float:
    """Return what the cost changes by when a block goes to another part."""
    source = parts.part[block]
    inside, outside = 0.0, 0.0
    for at in range(graph.start[block], graph.start[block + 1]):
        owner = parts.part[graph.other[at]]
        if owner == source:
            inside += graph.border_m[at]
        elif owner == target:
            outside += graph.border_m[at]
    weight, area = graph.weight[block], graph.area_m2[block]
    own = graph.perimeter_m[block]
    before = part_cost(
        aim, parts.weight[source], parts.area_m2[source], parts.perimeter_m[source]
    ) + part_cost(aim, parts.weight[target], parts.area_m2[target], parts.perimeter_m[target])
    after = part_cost(
        aim,
        parts.weight[source] - weight,
        parts.area_m2[source] - area,
        parts.perimeter_m[source] - own + 2.0 * inside,
    ) + part_cost(
        aim,
        parts.weight[target] + weight,
        parts.area_m2[target] + area,
        parts.perimeter_m[target] + own - 2.0 * outside,
    )
    return after - before + aim.moving * more_moved(graph, parts, block, target)


@kernel
def more_moved(graph: Graph, parts: Parts, block: int, target: int) -> float:
    """Return how many more people are not where they were."""
    first = parts.first[block]
    away = 1.0 if target != first else 0.0
    before = 1.0 if parts.part[block] != first else 0.0
    more: float = graph.people[block] * (away - before)
    return more


@kernel
def give(graph: Graph, parts: Parts, block: int, target: int) -> None:
    """Move a block."""
    source = parts.part[block]
    parts.moved[0] += more_moved(graph, parts, block, target)
    own = graph.perimeter_m[block]
    parts.perimeter_m[source] -= own
    parts.perimeter_m[target] += own
    for at in range(graph.start[block], graph.start[block + 1]):
        owner = parts.part[graph.other[at]]
        if owner == source:
            parts.perimeter_m[source] += 2.0 * graph.border_m[at]
        elif owner == target:
            parts.perimeter_m[target] -= 2.0 * graph.border_m[at]
    parts.weight[source] -= graph.weight[block]
    parts.weight[target] += graph.weight[block]
    parts.area_m2[source] -= graph.area_m2[block]
    parts.area_m2[target] += graph.area_m2[block]
    parts.size[source] -= 1
    parts.size[target] += 1
    parts.part[block] = target


@kernel
def anneal(
    graph: Graph, parts: Parts, aim: Aim, tries: int, warmth: tuple[float, float], number: int
) -> int:
    """Try so many random moves while it cools from the first warmth to the second.

    `number` is that of the last search; the one after the last is returned.
    """
    n = len(graph.weight)
    cooling = (warmth[1] / warmth[0]) ** (1.0 / max(tries, 1)) if warmth[0] > 0.0 else 1.0
    heat = warmth[0]
    for _ in range(tries):
        heat *= cooling
        block = int(uniform(parts.chance) * n)
        count = graph.start[block + 1] - graph.start[block]
        if count == 0:
            continue
        at = graph.start[block] + int(uniform(parts.chance) * count)
        target = parts.part[graph.other[at]]
        source = parts.part[block]
        if target == source or parts.fixed[target] or parts.fixed[source]:
            continue
        if parts.moved[0] + more_moved(graph, parts, block, target) > aim.most_moved:
            continue
        change = change_of(graph, parts, aim, block, target)
        if change > 0.0 and (
            heat <= 0.0 or uniform(parts.chance) >= math.exp(-min(change / heat, 700.0))
        ):
            continue
        number += 1
        if stays_whole(graph, parts, block, number):
            give(graph, parts, block, target)
    return number


@kernel
def descend(  # noqa: C901 - one loop over blocks and neighbours
    graph: Graph, parts: Parts, aim: Aim, sweeps: int, number: int
) -> int:
    """Take the best move of each block, block by block, until none helps; as for `anneal`."""
    for _ in range(sweeps):
        changed = False
        for block in range(len(graph.weight)):
            source, best, choice = parts.part[block], -1e-12, -1
            if parts.fixed[source]:
                continue
            for at in range(graph.start[block], graph.start[block + 1]):
                target = parts.part[graph.other[at]]
                if target in (source, choice) or parts.fixed[target]:
                    continue
                if parts.moved[0] + more_moved(graph, parts, block, target) > aim.most_moved:
                    continue
                change = change_of(graph, parts, aim, block, target)
                if change < best:
                    best, choice = change, target
            if choice >= 0:
                number += 1
                if stays_whole(graph, parts, block, number):
                    give(graph, parts, block, choice)
                    changed = True
        if not changed:
            break
    return number


@kernel
def fill_parts(graph: Graph, parts: Parts) -> None:
    """Sum up weights, areas, borders and sizes of the parts from the part of each block."""
    parts.weight[:] = 0.0
    parts.area_m2[:] = 0.0
    parts.perimeter_m[:] = 0.0
    parts.size[:] = 0
    for block in range(len(graph.weight)):
        part = parts.part[block]
        parts.weight[part] += graph.weight[block]
        parts.area_m2[part] += graph.area_m2[block]
        parts.perimeter_m[part] += graph.perimeter_m[block]
        parts.size[part] += 1
        for at in range(graph.start[block], graph.start[block + 1]):
            if parts.part[graph.other[at]] == part:
                parts.perimeter_m[part] -= graph.border_m[at]


def parts_of(part: Ints, count: int, fixed: Bools, rng: np.random.Generator, graph: Graph) -> Parts:
    """Return parts with their sums."""
    seed = rng.integers(0, 2**64 - 1, 1, dtype=np.uint64)
    n = len(part)
    parts = Parts(
        part=part.astype(np.int64).copy(),
        first=part.astype(np.int64).copy(),
        weight=np.zeros(count),
        area_m2=np.zeros(count),
        perimeter_m=np.zeros(count),
        size=np.zeros(count, np.int64),
        fixed=fixed,
        stamp=np.zeros(n, np.int64),
        queue=np.zeros(n, np.int64),
        chance=seed,
        moved=np.zeros(1),
    )
    fill_parts(graph, parts)
    return parts
