"""The owner of every point: by the table of cells, by the tree where the table does not say."""

import numpy as np
from numpy.typing import NDArray

from gis_grid.router.edges import Edges
from gis_grid.router.located import OUTSIDE
from gis_grid.router.predicates import kernel, without_dust
from gis_grid.router.table import OVERLAP, Table, owner_by_table
from gis_grid.router.tree import Tree, owner_by_tree

EAST_DEG, NORTH_DEG = 180.0, 90.0


@kernel
def owner_of_point(table: Table, tree: Tree, edges: Edges, lon: float, lat: float) -> int:
    """Return the row of the grid that owns a point in degrees, -1 where none does."""
    if not (abs(lon) <= EAST_DEG and abs(lat) <= NORTH_DEG):  # NaN too
        return OUTSIDE
    point = (without_dust(lon), without_dust(lat))
    if table.frame[3] > 0:
        owner = owner_by_table(table, edges, point)
        if owner != OVERLAP:
            return int(owner)
    return int(owner_by_tree(tree, edges, point))


@kernel
def fill_owners(
    table: Table,
    tree: Tree,
    edges: Edges,
    points: tuple[NDArray[np.float64], NDArray[np.float64]],
    out: NDArray[np.int32],
) -> None:
    """Fill `out` with the row of each point's owner, -1 where there is none."""
    lon, lat = points
    for row in range(len(lon)):
        out[row] = owner_of_point(table, tree, edges, lon[row], lat[row])
