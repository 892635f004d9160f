"""The blocks of a plan through all cuts: their polygons, codes, and what came of which."""

from collections.abc import Iterable
from copy import copy, deepcopy
from typing import Self

import numpy as np
import shapely

from gis_grid.plan.arrays import Ints, Shapes
from gis_grid.plan.blocks import Blocks
from gis_grid.plan.ops import Part, Recut


class Atoms:
    """Block numbers never change their meaning; a block that is cut stays known."""

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.used = len(blocks)
        """How many numbers are in use, those of cut blocks included."""
        self._parts_made: list[Part] = []
        self._parts_of: dict[int, list[int]] = {}
        self._reshaped: dict[int, shapely.Polygon] = {}

    def is_alive(self, block: int) -> bool:
        """Tell whether a number is a block that is not cut."""
        return 0 <= block < self.used and block not in self._parts_of

    def alive(self) -> Ints:
        """Return the numbers of the blocks that are not cut."""
        there = np.ones(self.used, bool)
        there[list(self._parts_of)] = False
        return np.flatnonzero(there).astype(np.int64)

    def living_parts(self, block: int) -> list[int]:
        """Return what is left of a block: itself, or the parts that it was cut into."""
        if block not in self._parts_of:
            return [block]
        return [one for part in self._parts_of[block] for one in self.living_parts(part)]

    def shape(self, block: int) -> shapely.Polygon:
        """Return the polygon of a block."""
        if block in self._reshaped:
            return self._reshaped[block]
        n = len(self.blocks)
        return self.blocks.shapes[block] if block < n else self._parts_made[block - n].shape

    def shapes(self, blocks: Iterable[int]) -> Shapes:
        """Return the polygons of blocks."""
        found = [self.shape(int(block)) for block in blocks]
        array = np.empty(len(found), object)
        array[:] = found
        return array

    def code(self, block: int) -> str:
        """Return the code of a block; parts of B1 are B1-1 and B1-2."""
        n = len(self.blocks)
        return str(self.blocks.codes[block] if block < n else self._parts_made[block - n].code)

    def origin(self, block: int) -> int:
        """Return the block of the beginning that a part was cut from."""
        while block >= len(self.blocks):
            block = self._parts_made[block - len(self.blocks)].parent
        return block

    def cut(self, op: Recut) -> None:
        """Put parts in the place of blocks; their numbers follow those in use."""
        for part in op.parts:
            self._parts_made.append(part)
            self._parts_of.setdefault(part.parent, []).append(part.block)
        self.used += len(op.parts)
        self._reshape(op)

    def join(self, op: Recut) -> None:
        """Undo the last cut."""
        for parent in op.parents:
            del self._parts_of[parent]
        self.used -= len(op.parts)
        del self._parts_made[len(self._parts_made) - len(op.parts) :]
        self._reshape(op)
        for block in [block for block in self._reshaped if block >= self.used]:
            del self._reshaped[block]

    def _reshape(self, op: Recut) -> None:
        for block, _, after in op.reshaped:
            self._reshaped[block] = after

    def copy(self) -> Self:
        """Return others that are equal now and change by themselves."""
        other = copy(self)
        own = {name: deepcopy(getattr(self, name)) for name in ("_parts_of",)}
        own |= {name: copy(getattr(self, name)) for name in ("_parts_made", "_reshaped")}
        vars(other).update(own)
        return other
