"""The rule of ownership once more, in rational arithmetic and plain Python: shares no code."""

import itertools
import math
from fractions import Fraction

import shapely


def rings_of(shape):
    if shape is None:
        return
    for part in shapely.get_parts(shape):
        if not part.is_empty:
            yield part.exterior.coords
            yield from (hole.coords for hole in part.interiors)


def holds(shape, x, y):
    """Whether the point moved a little east, and far less north, is inside: ray to the east."""
    x, y = Fraction(x), Fraction(y)
    crossed = 0
    for ring in rings_of(shape):
        points = [(Fraction(a), Fraction(b)) for a, b in ring]
        for (ax, ay), (bx, by) in itertools.pairwise(points):
            # at the moved height an end counts as above only when it is really above
            if (ay > y) == (by > y):
                continue
            # a border that the point lies on is passed by the move to the east already
            if ax + (y - ay) / (by - ay) * (bx - ax) > x:
                crossed += 1
    return crossed % 2 == 1


def owner(shapes, x, y):
    if not (math.isfinite(x) and math.isfinite(y)):
        return -1
    return next((row for row, shape in enumerate(shapes) if holds(shape, x, y)), -1)


def owners(shapes, lon, lat):
    boxes = [None if s is None or s.is_empty else s.bounds for s in shapes]

    def near(x, y):
        for row, box in enumerate(boxes):
            if box and box[0] <= x <= box[2] and box[1] <= y <= box[3]:
                yield row

    return [
        next((row for row in near(x, y) if holds(shapes[row], x, y)), -1)
        for x, y in zip(lon, lat, strict=True)
    ]
