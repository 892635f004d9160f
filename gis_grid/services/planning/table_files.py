"""Tables that come back: who has which block, as CSV or as an Excel workbook."""

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from gis_grid.errors import FileError
from gis_grid.exchange.bombs import require_honest
from gis_grid.exchange.sheet_files import open_sheet

MOST_ROWS = 500_000
EXACT_DIGITS = 15
"""A spreadsheet keeps so many digits of a number; the rest of a longer code is lost."""

_BLOCK, _GRID = ("block", "地块"), ("grid", "网格")
_AT_ONCE = 10_000

Row = tuple[int, str, str]
"""Its number as a spreadsheet counts (the heading is 1), block, grid."""


def is_workbook(content: bytes) -> bool:
    """Tell whether a file is an Excel workbook (XLSX), by what lies in it."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(name.startswith("xl/") for name in archive.namelist())
    except zipfile.BadZipFile:
        return False


def rows_of_text(content: bytes) -> Iterator[Row]:
    """Yield the rows of a CSV table in UTF-8 or GB 18030; blank lines are left out.

    Raises
    ------
    FileError
        It is no such table, lacks a column, or has too many rows.
    """
    reader = csv.reader(io.StringIO(_text(content), newline=""), strict=True)
    try:
        heading = [name.strip().lower() for name in next(reader, [])]
        block, grid = _column(heading, _BLOCK), _column(heading, _GRID)
        for number, row in enumerate(reader, 2):
            _require_few(number)
            if row:
                cells = [*row, *[""] * (len(heading) - len(row))]
                yield number, cells[block].strip(), cells[grid].strip()
    except csv.Error as error:
        message = f"line {reader.line_num} of the table is no CSV: {error}"
        raise FileError(message) from error


def rows_of_workbook(content: bytes, *, sheet: str | None = None) -> Iterator[Row]:
    """Yield the rows of a sheet, by default the first one; blank rows are left out.

    A code that Excel took for a number is read as its digits, without a decimal point.

    Raises
    ------
    FileError
        It is no workbook, has no such sheet, lacks a column, or has too many rows.
    """
    with tempfile.TemporaryDirectory(prefix="gis-grid-") as folder:
        path = Path(folder) / "table.xlsx"
        path.write_bytes(content)
        try:
            require_honest(path)
            yield from _sheet_rows(path, sheet)
        except FileError as error:
            raise FileError(str(error).replace(str(path), "the workbook")) from error


def _sheet_rows(path: Path, sheet: str | None) -> Iterator[Row]:
    source = open_sheet(path, layer=sheet)
    heading = [name.strip().lower() for name in source.columns]
    block, grid = (source.columns[_column(heading, names)] for names in (_BLOCK, _GRID))
    for batch in source.read(_AT_ONCE):
        columns = (batch.table[name].tolist() for name in (block, grid))
        for number, *cells in zip(batch.rows.tolist(), *columns, strict=True):
            _require_few(number)
            yield (number, *(_code(cell) for cell in cells))


def _code(cell: object) -> str:
    """Return the code in a cell; a number of too many digits says that it is none."""
    if cell is None:
        return ""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if abs(cell) >= 10**EXACT_DIGITS:
            return f"{cell:.0f} (a number; Excel keeps {EXACT_DIGITS} digits, make the cell text)"
        return f"{cell:.0f}" if cell == round(cell) else str(cell)
    return str(cell).strip()


def _require_few(number: int) -> None:
    if number > MOST_ROWS:
        message = f"the table has more than {MOST_ROWS:,} rows; send it in parts"
        raise FileError(message)


def _column(heading: Sequence[str], names: tuple[str, ...]) -> int:
    found = [at for at, name in enumerate(heading) if name in names]
    if len(found) != 1:
        message = f"the table needs one column {names[0]!r} ({names[1]}); it has "
        message += ", ".join(heading[:10]) or "no heading"
        raise FileError(message)
    return found[0]


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    message = "the table is neither UTF-8 nor GB 18030"
    raise FileError(message)
