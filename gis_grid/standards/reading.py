"""Read a table from the package or from a city's own CSV file."""

import csv
import io
from importlib.resources import files
from pathlib import Path

from gis_grid.errors import FileError
from gis_grid.standards.schema import Source


def packaged(name: str) -> Source:
    """Return the rows of the table file called `name` that comes with gis_grid."""
    text = (files("gis_grid.standards") / "data" / name).read_text(encoding="utf-8")
    return _rows(name, text)


def given(path: Path) -> Source:
    """Return the rows of the CSV file at `path`.

    Parameters
    ----------
    path
        A CSV file in UTF-8, with or without byte-order mark, whose first row names the columns.
        Empty lines are skipped only at the end.

    Raises
    ------
    FileError
        The file cannot be read, is not UTF-8, is empty or is no CSV.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{path} is not UTF-8 at byte {error.start}; save it as CSV UTF-8"
        raise FileError(message) from error
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise FileError(message) from error
    return _rows(str(path), text)


def _rows(name: str, text: str) -> Source:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        message = f"{name} is not CSV: {error}"
        raise FileError(message) from error
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    if not rows:
        message = f"{name} is empty; its first row must name the columns"
        raise FileError(message)
    return Source(name=name, header=[cell.strip() for cell in rows[0]], rows=rows[1:])
