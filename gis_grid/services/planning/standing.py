"""Which block of a plan points stand on: each on exactly one, whatever was cut."""

import numpy as np
import shapely

from gis_grid.geo.crs import project
from gis_grid.plan.arrays import Floats, Ints
from gis_grid.plan.blocks import Blocks
from gis_grid.plan.core import NOBODY
from gis_grid.plan.state import PlanState
from gis_grid.plan.underfoot import NOWHERE, blocks_under


def origins_at(blocks: Blocks, lonlat: Floats) -> Ints:
    """Return the block that each point stands on, before anything was cut.

    A point on the border of blocks stands on the one with the lowest number; `NOWHERE` when none
    holds it.

    Parameters
    ----------
    blocks
        Those of a plan.
    lonlat
        Longitude and latitude, degrees of WGS-84, shape ``(n, 2)``.
    """
    return blocks_under(blocks.shapes, _xy_m(blocks, lonlat))


def blocks_at(state: PlanState, lonlat: Floats, origins: Ints | None = None) -> Ints:
    """Return the block or part of one that each point stands on.

    Parameters
    ----------
    state
        The plan.
    lonlat
        Longitude and latitude, degrees of WGS-84, shape ``(n, 2)``.
    origins
        What `origins_at` says, when that is known: it is the same for all plans of these blocks.
    """
    found = origins_at(state.blocks, lonlat) if origins is None else origins.copy()
    alive = np.zeros(state.used, bool)
    alive[state.alive()] = True
    there = np.flatnonzero(found != NOWHERE)
    cut = there[~alive[found[there]]]
    points = [shapely.Point(one) for one in _xy_m(state.blocks, lonlat[cut])]
    for at, point in zip(cut, points, strict=True):
        parts = sorted(state.atoms.living_parts(int(found[at])))
        distance = shapely.distance(state.shapes(parts), point)
        found[at] = parts[int(np.argmin(distance))]
    return found


def grids_at(state: PlanState, lonlat: Floats, origins: Ints | None = None) -> Ints:
    """Return the grid that each point is in, -1 for none; `origins` as in `blocks_at`."""
    blocks = blocks_at(state, lonlat, origins)
    owner = state.core.grid[: state.used]
    return np.where(blocks == NOWHERE, NOBODY, owner[blocks] if len(owner) else NOBODY)


def _xy_m(blocks: Blocks, lonlat: Floats) -> Floats:
    x, y = project(lon=lonlat[:, 0], lat=lonlat[:, 1], epsg=blocks.epsg)
    return np.column_stack([x, y])
