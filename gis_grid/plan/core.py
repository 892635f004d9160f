"""The arrays of a plan that is being edited, and the compiled steps that change them.

Members of a grid are a doubly linked list, neighbours of a block a slice of a pool. So moving a
block costs what its neighbours cost, and asking whether a grid hangs together what it has members:
nothing depends on how many grids or blocks there are.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gis_grid.geo.compiled import kernel
from gis_grid.plan.arrays import KINDS, Bools, Floats, Ints

AnyArray = npt.NDArray[Any]

NOBODY = -1
"""The grid of a block that is in none."""


class Core(NamedTuple):
    """Everything a compiled step looks at; rows beyond what is in use are spare."""

    grid: Ints
    """The grid of each block, `NOBODY` for none."""

    following: Ints
    """The next block of the same grid, -1 at the end."""

    before: Ints
    """The one before it, -1 at the beginning."""

    water: Bools
    weights: Floats
    """What is in each block, and its area in m² in the last column."""

    outer_m: Floats
    """Border of each block with no block, by `KINDS` and in all."""

    start: Ints
    """Where a block's neighbours begin in the pool."""

    degree: Ints
    """How many it has."""

    other: Ints
    """Pool: the neighbour."""

    border_m: Floats
    """Pool: length of the common border by `KINDS` and in all, shape ``(pool, 4)``."""

    walkable: Bools
    """Pool: whether one can walk across."""

    head: Ints
    """First block of each grid, -1 for none."""

    size: Ints
    """How many blocks each grid has."""

    sums: Floats
    """Weights and area of each grid."""

    around_m: Floats
    """Border of each grid with others and with nobody, by `KINDS` and in all."""

    pieces: Ints
    """Parts of each grid that do not hang together; 1 is whole, 0 empty."""

    stamp: Ints
    """The search that saw a block last."""

    queue: Ints
    """Room for a search."""

    searches: Ints
    """Number of the last search, one value."""


ALL_KINDS = len(KINDS)
"""Column of `border_m`, `outer_m` and `around_m` that holds the whole border."""


@kernel
def move(core: Core, block: int, target: int) -> None:
    """Give a block to another grid and bring sums and borders up to date, but not `pieces`."""
    source = core.grid[block]
    if source == target:
        return
    if source != NOBODY:
        _unlink(core, block, source)
    if target != NOBODY:
        _link(core, block, target)
    for at in range(core.start[block], core.start[block] + core.degree[block]):
        owner = core.grid[core.other[at]]
        for kind in range(ALL_KINDS + 1):
            length = core.border_m[at, kind]
            if source != NOBODY:
                core.around_m[source, kind] += length if owner == source else -length
            if target != NOBODY:
                core.around_m[target, kind] += -length if owner == target else length
    core.grid[block] = target


@kernel
def _unlink(core: Core, block: int, source: int) -> None:
    last, after = core.before[block], core.following[block]
    if last >= 0:
        core.following[last] = after
    else:
        core.head[source] = after
    if after >= 0:
        core.before[after] = last
    core.size[source] -= 1
    core.sums[source] -= core.weights[block]
    core.around_m[source] -= core.outer_m[block]
    if core.size[source] == 0:  # nothing is left, not even the rounding
        core.sums[source] = 0.0


@kernel
def _link(core: Core, block: int, target: int) -> None:
    first = core.head[target]
    core.following[block], core.before[block] = first, -1
    if first >= 0:
        core.before[first] = block
    core.head[target] = block
    core.size[target] += 1
    core.sums[target] += core.weights[block]
    core.around_m[target] += core.outer_m[block]


@kernel
def search(core: Core, first: int, room: int) -> int:
    """Mark what hangs together with `first` in its grid; return the end of it in the queue.

    One walks over walkable borders; water hangs on to land that it touches but leads nowhere.
    `room` is where the search may write in the queue.
    """
    number, grid = core.searches[0], core.grid[first]
    core.queue[room] = first
    core.stamp[first] = number
    at, end = room, room + 1
    while at < end:
        block = core.queue[at]
        at += 1
        wet = core.water[block]
        for link in range(core.start[block], core.start[block] + core.degree[block]):
            other = core.other[link]
            if core.grid[other] != grid or core.stamp[other] == number:
                continue
            if core.water[other] or (core.walkable[link] and not wet):
                core.stamp[other] = number
                core.queue[end] = other
                end += 1
    return end


@kernel
def count_pieces(core: Core, grid: int) -> int:
    """Count the parts of a grid that do not hang together, and keep the number."""
    core.searches[0] += 1
    number, found, room = core.searches[0], 0, 0
    for wet in (False, True):  # land first: what water it reaches needs no part of its own
        block = core.head[grid]
        while block >= 0:
            if core.stamp[block] != number and core.water[block] == wet:
                room = search(core, block, room)
                found += 1
            block = core.following[block]
    core.pieces[grid] = found
    return found


@kernel
def count_all_pieces(core: Core, grids: int) -> None:
    """Count the pieces of every grid."""
    for grid in range(grids):
        count_pieces(core, grid)


@kernel
def place_all(core: Core, assignment: Ints) -> None:
    """Put every block into its first grid."""
    for block in range(len(assignment)):
        move(core, block, assignment[block])


@kernel
def move_many(core: Core, blocks: Ints, targets: Ints, touched: Ints) -> int:
    """Move blocks, then count the pieces of the grids that lost or gained; return how many."""
    found = 0
    for at in range(len(blocks)):
        for grid in (core.grid[blocks[at]], targets[at]):
            known = grid == NOBODY
            for seen in range(found):
                known = known or touched[seen] == grid
            if not known:
                touched[found] = grid
                found += 1
        if len(blocks) > 1:
            move(core, blocks[at], targets[at])
    if len(blocks) == 1:
        _move_one(core, blocks[0], targets[0])
        return found
    for at in range(found):
        count_pieces(core, touched[at])
    return found


@kernel
def _move_one(core: Core, block: int, target: int) -> None:
    """Move a block and keep the pieces of both grids, walking no farther than need be.

    A whole grid stays whole when what the block leaves behind is found from one of its neighbours,
    mostly a few blocks away; one that gets a block beside its land was whole and is. Only where
    that does not decide, or water has a part in it, is the grid counted anew.
    """
    source = core.grid[block]
    if source == target:
        return
    leaves = source != NOBODY and core.pieces[source] == 1 and _is_dry(core, block)
    comes = target != NOBODY and core.pieces[target] == 1 and _is_dry(core, block)
    move(core, block, target)
    if source != NOBODY and not (leaves and _stays_whole(core, block, source)):
        count_pieces(core, source)
    if target != NOBODY and not (comes and _first_beside(core, block, target) >= 0):
        count_pieces(core, target)


@kernel
def members_of(core: Core, grid: int) -> Ints:
    """Return the blocks of a grid, in the order of their numbers."""
    found, block = np.empty(core.size[grid], np.int64), core.head[grid]
    for at in range(len(found)):
        found[at], block = block, core.following[block]
    found.sort()
    return found


@kernel
def _is_dry(core: Core, block: int) -> bool:
    """Say whether neither a block nor one of its neighbours is water."""
    dry = not core.water[block]
    for link in range(core.start[block], core.start[block] + core.degree[block]):
        dry = dry and not core.water[core.other[link]]
    return dry


@kernel
def _first_beside(core: Core, block: int, grid: int) -> int:
    """Return a block of a grid that one can walk to from a block; -1 when there is none."""
    for link in range(core.start[block], core.start[block] + core.degree[block]):
        if core.walkable[link] and core.grid[core.other[link]] == grid:
            return int(core.other[link])
    return -1


@kernel
def _stays_whole(core: Core, block: int, grid: int) -> bool:
    """Say whether the neighbours that a block had in a whole grid hang together without it.

    False where they do not, or where it had none. They are reached from the first of them, nearest
    first, so that the walk ends soon.
    """
    first = _first_beside(core, block, grid)
    if first < 0:
        return False
    core.searches[0] += 2  # one number for those that are sought, the next for those that are seen
    seen, wanted = core.searches[0], 0
    for link in range(core.start[block], core.start[block] + core.degree[block]):
        other = core.other[link]
        if core.walkable[link] and core.grid[other] == grid and core.stamp[other] != seen - 1:
            core.stamp[other] = seen - 1
            wanted += 1
    core.stamp[first], core.queue[0] = seen, first
    at, end, wanted = 0, 1, wanted - 1
    while at < end and wanted > 0:
        here = core.queue[at]
        at += 1
        for link in range(core.start[here], core.start[here] + core.degree[here]):
            other = core.other[link]
            if not core.walkable[link] or core.grid[other] != grid or core.stamp[other] == seen:
                continue
            if core.water[other]:
                continue
            wanted -= core.stamp[other] == seen - 1
            core.stamp[other] = seen
            core.queue[end] = other
            end += 1
    return wanted == 0


def empty_core(blocks: int, pool: int, grids: int, weights: int) -> Core:
    """Return a core with room for so many, all blocks with nobody."""

    def ints(count: int, value: int = -1) -> Ints:
        return np.full(count, value, np.int64)

    return Core(
        grid=ints(blocks, NOBODY),
        following=ints(blocks),
        before=ints(blocks),
        water=np.zeros(blocks, bool),
        weights=np.zeros((blocks, weights)),
        outer_m=np.zeros((blocks, ALL_KINDS + 1)),
        start=ints(blocks, 0),
        degree=ints(blocks, 0),
        other=ints(pool),
        border_m=np.zeros((pool, ALL_KINDS + 1)),
        walkable=np.zeros(pool, bool),
        head=ints(grids),
        size=ints(grids, 0),
        sums=np.zeros((grids, weights)),
        around_m=np.zeros((grids, ALL_KINDS + 1)),
        pieces=ints(grids, 0),
        stamp=ints(blocks, 0),
        queue=ints(blocks),
        searches=ints(1, 0),
    )


_OF_BLOCK = frozenset(
    {"grid", "following", "before", "water", "weights", "outer_m", "start", "degree", "stamp"}
    | {"queue"}
)
_OF_POOL = frozenset({"other", "border_m", "walkable"})
_OF_GRID = frozenset({"head", "size", "sums", "around_m", "pieces"})
_START = {"grid": -1, "following": -1, "before": -1, "head": -1}


def grown(core: Core, blocks: int, pool: int, grids: int) -> Core:
    """Return a core with room for at least so many; what is there stays."""
    if blocks <= len(core.grid) and pool <= len(core.other) and grids <= len(core.head):
        return core
    room = {
        name: _room(array, need)
        for names, need in ((_OF_BLOCK, blocks), (_OF_POOL, pool), (_OF_GRID, grids))
        for name, array in core._asdict().items()
        if name in names
    }
    arrays = {name: _padded(getattr(core, name), size, name) for name, size in room.items()}
    every = {name: np.asarray(array) for name, array in core._asdict().items()}
    return Core(**(every | arrays))


def _room(array: AnyArray, need: int) -> int:
    return len(array) if need <= len(array) else max(need, 2 * len(array))


def _padded(array: AnyArray, size: int, name: str) -> AnyArray:
    if size == len(array):
        return array
    spare = np.full((size - len(array), *array.shape[1:]), _START.get(name, 0), array.dtype)
    return np.concatenate([array, spare])


def copied(core: Core) -> Core:
    """Return a core with arrays of its own."""
    arrays: list[AnyArray] = [np.array(array) for array in core]
    return Core(*arrays)
