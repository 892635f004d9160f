"""Heat: how many things lie in each H3 cell, and the classes that colour the counts."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from gis_grid.maps.classes import Counts, class_of, rounded_breaks
from gis_grid.router import cells as h3cells

LEAST = 3
"""Cells with fewer things are not coloured: a count of one or two says nothing about a place."""

MOST_CELLS = 5000
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
            "heat_class": class_of(sums[shown], list(breaks)),
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
