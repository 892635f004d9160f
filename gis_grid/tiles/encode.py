"""Mapbox vector tiles 2.1, written by numpy: one layer of many features at once.

The format is https://github.com/mapbox/vector-tile-spec/tree/master/2.1.
"""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from gis_grid.tiles.columns import Column, field, tags_of
from gis_grid.tiles.mercator import EXTENT
from gis_grid.tiles.paths import Ints, Paths
from gis_grid.tiles.varint import varint, varints, zigzag
from gis_grid.values.tiles import TileKind

_KIND: Mapping[TileKind, bytes] = {
    "point": b"\x18\x01\x22",
    "line": b"\x18\x02\x22",
    "area": b"\x18\x03\x22",
}
"""The type of a feature, and the beginning of its geometry, which follows."""

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
    rows, shapes = _geometries(paths)
    tags, values = tags_of([column.take(rows) for column in columns.values()], len(rows))
    middle = _KIND[kind]
    features = b"".join(
        field(2, b"\x12" + varint(len(tag)) + tag + middle + varint(len(shape)) + shape)
        for tag, shape in zip(tags, shapes, strict=True)
    )
    keys = b"".join(field(3, key.encode()) for key in columns)
    extent = b"\x28" + varint(EXTENT)
    layer = b"\x78\x02" + field(1, name.encode()) + features + keys + b"".join(values) + extent
    return field(3, layer)


def _geometries(paths: Paths) -> tuple[Ints, list[bytes]]:
    """Return the row of each feature and its commands."""
    first = np.flatnonzero(np.diff(paths.owners, prepend=-1))  # first path of each feature
    steps = np.diff(paths.points, axis=0, prepend=0)
    heads = paths.starts[:-1][first]
    steps[heads] = paths.points[heads]  # each feature starts from the corner of the tile
    numbers, begins = _commands(zigzag(steps), paths)
    written, offsets = varints(numbers)
    cuts = [*offsets[begins[first]].tolist(), len(written)]
    blob = written.tobytes()
    return paths.owners[first], [blob[a:b] for a, b in pairwise(cuts)]


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
