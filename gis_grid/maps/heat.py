"""Heat: how many things lie in each H3 cell, and the classes that colour the counts."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from gis_grid.router import cells as h3cells

LEAST = 3
"""Cells with fewer things are not coloured: a count of one or two says nothing about a place."""

MOST_CELLS = 5000
FINEST, COARSEST = 10, 6
MOST_VALUES = 400

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """Counts of things in H3 cells, in classes."""

    cells: gpd.GeoDataFrame
    """Columns ``cell`` (int64), ``count`` (int64), ``heat_class`` (int64), EPSG:4326."""

    breaks: tuple[int, ...]
    """Lower bound of each class, ascending; empty when nothing is coloured."""

    resolution: int
    """H3 resolution of the cells."""

    total: int
    """Things counted, those in cells too small to colour included."""

    hidden: int
    """Things in cells with fewer than `LEAST`."""


def heat_of(cells: Counts, counts: Counts) -> Heat:
    """Sum counts of fine cells into cells that suit a whole city, and class them.

    The resolution is the finest from 10 down to 6 with at most 5,000 cells. Class limits are
    natural breaks (Fisher–Jenks), rounded to two figures. The counts of all cells, coloured or
    not, sum to `total`.

    Parameters
    ----------
    cells
        H3 cells of one resolution, int64, shape ``(n,)``; repeats are summed, 0 is left out.
    counts
        How many things lie in each, int64, shape ``(n,)``.

    Returns
    -------
    Heat
        Only cells with at least `LEAST` things have a polygon. No cells give an empty frame.

    Examples
    --------
    >>> point = h3cells.encode(lon=[123.0, 123.0, 123.2], lat=[41.1, 41.1, 41.1])
    >>> heat = heat_of(point, np.array([4, 3, 1]))
    >>> heat.cells["count"].tolist(), heat.breaks, heat.total, heat.hidden
    ([7], (7,), 8, 1)
    >>> heat_of(np.array([], np.int64), np.array([], np.int64)).breaks
    ()
    """
    known = cells != 0
    resolution, owners, sums = _summed(cells[known], counts[known])
    shown = sums >= LEAST
    breaks = tuple(rounded_breaks(sums[shown], classes=7))
    frame = gpd.GeoDataFrame(
        {
            "cell": owners[shown],
            "count": sums[shown],
            "heat_class": np.searchsorted(breaks, sums[shown], side="right") - 1,
        },
        geometry=h3cells.boundaries(owners[shown]),
        crs="EPSG:4326",
    )
    total = int(sums.sum())
    return Heat(
        cells=frame,
        breaks=breaks,
        resolution=resolution,
        total=total,
        hidden=total - int(sums[shown].sum()),
    )


def _summed(cells: Counts, counts: Counts) -> tuple[int, Counts, Counts]:
    given = int(h3cells.resolutions(cells).min()) if cells.size else FINEST
    for resolution in range(min(FINEST, given), COARSEST - 1, -1):
        owners, row = np.unique(h3cells.parents(cells, resolution), return_inverse=True)
        if owners.size <= MOST_CELLS or resolution == COARSEST:
            sums = np.bincount(row, weights=counts, minlength=owners.size).astype(np.int64)
            return resolution, owners, sums
    return given, cells, counts  # cells coarser than the coarsest wanted stay as they are


def rounded_breaks(counts: Counts, *, classes: int) -> list[int]:
    """Return lower bounds of at most `classes` natural classes, rounded to two figures.

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
    return [found[0], *sorted({_two_figures(value) for value in found[1:]} - {found[0]})]


def _two_figures(value: int) -> int:
    step = int(10 ** max(len(str(value)) - 2, 0))
    return round(value / step) * step


def natural_breaks(counts: Counts, *, classes: int) -> list[int]:
    """Return lower bounds of the classes with the least squared deviation inside (Fisher–Jenks).

    Exact on the distinct values; beyond 400 of them on 400 quantiles, which bounds the work.

    Parameters
    ----------
    counts
        int64, shape ``(n,)``, at least one.
    classes
        The number of classes wanted; fewer when there are fewer distinct values.

    Returns
    -------
    list of int
        Ascending values that occur in `counts`; the first is the smallest.

    Examples
    --------
    >>> natural_breaks(np.array([1, 2, 1, 50, 52, 99]), classes=3)
    [1, 50, 99]
    """
    if np.unique(counts).size > MOST_VALUES:
        marks = np.linspace(0, 1, MOST_VALUES)
        counts = np.quantile(counts, marks, method="nearest").astype(np.int64)
    values, weights = np.unique(counts, return_counts=True)
    cost = _spread(values.astype(np.float64), weights.astype(np.float64))
    starts = _best_starts(cost, min(classes, values.size))
    return [int(values[start]) for start in starts]


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
