"""Mapbox vector tiles 2.1, written by numpy: one layer of many features at once.

The format is https://github.com/mapbox/vector-tile-spec/tree/master/2.1.
"""

import struct
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from gis_grid.tiles.mercator import EXTENT
from gis_grid.tiles.paths import Ints, Paths
from gis_grid.tiles.varint import varint, varints, zigzag
from gis_grid.values.tiles import TileKind

Value = str | int | float | bool | None
"""What a property may be; None is left out."""

_KIND: Mapping[TileKind, bytes] = {"point": b"\x18\x01", "line": b"\x18\x02", "area": b"\x18\x03"}
_MOVE, _LINE, _CLOSE = 1, 2, 15


def encode(
    name: str, kind: TileKind, paths: Paths, columns: Mapping[str, Sequence[Value]]
) -> bytes:
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
        Their properties by name: a value for each row that `paths` may name. NaN is written as a
        number; None is left out.

    Returns
    -------
    bytes
        Without a feature, nothing.

    Examples
    --------
    >>> from gis_grid.tiles.mercator import Tile
    >>> from gis_grid.tiles.paths import points_of
    >>> encode("places", "point", points_of(np.zeros((1, 2)), Tile(0, 0, 0)), {"n": [1]}).hex()
    '1a20780228801...
    >>> encode("places", "point", points_of(np.zeros((0, 2)), Tile(0, 0, 0)), {"n": []})
    b''
    """
    if not len(paths.owners):
        return b""
    rows, shapes = _geometries(paths)
    tags, values = _tags(rows, list(columns.values()))
    features = b"".join(
        _field(2, _field(2, tag) + _KIND[kind] + _field(4, shape))
        for tag, shape in zip(tags, shapes, strict=True)
    )
    keys = b"".join(_field(3, key.encode()) for key in columns)
    extent = b"\x28" + varint(EXTENT)
    layer = b"\x78\x02" + _field(1, name.encode()) + features + keys + b"".join(values) + extent
    return _field(3, layer)


def _field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def _geometries(paths: Paths) -> tuple[list[int], list[bytes]]:
    """Return the row of each feature and its commands."""
    first = np.flatnonzero(np.diff(paths.owners, prepend=-1))  # first path of each feature
    steps = np.diff(paths.points, axis=0, prepend=0)
    heads = paths.starts[:-1][first]
    steps[heads] = paths.points[heads]  # each feature starts from the corner of the tile
    numbers, begins = _commands(zigzag(steps), paths)
    written, offsets = varints(numbers)
    cuts = [*offsets[begins[first]].tolist(), len(written)]
    blob = written.tobytes()
    shapes = [blob[a:b] for a, b in pairwise(cuts)]
    return paths.owners[first].tolist(), shapes


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


def _tags(
    rows: Sequence[int], columns: Sequence[Sequence[Value]]
) -> tuple[list[bytes], list[bytes]]:
    """Return the properties of each row, and the table of values that they point to."""
    numbers: dict[tuple[type, Value], bytes] = {}
    values: list[bytes] = []
    tags = [b""] * len(rows)
    for key, column in enumerate(columns):
        prefix = varint(key)
        for place, row in enumerate(rows):
            value = column[row]
            if value is None:
                continue
            known = numbers.get((type(value), value))
            if known is None:
                known = numbers[type(value), value] = varint(len(values))
                values.append(_field(4, _value(value)))
            tags[place] += prefix + known
    return tags, values


def _value(value: str | float) -> bytes:
    if isinstance(value, str):
        return _field(1, value.encode())
    if isinstance(value, bool):
        return b"\x38" + varint(value)
    if isinstance(value, int):
        return b"\x28" + varint(value) if value >= 0 else b"\x30" + varint(-2 * value - 1)
    return b"\x19" + struct.pack("<d", value)
