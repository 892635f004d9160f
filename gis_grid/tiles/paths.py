"""Shapes of the map as whole-numbered paths of a tile, all of them at once."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_grid.tiles.mercator import EXTENT, Shapes, Tile

Ints = NDArray[np.int64]

_POLYGON = 3
_LINES = (1, 2)
_RING_POINTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Rings, lines or points of several features, one after the other."""

    points: Ints
    """Units of the tile, shape ``(n, 2)``; a ring does not repeat its first point."""

    starts: Ints
    """Where each path begins in `points`, and after the last one their number."""

    owners: Ints
    """Row of the feature of each path, ascending; a feature without a path is not drawn."""

    closed: bool


def rings_of(shapes: Shapes, tile: Tile) -> Paths:
    """Return the rings of areas, clipped to the tile with its buffer.

    A vertex falls on the same unit whatever area it belongs to and whatever tile it is drawn in,
    so what was shared stays shared. Rings that lose their ground by rounding are left out, and so
    are the holes of an area whose outer ring is.

    Parameters
    ----------
    shapes
        Polygons or MultiPolygons in shares of the world, shape ``(n,)``; missing and empty ones
        have no rings.
    tile
        The square to draw.

    Returns
    -------
    Paths
        Outer rings run clockwise on screen, holes the other way round, as the format wants.
    """
    areas, rows = _parts(_clipped(shapes, tile), (_POLYGON,))
    rings, areas_of = _rings(areas)
    is_outer = np.diff(areas_of, prepend=-1) > 0
    points, starts = _rounded(rings, tile)
    points, starts = _opened(points, starts)
    ground = _twice_the_area(points, starts)
    drawn = (np.diff(starts) >= _RING_POINTS) & (ground != 0)
    lost = np.zeros(len(areas), bool)
    lost[areas_of[is_outer & ~drawn]] = True
    drawn &= ~lost[areas_of]
    points = _turned(points, starts, (ground > 0) != is_outer)
    return _chosen(points, starts, rows[areas_of], drawn, closed=True)


def lines_of(shapes: Shapes, tile: Tile) -> Paths:
    """Return the lines of line strings, clipped to the tile with its buffer.

    Lines of one point after rounding are left out. Input as for `rings_of`.
    """
    lines, rows = _parts(_clipped(shapes, tile), _LINES)
    points, starts = _rounded(lines, tile)
    return _chosen(points, starts, rows, np.diff(starts) > 1, closed=False)


def points_of(world: NDArray[np.float64], tile: Tile) -> Paths:
    """Return one path of one point for each row of `world`, shares of the world, ``(n, 2)``."""
    count = len(world)
    points = _in_units(world, tile)
    rows = np.arange(count + 1)
    return Paths(points=points, starts=rows, owners=rows[:-1], closed=False)


def _clipped(shapes: Shapes, tile: Tile) -> Shapes:
    left, top, right, bottom = box = tile.box
    west, north, east, south = shapely.bounds(shapes).T
    beyond = (west < left) | (north < top) | (east > right) | (south > bottom)
    if not beyond.any():
        return shapes
    clipped = shapes.copy()
    clipped[beyond] = shapely.clip_by_rect(shapes[beyond], *box)
    return clipped


def _parts(shapes: Shapes, kinds: tuple[int, ...]) -> tuple[Shapes, Ints]:
    """Return the single parts of the kinds that are wanted, and the rows they come from."""
    parts, rows = shapely.get_parts(shapes, return_index=True)
    wanted = np.isin(shapely.get_type_id(parts), kinds) & ~shapely.is_empty(parts)
    return parts[wanted], rows[wanted].astype(np.int64)


def _rings(areas: Shapes) -> tuple[Shapes, Ints]:
    """Return all rings, and the area of each; an area without a hole stands for its only ring."""
    holed = np.flatnonzero(shapely.get_num_interior_rings(areas))
    if not len(holed):
        return areas, np.arange(len(areas))
    rings, of_holed = shapely.get_rings(areas[holed], return_index=True)
    plain = np.delete(np.arange(len(areas)), holed)
    areas_of = np.concatenate([plain, holed[of_holed]])
    order = np.argsort(areas_of, kind="stable")
    return np.concatenate([areas[plain], rings])[order], areas_of[order]


def _in_units(world: NDArray[np.float64], tile: Tile) -> Ints:
    units: Ints = np.rint(world * tile.units).astype(np.int64)
    units -= (tile.x * EXTENT, tile.y * EXTENT)
    return units


def _rounded(lines: Shapes, tile: Tile) -> tuple[Ints, Ints]:
    """Return the points of lines in units without repetitions, and where each line starts."""
    world, line = shapely.get_coordinates(lines, return_index=True)
    points = _in_units(world, tile)
    fresh = np.ones(len(points), bool)
    fresh[1:] = (points[1:] != points[:-1]).any(axis=1) | (line[1:] != line[:-1])
    counts = np.bincount(line[fresh], minlength=len(lines))
    return points[fresh], _starts(counts)


def _starts(counts: Ints) -> Ints:
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts


def _opened(points: Ints, starts: Ints) -> tuple[Ints, Ints]:
    """Leave out the last point of each ring, which repeats the first one."""
    keep = np.ones(len(points), bool)
    keep[starts[1:] - 1] = False
    return points[keep], starts - np.arange(len(starts))


def _twice_the_area(points: Ints, starts: Ints) -> Ints:
    if len(starts) == 1:
        return np.zeros(0, np.int64)
    after = np.arange(1, len(points) + 1)
    some = np.diff(starts) > 0
    after[starts[1:][some] - 1] = starts[:-1][some]
    ahead = points[after]
    cross = points[:, 0] * ahead[:, 1] - ahead[:, 0] * points[:, 1]
    sums = np.zeros(len(points) + 1, np.int64)
    np.cumsum(cross, out=sums[1:])
    return sums[starts[1:]] - sums[starts[:-1]]


def _turned(points: Ints, starts: Ints, wrong: NDArray[np.bool_]) -> Ints:
    """Return the points with those rings the other way round that are wrong."""
    if not wrong.any():
        return points
    ring = np.repeat(np.arange(len(wrong)), np.diff(starts))
    here = np.arange(len(points))
    mirrored = starts[:-1][ring] + starts[1:][ring] - 1 - here
    return points[np.where(wrong[ring], mirrored, here)]


def _chosen(
    points: Ints, starts: Ints, owners: Ints, drawn: NDArray[np.bool_], *, closed: bool
) -> Paths:
    if drawn.all():
        return Paths(points=points, starts=starts, owners=owners, closed=closed)
    counts = np.diff(starts)
    kept = points[np.repeat(drawn, counts)]
    return Paths(points=kept, starts=_starts(counts[drawn]), owners=owners[drawn], closed=closed)
