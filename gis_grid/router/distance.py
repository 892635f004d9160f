"""How far a point is from the border of its grid, or from the nearest grid, in metres.

The plane is the tangent plane of the WGS-84 ellipsoid at the point: a degree of longitude and of
latitude each have one length there. What is measured is right to ``d / 6,000 km * tan(latitude)``
of the distance d: 1 in 6,000 at one kilometre in middle latitudes.
"""

import math

import numpy as np
from numpy.typing import NDArray

from gis_grid.geo.compiled import kernel
from gis_grid.router.edges import RUN, Edges
from gis_grid.router.predicates import Point
from gis_grid.router.tree import DEPTH, FANOUT, Tree, push_children, push_root

SEMI_MAJOR_M = 6_378_137.0
ECCENTRICITY_2 = 0.0066943799901413165
TURN_DEG = 360.0


@kernel
def metres_per_degree(lat: float) -> Point:
    """Return the length of a degree of longitude and of latitude on WGS-84."""
    phi = math.radians(lat)
    w = 1.0 - ECCENTRICITY_2 * math.sin(phi) ** 2
    prime_vertical_m = SEMI_MAJOR_M / math.sqrt(w)
    meridian_m = prime_vertical_m * (1.0 - ECCENTRICITY_2) / w
    return math.radians(prime_vertical_m * math.cos(phi)), math.radians(meridian_m)


@kernel
def border_distance_2(edges: Edges, grid: int, point: Point, scale: Point) -> float:
    """Return the square of the distance in metres from a point to the border of a grid."""
    first, stop = edges.first_box[grid], edges.first_box[grid + 1]
    nearest, least = first, math.inf
    for run in range(first, stop):
        distance_2 = box_distance_2(edges.boxes, run, point, scale)
        if distance_2 < least:
            nearest, least = run, distance_2
    best = math.inf
    if first < stop:
        best = run_distance_2(edges, (grid, nearest), point, scale)
    for run in range(first, stop):
        if run != nearest and box_distance_2(edges.boxes, run, point, scale) < best:
            best = min(best, run_distance_2(edges, (grid, run), point, scale))
    return best


@kernel
def run_distance_2(edges: Edges, of: tuple[int, int], point: Point, scale: Point) -> float:
    """Return the square of the distance in metres from a point to a run of a grid's edges."""
    grid, run = of
    start = edges.first[grid] + (run - edges.first_box[grid]) * RUN
    ends = edges.ends
    best = math.inf
    for place in range(start, min(start + RUN, edges.first[grid + 1])):
        edge = edges.of_grid[place]
        ax, ay = (ends[edge, 0] - point[0]) * scale[0], (ends[edge, 1] - point[1]) * scale[1]
        dx = (ends[edge, 2] - ends[edge, 0]) * scale[0]
        dy = (ends[edge, 3] - ends[edge, 1]) * scale[1]
        length_2 = dx * dx + dy * dy
        across = ax * dy - ay * dx
        if across * across >= best * length_2 and length_2 > 0.0:
            continue  # even the whole line is farther away: no need to divide
        along = 0.0 if length_2 == 0.0 else -(ax * dx + ay * dy) / length_2
        along = min(1.0, max(0.0, along))
        x, y = ax + along * dx, ay + along * dy
        best = min(best, x * x + y * y)
    return best


@kernel
def box_distance_2(boxes: NDArray[np.float64], at: int, point: Point, scale: Point) -> float:
    """Return the square of the distance in metres from a point to a box; inf when it is empty."""
    x = max(boxes[at, 0] - point[0], 0.0, point[0] - boxes[at, 2]) * scale[0]
    y = max(boxes[at, 1] - point[1], 0.0, point[1] - boxes[at, 3]) * scale[1]
    return float(x * x + y * y)


@kernel
def nearest_grid(
    tree: Tree, edges: Edges, point: Point, scale: Point, best: float = math.inf
) -> tuple[int, float]:
    """Return the grid whose border is nearest and the square of its distance.

    Only grids nearer than the square root of `best` count; -1 and `best` for none.
    """
    walk = np.empty((DEPTH * FANOUT, 2), np.int64)
    found = -1
    left = push_root(tree, walk)
    while left > 0:
        left -= 1
        node, level = walk[left]
        if box_distance_2(tree.boxes, node, point, scale) >= best:
            continue
        if level > 0:
            begin = left
            left = push_children(tree, node, level, walk, left)
            _nearest_last(tree, walk[begin:left], point, scale)
            continue
        distance_2 = border_distance_2(edges, tree.rows[node], point, scale)
        if distance_2 < best:
            found, best = tree.rows[node], distance_2
    return found, best


@kernel
def _nearest_last(tree: Tree, waiting: NDArray[np.int64], point: Point, scale: Point) -> None:
    """Move the node with the nearest box to the end, from where it is taken first."""
    last = len(waiting) - 1
    best, at = math.inf, last
    for place in range(last + 1):
        distance_2 = box_distance_2(tree.boxes, waiting[place, 0], point, scale)
        if distance_2 < best:
            best, at = distance_2, place
    node = waiting[at, 0]
    waiting[at, 0] = waiting[last, 0]
    waiting[last, 0] = node


@kernel
def distances(
    tree: Tree,
    edges: Edges,
    points: tuple[NDArray[np.float64], NDArray[np.float64]],
    owner: NDArray[np.int32],
    out: NDArray[np.float64],
) -> None:
    """Fill `out` with the metres from each point to its owner's border, or to the nearest grid."""
    lon, lat = points
    for row in range(len(lon)):
        x, y = lon[row], lat[row]
        if not (abs(x) <= TURN_DEG / 2 and abs(y) <= TURN_DEG / 4):
            out[row] = math.nan
            continue
        scale = metres_per_degree(y)
        if owner[row] >= 0:
            out[row] = math.sqrt(border_distance_2(edges, owner[row], (x, y), scale))
            continue
        best = math.inf
        for turn in (0, -1, 1):  # the nearest grid may lie beyond the antimeridian
            moved = (x + turn * TURN_DEG, y)
            best = nearest_grid(tree, edges, moved, scale, best)[1]
        out[row] = math.sqrt(best)


@kernel
def nearest(
    tree: Tree,
    edges: Edges,
    points: tuple[NDArray[np.float64], NDArray[np.float64]],
    out: NDArray[np.int32],
) -> None:
    """Fill `out` with the grid whose border is nearest to each point, -1 for none."""
    lon, lat = points
    for row in range(len(lon)):
        x, y = lon[row], lat[row]
        out[row] = -1
        if not (abs(x) <= TURN_DEG / 2 and abs(y) <= TURN_DEG / 4):
            continue
        scale = metres_per_degree(y)
        best = math.inf
        for turn in (0, -1, 1):
            moved = (x + turn * TURN_DEG, y)
            found, distance_2 = nearest_grid(tree, edges, moved, scale, best)
            if distance_2 < best:
                out[row], best = found, distance_2
