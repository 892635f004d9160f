"""The tree of a city's grids, as arrays."""

from dataclasses import dataclass
from typing import TypeVar, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis_grid.errors import InputError, NotFoundError
from gis_grid.grid.kinship import Kinship, Positions, Texts
from gis_grid.grid.levels import Scheme

Numbers = TypeVar("Numbers", npt.NDArray[np.int64], npt.NDArray[np.float64])
_NAMED_AT_MOST = 5


@dataclass(frozen=True, slots=True, eq=False)
class GridTree:
    """Grids and their parents: a forest, whose roots are usually one city.

    Made by `build`. Grids are known by code outside and by position in the order given inside.
    A tour visits every grid right before its descendants, brothers by code; so the descendants
    of a grid are one slice of it.

    Attributes
    ----------
    codes
        Index of codes, shape ``(n,)``.
    levels
        Level key of each, shape ``(n,)``.
    parents
        int64 position of each parent, -1 for a root.
    depths
        int64 number of grids above each.
    tour
        int64 positions in the order of the tour.
    ranks
        int64 place of each grid in the tour: ``tour[ranks[i]] == i``.
    sizes
        int64 number of grids in each subtree, the grid itself included.

    Examples
    --------
    >>> levels = ["city", "district", "subdistrict"]
    >>> tree = GridTree.build(["c", "d", "s"], [None, "c", "d"], levels)
    >>> tree.chain("s")
    ('s', 'd', 'c')
    >>> tree.children("c"), tree.descendants("c"), tree.children("s")
    (('d',), ('d', 's'), ())
    >>> tree.sums(np.array([0, 1, 5])).tolist()
    [6, 6, 5]
    >>> len(GridTree.build([], [], []))
    0
    """

    codes: "pd.Index[str]"
    levels: npt.NDArray[np.object_]
    parents: Positions
    depths: Positions
    tour: Positions
    ranks: Positions
    sizes: Positions

    @classmethod
    def build(
        cls, codes: Texts, parents: Texts, levels: Texts, *, scheme: Scheme | None = None
    ) -> "GridTree":
        """Return the tree of the grids given.

        Parameters
        ----------
        codes
            Code of each grid, shape ``(n,)``.
        parents
            Code of its parent; missing or empty for a root.
        levels
            Key of its level.
        scheme
            Says which levels there are and which may be skipped. Without it any level may hang
            under any wider one.

        Raises
        ------
        InputError
            Lengths differ, or a row has one of the problems of `Kinship`; the first five are named.
        """
        kin = Kinship.of(codes, parents, levels)
        problems = kin.problems(scheme)
        if problems:
            named = [f"row {row}: {what}" for row, what in list(problems.items())[:_NAMED_AT_MOST]]
            more = len(problems) - len(named)
            message = "; ".join(named) + (f"; and {more} more" if more else "")
            raise InputError(message)
        depths = _depths(kin.above)
        sizes = _sums(kin.above, depths, np.ones(len(kin.codes), np.int64))
        ranks = _ranks(kin.codes, kin.above, depths, sizes)
        index = pd.Index(kin.codes, dtype="str", name="code")
        return cls(index, kin.levels, kin.above, depths, np.argsort(ranks), ranks, sizes)

    def __len__(self) -> int:
        """Return the number of grids."""
        return len(self.codes)

    @property
    def roots(self) -> tuple[str, ...]:
        """Return the codes of the grids without parent, by code."""
        return self._named(self.tour[self.depths[self.tour] == 0])

    def position(self, code: str) -> int:
        """Return the position of `code`.

        Raises
        ------
        NotFoundError
            No grid has this code. The other methods that take a code raise it too.
        """
        if code not in self.codes:
            message = f"no grid has code {code!r}"
            raise NotFoundError(message)
        return cast("int", self.codes.get_loc(code))  # the codes are unique

    def level(self, code: str) -> str:
        """Return the key of the level of `code`."""
        return str(self.levels[self.position(code)])

    def parent(self, code: str) -> str | None:
        """Return the code of the grid above `code`; None at the top."""
        above = self.parents[self.position(code)]
        return None if above < 0 else str(self.codes[above])

    def chain(self, code: str) -> tuple[str, ...]:
        """Return `code` and the codes of all grids above it, the nearest first."""
        place = self.position(code)
        found = [place]
        while self.parents[found[-1]] >= 0:
            found.append(int(self.parents[found[-1]]))
        return self._named(np.array(found))

    def children(self, code: str) -> tuple[str, ...]:
        """Return the codes of the grids right below `code`, by code."""
        place = self.position(code)
        below = self.tour[self.subtree(code)]
        return self._named(below[self.parents[below] == place])

    def descendants(self, code: str) -> tuple[str, ...]:
        """Return the codes of all grids below `code`, in the order of the tour."""
        return self._named(self.tour[self.subtree(code)][1:])

    def subtree(self, code: str) -> slice:
        """Return the slice of the tour that holds `code` and its descendants."""
        place = self.position(code)
        start = int(self.ranks[place])
        return slice(start, start + int(self.sizes[place]))

    def ancestors_at(self, level: str) -> Positions:
        """Return for every grid the position of its ancestor, or itself, at `level`.

        Returns
        -------
        int64 array, shape ``(n,)``
            -1 where there is none.
        """
        found = np.where(self.levels == level, np.arange(len(self)), -1)
        for depth in range(1, _height(self.depths)):
            here = np.flatnonzero((self.depths == depth) & (found < 0))
            found[here] = found[self.parents[here]]
        return found

    def sums(self, values: npt.ArrayLike) -> npt.NDArray[np.int64] | npt.NDArray[np.float64]:
        """Return for every grid the sum of `values` over it and all its descendants.

        Parameters
        ----------
        values
            A number of each grid, shape ``(n,)``, such as households. A grid whose number already
            includes those below it must be given 0. NaN counts nothing.

        Returns
        -------
        int64 or float64 array, shape ``(n,)``
            Integers stay exact integers.

        Raises
        ------
        InputError
            `values` has another length.
        """
        given = np.asarray(values)
        if given.shape != (len(self),):
            message = f"{given.shape} values do not fit {len(self)} grids"
            raise InputError(message)
        if given.dtype.kind in "biu":
            return _sums(self.parents, self.depths, given.astype(np.int64))
        return _sums(self.parents, self.depths, np.nan_to_num(given.astype(np.float64)))

    def _named(self, positions: Positions) -> tuple[str, ...]:
        return tuple(self.codes[positions].tolist())


def _height(depths: Positions) -> int:
    return int(depths.max()) + 1 if len(depths) else 0


def _depths(parents: Positions) -> Positions:
    depths = np.zeros(len(parents), np.int64)
    above = parents
    while (above >= 0).any():
        depths += above >= 0
        above = np.where(above >= 0, parents[above], -1)
    return depths


def _sums(parents: Positions, depths: Positions, values: Numbers) -> Numbers:
    totals = values.copy()
    for depth in range(_height(depths) - 1, 0, -1):
        here = np.flatnonzero(depths == depth)
        np.add.at(totals, parents[here], totals[here])
    return totals


def _ranks(
    codes: npt.NDArray[np.object_], parents: Positions, depths: Positions, sizes: Positions
) -> Positions:
    """Return the place of each grid in the tour: right after its elder brothers' subtrees."""
    age = np.argsort(np.argsort(codes))
    ranks = np.zeros(len(codes), np.int64)
    for depth in range(_height(depths)):
        here = np.flatnonzero(depths == depth)
        here = here[np.lexsort((age[here], parents[here]))]
        before = np.cumsum(sizes[here]) - sizes[here]
        family = parents[here]
        first = np.flatnonzero(np.r_[True, family[1:] != family[:-1]])
        elder = before - np.repeat(before[first], np.diff(np.r_[first, len(here)]))
        ranks[here] = elder + (ranks[family] + 1 if depth else 0)
    return ranks
