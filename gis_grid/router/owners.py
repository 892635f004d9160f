"""The owner of every point: by the table of cells, by the tree where the table does not say."""

import numpy as np
from numpy.typing import NDArray

from gis_grid.geo.compiled import kernel
from gis_grid.router.edges import Edges, frozen
from gis_grid.router.located import OUTSIDE
from gis_grid.router.lookup import fill_by_table, owner_at
from gis_grid.router.predicates import without_dust
from gis_grid.router.table import OVERLAP, Table
from gis_grid.router.tree import Tree, owner_by_tree

EAST_DEG, NORTH_DEG = 180.0, 90.0

Coordinates = tuple[NDArray[np.float64], NDArray[np.float64]]


def fill_owners(
    table: Table, tree: Tree, edges: Edges, points: Coordinates, out: NDArray[np.int32]
) -> None:
    """Fill `out` with the row of each point's owner, -1 where there is none."""
    if table.frame[3] == 0:
        fill_by_tree(tree, edges, points, out, False)  # noqa: FBT003 - kernels take places only
    elif fill_by_table(table, points, out):
        fill_by_tree(tree, edges, points, out, True)  # noqa: FBT003


def owner_of_one(table: Table, tree: Tree, edges: Edges, lon: float, lat: float) -> int:
    """Return the row of a point's owner, -1 where there is none."""
    if table.frame[3]:
        row = owner_at(table, lon, lat)
        if row != OVERLAP:
            return row
    out, point = np.empty(1, np.int32), frozen(np.array([lon, lat]))
    fill_by_tree(tree, edges, (point[:1], point[1:]), out, False)  # noqa: FBT003
    return int(out[0])


@kernel
def fill_by_tree(
    tree: Tree,
    edges: Edges,
    points: Coordinates,
    out: NDArray[np.int32],
    overlaps_only: bool,  # noqa: FBT001
) -> None:
    """Fill `out` for all points, or for those that it says lie in an overlap."""
    lon, lat = points
    for row in range(len(lon)):
        if overlaps_only and out[row] != OVERLAP:
            continue
        out[row] = OUTSIDE
        x, y = without_dust(lon[row]), without_dust(lat[row])
        if abs(x) <= EAST_DEG and abs(y) <= NORTH_DEG:  # NaN is neither
            out[row] = owner_by_tree(tree, edges, (x, y))
