"""Rates of counts by households, with the interval that chance alone allows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gis_grid.errors import InputError
from gis_grid.incidents.chance import poisson_interval

PER = 1000
"""A rate is that of so many households."""

Numbers = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """Incidents per 1,000 households of some grids; NaN where no household is known.

    Attributes
    ----------
    rate, low, high
        The rate and its 95 % interval, float64, shape ``(n,)``.
    mean
        That of all grids with households together; NaN without any.
    compared
        1 where the whole interval lies above the mean, -1 below, 0 where it holds the mean or
        there is no rate, int64.
    """

    rate: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    mean: float
    compared: NDArray[np.int64]


def rates_of(counts: ArrayLike, households: ArrayLike) -> Rates:
    """Return rates with exact Poisson intervals (Garwood 1936): a small count has a wide one.

    Parameters
    ----------
    counts
        Incidents in each grid, int, shape ``(n,)``.
    households
        Households in each; NaN or 0 where nobody counted or nobody lives.

    Raises
    ------
    InputError
        Lengths differ or a number is negative.

    Examples
    --------
    >>> found = rates_of([30, 0, 4], [1000, 500, float("nan")])
    >>> found.rate.round(1).tolist(), found.low.round(1).tolist(), found.high.round(1).tolist()
    ([30.0, 0.0, nan], [20.2, 0.0, nan], [42.8, 7.4, nan])
    >>> found.mean, found.compared.tolist()
    (20.0, [1, -1, 0])
    >>> rates_of([], []).mean
    nan
    """
    count, homes = np.asarray(counts, np.float64), np.asarray(households, np.float64)
    if count.shape != homes.shape or (count < 0).any() or (homes < 0).any():
        message = "counts and households must be as many, and none negative"
        raise InputError(message)
    known = homes > 0
    per = np.full(count.shape, np.nan)
    per[known] = PER / homes[known]
    low, high = (end * per for end in poisson_interval(count))
    total = homes[known].sum()
    mean = float(count[known].sum() / total * PER) if total else float("nan")
    compared = np.where(low > mean, 1, np.where(high < mean, -1, 0)).astype(np.int64)
    return Rates(count * per, low, high, mean, compared)
