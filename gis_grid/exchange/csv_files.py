"""CSV files, packed or not, read as text in batches."""

import csv
import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Literal, cast

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from gis_grid.errors import FileError
from gis_grid.exchange.batch import Batch, Problem, Source, to_table
from gis_grid.exchange.encodings import detect_encoding, open_bytes, require_encoding

_DELIMITERS = ",;\t|"
_BYTES_A_ROW = 256
_HEADING_BYTES = 1 << 16


def open_csv(path: Path, *, encoding: str | None = None) -> Source:
    """Open a CSV file (``.csv``, ``.tsv``, ``.txt``, each also with ``.gz``).

    The delimiter is the one of ``, ; tab |`` that the heading has most of. Every value is text;
    an empty one is missing.

    Raises
    ------
    FileError
        The file is empty, has no heading, names a column twice, or is not text.
    """
    found = require_encoding(path, encoding) if encoding else detect_encoding(path)
    heading, delimiter = _heading(path, found)
    twice = sorted({name for name in heading if heading.count(name) > 1})
    if twice:
        message = f"{path} has more than one column called {twice[0]!r}"
        raise FileError(message)

    def read(size: int) -> Iterator[Batch]:
        return _read(path, encoding=found, delimiter=delimiter, size=size)

    return Source(
        path=path,
        format="csv",
        columns=tuple(heading),
        rows=None,
        crs=None,
        has_geometry=False,
        read=read,
        encoding=found,
    )


def _heading(path: Path, encoding: str) -> tuple[list[str], str]:
    with closing(io.TextIOWrapper(open_bytes(path), encoding=encoding, newline="")) as stream:
        line = stream.readline(_HEADING_BYTES)
        delimiter = max(_DELIMITERS, key=line.count)
        while line.count('"') % 2 and (more := stream.readline(_HEADING_BYTES)):
            line += more
    heading = next(csv.reader([line], delimiter=delimiter), [])
    if not any(name.strip() for name in heading):
        message = f"{path} is empty: a CSV file starts with a line of column names"
        raise FileError(message)
    return heading, delimiter


def _read(path: Path, *, encoding: str, delimiter: str, size: int) -> Iterator[Batch]:
    heading, _ = _heading(path, encoding)
    broken: list[tuple[int, Problem]] = []

    def refuse(row: arrow_csv.InvalidRow) -> Literal["skip"]:
        number = cast("int", row.number)
        broken.append((number, _uneven(row, number)))
        return "skip"

    with closing(open_bytes(path)) as stream:
        try:
            batches = arrow_csv.open_csv(
                cast("IO[bytes]", stream),
                read_options=arrow_csv.ReadOptions(
                    use_threads=False, encoding=encoding, block_size=size * _BYTES_A_ROW
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=delimiter, newlines_in_values=True, invalid_row_handler=refuse
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(heading, pa.string()),
                    strings_can_be_null=True,
                    null_values=[""],
                ),
            )
            yield from _numbered(batches, broken)
        except pa.ArrowInvalid as error:
            message = f"{path} cannot be read as CSV: {_first_line(error)}"
            raise FileError(message) from error
        except (EOFError, OSError) as error:
            message = f"{path} is damaged: {error}"
            raise FileError(message) from error


def _numbered(
    batches: arrow_csv.CSVStreamingReader, broken: list[tuple[int, Problem]]
) -> Iterator[Batch]:
    """Give every row its number in the file, skipping those of the rows that were broken."""
    following, told = 2, 0
    for batch in batches:
        count = batch.num_rows
        fresh = broken[told:]
        last = following + count + len(fresh)
        taken = {number for number, _ in fresh if number < last}
        rows = np.array([row for row in range(following, last) if row not in taken], np.int64)
        rows = rows[:count] if taken else np.arange(following, following + count)
        unreadable = tuple(problem for number, problem in fresh if number < last)
        told += len(unreadable)
        following = max([*taken, int(rows[-1]) if count else 0, following - 1]) + 1
        yield Batch(rows=rows, table=to_table(batch), unreadable=unreadable)
    rest = tuple(problem for _, problem in broken[told:])
    if rest:
        empty = pa.table({}).to_pandas()
        yield Batch(rows=np.empty(0, np.int64), table=empty, unreadable=rest)


def _uneven(row: arrow_csv.InvalidRow, number: int) -> Problem:
    return Problem(
        row=number,
        field="",
        value=row.text[:80],
        reason="uneven_row",
        hint=f"{row.actual_columns} values for {row.expected_columns} columns",
    )


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
