"""A whole layer in memory, ready to be cut into tiles."""

from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_grid.tiles.encode import Value, encode
from gis_grid.tiles.mercator import Shapes, Tile
from gis_grid.tiles.paths import points_of, rings_of
from gis_grid.values.tiles import TileLayer

Mask = NDArray[np.bool_]


class Sheet:
    """Features that do not change until the whole layer does. Safe for several threads."""

    def __init__(
        self, layer: TileLayer, shapes: Shapes, columns: Mapping[str, Sequence[Value]]
    ) -> None:
        """Index the features.

        Parameters
        ----------
        layer
            What they are.
        shapes
            Polygons, or points, in shares of the world; shape ``(n,)``. Missing and empty ones are
            never drawn.
        columns
            Their properties, a value for each feature.
        """
        self.layer = layer
        self.columns = columns
        self._shapes = shapes
        self._tree = shapely.STRtree(shapes)

    def draw(self, tile: Tile, *, drawn: Mask | None = None) -> bytes:
        """Return the features of a tile in their order; no bytes when there are none.

        Parameters
        ----------
        tile
            The square. Points lie in one tile only, areas reach beyond it.
        drawn
            Which features may be shown, shape ``(n,)``; all of them when None.
        """
        rows = self._rows(tile)
        if drawn is not None:
            rows = rows[drawn[rows]]
        if not len(rows):
            return b""
        shapes = self._shapes[rows]
        if self.layer.kind == "point":
            paths = points_of(shapely.get_coordinates(shapes), tile)
        else:
            paths = rings_of(shapes, tile)
        columns = {name: [values[row] for row in rows] for name, values in self.columns.items()}
        return encode(self.layer.name, self.layer.kind, paths, columns)

    def _rows(self, tile: Tile) -> NDArray[np.int64]:
        rows = np.sort(self._tree.query(shapely.box(*tile.box)))
        if self.layer.kind != "point":
            return rows
        x, y = shapely.get_coordinates(self._shapes[rows]).T
        left, top = tile.x * tile.side, tile.y * tile.side
        inside = (x >= left) & (x < left + tile.side) & (y >= top) & (y < top + tile.side)
        return np.asarray(rows[inside])
