"""The hot spot of a city: the cell that stands out with its neighbours (Getis–Ord Gi*)."""

import math
from dataclasses import dataclass

import numpy as np
import shapely

from gis_grid.geo.crs import metric_epsg, project
from gis_grid.maps.classes import Counts
from gis_grid.maps.heat import LEAST
from gis_grid.router import cells as h3cells

SURE = 1.96
"""A score above it comes by chance once in forty cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HotSpot:
    """One cell and how it stands out."""

    cell: int
    count: int
    mean: float
    """Things in a cell of the city, on the average."""

    score: float
    """Gi*: by how many standard deviations the cell and those around it lie above the mean."""

    outline: shapely.Polygon
    """EPSG:4326."""


def hot_spot(cells: Counts, counts: Counts, *, land_m2: float) -> HotSpot | None:
    r"""Return the cell with the highest Gi\* (Ord and Getis 1995).

    The neighbourhood is the cell and those that touch it, each with weight 1. The mean and the
    deviation are those of all cells that the land has room for, also of those without anything.

    Parameters
    ----------
    cells
        H3 cells of one resolution, each once, int64, shape ``(n,)``; none missing.
    counts
        Things in each, int64, shape ``(n,)``.
    land_m2
        Ground that the things could lie on, square metres.

    Returns
    -------
    HotSpot or None
        None when no cell with at least `LEAST` things has a score above `SURE`: nothing stands
        out. Of equal scores the larger count, then the first cell.

    Examples
    --------
    >>> point = h3cells.encode(lon=[123.0, 123.05], lat=[41.1, 41.1], resolution=9)
    >>> found = hot_spot(point, np.array([40, 1]), land_m2=5e7)
    >>> found.count, round(found.score, 1)
    (40, 10.1)
    >>> hot_spot(point, np.array([1, 1]), land_m2=5e7) is None
    True
    """
    if not cells.size:
        return None
    around = _sums(cells, counts)
    outlines = h3cells.boundaries(cells[:1])
    total = max(cells.size, 8, round(land_m2 / _area_m2(outlines[0])))
    mean = float(counts.sum()) / total
    deviation = math.sqrt(max(0.0, float((counts.astype(np.float64) ** 2).sum()) / total - mean**2))
    if not deviation:
        return None
    weight = around.near.astype(np.float64)
    spread = deviation * np.sqrt((total * weight - weight**2) / (total - 1))
    score = (around.sums - mean * weight) / spread
    score[counts < LEAST] = -np.inf
    best = int(np.lexsort((cells, -counts, -score))[0])
    if score[best] <= SURE:
        return None
    return HotSpot(
        cell=int(cells[best]),
        count=int(counts[best]),
        mean=mean,
        score=float(score[best]),
        outline=h3cells.boundaries(cells[best : best + 1])[0],
    )


@dataclass(frozen=True, slots=True)
class _Around:
    sums: Counts
    near: Counts
    """Cells of each neighbourhood: 7, or 6 around a pentagon."""


def _sums(cells: Counts, counts: Counts) -> _Around:
    """Return what lies in each cell and around it."""
    order = np.argsort(cells)
    known, many = cells[order], counts[order]
    sums, near = np.zeros(cells.size, np.int64), np.zeros(cells.size, np.int64)
    for row, cell in enumerate(cells.tolist()):
        disk = h3cells.disks([cell], rings=1)
        at = np.minimum(np.searchsorted(known, disk), known.size - 1)
        sums[row] = many[at][known[at] == disk].sum()
        near[row] = disk.size
    return _Around(sums, near)


def _area_m2(outline: shapely.Polygon) -> float:
    lon, lat = shapely.get_coordinates(outline).T
    epsg = metric_epsg(lon=float(lon.mean()), lat=float(lat.mean()))
    flat = np.column_stack(project(lon=lon, lat=lat, epsg=epsg))
    return float(shapely.area(shapely.Polygon(flat)))
