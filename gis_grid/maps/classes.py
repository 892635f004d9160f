"""Classes of numbers for a map: natural breaks, rounded to figures that people can say."""

from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_VALUES = 400

Counts = NDArray[np.int64]
Numbers = NDArray[Any]


def rounded_breaks(counts: Counts, *, classes: int) -> list[int]:
    """Return lower bounds of at most `classes` natural classes of counts, rounded to two figures.

    Parameters
    ----------
    counts
        Positive counts, int64, shape ``(n,)``.
    classes
        The largest number of classes.

    Returns
    -------
    list of int
        Strictly ascending; the first is the smallest count, so every count has a class. Empty for
        no counts.

    Examples
    --------
    >>> rounded_breaks(np.array([3, 4, 3, 20, 21, 155, 149]), classes=3)
    [3, 20, 150]
    >>> rounded_breaks(np.array([], np.int64), classes=3)
    []
    """
    if not counts.size:
        return []
    found = natural_breaks(counts, classes=classes)
    return [found[0], *sorted({round(two_figures(value)) for value in found[1:]} - {found[0]})]


def value_breaks(values: Numbers, *, classes: int) -> list[float]:
    """Return lower bounds of at most `classes` natural classes of any numbers.

    Parameters
    ----------
    values
        Finite numbers, shape ``(n,)``; negative ones are allowed.
    classes
        The largest number of classes.

    Returns
    -------
    list of float
        Strictly ascending, rounded down to two figures, so every value has a class and no class is
        empty. Empty for no values.

    Examples
    --------
    >>> value_breaks(np.array([0.1234, 0.5, 0.51, 7.77]), classes=3)
    [0.12, 0.5, 7.7]
    >>> value_breaks(np.array([-131.0, -130.0]), classes=1), value_breaks(np.array([]), classes=7)
    ([-140.0], [])
    """
    if not values.size:
        return []
    found = natural_breaks(values.astype(np.float64), classes=classes)
    return sorted({two_figures(value, down=True) for value in found})


def two_figures(value: float, *, down: bool = False) -> float:
    """Return the nearest number of two significant figures, or the nearest one not above.

    Examples
    --------
    >>> two_figures(1249), two_figures(-0.0123), two_figures(0)
    (1200.0, -0.012, 0.0)
    >>> two_figures(1290, down=True), two_figures(-0.0123, down=True)
    (1200.0, -0.013)
    """
    if not value:
        return 0.0
    exact = Decimal(repr(float(value)))
    unit = Decimal(1).scaleb(exact.adjusted() - 1)
    return float(exact.quantize(unit, rounding=ROUND_FLOOR if down else ROUND_HALF_EVEN))


def class_of(values: Numbers, breaks: "list[int] | list[float]") -> NDArray[np.int64]:
    """Return the class of each value: how many lower bounds it reaches, less one.

    Examples
    --------
    >>> class_of(np.array([3, 19, 20, 400]), [3, 20, 150]).tolist()
    [0, 0, 1, 2]
    """
    return np.searchsorted(np.asarray(breaks), values, side="right") - 1


def natural_breaks(counts: Numbers, *, classes: int) -> list[Any]:
    """Return lower bounds of the classes with the least squared deviation inside (Fisher–Jenks).

    Exact on the distinct values; beyond 400 of them on 400 quantiles, which bounds the work.

    Parameters
    ----------
    counts
        Numbers, shape ``(n,)``, at least one.
    classes
        The number of classes wanted; fewer when there are fewer distinct values.

    Returns
    -------
    list of numbers of the type given
        Ascending values that occur in `counts`; the first is the smallest.

    Examples
    --------
    >>> natural_breaks(np.array([1, 2, 1, 50, 52, 99]), classes=3)
    [1, 50, 99]
    """
    if np.unique(counts).size > MOST_VALUES:
        marks = np.linspace(0, 1, MOST_VALUES)
        counts = np.quantile(counts, marks, method="nearest").astype(counts.dtype)
    values, weights = np.unique(counts, return_counts=True)
    cost = _spread(values.astype(np.float64), weights.astype(np.float64))
    starts = _best_starts(cost, min(classes, values.size))
    found: list[Any] = values[starts].tolist()
    return found


def _spread(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Squared deviation of values i..j from their mean; infinite where j < i."""
    mass, first, second = (
        np.concatenate([[0.0], np.cumsum(weights * values**power)]) for power in (0, 1, 2)
    )
    low, high = np.arange(values.size)[:, None], np.arange(1, values.size + 1)[None, :]
    amount = np.where(high > low, mass[high] - mass[low], 1.0)
    spread = second[high] - second[low] - (first[high] - first[low]) ** 2 / amount
    return np.where(high > low, spread, np.inf)


def _best_starts(cost: NDArray[np.float64], classes: int) -> list[int]:
    """Where each class starts, by dynamic programming over the number of classes."""
    best, came_from = cost[0], []
    for _ in range(classes - 1):
        through = best[:-1, None] + cost[1:, :]
        came_from.append(np.argmin(through, axis=0) + 1)
        best = np.min(through, axis=0)
    starts, end = [], cost.shape[0] - 1
    for step in reversed(came_from):
        starts.append(int(step[end]))
        end = starts[-1] - 1
    return [0, *reversed(starts)]
