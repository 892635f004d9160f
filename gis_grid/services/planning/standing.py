"""Which block of a plan points stand on: each on exactly one, whatever was cut."""

import numpy as np
import shapely

from gis_grid.geo.crs import project
from gis_grid.plan.arrays import Floats, Ints
from gis_grid.plan.core import NOBODY
from gis_grid.plan.state import PlanState

NOWHERE = -1
"""The block of a point that no block holds."""


def blocks_at(state: PlanState, lonlat: Floats) -> Ints:
    """Return the block that each point stands on.

    A point on the border of blocks stands on the one with the lowest number; `NOWHERE` when none
    holds it.

    Parameters
    ----------
    state
        The plan.
    lonlat
        Longitude and latitude, degrees of WGS-84, shape ``(n, 2)``.
    """
    x, y = project(lon=lonlat[:, 0], lat=lonlat[:, 1], epsg=state.blocks.epsg)
    points = np.asarray(shapely.points(x, y), object)
    found = _lowest(len(points), *_holding(state.blocks.shapes, points))
    cut = np.flatnonzero([one != NOWHERE and not state.is_alive(int(one)) for one in found])
    for at in cut:
        parts = sorted(state.atoms.living_parts(int(found[at])))
        distance = shapely.distance(state.shapes(parts), points[at])
        found[at] = parts[int(np.argmin(distance))]
    return found


def grids_at(state: PlanState, lonlat: Floats) -> Ints:
    """Return the grid that each point is in, -1 for none."""
    blocks = blocks_at(state, lonlat)
    owner = state.core.grid[: state.used]
    return np.where(blocks == NOWHERE, NOBODY, owner[blocks] if len(owner) else NOBODY)


def _holding(shapes: np.ndarray, points: np.ndarray) -> tuple[Ints, Ints]:
    point, block = shapely.STRtree(shapes).query(points, predicate="intersects")
    return np.asarray(point, np.int64), np.asarray(block, np.int64)


def _lowest(count: int, point: Ints, block: Ints) -> Ints:
    found = np.full(count, NOWHERE, np.int64)
    order = np.lexsort((block, point))
    which, first = np.unique(point[order], return_index=True)
    found[which] = block[order][first]
    return found
