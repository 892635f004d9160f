"""Where routed rows go: CSV and Parquet as they come, features all at once."""

import gzip
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, TextIO

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyogrio
from pyarrow import parquet

from gis_grid.errors import FileError
from gis_grid.services.route_file.answers import COLUMNS, Answers
from gis_grid.services.route_file.points import Points
from gis_grid.services.route_file.rows import Rows, csv_line

DRIVERS = {".geojson": "GeoJSON", ".json": "GeoJSON", ".gpkg": "GPKG"}
TEXT_ENDINGS = {".csv", ".tsv", ".txt"}
PARQUET_ENDINGS = {".parquet", ".geoparquet"}


class Sink(Protocol):
    """Something that takes routed rows in order."""

    def write(self, rows: Rows, answers: Answers) -> None:
        """Take some rows."""


class TextSink:
    """CSV in UTF-8."""

    def __init__(self, stream: TextIO, points: Points) -> None:
        """Write the heading."""
        self._stream = stream
        self._delimiter = points.delimiter
        stream.write(csv_line([*points.columns, *COLUMNS], self._delimiter) + "\n")

    def write(self, rows: Rows, answers: Answers) -> None:
        """Write some lines."""
        self._stream.writelines(line + "\n" for line in rows.lines(answers, self._delimiter))


class ParquetSink:
    """Parquet, a row group for each batch."""

    def __init__(self, path: Path) -> None:
        """Wait for the first rows, which know the types."""
        self._path = path
        self._writer: parquet.ParquetWriter | None = None
        self._schema = pa.schema([])

    def write(self, rows: Rows, answers: Answers) -> None:
        """Write some rows."""
        table = rows.table(answers)
        if self._writer is None:
            self._schema = table.schema
            self._writer = parquet.ParquetWriter(self._path, self._schema)
        self._writer.write_table(table.cast(self._schema))

    def close(self, columns: tuple[str, ...]) -> None:
        """End the file; without rows it has columns of text only."""
        if self._writer is None:
            schema = pa.schema([(name, pa.string()) for name in (*columns, *COLUMNS)])
            self._writer = parquet.ParquetWriter(self._path, schema)
        self._writer.close()


class FeatureSink:
    """GeoJSON or GeoPackage, written in the end."""

    def __init__(self, path: Path, driver: str) -> None:
        """Hold rows back."""
        self._path = path
        self._driver = driver
        self._frames: list[gpd.GeoDataFrame] = []

    def write(self, rows: Rows, answers: Answers) -> None:
        """Hold some rows."""
        self._frames.append(rows.frame(answers))

    def close(self) -> None:
        """Write all rows."""
        whole = gpd.GeoDataFrame(pd.concat(self._frames, ignore_index=True))
        pyogrio.write_dataframe(whole, self._path, driver=self._driver, layer="routed")


@contextmanager
def open_sink(path: Path, points: Points) -> Iterator[Sink]:
    """Open the file for routed rows; it appears under its name only when all is well.

    Raises
    ------
    FileError
        The kind of file is unknown, the folder does not exist or cannot be written.
    """
    if str(path) == "-":
        text = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
        try:
            yield TextSink(text, points)
            text.flush()
        finally:
            text.detach()
        return
    opener = _opener(path)
    if path.is_dir() or not path.parent.is_dir():
        msg = f"{path} cannot be written: {'it is a folder' if path.is_dir() else 'no such folder'}"
        raise FileError(msg)
    try:
        with TemporaryDirectory(dir=path.parent, prefix=".routing-") as folder:
            draft = Path(folder) / path.name
            with opener(draft, points) as sink:
                yield sink
            draft.replace(path)
    except (OSError, pyogrio.errors.DataSourceError) as error:
        msg = f"{path} cannot be written: {error}"
        raise FileError(msg) from error


def _opener(path: Path) -> Callable[[Path, Points], AbstractContextManager[Sink]]:
    endings = {suffix.lower() for suffix in path.suffixes[-2:]}
    if endings & TEXT_ENDINGS:
        return _text
    if endings & PARQUET_ENDINGS:
        return _parquet
    if path.suffix.lower() in DRIVERS:
        return _features
    known = " ".join(sorted({*TEXT_ENDINGS, *PARQUET_ENDINGS, *DRIVERS}))
    msg = f"{path} is of an unknown kind; known endings: {known} (text also with .gz)"
    raise FileError(msg)


@contextmanager
def _text(draft: Path, points: Points) -> Iterator[Sink]:
    packed = draft.suffix.lower() == ".gz"
    with (
        gzip.open(draft, "wt", encoding="utf-8", newline="", compresslevel=6)
        if packed
        else draft.open("w", encoding="utf-8", newline="")
    ) as stream:
        yield TextSink(stream, points)


@contextmanager
def _parquet(draft: Path, points: Points) -> Iterator[Sink]:
    sink = ParquetSink(draft)
    yield sink
    sink.close(points.columns)


@contextmanager
def _features(draft: Path, _: Points) -> Iterator[Sink]:
    sink = FeatureSink(draft, DRIVERS[draft.suffix.lower()])
    yield sink
    sink.close()
