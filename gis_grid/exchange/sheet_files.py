"""Excel workbooks (XLSX), read row by row in batches."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

import numpy as np
import pandas as pd

from gis_grid.errors import FileError
from gis_grid.exchange.batch import Batch, Source

if TYPE_CHECKING:
    import openpyxl


def open_sheet(path: Path, *, layer: str | None = None) -> Source:
    """Open a workbook; the first sheet is read unless another is named.

    The first row holds the column names. Formulas give the value stored with them.

    Raises
    ------
    FileError
        The file is empty, not a workbook, has no such sheet or no column names.
    """
    name, heading, rows = _look(path, layer)
    named = [column for column in heading if column]
    if not named:
        message = f"{path} is empty: the first row of a sheet holds the column names"
        raise FileError(message)
    if len(set(named)) < len(named):
        message = f"{path} has two columns of the same name"
        raise FileError(message)

    def read(size: int) -> Iterator[Batch]:
        return _read(path, sheet=name, heading=heading, size=size)

    return Source(
        path=path,
        format="xlsx",
        columns=tuple(named),
        rows=rows,
        crs=None,
        has_geometry=False,
        read=read,
    )


@contextmanager
def _opened(path: Path) -> Iterator["openpyxl.Workbook"]:
    """Give a workbook; what is broken in it is told as such also when it is met while reading."""
    import openpyxl  # noqa: PLC0415 - a service that starts reads no sheet
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    broken = (zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            yield book
        finally:
            book.close()
    except FileError:
        raise
    except (*broken, KeyError, ValueError, EOFError, OSError) as error:
        message = f"{path} cannot be read as XLSX: {error}"
        raise FileError(message) from error


def _look(path: Path, layer: str | None) -> tuple[str, list[str], int | None]:
    with _opened(path) as book:
        names = book.sheetnames
        if layer is not None and layer not in names:
            message = f"{path} has no sheet {layer!r}; it has {', '.join(names)}"
            raise FileError(message)
        sheet = book[layer or names[0]]
        first = next(sheet.iter_rows(max_row=1, values_only=True), ())
        heading = ["" if value is None else str(value) for value in first]
        rows = sheet.max_row
        return sheet.title, heading, rows - 1 if rows else None


def _read(path: Path, *, sheet: str, heading: list[str], size: int) -> Iterator[Batch]:
    with _opened(path) as book:
        rows = book[sheet].iter_rows(min_row=2, max_col=len(heading), values_only=True)
        following = 2
        while lines := list(islice(rows, size)):
            numbers = np.arange(following, following + len(lines))
            following += len(lines)
            filled = [any(value is not None for value in line) for line in lines]
            yield Batch(rows=numbers[filled], table=_table(lines, filled, heading))


def _table(lines: list[tuple[Any, ...]], filled: list[bool], heading: list[str]) -> pd.DataFrame:
    """Return the lines that are not blank, each column with the types that Excel gave it."""
    kept = [line for line, is_filled in zip(lines, filled, strict=True) if is_filled]
    columns = {
        name: pd.Series([line[at] for line in kept], dtype=object)
        for at, name in enumerate(heading)
        if name
    }
    return pd.DataFrame(columns)
