"""Heat: how many things lie in each H3 cell, and the classes that colour the counts."""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from gis_grid.maps.classes import Counts, class_of, rounded_breaks
from gis_grid.router import cells as h3cells

LEAST = 3
"""Cells with fewer things are not coloured: a count of one or two says nothing about a place."""

MOST_CELLS = 5000
SEEN = 0.7
"""Share of all things that lie in coloured cells, if any resolution reaches it."""

FINEST, COARSEST = 10, 6


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


def heat_of(
    cells: Counts,
    counts: Counts,
    *,
    resolution: int | None = None,
    breaks: Sequence[int] | None = None,
) -> Heat:
    """Sum counts of fine cells into cells that suit a whole city, and class them.

    The resolution is the finest from 10 down to 6 with at most 5,000 cells in which most things,
    70 %, lie in a cell that is coloured: a few things need large cells. Class limits are natural
    breaks (Fisher–Jenks), rounded to two figures. The counts of all cells, coloured or not, sum to
    `total`.

    Parameters
    ----------
    cells
        H3 cells of one resolution, int64, shape ``(n,)``; repeats are summed, 0 is left out.
    counts
        How many things lie in each, int64, shape ``(n,)``.
    resolution
        H3 resolution instead of the one that suits: so that one span looks like another.
    breaks
        Lower bounds of the classes instead of natural ones, ascending; smaller counts are of the
        first class.

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
    found, owners, sums = _summed(cells[known], counts[known], resolution)
    shown = sums >= LEAST
    limits = tuple(breaks or rounded_breaks(sums[shown], classes=7))
    frame = gpd.GeoDataFrame(
        {
            "cell": owners[shown],
            "count": sums[shown],
            "heat_class": np.maximum(class_of(sums[shown], list(limits)), 0),
        },
        geometry=h3cells.boundaries(owners[shown]),
        crs="EPSG:4326",
    )
    total = int(sums.sum())
    return Heat(
        cells=frame,
        breaks=limits,
        resolution=found,
        total=total,
        hidden=total - int(sums[shown].sum()),
    )


def _summed(cells: Counts, counts: Counts, wanted: int | None) -> tuple[int, Counts, Counts]:
    given = int(h3cells.resolutions(cells).min()) if cells.size else FINEST
    tries = [*range(min(FINEST, given), COARSEST - 1, -1)] if wanted is None else [wanted]
    for resolution in tries:
        owners, row = np.unique(h3cells.parents(cells, resolution), return_inverse=True)
        sums = np.bincount(row, weights=counts, minlength=owners.size).astype(np.int64)
        seen = sums[sums >= LEAST].sum() >= SEEN * sums.sum()
        if (owners.size <= MOST_CELLS and seen) or resolution == tries[-1]:
            return resolution, owners, sums
    return given, cells, counts  # cells coarser than the coarsest wanted stay as they are
