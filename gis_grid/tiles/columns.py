"""Properties of many features, each different value written once."""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_grid.tiles.varint import varint

Value = str | int | float | bool | None
"""What a property may be; None is left out."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Column:
    """The values of one property."""

    numbers: Ints
    """Which of the different values each feature has; -1 for none. Shape ``(n,)``."""

    table: tuple[bytes, ...]
    """The different values as the tile holds them."""

    def take(self, rows: NDArray[np.int64]) -> "Column":
        """Return the column of some features; the table stays the same."""
        return Column(self.numbers[rows], self.table)


def column_of(values: Iterable[Value]) -> Column:
    """Return values as a column.

    Examples
    --------
    >>> column = column_of(["a", None, "a", 1, True, 1.0])
    >>> column.numbers.tolist(), len(column.table)
    ([0, -1, 0, 1, 2, 3], 4)
    """
    values = list(values)
    kinds = set(map(type, values)) - {type(None)}
    if len(kinds) > 1:  # 1, 1.0 and True are different values, but the same key
        return _mixed(values)
    known = dict.fromkeys(values)
    known.pop(None, None)
    places: dict[Value, int] = {value: place for place, value in enumerate(known)}
    places[None] = -1
    numbers = np.fromiter(map(places.__getitem__, values), np.int64, len(values))
    return Column(numbers, _written([*known], kinds.pop() if kinds else str))


def tags_of(columns: Sequence[Column], count: int) -> tuple[Ints, Ints, list[bytes]]:
    """Return the tags of `count` features, and the values that they point to.

    Returns
    -------
    numbers, starts, values
        Numbers of key and value in turn, of all features; where those of each feature begin, and
        behind the last one their number; the values as the tile holds them.
    """
    local = np.full((count, len(columns)), -1, np.int64)
    values: list[bytes] = []
    for key, column in enumerate(columns):
        has = column.numbers >= 0
        used, places = np.unique(column.numbers[has], return_inverse=True)
        local[has, key] = places + len(values)
        values.extend(column.table[number] for number in used.tolist())
    row, place = np.nonzero(local >= 0)
    pairs = np.stack([place, local[row, place]], axis=1).ravel()
    return pairs, 2 * np.searchsorted(row, np.arange(count + 1)), values


def columns_of(values: Mapping[str, Iterable[Value]]) -> dict[str, Column]:
    """Return properties by name as columns."""
    return {name: column_of(column) for name, column in values.items()}


def field(number: int, content: bytes) -> bytes:
    """Return a field of protobuf that holds bytes."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def _mixed(values: Sequence[Value]) -> Column:
    known: dict[tuple[type, Value], int] = {}
    numbers = [
        -1 if value is None else known.setdefault((type(value), value), len(known))
        for value in values
    ]
    return Column(np.array(numbers, np.int64), tuple(_value(value) for _, value in known))


def _written(values: Sequence[Any], kind: type) -> tuple[bytes, ...]:
    """Return different values of one type as entries of the table of a layer."""
    if kind is str:
        texts = [text.encode() for text in values]
        return tuple(
            _TEXT[len(text)] + text if len(text) < len(_TEXT) else _text(text) for text in texts
        )
    if kind is float:
        packed = np.array(values, "<f8").tobytes()
        return tuple(_REAL + packed[at : at + 8] for at in range(0, len(packed), 8))
    return tuple(map(_value, values))


def _text(text: bytes) -> bytes:
    return _headed(len(text)) + text


def _headed(length: int) -> bytes:
    """Return what stands before a text of some length."""
    inner = b"\x0a" + varint(length)
    return b"\x22" + varint(len(inner) + length) + inner


_TEXT = tuple(map(_headed, range(256)))
_REAL = b"\x22\x09\x19"
"""What stands before a number with a point."""


def _value(value: Value) -> bytes:
    """Return a value as an entry of the table of a layer."""
    if isinstance(value, str):
        return _text(value.encode())
    if isinstance(value, bool):
        said = b"\x38" + varint(value)
    elif isinstance(value, int):
        said = b"\x28" + varint(value) if value >= 0 else b"\x30" + varint(-2 * value - 1)
    else:
        said = b"\x19" + struct.pack("<d", value)
    return b"\x22" + varint(len(said)) + said
