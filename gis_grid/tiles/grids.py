"""The grids of a generation at every zoom: which levels, how fine, and where their labels stand."""

import threading
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_grid.tiles.encode import Value
from gis_grid.tiles.mercator import EQUATOR_M, EXTENT, Shapes, Tile, shapes_to_world
from gis_grid.tiles.sheet import Mask, Sheet
from gis_grid.values.tiles import DETAIL_ZOOM, GRID_LABELS, GRIDS

SEEN_UNITS = 32
"""Median side of the grids of a level from which they are drawn: 4 pixels of a tile of 512."""

LABEL_UNITS = 320
"""The same for their labels: 40 pixels."""

FULL_ZOOM = 14
"""From this zoom grids are drawn as they are; below it their borders are simplified."""

TOLERANCE_UNITS = 6
"""Corners whose triangle is smaller than the square of this are left out of borders."""


class GridSheets:
    """The grids of one generation, cut into tiles. Safe for several threads.

    Borders are simplified once per zoom and level by `shapely.coverage_simplify`, which takes the
    same corners out of both neighbours; then a vertex falls on the same unit for both of them.
    """

    def __init__(
        self, shapes: Shapes, levels: Sequence[str], columns: Mapping[str, Sequence[Value]]
    ) -> None:
        """Index the grids.

        Parameters
        ----------
        shapes
            Polygons or MultiPolygons in EPSG:4326, shape ``(n,)``.
        levels
            The level of each grid.
        columns
            Their properties; ``code`` and the other fields of the tile layer.
        """
        self.levels = np.array(levels, dtype=object)
        self._columns = columns
        self._world = shapes_to_world(shapes)
        sides = _sides(self._world, self.levels)
        self.drawn_from = MappingProxyType({k: _zoom(v, SEEN_UNITS) for k, v in sides.items()})
        self.named_from = MappingProxyType({k: _zoom(v, LABEL_UNITS) for k, v in sides.items()})
        self._labels = _labels(self._world, columns)
        self._fine: dict[int, Sheet] = {}
        self._lock = threading.Lock()

    def draw(self, tile: Tile, *, drawn: Mask | None = None) -> bytes:
        """Return the grids of a tile, of every level that can be seen at its zoom."""
        return self._at(tile.z).draw(tile, drawn=self._seen(self.drawn_from, tile, drawn))

    def draw_labels(self, tile: Tile, *, drawn: Mask | None = None) -> bytes:
        """Return the labels of a tile, each in one tile only."""
        return self._labels.draw(tile, drawn=self._seen(self.named_from, tile, drawn))

    def _seen(self, since: Mapping[str, int], tile: Tile, drawn: Mask | None) -> Mask:
        levels = [level for level, zoom in since.items() if zoom <= tile.z]
        seen = np.isin(self.levels, levels)
        return seen if drawn is None else seen & drawn

    def _at(self, zoom: int) -> Sheet:
        zoom = min(zoom, FULL_ZOOM)
        with self._lock:
            if zoom not in self._fine:
                self._fine[zoom] = Sheet(GRIDS, self._simplified(zoom), self._columns)
            return self._fine[zoom]

    def _simplified(self, zoom: int) -> Shapes:
        if zoom >= FULL_ZOOM:
            return self._world
        simple = np.full(len(self._world), None, dtype=object)
        tolerance = TOLERANCE_UNITS / (EXTENT << zoom)
        for level, since in self.drawn_from.items():
            rows = np.flatnonzero(self.levels == level)
            if since <= zoom:
                simple[rows] = simplified(self._world[rows], tolerance)
        return simple


def simplified(coverage: Shapes, tolerance: float) -> Shapes:
    """Return polygons with fewer corners whose common borders stay common.

    Polygons that overlap share no borders; they are returned as they are.
    """
    if not shapely.coverage_is_valid(coverage):
        return coverage
    return np.asarray(shapely.coverage_simplify(coverage, tolerance), dtype=object)


def _sides(world: Shapes, levels: NDArray[np.object_]) -> dict[str, float]:
    """Return the median side of the grids of each level, in shares of the world."""
    sides = np.sqrt(shapely.area(world))
    return {str(level): float(np.median(sides[levels == level])) for level in np.unique(levels)}


def _zoom(side: float, units: int) -> int:
    """Return the first zoom at which `side` has so many units."""
    zooms = range(DETAIL_ZOOM)
    return next((zoom for zoom in zooms if side * (EXTENT << zoom) >= units), DETAIL_ZOOM)


def _labels(world: Shapes, columns: Mapping[str, Sequence[Value]]) -> Sheet:
    """Stand each label where its grid is widest."""
    spans = shapely.maximum_inscribed_circle(world)
    middles = shapely.get_point(spans, 0)
    height = shapely.get_y(middles)
    radius_m = shapely.length(spans) * EQUATOR_M / np.cosh(2 * np.pi * (0.5 - height))
    said = {name: columns[name] for name in GRID_LABELS.fields}
    said["radius_m"] = [round(float(value), 1) for value in radius_m]
    return Sheet(GRID_LABELS, middles, said)
