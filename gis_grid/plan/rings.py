"""Polygons as flat arrays of corners, and the compiled steps with which a cut looks at them.

A cut looks at a few dozen corners, so what it costs is calls, not arithmetic: each question is one
compiled pass over all corners at once.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from gis_grid.geo.compiled import kernel
from gis_grid.plan.arrays import Bools, Floats, Ints, Shapes

_POLYGON = 3


@dataclass(frozen=True, slots=True)
class Rings:
    """The rings of polygons, outer ones and holes alike, closed."""

    xy: Floats
    """Corners, ring after ring, shape ``(n, 2)``."""

    ring: Ints
    """The ring of each corner, ascending from 0."""

    part: Ints
    """The simple polygon that each ring is of, ascending."""

    shape: Ints
    """The polygon that was given, of each simple one, ascending."""

    @property
    def owner(self) -> Ints:
        """Return the polygon that was given, of each corner."""
        return self.shape[self.part[self.ring]]


def rings_of(shapes: Shapes) -> Rings:
    """Return the rings of polygons and MultiPolygons.

    Examples
    --------
    >>> rings = rings_of(np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]))
    >>> rings.xy.shape, rings.owner.tolist()
    ((10, 2), [0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    >>> rings_of(np.empty(0, object)).xy.shape
    (0, 2)
    """
    if len(shapes) and (shapely.get_type_id(shapes) == _POLYGON).all():
        parts, shape = shapes, np.arange(len(shapes))
    else:
        parts, shape = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    return Rings(xy, ring, part, shape)


def with_corners_on(shapes: Shapes, corners: Floats, near: float) -> dict[int, shapely.Polygon]:
    """Return those of some polygons that get corners on their border, by their position.

    Parameters
    ----------
    shapes
        Polygons and MultiPolygons.
    corners
        x and y, shape ``(n, 2)``.
    near
        Corners farther than this from a border are not on it, in metres.

    Returns
    -------
    dict
        As `gis_grid.geo.corners.with_corners` makes each; one that gets none is not in it.
    """
    rings = rings_of(shapes)
    if not len(corners) or not len(rings.xy):
        return {}
    owner = rings.owner
    xy, ring, fresh = _cornered(rings.xy, rings.ring, owner, corners, near)
    found: dict[int, Any] = {}  # a block of several parts is written alike
    for at in dict.fromkeys(owner[fresh].tolist()):
        parts = np.flatnonzero(rings.shape == at)
        polygons = [_polygon(xy, ring, np.flatnonzero(rings.part == part)) for part in parts]
        many = shapely.get_type_id(shapes[at]) != _POLYGON
        found[at] = shapely.MultiPolygon(polygons) if many else polygons[0]
    return found


def _polygon(xy: Floats, ring: Ints, rings: Ints) -> shapely.Polygon:
    first, last = np.searchsorted(ring, rings), np.searchsorted(ring, rings, "right")
    outer, *holes = [xy[a:b] for a, b in zip(first, last, strict=True)]
    return shapely.Polygon(outer, holes)


@kernel
def _cornered(  # noqa: C901 - one pass, inlined for the compiler
    xy: Floats, ring: Ints, owner: Ints, corners: Floats, near: float
) -> tuple[Floats, Ints, Ints]:
    """Return corners and rings with more corners, and after which corner each of them stands."""
    n, m = len(xy), len(corners)
    hits, count = np.empty((16, 2), np.int64), 0
    share = np.empty(16)
    for i in range(n - 1):
        if ring[i + 1] != ring[i]:
            continue
        ax, ay, bx, by = xy[i, 0], xy[i, 1], xy[i + 1, 0], xy[i + 1, 1]
        west, east, south, north = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
        for j in range(m):
            x, y = corners[j, 0], corners[j, 1]
            if x < west - near or x > east + near or y < south - near or y > north + near:
                continue
            along, apart = _along(ax, ay, bx, by, x, y)
            if apart > near or along <= 0 or along >= 1 or _has(xy, owner, owner[i], x, y):
                continue
            if count == len(hits):
                hits = np.concatenate((hits, np.empty_like(hits)))
                share = np.concatenate((share, np.empty_like(share)))
            at = count  # in the order in which they stand on the piece
            while at > 0 and hits[at - 1, 0] == i and share[at - 1] > along:
                hits[at], share[at] = hits[at - 1], share[at - 1]
                at -= 1
            hits[at, 0], hits[at, 1], share[at] = i, j, along
            count += 1
    more, which = np.empty((n + count, 2)), np.empty(n + count, np.int64)
    at, done = 0, 0
    for i in range(n):
        more[at], which[at] = xy[i], ring[i]
        at += 1
        while done < count and hits[done, 0] == i:
            more[at], which[at] = corners[hits[done, 1]], ring[i]
            at, done = at + 1, done + 1
    return more, which, hits[:count, 0].copy()


@kernel
def _has(xy: Floats, owner: Ints, whose: int, x: float, y: float) -> bool:
    """Say whether a point is a corner of a polygon."""
    for i in range(len(xy)):  # noqa: SIM110 - the compiler knows no generators
        if owner[i] == whose and xy[i, 0] == x and xy[i, 1] == y:
            return True
    return False


@kernel
def _along(ax: float, ay: float, bx: float, by: float, x: float, y: float) -> tuple[float, float]:
    """Return where a point stands along a straight piece (0 to 1), and how far from its line."""
    dx, dy = bx - ax, by - ay
    along = ((x - ax) * dx + (y - ay) * dy) / max(dx * dx + dy * dy, 1e-300)
    return along, np.hypot(x - ax - along * dx, y - ay - along * dy)


@kernel
def lengths_inside(  # noqa: C901 - one pass, inlined for the compiler
    xy: Floats, ring: Ints, owner: Ints, line: Floats, near: float
) -> Floats:
    """Return how many metres of a line run inside each polygon, not along its border.

    `owner` is ascending and from 0; `line` holds the straight pieces x0, y0, x1, y1; what runs
    within `near` of the border runs along it.
    """
    count = owner[-1] + 1 if len(owner) else 0
    found, at = np.zeros(count), np.empty(2 * len(xy) + 2)
    first = 0
    for one in range(count):
        last = first
        while last < len(owner) and owner[last] == one:
            last += 1
        if last == first:
            continue
        box = (
            *(xy[first:last, 0].min(), xy[first:last, 1].min()),
            *(xy[first:last, 0].max(), xy[first:last, 1].max()),
        )
        for piece in range(len(line)):
            ax, ay, bx, by = line[piece]
            if max(ax, bx) < box[0] or min(ax, bx) > box[2]:
                continue
            if max(ay, by) < box[1] or min(ay, by) > box[3]:
                continue
            end = _crossings(xy, ring, first, last, line[piece], near, at)
            size = np.hypot(bx - ax, by - ay)
            for gap in range(end - 1):
                middle = (at[gap] + at[gap + 1]) / 2
                long = (at[gap + 1] - at[gap]) * size
                x, y = ax + middle * (bx - ax), ay + middle * (by - ay)
                if long > near and _is_inside(xy, ring, first, last, x, y, near):
                    found[one] += long
        first = last
    return found


@kernel
def _crossings(  # noqa: PLR0913, PLR0917 - the compiler has no objects
    xy: Floats, ring: Ints, first: int, last: int, line: Floats, near: float, at: Floats
) -> int:
    """Write where a straight piece meets rings, in order from 0 to 1; return how often."""
    ax, ay, bx, by = line
    at[0], at[1], end = 0.0, 1.0, 2
    for i in range(first, last - 1):
        if ring[i + 1] != ring[i]:
            continue
        along, apart = _along(ax, ay, bx, by, xy[i, 0], xy[i, 1])
        if apart <= near and 0 < along < 1:
            at[end], end = along, end + 1
        ex, ey = xy[i + 1, 0] - xy[i, 0], xy[i + 1, 1] - xy[i, 1]
        cross = (bx - ax) * ey - (by - ay) * ex
        if cross == 0:
            continue
        fx, fy = xy[i, 0] - ax, xy[i, 1] - ay
        t, u = (fx * ey - fy * ex) / cross, (fx * (by - ay) - fy * (bx - ax)) / cross
        if 0 < t < 1 and 0 <= u <= 1:
            at[end], end = t, end + 1
    at[:end].sort()
    return end


@kernel
def _is_inside(  # noqa: PLR0913, PLR0917 - the compiler has no objects
    xy: Floats, ring: Ints, first: int, last: int, x: float, y: float, near: float
) -> bool:
    """Say whether a point is inside rings and farther than `near` from all of them."""
    inside = False
    for i in range(first, last - 1):
        if ring[i + 1] != ring[i]:
            continue
        ax, ay, bx, by = xy[i, 0], xy[i, 1], xy[i + 1, 0], xy[i + 1, 1]
        along, _ = _along(ax, ay, bx, by, x, y)
        along = min(max(along, 0.0), 1.0)
        if np.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)) <= near:
            return False
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            inside = not inside
    return inside


@kernel
def near_line(xy: Floats, line: Floats, near: float) -> Bools:
    """Tell which points are within some metres of a line, given by its straight pieces."""
    found = np.zeros(len(xy), np.bool_)
    for piece in line:
        ax, ay, bx, by = piece
        west, east = min(ax, bx) - near, max(ax, bx) + near
        south, north = min(ay, by) - near, max(ay, by) + near
        for i in range(len(xy)):
            x, y = xy[i]
            if found[i] or x < west or x > east or y < south or y > north:
                continue
            along, _ = _along(ax, ay, bx, by, x, y)
            along = min(max(along, 0.0), 1.0)
            far = np.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay))
            found[i] = far <= near
    return found


@kernel
def owners_at(xy: Floats, ring: Ints, owner: Ints, points: Floats) -> Ints:
    """Return the polygon that each point is inside, -1 for none; `owner` is ascending."""
    found = np.full(len(points), -1, np.int64)
    first = 0
    while first < len(owner):
        last = first
        while last < len(owner) and owner[last] == owner[first]:
            last += 1
        for at in range(len(points)):
            if found[at] < 0 and _is_inside(
                xy, ring, first, last, points[at, 0], points[at, 1], 0.0
            ):
                found[at] = owner[first]
        first = last
    return found


@kernel
def not_among(xy: Floats, known: Floats) -> Bools:
    """Tell which points are none of the known ones."""
    order = np.argsort(known[:, 0])
    sorted_x = known[order, 0]
    found = np.ones(len(xy), np.bool_)
    for i in range(len(xy)):
        at = np.searchsorted(sorted_x, xy[i, 0])
        while at < len(order) and sorted_x[at] == xy[i, 0]:
            if known[order[at], 1] == xy[i, 1]:
                found[i] = False
                break
            at += 1
    return found


@kernel
def settled(xy: Floats, known: Floats, hair: float) -> tuple[Floats, bool]:
    """Put points that are within a hair of a known one on the nearest of those.

    Others that are within a hair of one another are put where the first of them is. Also tells
    whether any point moved.
    """
    order, mine = np.argsort(known[:, 0]), np.argsort(xy[:, 0])
    known_x, own_x = known[order, 0], xy[mine, 0]
    moved, any_moved = xy.copy(), False
    for i in range(len(xy)):
        x, y = xy[i, 0], xy[i, 1]
        nearest, best = -1, hair
        at = np.searchsorted(known_x, x - hair)
        while at < len(order) and known_x[at] <= x + hair:
            far = np.hypot(known[order[at], 0] - x, known[order[at], 1] - y)
            if far < best or (far == best and nearest < 0):
                nearest, best = order[at], far
            at += 1
        if nearest >= 0:
            moved[i] = known[nearest]
        else:
            first = i
            at = np.searchsorted(own_x, x - hair)
            while at < len(mine) and own_x[at] <= x + hair:
                one = mine[at]
                if one < first and np.hypot(xy[one, 0] - x, xy[one, 1] - y) <= hair:
                    first = one
                at += 1
            moved[i] = xy[first]
        any_moved |= moved[i, 0] != x or moved[i, 1] != y
    return moved, any_moved


@kernel
def has_hairs(xy: Floats, line: Ints, hair: float) -> bool:
    """Say whether a corner of lines is within a hair of a straight piece that does not end there.

    `line` is the line that each corner is of, ascending.
    """
    order = np.argsort(xy[:, 0])
    sorted_x = xy[order, 0]
    for i in range(len(xy) - 1):
        if line[i + 1] != line[i]:
            continue
        ax, ay, bx, by = xy[i, 0], xy[i, 1], xy[i + 1, 0], xy[i + 1, 1]
        at = np.searchsorted(sorted_x, min(ax, bx) - hair)
        east, south, north = max(ax, bx) + hair, min(ay, by) - hair, max(ay, by) + hair
        while at < len(order) and sorted_x[at] <= east:
            x, y = xy[order[at], 0], xy[order[at], 1]
            at += 1
            if y < south or y > north or (x == ax and y == ay) or (x == bx and y == by):
                continue
            along, apart = _along(ax, ay, bx, by, x, y)
            if apart <= hair and 0 <= along <= 1:
                return True
    return False
