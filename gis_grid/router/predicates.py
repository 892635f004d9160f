"""Exact geometry for the router: which side of an edge a point lies on, and half-open crossings.

Every point is judged as if it were moved east by an infinitely small step, and north by a step
that is infinitely smaller still. A moved point is never on an edge, so points on borders and
vertices have exactly one owner. Signs are exact: a float filter decides almost always (Shewchuk
1997, ccwerrboundA), expansions of floats decide the rest. docs/algorithms/router.md has the proof.
"""

import numpy as np
from numpy.typing import NDArray

from gis_grid.geo.compiled import kernel

TINY_DEG = 1e-100
"""Coordinates nearer to zero count as zero, so that no product below can underflow."""

FILTER = (3.0 + 16.0 * 2.0**-53) * 2.0**-53
SPLITTER = 2.0**27 + 1.0
PARTS = 12
"""Floats that a determinant of three points takes when nothing is rounded: six products of two."""

Point = tuple[float, float]


@kernel
def product_tail(x: float, y: float, product: float) -> float:
    """Return exactly x * y - product (Dekker)."""
    c = SPLITTER * x
    x_high = c - (c - x)
    x_low = x - x_high
    c = SPLITTER * y
    y_high = c - (c - y)
    y_low = y - y_high
    rest = product - x_high * y_high - x_low * y_high - x_high * y_low
    return x_low * y_low - rest


@kernel
def grow(expansion: NDArray[np.float64], count: int, term: float) -> None:
    """Add a float exactly to an expansion of `count` parts; it has one part more then."""
    total = term
    for part in range(count):
        other = expansion[part]
        new = total + other
        virtual = new - total
        expansion[part] = (total - (new - virtual)) + (other - virtual)
        total = new
    expansion[count] = total


@kernel
def exact_turn(a: Point, b: Point, c: Point) -> int:
    """Return the sign of the turn a, b, c with no rounding at all."""
    expansion = np.zeros(PARTS)
    count = 0
    for x, y in (
        (a[0], b[1]),
        (-a[0], c[1]),
        (b[0], c[1]),
        (-b[0], a[1]),
        (c[0], a[1]),
        (-c[0], b[1]),
    ):
        product = x * y
        grow(expansion, count, product)
        grow(expansion, count + 1, product_tail(x, y, product))
        count += 2
    for part in range(PARTS - 1, -1, -1):
        if expansion[part] != 0.0:
            return 1 if expansion[part] > 0.0 else -1
    return 0


@kernel
def turn(a: Point, b: Point, c: Point) -> int:
    """Return 1 when a, b, c turn left, -1 when right, 0 when they are on one line."""
    left = (a[0] - c[0]) * (b[1] - c[1])
    right = (a[1] - c[1]) * (b[0] - c[0])
    determinant = left - right
    bound = FILTER * (abs(left) + abs(right))
    if determinant > bound:
        return 1
    if -determinant > bound:
        return -1
    return exact_turn(a, b, c)


@kernel
def side(a: Point, b: Point, point: Point) -> int:
    """Return 1 when the moved point lies left of a -> b, else -1."""
    sign = turn(a, b, point)
    if sign != 0:
        return sign
    if b[1] != a[1]:
        return -1 if b[1] > a[1] else 1
    return 1 if b[0] > a[0] else -1


@kernel
def side_of_walk(start: Point, stop: Point, vertex: Point) -> int:
    """Return 1 when the vertex lies left of the walk between two moved points, else -1."""
    sign = turn(start, stop, vertex)
    if sign != 0:
        return sign
    if stop[1] != start[1]:
        return 1 if stop[1] > start[1] else -1
    return -1 if stop[0] > start[0] else 1


@kernel
def runs_above(a: Point, b: Point, point: Point) -> bool:
    """Say whether the edge a -> b, a to the west of b, lies north of the moved point."""
    return a[0] <= point[0] < b[0] and side(a, b, point) < 0


@kernel
def crossing(a: Point, b: Point, start: Point, stop: Point) -> int:
    """Return 1 when the moved walk crosses a -> b to its left, -1 to its right, 0 when not."""
    there = side(a, b, stop)
    if there == side(a, b, start):
        return 0
    if side_of_walk(start, stop, a) == side_of_walk(start, stop, b):
        return 0
    return there


@kernel
def without_dust(degrees: float) -> float:
    """Return the coordinate, 0 when it is nearer to zero than `TINY_DEG`."""
    return 0.0 if abs(degrees) < TINY_DEG else degrees
