"""Which grids lie near a point, and how near, from the router's own tables."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis_grid.geo.compiled import kernel
from gis_grid.router.distance import (
    TURN_DEG,
    border_distance_2,
    box_distance_2,
    metres_per_degree,
    nearest_grid,
)
from gis_grid.router.edges import Edges
from gis_grid.router.index import Router
from gis_grid.router.predicates import Point
from gis_grid.router.tree import DEPTH, FANOUT, Tree, holds, push_children, push_root

TURNS = (0.0, -TURN_DEG, TURN_DEG)
"""A near grid may lie beyond the antimeridian."""


class Near(NamedTuple):
    """A grid near a point."""

    row: int
    """Row in the frame that the router was built from."""

    distance_m: float
    """From the point to the grid; 0 when the grid holds it."""


def grids_within(router: Router, *, lon: float, lat: float, radius_m: float) -> list[Near]:
    """Return the grids nearer to a point than a radius, the nearest first, ties by row.

    Parameters
    ----------
    router
        Any set of grids.
    lon, lat
        WGS-84 degrees, on Earth.
    radius_m
        Metres; a grid at exactly this distance is not near. 0 finds nothing.

    Returns
    -------
    list of Near
        Every grid whose distance is below the radius, in the tangent plane at the point; the
        error is that of `Router.distance_to_border_m`.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> boxes = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), None]
    >>> router = Router.build(gpd.GeoDataFrame({"code": list("abc")}, geometry=boxes, crs=4326))
    >>> [(one.row, round(one.distance_m)) for one in grids_within(
    ...     router, lon=0.999, lat=0.5, radius_m=200)]
    [(0, 0), (1, 111)]
    >>> grids_within(router, lon=0.999, lat=0.5, radius_m=0)
    []
    """
    scale = metres_per_degree(lat)
    best: dict[int, float] = {}
    for turn in TURNS:
        rows, squares = _within(router.tree, router.edges, (lon + turn, lat), scale, radius_m**2)
        for row, square in zip(rows.tolist(), squares.tolist(), strict=True):
            best[row] = min(math.sqrt(square), best.get(row, math.inf))
    found = [Near(row, distance_m) for row, distance_m in best.items()]
    return sorted(found, key=lambda near: (near.distance_m, near.row))


def grid_nearest(router: Router, *, lon: float, lat: float) -> Near | None:
    """Return the grid whose border is nearest to a point outside all; None without grids."""
    scale = metres_per_degree(lat)
    found = (nearest_grid(router.tree, router.edges, (lon + turn, lat), scale) for turn in TURNS)
    row, square = min(found, key=lambda pair: pair[1])
    return None if row < 0 else Near(int(row), math.sqrt(square))


@kernel
def _within(
    tree: Tree, edges: Edges, point: Point, scale: Point, radius_2: float
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the grids nearer than a radius and the squares of their distances."""
    rows = np.empty(len(tree.rows), np.int32)
    squares = np.empty(len(tree.rows))
    walk = np.empty((DEPTH * FANOUT, 2), np.int64)
    count = 0
    left = push_root(tree, walk)
    while left > 0:
        left -= 1
        node, level = walk[left]
        if box_distance_2(tree.boxes, node, point, scale) >= radius_2:
            continue
        if level > 0:
            left = push_children(tree, node, level, walk, left)
            continue
        row = tree.rows[node]
        square = 0.0
        if not holds(edges, row, point):
            square = border_distance_2(edges, row, point, scale)
        if square < radius_2:
            rows[count], squares[count] = row, square
            count += 1
    return rows[:count], squares[:count]
