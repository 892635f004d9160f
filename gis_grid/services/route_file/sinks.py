"""Where routed rows go: CSV and Parquet as they come, features all at once."""

import sys
from pathlib import Path
from typing import Protocol

import geopandas as gpd
import pandas as pd
import pyogrio

from gis_grid.errors import FileError
from gis_grid.services.route_file.answers import COLUMNS, Answers, csv_line
from gis_grid.services.route_file.drafts import Extent, ParquetDraft, TextDraft
from gis_grid.services.route_file.points import Points
from gis_grid.services.route_file.rows import Rows

DRIVERS = {".geojson": "GeoJSON", ".json": "GeoJSON", ".gpkg": "GPKG"}
TEXT_ENDINGS = {".csv", ".tsv", ".txt"}
PARQUET_ENDINGS = {".parquet", ".geoparquet"}


class Sink(Protocol):
    """Something that takes routed rows in order."""

    can_commit: bool

    def write(self, rows: Rows, answers: Answers) -> None:
        """Take some rows."""

    def commit(self) -> Extent:
        """Wait until the rows are on the disk."""

    def finish(self) -> Path | None:
        """Return the finished file."""

    def close(self) -> None:
        """Let go of the file, finished or not."""


class TextSink:
    """CSV in UTF-8."""

    can_commit = True

    def __init__(self, draft: Path, points: Points, extent: Extent | None) -> None:
        """Write the heading of a new file."""
        self._path = draft
        self._delimiter = points.delimiter
        self._draft = TextDraft(draft, extent, packed=draft.suffix.lower() == ".gz")
        if self._draft.is_new:
            self._draft.write(_heading(points))

    def write(self, rows: Rows, answers: Answers) -> None:
        """Write some lines."""
        self._draft.write(rows.text(answers, self._delimiter))

    def commit(self) -> Extent:
        """Wait until the rows are on the disk."""
        return self._draft.commit()

    def finish(self) -> Path:
        """Return the finished file."""
        self._draft.commit()
        return self._path

    def close(self) -> None:
        """Let go of the file."""
        self._draft.close()


class PipeSink:
    """CSV in UTF-8 to standard output."""

    can_commit = False

    def __init__(self, points: Points) -> None:
        """Write the heading."""
        self._delimiter = points.delimiter
        sys.stdout.buffer.write(_heading(points))

    def write(self, rows: Rows, answers: Answers) -> None:
        """Write some lines."""
        sys.stdout.buffer.write(rows.text(answers, self._delimiter))

    def commit(self) -> Extent:
        """Pass on what was written."""
        sys.stdout.buffer.flush()
        return []

    def finish(self) -> None:
        """Pass on what was written."""
        sys.stdout.buffer.flush()

    def close(self) -> None:
        """Leave standard output to its owner."""


class ParquetSink:
    """Parquet, a row group for each batch."""

    can_commit = True

    def __init__(self, draft: Path, points: Points, extent: Extent | None) -> None:
        """Wait for the first rows, which know the types."""
        self._columns = (*points.columns, *COLUMNS)
        self._draft = ParquetDraft(draft.parent, extent)

    def write(self, rows: Rows, answers: Answers) -> None:
        """Write some rows."""
        self._draft.write(rows.table(answers))

    def commit(self) -> Extent:
        """Wait until the rows are on the disk."""
        return self._draft.commit()

    def finish(self) -> Path:
        """Return the finished file."""
        return self._draft.joined(self._columns)

    def close(self) -> None:
        """Let go of the file."""
        self._draft.close()


class FeatureSink:
    """GeoJSON or GeoPackage: all rows stay in memory and are written in the end."""

    can_commit = False

    def __init__(self, draft: Path, _points: Points, _extent: Extent | None) -> None:
        """Hold rows back."""
        self._path = draft
        self._frames: list[gpd.GeoDataFrame] = []

    def write(self, rows: Rows, answers: Answers) -> None:
        """Hold some rows."""
        self._frames.append(rows.frame(answers))

    def commit(self) -> Extent:
        """Do nothing: nothing is on the disk."""
        return []

    def finish(self) -> Path:
        """Write all rows."""
        whole = gpd.GeoDataFrame(pd.concat(self._frames, ignore_index=True))
        driver = DRIVERS[self._path.suffix.lower()]
        pyogrio.write_dataframe(whole, self._path, driver=driver, layer="routed")
        return self._path

    def close(self) -> None:
        """Let go of the rows."""
        self._frames.clear()


def _heading(points: Points) -> bytes:
    return (csv_line([*points.columns, *COLUMNS], points.delimiter) + "\n").encode()


def kind_of(path: Path) -> type[TextSink | ParquetSink | FeatureSink]:
    """Return what writes a file of this name.

    Raises
    ------
    FileError
        The kind of file is unknown, or there is no place for it.
    """
    if path.is_dir() or not path.parent.is_dir():
        msg = f"{path} cannot be written: {'it is a folder' if path.is_dir() else 'no such folder'}"
        raise FileError(msg)
    endings = {suffix.lower() for suffix in path.suffixes[-2:]}
    if endings & TEXT_ENDINGS:
        return TextSink
    if endings & PARQUET_ENDINGS:
        return ParquetSink
    if path.suffix.lower() in DRIVERS:
        return FeatureSink
    known = " ".join(sorted({*TEXT_ENDINGS, *PARQUET_ENDINGS, *DRIVERS}))
    msg = f"{path} is of an unknown kind; known endings: {known} (text also with .gz)"
    raise FileError(msg)
