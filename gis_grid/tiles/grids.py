"""The grids of a generation at every zoom: which levels, how fine, and where their labels stand."""

import threading
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import shapely

from gis_grid.accounts.areas import EVERYWHERE, Area
from gis_grid.tiles.columns import Value, column_of, columns_of
from gis_grid.tiles.mercator import EQUATOR_M, EXTENT, Shapes, Tile, shapes_to_world
from gis_grid.tiles.sheet import Sheet
from gis_grid.values.tiles import DETAIL_ZOOM, GRID_LABELS, GRIDS

SEEN_UNITS = 32
"""Median side of the grids of a level from which they are drawn: 4 pixels of a tile of 512."""

LABEL_UNITS = 320
"""The same for their labels: 40 pixels."""

FULL_ZOOM = 14
"""From this zoom grids are drawn as they are; below it their borders are simplified."""

TOLERANCE_UNITS = 6
"""Corners whose triangle is smaller than the square of this are left out of borders."""

WHOLE_TILES = 2
"""Tiles that all grids are wide where somebody looks at all of them."""

LABEL_TOLERANCE = 0.02
"""How far from the innermost point a label may stand, as a share of the grid's side."""


class GridSheets:
    """The grids of one generation, cut into tiles. Safe for several threads.

    Borders are simplified once per zoom and level by `shapely.coverage_simplify`, which takes the
    same corners out of both neighbours; then a vertex falls on the same unit for both of them.
    What takes long is made for a zoom when the first tile of it is drawn.
    """

    def __init__(self, shapes: Shapes, columns: Mapping[str, Sequence[Value]]) -> None:
        """Index the grids.

        Parameters
        ----------
        shapes
            Polygons or MultiPolygons in EPSG:4326, shape ``(n,)``.
        columns
            Their properties: the fields of the tile layer, ``code`` and ``level`` among them.
        """
        self._levels = np.array(columns["level"], dtype=object)
        self._codes = [str(code) for code in columns["code"]]
        self._columns = columns_of(columns)
        self._world = shapes_to_world(shapes)
        side = np.sqrt(shapely.area(self._world))
        sides = {str(k): float(np.median(side[self._levels == k])) for k in set(self._levels)}
        self.drawn_from = MappingProxyType({k: _zoom(v, SEEN_UNITS) for k, v in sides.items()})
        self.named_from = MappingProxyType({k: _zoom(v, LABEL_UNITS) for k, v in sides.items()})
        self._shared: dict[str, bool] = {}
        self._side = side
        self._spans = np.full(len(shapes), None, dtype=object)
        self._labels: dict[int, Sheet] = {}
        self._fine: dict[int, Sheet] = {}
        self._lock, self._label_lock = threading.Lock(), threading.Lock()

    def draw(self, tile: Tile, *, area: Area = EVERYWHERE) -> bytes:
        """Return the grids of a tile, of every level that can be seen at its zoom."""
        return self._at(min(tile.z, FULL_ZOOM)).draw(tile, area=area)

    def draw_labels(self, tile: Tile, *, area: Area = EVERYWHERE) -> bytes:
        """Return the labels of a tile, each in one tile only."""
        return self._labels_at(tile.z).draw(tile, area=area)

    def prepare(self) -> None:
        """Make what tiles need before anybody asks for them: all grids together, then streets."""
        if len(self._world):
            west, north, east, south = shapely.total_bounds(self._world)
            side = max(east - west, south - north)
            zoom = int(np.clip(np.log2(WHOLE_TILES / side), 0, FULL_ZOOM))
            self._at(zoom)
            for finer in sorted({zoom, *self.named_from.values()}):
                self._labels_at(finer)
            self._at(FULL_ZOOM)

    def _share_borders(self, level: str) -> bool:
        """Tell whether neighbours of a level have the same corners; under the lock of borders."""
        if level not in self._shared:
            valid = shapely.coverage_is_valid(self._world[self._levels == level])
            self._shared[level] = bool(valid)
        return self._shared[level]

    def _labels_at(self, zoom: int) -> Sheet:
        named = sum(since <= zoom for since in self.named_from.values())
        with self._label_lock:  # borders need not wait for them
            if named not in self._labels:
                self._labels[named] = self._stand_labels(zoom)
            return self._labels[named]

    def _at(self, zoom: int) -> Sheet:
        with self._lock:
            if zoom not in self._fine:
                since = self._since(self.drawn_from)
                self._fine[zoom] = Sheet(
                    GRIDS, self._simplified(zoom), self._columns, owners=self._codes, since=since
                )
            return self._fine[zoom]

    def _since(self, zooms: Mapping[str, int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array([zooms[level] for level in self._levels], np.int64)

    def _simplified(self, zoom: int) -> Shapes:
        """Return the grids as they are drawn at a zoom; None for those that are not seen there."""
        if zoom >= FULL_ZOOM:
            return self._world
        simple = np.full(len(self._world), None, dtype=object)
        tolerance = TOLERANCE_UNITS / (EXTENT << zoom)
        for level, since in self.drawn_from.items():
            if since <= zoom:
                rows = np.flatnonzero(self._levels == level)
                drawn = self._world[rows]
                # polygons that overlap have no borders in common that could tear
                simple[rows] = (
                    shapely.coverage_simplify(drawn, tolerance)
                    if self._share_borders(level)
                    else drawn
                )
        return simple

    def _stand_labels(self, zoom: int) -> Sheet:
        """Stand each label that is seen at a zoom where its grid is widest."""
        since = self._since(self.named_from)
        seen = since <= zoom
        new = seen & shapely.is_missing(self._spans)
        self._spans[new] = shapely.maximum_inscribed_circle(
            self._world[new], LABEL_TOLERANCE * self._side[new]
        )
        middles = shapely.get_point(self._spans, 0)
        middles[~seen] = None
        stretch = np.cosh(2 * np.pi * (0.5 - shapely.get_y(middles)))
        radius_m = shapely.length(self._spans) * EQUATOR_M / stretch
        said = {name: self._columns[name] for name in GRID_LABELS.fields}
        told = [
            round(float(value), 1) if here else None
            for value, here in zip(radius_m, seen, strict=True)
        ]
        said["radius_m"] = column_of(told)
        return Sheet(GRID_LABELS, middles, said, owners=self._codes, since=since)


def _zoom(side: float, units: int) -> int:
    """Return the first zoom at which `side` has so many units."""
    zooms = range(DETAIL_ZOOM)
    return next((zoom for zoom in zooms if side * (EXTENT << zoom) >= units), DETAIL_ZOOM)
