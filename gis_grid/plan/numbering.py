"""New codes by the sequence rule of the standard: west to east, north to south."""

from collections.abc import Callable, Mapping

import geopandas as gpd
import numpy as np
import shapely

from gis_grid.errors import ConflictError, InputError
from gis_grid.grid.sequence import sequence_order
from gis_grid.plan.arrays import Ints, Shapes
from gis_grid.plan.edits import rename
from gis_grid.plan.log import Edit
from gis_grid.plan.state import PlanState

CodeOf = Callable[[str, int], str]
"""The code of the n-th grid (from 1) of a community."""


def numbered_code(community: str, number: int) -> str:
    """Return the code of a community followed by three digits, as in GB/T 30428.1.

    Raises
    ------
    ConflictError
        The number has more than three digits.

    Examples
    --------
    >>> numbered_code("320582107234", 7)
    '320582107234007'
    """
    if number > 999:  # noqa: PLR2004 - three digits
        message = f"{community} would have {number} grids; three digits hold 999"
        raise ConflictError(message)
    return f"{community}{number:03d}"


def renumber(
    state: PlanState,
    *,
    communities: Mapping[str, str] | None = None,
    code_of: CodeOf = numbered_code,
) -> Edit:
    """Give all grids with ground codes in the order of the standard, community by community.

    Parameters
    ----------
    state
        The plan. A grid belongs to the community in which most of its ground is.
    communities
        Code of the community of each grid by the grid's code; by default that of its blocks.
    code_of
        How a code is made.

    Returns
    -------
    Edit
        Old codes stay in the log and in the comparison with the plan of the beginning.

    Raises
    ------
    InputError
        A grid has no community.
    ConflictError
        A new code is there already, or there are too many grids in a community.
    """
    grids = [int(g) for g in state.living_grids() if state.core.size[g]]
    homes = [_home(state, grid, communities) for grid in grids]
    shapes = np.array(
        [shapely.coverage_union_all(state.shapes(state.members(grid))) for grid in grids], object
    )
    pairs = []
    for community in sorted(set(homes)):
        own = np.flatnonzero([home == community for home in homes])
        for number, at in enumerate(own[_order(shapes[own], state.blocks.epsg)], 1):
            pairs.append((str(state.codes[grids[at]]), code_of(community, number)))
    return rename(state, pairs)


def _order(shapes: Shapes, epsg: int) -> Ints:
    """Return the order of grids as `gis_grid.grid.sequence.number_units` has it."""
    series = gpd.GeoSeries(shapes, crs=epsg or None)
    bounds = series.bounds
    band_m = float((bounds["maxy"] - bounds["miny"]).median()) / 2 or None
    points = shapely.centroid(shapes)
    return sequence_order(x_m=shapely.get_x(points), y_m=shapely.get_y(points), band_m=band_m)


def _home(state: PlanState, grid: int, communities: Mapping[str, str] | None) -> str:
    code = str(state.codes[grid])
    if communities is not None:
        if code not in communities:
            message = f"grid {code} has no community; say in which one it lies"
            raise InputError(message)
        return communities[code]
    members = state.members(grid)
    label = state.blocks.community.number[state.origins(members)]
    inside = label >= 0
    if not inside.any():
        message = f"no block of grid {code} is in a community; say in which one it lies"
        raise InputError(message)
    area = np.bincount(label[inside], state.core.weights[members[inside], -1])
    return str(state.blocks.community.names[int(np.argmax(area))])
