"""Digits of fixed-width codes, one at a time and by the hundred thousand."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from gis_grid.errors import CodeError

if TYPE_CHECKING:
    import pandas as pd

Codes: TypeAlias = "Sequence[str | None] | npt.NDArray[np.object_] | pd.Series[str]"
Mask: TypeAlias = npt.NDArray[np.bool_]
Numbers: TypeAlias = npt.NDArray[np.int64]

_BASE = 10


def require_digits(text: str, widths: Sequence[int], what: str) -> None:
    """Raise unless `text` consists of ASCII digits and is as long as one of `widths`.

    Raises
    ------
    CodeError
        It does not; the message shows the text and its length.
    """
    if re.fullmatch(r"[0-9]*", text) and len(text) in widths:
        return
    wanted = " or ".join(map(str, widths))
    message = f"{what} {text!r} must have {wanted} digits, it has {len(text)} characters"
    raise CodeError(message)


class DigitTable:
    """The digits of many codes of one width, as an array.

    Parameters
    ----------
    codes
        Texts; missing values and texts that are not `width` ASCII digits are kept as rows of
        zeros that are not `well_formed`.
    width
        Digits in a code.
    """

    def __init__(self, codes: Codes, width: int) -> None:
        fits = [isinstance(code, str) and len(code) == width for code in codes]
        text = np.array([code if fit else "" for code, fit in zip(codes, fits, strict=True)])
        points = text.astype(f"U{width}").view(np.uint32).reshape(len(text), width)
        digits = points.astype(np.int64) - ord("0")
        is_digit = np.logical_and(digits >= 0, digits < _BASE)
        self.well_formed: Mask = np.all(is_digit, axis=1, keepdims=True)[:, 0]
        self._digits = np.where(self.well_formed[:, None], digits, 0)

    def number(self, start: int, stop: int) -> Numbers:
        """Return the number that digits `start` (0 is the first) to before `stop` make."""
        powers = _BASE ** np.arange(stop - start - 1, -1, -1, dtype=np.int64)
        return self._digits[:, start:stop] @ powers


def numbers_after(start: str, codes: Iterable[str], *, width: int) -> Iterator[int]:
    """Yield the number after `start` of each code of `width` digits that begins with it."""
    pattern = re.compile(re.escape(start) + f"([0-9]{{{width - len(start)}}})")
    return (int(found[1]) for code in codes if (found := pattern.fullmatch(code)))


def next_number(taken: Iterable[int], *, low: int, high: int, what: str) -> int:
    """Return a number from `low` to `high` that is not taken.

    One more than the highest taken, so that the number of something that is gone is not given
    to something else; only when the highest is reached, the lowest gap.

    Raises
    ------
    CodeError
        All are taken.
    """
    used = {number for number in taken if low <= number <= high}
    following = max(used, default=low - 1) + 1
    if following <= high:
        return following
    free = next((number for number in range(low, high + 1) if number not in used), None)
    if free is None:
        message = f"{what} has no free number from {low} to {high}"
        raise CodeError(message)
    return free
