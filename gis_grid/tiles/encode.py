"""Mapbox vector tiles 2.1, written by numpy: one layer of many features at once.

The format is https://github.com/mapbox/vector-tile-spec/tree/master/2.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gis_grid.tiles.columns import Column, field, tags_of
from gis_grid.tiles.mercator import EXTENT
from gis_grid.tiles.paths import Ints, Paths
from gis_grid.tiles.varint import lengths_of, varint, varints, zigzag
from gis_grid.values.tiles import TileKind

_KIND: Mapping[TileKind, int] = {"point": 1, "line": 2, "area": 3}
_FEATURE, _TAGS, _TYPE, _GEOMETRY = 0x12, 0x12, 0x18, 0x22
"""The fields of a feature, in their order."""

_MOVE, _LINE, _CLOSE = 1, 2, 15


def encode(name: str, kind: TileKind, paths: Paths, columns: Mapping[str, Column]) -> bytes:
    """Return a tile of one layer.

    Parameters
    ----------
    name
        What the layer is called.
    kind
        What its features are.
    paths
        Their geometry, in units of the tile.
    columns
        Their properties by name: a value for each row that `paths` may name.

    Returns
    -------
    bytes
        Features in the order of their rows. Without a feature, nothing.

    Examples
    --------
    >>> from gis_grid.tiles.columns import columns_of
    >>> from gis_grid.tiles.mercator import Tile
    >>> from gis_grid.tiles.paths import points_of
    >>> corner = points_of(np.zeros((1, 2)), Tile(0, 0, 0))
    >>> len(encode("places", "point", corner, columns_of({"code": ["p1"], "name": [None]})))
    46
    >>> encode("places", "point", points_of(np.zeros((0, 2)), Tile(0, 0, 0)), {})
    b''
    """
    if not len(paths.owners):
        return b""
    rows, *shapes = _geometries(paths)
    *tags, values = tags_of([column.take(rows) for column in columns.values()], len(rows))
    features = varints(_features(_KIND[kind], _Numbers(*tags), _Numbers(*shapes)))[0].tobytes()
    keys = b"".join(field(3, key.encode()) for key in columns)
    extent = b"\x28" + varint(EXTENT)
    layer = b"\x78\x02" + field(1, name.encode()) + features + keys + b"".join(values) + extent
    return field(3, layer)


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Some numbers of each feature, one after the other."""

    all: Ints
    starts: Ints
    """Where those of each feature begin, and after the last one their number."""

    @property
    def sizes(self) -> Ints:
        """Return how many bytes those of each feature take."""
        ends = np.zeros(len(self.all) + 1, np.int64)
        np.cumsum(lengths_of(self.all), out=ends[1:])
        return np.diff(ends[self.starts])

    def put(self, out: Ints, at: Ints) -> None:
        """Write those of each feature from a place of its own on."""
        counts = np.diff(self.starts)
        out[np.repeat(at - self.starts[:-1], counts) + np.arange(len(self.all))] = self.all


def _features(kind: int, tags: _Numbers, shapes: _Numbers) -> Ints:
    """Return the numbers of all features: as varints they are the bytes of the features."""
    count = len(tags.starts) - 1
    tag_bytes, shape_bytes = tags.sizes, shapes.sizes
    inside = 4 + lengths_of(tag_bytes) + tag_bytes + lengths_of(shape_bytes) + shape_bytes
    begins = 8 * np.arange(count) + tags.starts[:-1] + shapes.starts[:-1]
    middles = begins + 4 + np.diff(tags.starts)
    out = np.empty(8 * count + len(tags.all) + len(shapes.all), np.int64)
    out[begins], out[begins + 1] = _FEATURE, inside
    out[begins + 2], out[begins + 3] = _TAGS, tag_bytes
    out[middles], out[middles + 1] = _TYPE, kind
    out[middles + 2], out[middles + 3] = _GEOMETRY, shape_bytes
    tags.put(out, begins + 4)
    shapes.put(out, middles + 4)
    return out


def _geometries(paths: Paths) -> tuple[Ints, Ints, Ints]:
    """Return the row of each feature, the commands of all, and where those of each begin."""
    first = np.flatnonzero(np.diff(paths.owners, prepend=-1))  # first path of each feature
    steps = np.diff(paths.points, axis=0, prepend=0)
    heads = paths.starts[:-1][first]
    steps[heads] = paths.points[heads]  # each feature starts from the corner of the tile
    numbers, begins = _commands(zigzag(steps), paths)
    return paths.owners[first], numbers, np.append(begins[first], len(numbers))


def _commands(steps: Ints, paths: Paths) -> tuple[Ints, Ints]:
    """Return the numbers of all commands, and where those of each path begin."""
    counts = np.diff(paths.starts)
    is_path = counts > 1  # a single point is a move and nothing else
    extra = 1 + is_path * (2 if paths.closed else 1)
    sizes = 2 * counts + extra
    ends = np.cumsum(sizes)
    begins = ends - sizes
    numbers = np.empty(int(sizes.sum()), np.int64)
    numbers[begins] = 1 << 3 | _MOVE
    numbers[begins[is_path] + 3] = (counts[is_path] - 1) << 3 | _LINE
    if paths.closed:
        numbers[ends - 1] = _CLOSE
    path = np.repeat(np.arange(len(counts)), counts)
    place = np.arange(len(steps)) - paths.starts[path]
    at = begins[path] + 1 + 2 * place + (place > 0)
    numbers[at], numbers[at + 1] = steps[:, 0], steps[:, 1]
    return numbers, begins
