"""Where polygons that should tile the ground do not: finders on a metric plane.

Each takes valid polygons as an object array and returns the places with the positions of the
polygons that meet there. `gis_grid.geo.coverage` turns them into a report.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from gis_grid.geo.crs import Floats

TOUCH_M = 0.001
"""Nearer than this is the same place: a tenth of what surveyors deliver."""

Shapes = npt.NDArray[np.object_]
Positions = npt.NDArray[np.intp]


class Place(NamedTuple):
    """One thing that is wrong."""

    where: BaseGeometry
    rows: tuple[int, ...]


def gaps(shapes: Shapes, *, width_m: float) -> list[Place]:
    """Find ground that no polygon covers: every enclosed hole, and open slits up to `width_m`.

    A slit is what a closing by `width_m` fills; mitred corners keep corners out of it.
    """
    union = shapely.union_all(shapes)
    shells = shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(union)))
    whole = shapely.union_all(shells)
    holes = shapely.get_parts(shapely.difference(whole, union))
    slits = shapely.difference(_closed(whole, width_m), whole)
    found = np.concatenate([holes, shapely.get_parts(slits)])
    return [Place(where, _neighbours(shapes, where)) for where in found if width(where) > TOUCH_M]


def overlaps(shapes: Shapes) -> list[Place]:
    """Find ground that two polygons cover, a place for each pair."""
    pairs = _pairs(shapes)
    common = shapely.intersection(shapes[pairs[0]], shapes[pairs[1]])
    thick = np.flatnonzero(shapely.area(common) > 0)
    return [
        Place(_areal(common[one]), (int(pairs[0][one]), int(pairs[1][one])))
        for one in thick
        if width(common[one]) > TOUCH_M
    ]


def unmatched_edges(shapes: Shapes) -> list[Place]:
    """Find edges that a neighbour touches without sharing both of their ends."""
    edges = np.asarray(shapely.coverage_invalid_edges(shapes), dtype=object)
    return [Place(edges[row], (int(row),)) for row in np.flatnonzero(~shapely.is_empty(edges))]


def t_junctions(shapes: Shapes) -> list[Place]:
    """Find corners of a polygon inside an edge of another; the edge's row comes first."""
    suspects = np.unique([row for place in unmatched_edges(shapes) for row in place.rows])
    if suspects.size == 0:
        return []
    rings, ring_owner = shapely.get_rings(shapes[suspects.astype(int)], return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    owner = suspects[ring_owner[ring]].astype(int)
    joined = np.flatnonzero(ring[1:] == ring[:-1])
    ends = np.stack([corners[joined], corners[joined + 1]], axis=1)
    segments = np.asarray(shapely.linestrings(ends), dtype=object)
    points = np.asarray(shapely.points(corners), dtype=object)
    corner, segment = shapely.STRtree(segments).query(points, predicate="dwithin", distance=TOUCH_M)
    start = joined[segment]
    foreign = owner[corner] != owner[start]
    inside = (_apart(corners, corner, start) > TOUCH_M) & (
        _apart(corners, corner, start + 1) > TOUCH_M
    )
    found = {
        (int(owner[start[one]]), int(owner[corner[one]]), *corners[corner[one]]): points[
            corner[one]
        ]
        for one in np.flatnonzero(foreign & inside)
    }
    return [Place(point, key[:2]) for key, point in sorted(found.items(), key=_by_rows)]


def slivers(shapes: Shapes, *, width_m: float) -> list[Place]:
    """Find parts of polygons that are thinner than `width_m` in the mean."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    return [
        Place(part, (int(row),))
        for part, row in zip(parts, owner, strict=True)
        if width(part) < width_m
    ]


def width(shape: BaseGeometry) -> float:
    """Return the mean width of an area, 2 A / P in metres; exact for long strips."""
    perimeter_m = shapely.length(shape)
    return float(2 * shapely.area(shape) / perimeter_m) if perimeter_m > 0 else 0.0


def _closed(shape: BaseGeometry, width_m: float) -> BaseGeometry:
    grown = shapely.buffer(shape, width_m / 2, join_style="mitre")
    return shapely.buffer(grown, -width_m / 2, join_style="mitre")


def _neighbours(shapes: Shapes, where: BaseGeometry) -> tuple[int, ...]:
    return tuple(int(row) for row in np.flatnonzero(shapely.dwithin(shapes, where, TOUCH_M)))


def _pairs(shapes: Shapes) -> Positions:
    """Return the pairs that may overlap, lower position first."""
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    return np.stack([one[one < other], other[one < other]])


def _areal(shape: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shape)
    return shapely.union_all(parts[shapely.area(parts) > 0])


def _apart(corners: Floats, one: Positions, other: Positions) -> Floats:
    return np.asarray(np.hypot(*(corners[one] - corners[other]).T), dtype=float)


def _by_rows(item: tuple[tuple[float, ...], BaseGeometry]) -> tuple[float, ...]:
    return item[0]
