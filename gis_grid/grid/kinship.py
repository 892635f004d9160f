"""Which grid names which parent, and what keeps the grids from being a tree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from gis_grid.errors import InputError
from gis_grid.grid.levels import LEVEL_KEYS, Scheme

if TYPE_CHECKING:
    import pandas as pd

Positions: TypeAlias = npt.NDArray[np.int64]
Texts: TypeAlias = "Sequence[str | None] | npt.NDArray[np.object_] | pd.Series[str]"
Problem: TypeAlias = tuple[int, str]


@dataclass(frozen=True, slots=True, eq=False)
class Kinship:
    """The code, the parent's code and the level of each grid; a missing one is ``""``.

    Attributes
    ----------
    codes, parents, levels
        Object arrays of str, shape ``(n,)``.
    above
        int64 position of the first grid that has the parent's code, -1 where there is none.

    Examples
    --------
    >>> kin = Kinship.of(["a", "b", "b"], [None, "x", "a"], ["city", "district", "district"])
    >>> kin.above.tolist()
    [-1, -1, 0]
    >>> kin.problems()
    {1: "parent 'x' of 'b' is not among the grids", 2: "code 'b' is already in row 1"}
    >>> Kinship.of([], [], []).problems()
    {}
    """

    codes: npt.NDArray[np.object_]
    parents: npt.NDArray[np.object_]
    levels: npt.NDArray[np.object_]
    above: Positions

    @classmethod
    def of(cls, codes: Texts, parents: Texts, levels: Texts) -> "Kinship":
        """Return the kinship that three columns state.

        Raises
        ------
        InputError
            Lengths differ.
        """
        if not len(codes) == len(parents) == len(levels):
            message = f"{len(codes)} codes, {len(parents)} parents and {len(levels)} levels differ"
            raise InputError(message)
        own, up, key = _texts(codes), _texts(parents), _texts(levels)
        first = _first_rows(own)
        above = np.array([first.get(code, -1) if code else -1 for code in up], np.int64)
        return cls(own, up, key, above)

    def problems(self, scheme: Scheme | None = None) -> dict[int, str]:
        """Return what keeps rows out of a tree.

        Parameters
        ----------
        scheme
            Says which levels there are and which may be skipped. Without it any level may hang
            under any wider one.

        Returns
        -------
        dict
            Row (from 0) and what is wrong with it, by row: no code, a code that an earlier row
            has, an unknown level, an unknown parent, a cycle, or a parent at a level under which
            its own may not hang. Of several the first in this list. Empty when all is well.
        """
        found: dict[int, str] = {}
        for check in (
            self._codes_in_use(),
            self._unknown_levels(scheme),
            self._orphans(),
            self._cycles(),
            self._misplaced(scheme),
        ):
            for row, what in check:
                found.setdefault(row, what)
        return dict(sorted(found.items()))

    def _codes_in_use(self) -> Iterator[Problem]:
        first = _first_rows(self.codes)
        for row, code in enumerate(self.codes):
            if not code:
                yield row, "no code"
            elif first[code] != row:
                yield row, f"code {code!r} is already in row {first[code]}"

    def _unknown_levels(self, scheme: Scheme | None) -> Iterator[Problem]:
        keys = scheme.keys if scheme else LEVEL_KEYS
        for row, level in enumerate(self.levels):
            if level not in keys:
                yield row, f"level {level!r} is none of {', '.join(keys)}"

    def _orphans(self) -> Iterator[Problem]:
        for row in np.flatnonzero((self.above < 0) & (self.parents != "")).tolist():
            code, parent = self.codes[row], self.parents[row]
            yield row, f"parent {parent!r} of {code!r} is not among the grids"

    def _cycles(self) -> Iterator[Problem]:
        far = self.above
        # After k rounds `far` is 2**k grids up; being somewhere after n grids is being in a cycle.
        for _ in range(len(far).bit_length()):
            far = np.where(far >= 0, far[far], -1)
        for row in np.flatnonzero(far >= 0).tolist():
            yield row, f"{self.codes[row]!r} is, by its parents, below itself or below a cycle"

    def _misplaced(self, scheme: Scheme | None) -> Iterator[Problem]:
        keys = scheme.keys if scheme else LEVEL_KEYS
        above = {key: scheme.parents_of(key) if scheme else keys[: keys.index(key)] for key in keys}
        for row in np.flatnonzero(self.above >= 0).tolist():
            level, level_above = self.levels[row], self.levels[self.above[row]]
            if level_above not in above.get(level, keys):
                code, parent = self.codes[row], self.parents[row]
                yield row, f"{level} {code!r} cannot hang under {level_above} {parent!r}"


def _texts(given: Texts) -> npt.NDArray[np.object_]:
    texts = np.empty(len(given), object)
    texts[:] = [text if isinstance(text, str) else "" for text in given]
    return texts


def _first_rows(codes: npt.NDArray[np.object_]) -> dict[str, int]:
    return {code: row for row, code in reversed(list(enumerate(codes)))}
