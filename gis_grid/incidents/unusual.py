"""Grids whose count is out of the ordinary: told from chance by an exact test."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gis_grid.errors import InputError
from gis_grid.incidents.chance import binomial_tails, poisson_interval

FALSE_SHARE = 0.05
"""Of the grids that are called out of the ordinary, at most this share is so by chance."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Unusual:
    """How counts compare with what the same grids had before.

    Attributes
    ----------
    expected
        What each grid had before, for as many days, float64, shape ``(n,)``.
    low, high
        95 % interval of the count now, as of a Poisson count.
    chance
        Probability of a difference at least as large, either way, when nothing has changed.
    compared
        1 far more than before, -1 far fewer, 0 where chance may explain it, int64.
    """

    expected: Floats
    low: Floats
    high: Floats
    chance: Floats
    compared: NDArray[np.int64]


def unusual(now: ArrayLike, before: ArrayLike, *, now_days: int, before_days: int) -> Unusual:
    """Compare the count of each grid with its own count before.

    Given the sum of both, the count now is binomial with the share of the days that are now (the
    conditional test of two Poisson rates, Przyborowski and Wilenski 1940), so that the chance of a
    difference is exact also for counts of one or two. With thousands of grids some differ by
    chance: of those that are called out of the ordinary at most 5 % are expected to be such
    (Benjamini and Hochberg 1995). Besides, what was usual must lie outside the exact interval of
    the count (Garwood 1936), which is what people are shown.

    Parameters
    ----------
    now, before
        Incidents in each grid, int, shape ``(n,)``.
    now_days, before_days
        In how many days, each at least 1.

    Returns
    -------
    Unusual
        No grids give empty arrays; a grid without incidents then and now has the chance 1.

    Raises
    ------
    InputError
        Lengths differ, a count is negative, or a time has no day.

    Examples
    --------
    >>> found = unusual([30, 10, 0], [30, 30, 0], now_days=28, before_days=84)
    >>> found.expected.tolist(), found.compared.tolist(), found.low.round(1).tolist()
    ([10.0, 10.0, 0.0], [1, 0, 0], [20.2, 4.8, 0.0])
    >>> unusual([], [], now_days=1, before_days=1).chance.tolist()
    []
    """
    count, past = np.asarray(now, np.float64), np.asarray(before, np.float64)
    if count.shape != past.shape or (count < 0).any() or (past < 0).any():
        message = "counts now and before must be as many, and none negative"
        raise InputError(message)
    if now_days < 1 or before_days < 1:
        message = f"{now_days} and {before_days} days are no times to compare; give 1 or more each"
        raise InputError(message)
    expected = past * now_days / before_days
    low, high = poisson_interval(count)
    chance = _chances(count, count + past, now_days / (now_days + before_days))
    told = _discoveries(chance)
    sign = np.where(low > expected, 1, np.where(high < expected, -1, 0))
    return Unusual(expected, low, high, chance, np.where(told, sign, 0).astype(np.int64))


def _chances(count: Floats, total: Floats, share: float) -> Floats:
    """Return twice the smaller tail of a binomial, at most 1."""
    at_most, at_least = binomial_tails(count, total, share)
    chance: Floats = np.minimum(1.0, 2 * np.minimum(at_least, at_most))
    return chance


def _discoveries(chance: Floats) -> NDArray[np.bool_]:
    """Say which chances are small among so many (Benjamini–Hochberg)."""
    order = np.argsort(chance)
    limits = FALSE_SHARE * np.arange(1, chance.size + 1) / max(1, chance.size)
    passed = np.flatnonzero(chance[order] <= limits)
    found: NDArray[Any] = np.zeros(chance.size, bool)
    if passed.size:
        found[order[: passed[-1] + 1]] = True
    return found
