"""What a table of a standard looks like, and the checks that every row must pass."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from gis_grid.errors import FileError

ColumnKind = Literal["text", "flag", "integer", "real"]
Value = str | bool | int | float | None

CONFIDENCES = ("verified", "deployed", "local", "unverified")
"""How sure a row is: ``verified`` read in the standard or a citable copy; ``deployed`` read in a
system in use that follows it; ``local`` a rule of one city; ``unverified`` from memory only."""

_DTYPES = {"text": "str", "flag": "bool", "integer": "Int64", "real": "float64"}
_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table."""

    name: str
    kind: ColumnKind = "text"

    required: bool = True
    """A row without a value is refused."""

    choices: tuple[str, ...] = ()
    """The only values allowed, when given."""

    pattern: str = ""
    """Regular expression that the whole value must match, when given."""

    default: str | None = None
    """Value of a column that a city's file leaves out; None when it must be there."""

    hint: str = ""
    """Said after a value was refused."""


PROVENANCE = (
    Column(name="confidence", choices=CONFIDENCES, default="local"),
    Column(name="source", default="given by the city"),
    Column(name="note", required=False, default=""),
)
"""The columns that every table ends with."""

EDITION = Column(name="edition", default="city")
"""The column that every table starts with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The columns of a table and what identifies a row of it."""

    name: str
    columns: tuple[Column, ...]

    key: tuple[str, ...] = ("code",)
    """Columns whose values together occur once."""

    prefix: str = ""
    """A column whose value must begin the code, when given."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the columns, in order."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Rows as text, and the file that they come from."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def fail(self, row: int, what: str) -> FileError:
        """Return the error that `what` is wrong in line `row` of the file (the header is 1)."""
        return FileError(f"{self.name}, row {row}: {what}")


Record = Mapping[str, Value]


def parse(table: Table, source: Source) -> list[Record]:
    """Return the checked rows of `source`, values in the types of their columns.

    Parameters
    ----------
    table
        What the rows must look like.
    source
        The rows as text. Blanks around values are ignored; an empty value is missing.

    Raises
    ------
    FileError
        A column is missing, unknown or repeated; a row is too long or too short; a value is
        missing or refused; a key occurs twice. The message names file, row, column and value.
    """
    _require_header(table, source)
    records: list[Record] = []
    seen: dict[tuple[Value, ...], int] = {}
    for row, cells in enumerate(source.rows, 2):
        if len(cells) != len(source.header):
            message = f"has {len(cells)} values for {len(source.header)} columns"
            raise source.fail(row, message)
        given = dict(zip(source.header, cells, strict=True))
        record = _record(table, given, source, row)
        first = seen.setdefault(key_of(table, record), row)
        if first != row:
            key = ", ".join(str(value) for value in key_of(table, record))
            raise source.fail(row, f"{' and '.join(table.key)} {key} is already in row {first}")
        records.append(record)
    return records


def key_of(table: Table, record: Record) -> tuple[Value, ...]:
    """Return what identifies `record` in `table`."""
    return tuple(record[name] for name in table.key)


def merge(table: Table, records: Iterable[Record], changes: Iterable[Record]) -> list[Record]:
    """Return `records` with those of the same key replaced by `changes` and new ones at the end."""
    merged = {key_of(table, record): record for record in records}
    merged.update({key_of(table, record): record for record in changes})
    return list(merged.values())


def to_frame(table: Table, records: Sequence[Record]) -> pd.DataFrame:
    """Return the records as a frame with the columns of `table`, in order.

    Text columns are ``str``, flags ``bool``, integers ``Int64``, reals ``float64``; a missing value
    is NaN or NA.
    """
    columns = {
        column.name: pd.Series(
            [record[column.name] for record in records], dtype=_DTYPES[column.kind]
        )
        for column in table.columns
    }
    return pd.DataFrame(columns)


def _require_header(table: Table, source: Source) -> None:
    needed = {column.name for column in table.columns if column.default is None}
    complaints = {
        "lacks column": needed - set(source.header),
        "has the unknown column": set(source.header) - set(table.names),
        "repeats column": {name for name in source.header if source.header.count(name) > 1},
    }
    for complaint, names in complaints.items():
        if names:
            listed = ", ".join(map(repr, sorted(names)))
            message = (
                f"{source.name} {complaint} {listed}; {table.name} has {', '.join(table.names)}"
            )
            raise FileError(message)


def _record(table: Table, given: Mapping[str, str], source: Source, row: int) -> Record:
    record: dict[str, Value] = {}
    for column in table.columns:
        text = given.get(column.name, column.default or "").strip()
        try:
            record[column.name] = _value(column, text)
        except ValueError as error:
            raise source.fail(row, f"column {column.name!r}: {error}") from None
    start = str(record[table.prefix]) if table.prefix else ""
    if start and not str(record["code"]).startswith(start):
        message = f"column {table.prefix!r}: {start!r} does not begin code {record['code']!r}"
        raise source.fail(row, message)
    return record


def _value(column: Column, text: str) -> Value:
    if not text:
        if column.required:
            message = "no value"
            raise ValueError(message)
        return None
    if column.choices and text not in column.choices:
        message = f"{text!r} is not one of {', '.join(column.choices)}"
        raise ValueError(message)
    if column.pattern and not re.fullmatch(column.pattern, text):
        message = f"{text!r} is refused; {column.hint}"
        raise ValueError(message)
    return _converted(column.kind, text)


def _converted(kind: ColumnKind, text: str) -> Value:
    if kind == "flag":
        if text.lower() not in _FLAGS:
            message = f"{text!r} is not true or false"
            raise ValueError(message)
        return _FLAGS[text.lower()]
    if kind == "text":
        return text
    if not re.fullmatch(r"\d{1,9}" if kind == "integer" else r"\d{1,9}(\.\d+)?", text, re.ASCII):
        message = f"{text!r} is not a number of zero or more"
        raise ValueError(message)
    return int(text) if kind == "integer" else float(text)
