"""Opening a file of points: which columns are its coordinates, and its rows in batches."""

import csv
import io
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO, cast

import pyarrow as pa
from pyarrow import parquet

from gis_grid.errors import CrsError, FileError, InputError
from gis_grid.exchange.encodings import detect_encoding, open_bytes, require_encoding
from gis_grid.exchange.names import LAT_NAMES, LON_NAMES
from gis_grid.exchange.sources import open_source, require_file
from gis_grid.geo.crs import LONLAT
from gis_grid.services.route_file.rows import ArrowRows, FrameRows, Rows, TextRows

BATCH = 50_000
"""Rows in memory at a time."""

DELIMITERS = ",;\t|"
TEXT_ENDINGS = {".csv", ".tsv", ".txt"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How the user wants the points read."""

    lon: str | None = None
    lat: str | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """A file of points that was opened."""

    columns: tuple[str, ...]
    """Columns of the input, in order."""

    read: Callable[[], Iterator[Rows]]
    rows: int | None = None
    """How many rows there are, when the file says so."""

    delimiter: str = ","


def open_points(path: Path, wanted: Wanted) -> Points:
    """Open a file of points; ``-`` is CSV from standard input.

    Raises
    ------
    FileError
        The file cannot be read, or is of an unknown kind.
    InputError
        There is no column for a coordinate, or several.
    CrsError
        Geometry without a CRS.
    """
    if str(path) == "-":
        return _pipe(wanted)
    require_file(path)
    endings = {suffix.lower() for suffix in path.suffixes[-2:]} - {".gz"}
    if endings & TEXT_ENDINGS:
        return _text_file(path, wanted)
    if endings & {".parquet", ".geoparquet"}:
        return _parquet(path, wanted)
    return _features(path, wanted)


def coordinate_columns(names: Sequence[str], wanted: Wanted) -> tuple[str, str]:
    """Return the columns of longitude and latitude.

    Raises
    ------
    InputError
        A named column is missing, or none has a known name.

    Examples
    --------
    >>> coordinate_columns(["id", "纬度", "经度"], Wanted())
    ('经度', '纬度')
    >>> coordinate_columns(["id", "where"], Wanted())
    Traceback (most recent call last):
    gis_grid.errors.InputError: no column looks like lon; name it with --lon; there are: id, where
    """
    lon = _column(names, wanted.lon, LON_NAMES, "lon")
    return lon, _column(names, wanted.lat, LAT_NAMES, "lat")


def _column(names: Sequence[str], stated: str | None, known: Sequence[str], what: str) -> str:
    there = "; there are: " + ", ".join(names)
    if stated is not None:
        if stated not in names:
            raise InputError(f"there is no column {stated!r}{there}")  # noqa: EM102, TRY003
        return stated
    plain = {name.strip().casefold().lstrip("\ufeff"): name for name in names}
    found = next((plain[name.casefold()] for name in known if name.casefold() in plain), None)
    if found is None:
        msg = f"no column looks like {what}; name it with --{what}{there}"
        raise InputError(msg)
    return found


def _text_file(path: Path, wanted: Wanted) -> Points:
    if path.stat().st_size == 0:
        msg = f"{path} is empty: a CSV file starts with a line of column names"
        raise FileError(msg)
    try:
        if wanted.encoding:
            encoding = require_encoding(path, wanted.encoding)
        else:
            encoding = detect_encoding(path)
    except (OSError, EOFError) as error:
        msg = f"{path} is damaged or not what its name says: {error}"
        raise FileError(msg) from error
    with closing(_Lines(path, encoding)) as lines:
        columns, delimiter = lines.heading, lines.delimiter
    lon, lat = coordinate_columns(columns, wanted)

    def read() -> Iterator[Rows]:
        with closing(_Lines(path, encoding)) as lines:
            yield from lines.batches(lon, lat)

    return Points(columns=tuple(columns), read=read, delimiter=delimiter)


def _pipe(wanted: Wanted) -> Points:
    lines = _Lines(None, wanted.encoding or "utf-8-sig")
    lon, lat = coordinate_columns(lines.heading, wanted)
    return Points(
        columns=tuple(lines.heading),
        read=lambda: lines.batches(lon, lat),
        delimiter=lines.delimiter,
    )


class _Lines:
    """A CSV file, or standard input for None, read up to the end of its heading."""

    def __init__(self, path: Path | None, encoding: str) -> None:
        binary = sys.stdin.buffer if path is None else cast("BinaryIO", open_bytes(path))
        self._text = io.TextIOWrapper(binary, encoding=encoding, newline="")
        first = self._text.readline()
        self.delimiter = max(DELIMITERS, key=first.count)
        self._recorder = _Recorder(first, self._text)
        self._reader = csv.reader(self._recorder, delimiter=self.delimiter)
        self.heading = next(self._reader, [])
        self._recorder.take()
        if not any(name.strip() for name in self.heading):
            self.close()
            msg = "the points are empty: a CSV file starts with a line of column names"
            raise FileError(msg)

    def close(self) -> None:
        """Close the file."""
        self._text.close()

    def batches(self, lon: str, lat: str) -> Iterator[Rows]:
        """Read the rows."""
        places = self.heading.index(lon), self.heading.index(lat)
        try:
            yield from _text_batches(self._reader, self._recorder, self.heading, places)
        except UnicodeDecodeError as error:
            msg = f"the points are not written in {error.encoding}; say how with --encoding"
            raise FileError(msg) from error
        except (csv.Error, OSError, EOFError) as error:
            msg = f"the points cannot be read after line {self._reader.line_num}: {error}"
            raise FileError(msg) from error


class _Recorder:
    """Lines of a stream, remembered until somebody takes them: one row may have several."""

    def __init__(self, first: str, stream: TextIO) -> None:
        self._first: str | None = first
        self._stream = stream
        self._lines: list[str] = []

    def __iter__(self) -> "_Recorder":
        return self

    def __next__(self) -> str:
        line, self._first = self._first or next(self._stream), None
        self._lines.append(line)
        return line

    def take(self) -> str:
        """Return the lines read since the last time, without the last line end."""
        text = "".join(self._lines)
        self._lines.clear()
        return text.rstrip("\r\n")


def _text_batches(
    reader: Iterator[list[str]],
    recorder: _Recorder,
    heading: Sequence[str],
    places: tuple[int, int],
) -> Iterator[Rows]:
    lines: list[str] = []
    fields: list[list[str]] = []
    for row in reader:
        line = recorder.take()
        if not row:  # an empty line is no row
            continue
        lines.append(line)
        fields.append(row)
        if len(lines) == BATCH:
            yield TextRows(
                heading=heading, lines_read=lines, fields=fields, lon=places[0], lat=places[1]
            )
            lines, fields = [], []
    if lines:
        yield TextRows(
            heading=heading, lines_read=lines, fields=fields, lon=places[0], lat=places[1]
        )


def _parquet(path: Path, wanted: Wanted) -> Points:
    source = open_source(path)  # says what is wrong with the file, and knows GeoParquet
    with parquet.ParquetFile(path) as file:
        schema = file.schema_arrow
    geometry = next((name for name in schema.names if name not in source.columns), None)
    if geometry is not None and source.crs != LONLAT:
        return _features(path, wanted)
    lon, lat = ("", "") if geometry else coordinate_columns(schema.names, wanted)

    def read() -> Iterator[Rows]:
        try:
            with parquet.ParquetFile(path) as file:
                for batch in file.iter_batches(batch_size=BATCH):
                    table = pa.Table.from_batches([batch]).replace_schema_metadata(schema.metadata)
                    yield ArrowRows(rows=table, lon=lon, lat=lat, geometry=geometry)
        except (pa.ArrowException, OSError) as error:
            msg = f"{path} breaks off: {str(error).splitlines()[0]}"
            raise FileError(msg) from error

    return Points(columns=tuple(schema.names), read=read, rows=source.rows)


def _features(path: Path, wanted: Wanted) -> Points:
    source = open_source(path)
    if source.has_geometry and source.crs is None:
        msg = f"{path} does not say its CRS; give it one first"
        raise CrsError(msg)
    lon, lat = ("", "")
    if not source.has_geometry:
        lon, lat = coordinate_columns(source.columns, wanted)

    def read() -> Iterator[Rows]:
        for batch in source.read(BATCH):
            shapes = batch.shapes
            yield FrameRows(rows=batch.table, shapes=shapes, crs=source.crs, lon=lon, lat=lat)

    columns = (*source.columns, "geometry") if source.has_geometry else source.columns
    return Points(columns=columns, read=read, rows=source.rows)
