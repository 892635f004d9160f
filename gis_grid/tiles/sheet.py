"""A whole layer in memory, ready to be cut into tiles."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_grid.accounts.areas import EVERYWHERE, Area
from gis_grid.tiles.columns import Column
from gis_grid.tiles.encode import encode
from gis_grid.tiles.mercator import Shapes, Tile
from gis_grid.tiles.paths import points_of, rings_of
from gis_grid.values.tiles import TileLayer

Ints = NDArray[np.int64]


class Sheet:
    """Features that do not change until the whole layer does. Safe for several threads."""

    def __init__(
        self,
        layer: TileLayer,
        shapes: Shapes,
        columns: Mapping[str, Column],
        *,
        owners: Iterable[str | None],
        since: NDArray[np.int64] | None = None,
    ) -> None:
        """Index the features.

        Parameters
        ----------
        layer
            What they are: areas or points.
        shapes
            Polygons, or points, in shares of the world; shape ``(n,)``. Missing and empty ones are
            never drawn.
        columns
            Their properties.
        owners
            Code of the grid that owns each of them; None for no grid.
        since
            Zoom from which each is drawn, shape ``(n,)``; from the layer's first zoom when None.
        """
        self.layer = layer
        self._shapes = shapes
        self._columns = columns
        self._owners = list(owners)
        self._since = np.full(len(shapes), layer.min_zoom) if since is None else since
        self._tree = shapely.STRtree(shapes)

    def draw(self, tile: Tile, *, area: Area = EVERYWHERE) -> bytes:
        """Return the features of a tile in their order; no bytes when there are none.

        Parameters
        ----------
        tile
            The square. Points lie in one tile only, areas reach 64 units beyond it.
        area
            Only what lies in it.
        """
        rows = np.sort(self._tree.query(shapely.box(*tile.box)))
        rows = rows[self._since[rows] <= tile.z]
        if not area.is_everywhere:
            rows = rows[np.array([self._owners[row] in area for row in rows], bool)]
        shapes = self._shapes[rows]
        if self.layer.kind == "point":
            world = shapely.get_coordinates(shapes)
            here = _within(world, tile)
            rows, paths = rows[here], points_of(world[here], tile)
        else:
            paths = rings_of(shapes, tile)
        return encode(
            self.layer.name,
            self.layer.kind,
            replace(paths, owners=rows[paths.owners]),
            self._columns,
        )


def _within(world: NDArray[np.float64], tile: Tile) -> NDArray[np.bool_]:
    """Tell which points lie in the tile itself; its west and north border belong to it."""
    left, top = tile.x * tile.side, tile.y * tile.side
    x, y = world.T
    inside: NDArray[np.bool_] = (
        (x >= left) & (x < left + tile.side) & (y >= top) & (y < top + tile.side)
    )
    return inside
