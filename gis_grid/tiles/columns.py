"""Properties of many features, each different value written once."""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis_grid.tiles.varint import varint, varints

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
    known: dict[tuple[type, Value], int] = {}
    numbers = [
        -1 if value is None else known.setdefault((type(value), value), len(known))
        for value in values
    ]
    table = tuple(_value(value) for _, value in known)
    return Column(np.array(numbers, np.int64), table)


def tags_of(columns: Sequence[Column], count: int) -> tuple[list[bytes], list[bytes]]:
    """Return the tags of each of `count` features, and the values that they point to."""
    local = np.full((count, len(columns)), -1, np.int64)
    values: list[bytes] = []
    for key, column in enumerate(columns):
        has = column.numbers >= 0
        used, places = np.unique(column.numbers[has], return_inverse=True)
        local[has, key] = places + len(values)
        values.extend(column.table[number] for number in used.tolist())
    row, place = np.nonzero(local >= 0)
    pairs = np.stack([place, local[row, place]], axis=1).ravel()
    written, starts = varints(pairs)
    cuts = starts[2 * np.searchsorted(row, np.arange(count + 1))].tolist()
    blob = written.tobytes()
    return [blob[cuts[i] : cuts[i + 1]] for i in range(count)], values


def columns_of(values: Mapping[str, Iterable[Value]]) -> dict[str, Column]:
    """Return properties by name as columns."""
    return {name: column_of(column) for name, column in values.items()}


def field(number: int, content: bytes) -> bytes:
    """Return a field of protobuf that holds bytes."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def _value(value: Value) -> bytes:
    """Return a value as an entry of the table of a layer."""
    if isinstance(value, str):
        text = value.encode()
        said = b"\x0a" + varint(len(text)) + text
    elif isinstance(value, bool):
        said = b"\x38" + varint(value)
    elif isinstance(value, int):
        said = b"\x28" + varint(value) if value >= 0 else b"\x30" + varint(-2 * value - 1)
    else:
        said = b"\x19" + struct.pack("<d", value)
    return b"\x22" + varint(len(said)) + said
