"""The state of a plan: which block is in which grid, kept so that an edit costs what it touches."""

from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np
import numpy.typing as npt
import shapely

from gis_grid.errors import InputError, NotFoundError
from gis_grid.plan.arrays import Bools, Floats, Ints, Shapes, Texts
from gis_grid.plan.atoms import Atoms
from gis_grid.plan.blocks import Blocks
from gis_grid.plan.core import (
    ALL_KINDS,
    NOBODY,
    Core,
    copied,
    count_all_pieces,
    count_pieces,
    empty_core,
    grown,
    members_of,
    move,
    move_many,
    place_all,
)
from gis_grid.plan.ops import Flip, Lock, Op, Recut, Rename
from gis_grid.plan.seams import relink

Rows = tuple[tuple[int, tuple[float, ...], bool], ...]

_SPARE = 10_000
"""How many numbers a grid that begins may leave out: logs of before 2026-11-30 did, because a
preview took a number."""


class PlanState:
    """Blocks in grids, with sums, borders and pieces of each grid always up to date.

    Blocks and grids are numbers that never change their meaning: a block that is cut stays known,
    and so does a grid that ends. Only `apply` changes a state.

    Parameters
    ----------
    blocks
        The atoms.
    assignment
        Number of the grid of each block, -1 for none, shape ``(n,)``.
    codes
        Unique codes of the grids; grid i has the i-th.
    officers
        Code of the officer of each grid, None for none; by default nobody has one.

    Raises
    ------
    InputError
        The assignment names a grid that is not there, or has another length than the blocks.
    """

    def __init__(
        self,
        blocks: Blocks,
        assignment: npt.ArrayLike,
        codes: Sequence[str],
        officers: Sequence[str | None] | None = None,
    ) -> None:
        given = np.asarray(assignment, np.int64)
        n, grids = len(blocks), len(codes)
        if given.shape != (n,) or (n and not -1 <= int(given.min()) <= int(given.max()) < grids):
            message = f"{given.size} blocks are assigned to {grids} grids, but there are {n} blocks"
            message += " and grids are numbered from 0; -1 is none"
            raise InputError(message)
        if len(set(codes)) != grids:
            message = "two grids have the same code"
            raise InputError(message)
        self.blocks = blocks
        self.atoms = Atoms(blocks)
        self.codes: list[str | None] = [*codes]
        """Code of each grid, None when it has ended."""
        self.officers: list[str | None] = [*(officers or [None] * grids)]
        self.locks: set[tuple[str, tuple[int, ...] | str]] = set()
        self._number = {code: grid for grid, code in enumerate(codes)}
        self._pool = 0
        self._touched = np.zeros(64, np.int64)
        self._core = _filled(blocks, grids)
        self._pool = 2 * len(blocks.links)
        place_all(self._core, given)
        count_all_pieces(self._core, grids)

    @property
    def core(self) -> Core:
        """Return the arrays; read only."""
        return self._core

    @property
    def used(self) -> int:
        """Return how many block numbers are in use, those of cut blocks included."""
        return self.atoms.used

    @property
    def grids(self) -> int:
        """Return how many grid numbers are in use, those that ended included."""
        return len(self.codes)

    @property
    def assignment(self) -> Ints:
        """Return the grid of each block number, -1 for none and for blocks that are cut."""
        return self._core.grid[: self.used].copy()

    def living_grids(self) -> Ints:
        """Return the numbers of the grids that have not ended."""
        return np.array([g for g, code in enumerate(self.codes) if code is not None], np.int64)

    def grid_of(self, code: str) -> int:
        """Return the number of a grid.

        Raises
        ------
        NotFoundError
            No grid has this code now.
        """
        if not self.has_grid(code):
            message = f"the plan has no grid {code!r}"
            raise NotFoundError(message)
        return self._number[code]

    def has_grid(self, code: str) -> bool:
        """Tell whether a grid has this code now."""
        return code in self._number

    def sums(self, grids: npt.ArrayLike) -> Floats:
        """Return the weights of grids, in the order of the blocks' names, shape ``(n, k)``."""
        return self._core.sums[np.asarray(grids, np.int64), :-1]

    def area_m2(self, grids: npt.ArrayLike) -> Floats:
        """Return the area of grids."""
        return np.asarray(self._core.sums[np.asarray(grids, np.int64), -1])

    def around_m(self, grids: npt.ArrayLike) -> Floats:
        """Return the border of grids along `KINDS`, then all of it, shape ``(n, 4)``."""
        return self._core.around_m[np.asarray(grids, np.int64)]

    def pieces(self, grids: npt.ArrayLike) -> Ints:
        """Return of how many parts that do not hang together grids are."""
        return self._core.pieces[np.asarray(grids, np.int64)]

    def members(self, grid: int) -> Ints:
        """Return the blocks of a grid, in the order of their numbers."""
        return members_of(self._core, grid)

    def neighbours(self, block: int) -> Ints:
        """Return the neighbours of a block, those over a bridge included."""
        start = self._core.start[block]
        return self._core.other[start : start + self._core.degree[block]]

    def row(self, block: int) -> Rows:
        """Return neighbour, border by kind and walkability of each neighbour of a block."""
        core, start = self._core, int(self._core.start[block])
        return tuple(
            (int(core.other[at]), tuple(core.border_m[at].tolist()), bool(core.walkable[at]))
            for at in range(start, start + int(core.degree[block]))
        )

    def is_alive(self, block: int) -> bool:
        """Tell whether a number is a block that is not cut."""
        return self.atoms.is_alive(block)

    def alive(self) -> Ints:
        """Return the numbers of the blocks that are not cut."""
        return self.atoms.alive()

    def shape(self, block: int) -> shapely.Polygon:
        """Return the polygon of a block."""
        return self.atoms.shape(block)

    def shapes(self, blocks: Iterable[int]) -> Shapes:
        """Return the polygons of blocks."""
        return self.atoms.shapes(blocks)

    def code(self, block: int) -> str:
        """Return the code of a block."""
        return self.atoms.code(block)

    def origins(self, blocks: Ints) -> Ints:
        """Return for each block the block of the beginning that it was cut from."""
        return np.array([self.atoms.origin(int(block)) for block in blocks], np.int64)

    def grid_codes(self, blocks: Ints) -> Texts:
        """Return the code of the grid of each block, None for none."""
        table = np.array([*self.codes, None], object)
        return np.asarray(table[self._core.grid[blocks]])

    def apply(self, op: Op) -> None:
        """Change the state; what an operation says was before must be so.

        Raises
        ------
        InputError
            The operation does not fit this state; nothing is changed.
        """
        match op:
            case Flip():
                self._flip(op)
            case Rename():
                self._rename(op)
            case Lock():
                self._lock(op)
            case Recut() if op.joins:
                self._join(op)
            case Recut():
                self._cut(op)

    def _flip(self, op: Flip) -> None:
        blocks, after = np.array(op.blocks, np.int64), np.array(op.after, np.int64)
        if len(blocks) and not all(self.is_alive(block) for block in op.blocks):
            message = "a flip names a block that is not there"
            raise InputError(message)
        if tuple(self._core.grid[blocks].tolist()) != op.before:
            message = "a flip does not find its blocks where it says they were"
            raise InputError(message)
        if any(grid != NOBODY and not self._has(grid) for grid in op.after):
            message = "a flip names a grid that is not there"
            raise InputError(message)
        if len(self._touched) < 2 * len(blocks):
            self._touched = np.zeros(4 * len(blocks), np.int64)
        move_many(self._core, blocks, after, self._touched)

    def _has(self, grid: int) -> bool:
        return 0 <= grid < len(self.codes) and self.codes[grid] is not None

    def _rename(self, op: Rename) -> None:
        known = self.codes[op.grid] if op.grid < len(self.codes) else None
        if not 0 <= op.grid <= len(self.codes) + _SPARE or known != op.before:
            message = f"grid {op.before!r} is not there to be renamed"
            raise InputError(message)
        if op.after is not None and self.has_grid(op.after):
            message = f"there is a grid {op.after!r} already; choose another code"
            raise InputError(message)
        if op.after is None and op.grid < len(self.codes) and self._core.size[op.grid]:
            message = f"grid {op.before!r} still has blocks; move them first"
            raise InputError(message)
        if op.grid >= len(self.codes):
            more = op.grid + 1 - len(self.codes)
            self.codes += [None] * more
            self.officers += [None] * more
            self._core = grown(self._core, self.used, self._pool, len(self.codes))
        if op.before is not None:
            del self._number[op.before]
        if op.after is not None:
            self._number[op.after] = op.grid
        self.codes[op.grid] = op.after

    def forget_grids(self, known: int) -> None:
        """Give the numbers of grids from `known` on back, as if they had never begun.

        What was tried and taken back must not count: a log says which number a new grid gets, and
        finds another one free when it is replayed.

        Raises
        ------
        InputError
            One of them is there.
        """
        if any(code is not None for code in self.codes[known:]):
            message = f"grids from number {known} on are there; end them first"
            raise InputError(message)
        del self.codes[known:], self.officers[known:]

    def _lock(self, op: Lock) -> None:
        lock = (op.kind, op.key)
        if (lock in self.locks) != op.before:
            message = f"the lock on {op.kind} {op.key} is not as the operation says"
            raise InputError(message)
        (self.locks.add if op.after else self.locks.discard)(lock)

    def _cut(self, op: Recut) -> None:
        if not all(self.is_alive(block) for block in op.parents):
            message = "a cut names a block that is not there"
            raise InputError(message)
        if [part.block for part in op.parts] != [*range(self.used, self.used + len(op.parts))]:
            message = f"parts are numbered from {self.used} on"
            raise InputError(message)
        owner = {block: int(self._core.grid[block]) for block in op.parents}
        around = self._around(op.parents)
        for block in op.parents:
            move(self._core, block, NOBODY)
        self._add_parts(op)
        pair = np.array([(link.one, link.other) for link in op.links], np.int64).reshape(-1, 2)
        border_m = np.array([link.border_m for link in op.links]).reshape(-1, ALL_KINDS + 1)
        walkable = np.array([link.walkable for link in op.links], bool)
        rewritten = np.array(sorted({*around.tolist(), *pair.ravel().tolist()}), np.int64)
        self._relink(rewritten, op.parents, pair, border_m, walkable)
        for part in op.parts:
            move(self._core, part.block, owner[part.parent])
        self._recount(owner.values())

    def _join(self, op: Recut) -> None:
        children = [part.block for part in op.parts]
        owner = {part.parent: int(self._core.grid[part.block]) for part in op.parts}
        if any(int(self._core.grid[part.block]) != owner[part.parent] for part in op.parts):
            message = "parts that are in different grids cannot be joined"
            raise InputError(message)
        if children != [*range(self.used - len(children), self.used)]:
            message = "only the last cut can be undone"
            raise InputError(message)
        around = self._around(children)
        for block in children:
            move(self._core, block, NOBODY)
        # what was cut still knows its neighbours: they get it back as it says
        core = self._core
        rows = [
            (parent, at)
            for parent in op.parents
            for at in range(core.start[parent], core.start[parent] + core.degree[parent])
        ]
        parents, at = np.array(rows, np.int64).reshape(-1, 2).T
        pair = np.c_[parents, core.other[at]]
        self._relink(around, children, pair, core.border_m[at], core.walkable[at])
        for parent in op.parents:
            move(self._core, parent, owner[parent])
        self.atoms.join(op)
        self._recount(owner.values())

    def _around(self, blocks: Sequence[int]) -> Ints:
        found = {one for block in blocks for one in self.neighbours(block).tolist()}
        return np.array(sorted(found.difference(blocks)), np.int64)

    def _relink(
        self, blocks: Ints, gone: Sequence[int], pair: Ints, border_m: Floats, walkable: Bools
    ) -> None:
        room = self._pool + int(self._core.degree[blocks].sum()) + 2 * len(pair)
        self._core = grown(self._core, self.used, room, len(self.codes))
        left = np.sort(np.array(gone, np.int64))
        self._pool = relink(self._core, self._pool, blocks, left, pair, border_m, walkable)

    def _add_parts(self, op: Recut) -> None:
        first = self.used
        self.atoms.cut(op)
        self._core = grown(self._core, self.used, self._pool, len(self.codes))
        core = self._core
        fresh, parent = slice(first, self.used), [part.parent for part in op.parts]
        core.grid[fresh], core.degree[fresh], core.stamp[fresh] = NOBODY, 0, 0
        core.weights[fresh, :-1] = [part.weights for part in op.parts]
        core.weights[fresh, -1] = shapely.area([part.shape for part in op.parts])
        core.water[fresh] = core.water[parent]
        core.outer_m[fresh] = [part.outer_m for part in op.parts]

    def _recount(self, grids: Iterable[int]) -> None:
        for grid in sorted(set(grids)):
            if grid != NOBODY:
                count_pieces(self._core, grid)

    def copy(self) -> Self:
        """Return another state that is equal now and changes by itself."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        for name, value in self.__dict__.items():
            if isinstance(value, list | set | dict):
                other.__dict__[name] = value.copy()
        other.atoms = self.atoms.copy()
        other._core = copied(self._core)
        other._touched = self._touched.copy()
        return other


def _filled(blocks: Blocks, grids: int) -> Core:
    """Return a core of blocks that are with nobody."""
    n, links = len(blocks), blocks.links
    core = empty_core(n, 2 * len(links), grids, len(blocks.names) + 1)
    core.water[:] = blocks.water
    core.weights[:, :-1], core.weights[:, -1] = blocks.weights, shapely.area(blocks.shapes)
    core.outer_m[:] = blocks.outer_m
    one = np.concatenate([links.pair[:, 0], links.pair[:, 1]])
    other = np.concatenate([links.pair[:, 1], links.pair[:, 0]])
    order = np.lexsort((other, one))
    border = np.c_[links.kinds_m, links.border_m]
    core.other[:] = other[order]
    core.border_m[:] = np.tile(border, (2, 1))[order]
    core.walkable[:] = np.tile(links.walkable, 2)[order]
    core.degree[:] = np.bincount(one, minlength=n)
    core.start[:] = np.cumsum(core.degree) - core.degree
    # room for a day of cuts: nobody's step then waits for a copy of a whole city
    return grown(core, n + n // 8, len(core.other) + len(links), grids + grids // 8 + 8)
