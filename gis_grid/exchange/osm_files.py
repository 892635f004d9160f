"""OpenStreetMap extracts (.osm.pbf, .osm, .osm.gz) read as batches of our layers."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import osmium
import pandas as pd
import shapely
from osmium.osm import Area, Changeset, Node, Relation, Way
from shapely.geometry.base import BaseGeometry

from gis_grid.errors import FileError
from gis_grid.exchange.batch import Batch, Problem
from gis_grid.exchange.osm_tags import (
    Meant,
    Tags,
    area_meanings,
    line_meanings,
    place_meaning,
    point_meanings,
)
from gis_grid.values.layers import LAYERS

OSM_LAYERS = (
    "streets",
    "buildings",
    "places",
    "cameras",
    "facilities",
    "landcover",
    "walls",
    "gates",
)
"""The layers that an extract fills."""

_SOURCE = "OpenStreetMap"


@dataclass(slots=True)
class _Pile:
    """Rows of one layer waiting to be handed on."""

    rows: list[int] = field(default_factory=list)
    records: list[dict[str, object]] = field(default_factory=list)
    shapes: list[BaseGeometry | None] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, code: str, number: int, meant: Meant, shape: BaseGeometry | None) -> None:
        self.rows.append(number)
        self.records.append({"code": code, **meant.fields, "source": _SOURCE})
        self.shapes.append(shape)

    def batch(self, layer: str) -> Batch:
        names = [item.name for item in LAYERS[layer].fields if not item.derived]
        shapes = np.empty(len(self.shapes), dtype=object)
        shapes[:] = self.shapes
        return Batch(
            rows=np.array(self.rows, dtype=np.int64),
            table=pd.DataFrame(self.records, columns=pd.Index(names), dtype=object),
            shapes=shapes,
            unreadable=tuple(self.problems),
        )


def read_osm(path: Path, *, size: int) -> Iterator[tuple[str, Batch]]:
    """Read an extract as batches of our layers, in lon, lat.

    Nodes become places, cameras, facilities and gates; ways become streets and walls; closed ways
    and multipolygon relations become buildings, water and green, and places in their middle. The
    code is ``n``, ``w`` or ``r`` and the number of the object, which is also the row of a problem.

    Parameters
    ----------
    path
        A file that libosmium reads.
    size
        Rows a batch; the locations of nodes are held by libosmium, about 16 bytes each.

    Yields
    ------
    layer, batch
        Name of the layer and rows whose columns are its fields. An area that cannot be closed
        because the extract cuts it, or that is tagged on a node, is a problem of its batch.

    Raises
    ------
    FileError
        The file is empty, cut off or not an extract.
    """
    reader = _Reader(size)
    try:
        objects = osmium.FileProcessor(str(path)).with_areas().with_locations()
        for found in objects.with_filter(osmium.filter.EmptyTagFilter()):
            reader.take(found)
            yield from reader.full()
    except (RuntimeError, osmium.InvalidLocationError) as error:
        message = f"{path} cannot be read as OpenStreetMap data: {error}"
        raise FileError(message) from error
    yield from reader.rest()


class _Reader:
    """Sorts objects onto piles, and remembers areas that are still to be closed."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._piles: dict[str, _Pile] = defaultdict(_Pile)
        self._open: dict[str, tuple[int, tuple[str, ...]]] = {}
        self._geometry = osmium.geom.WKBFactory()

    def take(self, found: Node | Way | Relation | Area | Changeset) -> None:
        """Put an object where it belongs."""
        tags = dict(found.tags)
        if isinstance(found, Area):
            self._area(found, tags)
        elif isinstance(found, Node):
            self._node(found, tags)
        elif isinstance(found, Way):
            self._way(found, tags)
        elif isinstance(found, Relation) and tags.get("type") == "multipolygon":
            self._expect(f"r{found.id}", found.id, tags)

    def full(self) -> Iterator[tuple[str, Batch]]:
        """Hand on the piles that are high enough."""
        for layer in [name for name, pile in self._piles.items() if len(pile.rows) >= self._size]:
            yield layer, self._piles.pop(layer).batch(layer)

    def rest(self) -> Iterator[tuple[str, Batch]]:
        """Hand on what is left, with the areas that were never closed as problems."""
        for code, (number, layers) in self._open.items():
            for layer in layers:
                self._refuse(layer, number, code, "incomplete_area", "the extract cuts it off")
        for layer in OSM_LAYERS:
            if layer in self._piles:
                yield layer, self._piles.pop(layer).batch(layer)

    def _node(self, node: Node, tags: Tags) -> None:
        code = f"n{node.id}"
        shape = shapely.Point(node.lon, node.lat)
        for meant in point_meanings(tags):
            self._piles[meant.layer].add(code, node.id, meant, shape)
        for meant in area_meanings(tags):
            if meant.layer == "buildings":
                self._refuse(meant.layer, node.id, code, "not_an_area", "a node has no outline")

    def _way(self, way: Way, tags: Tags) -> None:
        meanings = line_meanings(tags)
        if meanings:
            shape = self._line(way)
            for meant in meanings:
                self._piles[meant.layer].add(f"w{way.id}", way.id, meant, shape)
        self._expect(f"w{way.id}", way.id, tags)

    def _line(self, way: Way) -> BaseGeometry | None:
        points = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
        return shapely.LineString(points) if len(points) > 1 else None

    def _expect(self, code: str, number: int, tags: Tags) -> None:
        """Remember what should come back as an area; a way may be both line and area."""
        layers = [meant.layer for meant in area_meanings(tags)]
        if place_meaning(tags) is not None and "highway" not in tags:
            layers.append("places")
        if layers:
            self._open[code] = (number, tuple(layers))

    def _area(self, area: Area, tags: Tags) -> None:
        code = f"{'w' if area.from_way() else 'r'}{area.orig_id()}"
        if self._open.pop(code, None) is None:
            return
        try:
            shape = shapely.from_wkb(self._geometry.create_multipolygon(area))
        except RuntimeError:
            shape = None
        for meant in area_meanings(tags):
            self._piles[meant.layer].add(code, area.orig_id(), meant, shape)
        place = place_meaning(tags)
        if place is not None and "highway" not in tags:
            middle = None if shape is None else shapely.point_on_surface(shape)
            self._piles["places"].add(code, area.orig_id(), place, middle)

    def _refuse(self, layer: str, number: int, code: str, reason: str, hint: str) -> None:
        self._piles[layer].problems.append(
            Problem(row=number, field="geometry", value=code, reason=reason, hint=hint)
        )
