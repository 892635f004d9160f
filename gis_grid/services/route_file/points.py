"""Opening a file of points: which columns are its coordinates, and its rows in batches."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from gis_grid.errors import CrsError, FileError, InputError
from gis_grid.exchange.encodings import detect_encoding, require_encoding
from gis_grid.exchange.names import LAT_NAMES, LON_NAMES
from gis_grid.exchange.sources import open_source, require_file
from gis_grid.geo.crs import LONLAT
from gis_grid.services.route_file.rows import ArrowRows, FrameRows, PlainRows, Rows, TextRows
from gis_grid.services.route_file.text import (
    Heading,
    Stream,
    encoding_within,
    heading_of,
    is_by_line,
    open_stream,
    plain,
    read_rows,
)

BATCH = 32_768
"""Rows in memory at a time."""

READ_BYTES = 1 << 20
"""What is read of a Parquet column at a time, instead of all that a row group has of it."""

Position = list[int]
"""Where the next row is: bytes before it in a CSV file; row group and row of it in Parquet."""

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

    read: Callable[[Position | None], Iterator[tuple[Rows, Position]]]
    """Rows from a position on, each time with the position behind them."""

    rows: int | None = None
    """How many rows there are, when the file says so."""

    can_resume: bool = False
    """Whether rows may be read from a position on."""

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
    with closing(open_stream(path, encoding)) as stream:
        heading = heading_of(stream, encoding_within(encoding))
    places = _places(heading, wanted)

    def read(start: Position | None) -> Iterator[tuple[Rows, Position]]:
        try:
            with closing(open_stream(path, encoding)) as stream:
                stream.skip_to(start[0]) if start else heading_of(stream, heading.encoding)
                yield from _text_rows(stream, heading, places)
        except (OSError, EOFError) as error:
            msg = f"{path} cannot be read to its end: {error}"
            raise FileError(msg) from error

    return Points(
        columns=heading.columns,
        read=read,
        delimiter=heading.delimiter,
        can_resume=is_by_line(encoding),
    )


def _pipe(wanted: Wanted) -> Points:
    encoding = wanted.encoding or "utf-8-sig"
    stream = open_stream(None, encoding)
    heading = heading_of(stream, encoding_within(encoding))
    places = _places(heading, wanted)
    return Points(
        columns=heading.columns,
        read=lambda _: _text_rows(stream, heading, places),
        delimiter=heading.delimiter,
    )


def _places(heading: Heading, wanted: Wanted) -> tuple[int, int]:
    lon, lat = coordinate_columns(heading.columns, wanted)
    return heading.columns.index(lon), heading.columns.index(lat)


def _text_rows(
    stream: Stream, heading: Heading, places: tuple[int, int]
) -> Iterator[tuple[Rows, Position]]:
    while data := stream.piece():
        found = plain(data, heading, places)
        rows: Rows
        if found is not None:
            rows = PlainRows(rows=found)
        else:
            lines, fields = read_rows(data, stream, heading)
            if not lines:
                continue
            rows = TextRows(heading=heading.columns, lines_read=lines, fields=fields, places=places)
        yield rows, [stream.offset]


def _parquet(path: Path, wanted: Wanted) -> Points:
    source = open_source(path)  # says what is wrong with the file, and knows GeoParquet
    with parquet.ParquetFile(path) as file:
        schema = file.schema_arrow
    geometry = next((name for name in schema.names if name not in source.columns), None)
    if geometry is not None and source.crs != LONLAT:
        return _features(path, wanted)
    lon, lat = ("", "") if geometry else coordinate_columns(schema.names, wanted)

    def read(start: Position | None) -> Iterator[tuple[Rows, Position]]:
        try:
            with parquet.ParquetFile(path, buffer_size=READ_BYTES) as file:
                for batch, position in _batches(file, start or [0, 0]):
                    table = pa.Table.from_batches([batch]).replace_schema_metadata(schema.metadata)
                    yield ArrowRows(rows=table, lon=lon, lat=lat, geometry=geometry), position
        except (pa.ArrowException, OSError) as error:
            msg = f"{path} breaks off: {str(error).splitlines()[0]}"
            raise FileError(msg) from error

    return Points(columns=tuple(schema.names), read=read, rows=source.rows, can_resume=True)


def _batches(
    file: parquet.ParquetFile, start: Position
) -> Iterator[tuple[pa.RecordBatch, Position]]:
    """Yield the rows of each row group in batches that do not depend on the start."""
    for group in range(start[0], file.num_row_groups):
        first = 0
        for batch in file.iter_batches(BATCH, row_groups=[group], use_threads=False):
            after = first + len(batch)
            if group > start[0] or first >= start[1]:
                yield batch, [group, after]
            first = after


def _features(path: Path, wanted: Wanted) -> Points:
    source = open_source(path)
    if source.has_geometry and source.crs is None:
        msg = f"{path} does not say its CRS; give it one first"
        raise CrsError(msg)
    lon, lat = ("", "")
    if not source.has_geometry:
        lon, lat = coordinate_columns(source.columns, wanted)

    def read(_: Position | None) -> Iterator[tuple[Rows, Position]]:
        for batch in source.read(BATCH):
            shapes = batch.shapes
            rows = FrameRows(rows=batch.table, shapes=shapes, crs=source.crs, lon=lon, lat=lat)
            yield rows, []

    columns = (*source.columns, "geometry") if source.has_geometry else source.columns
    return Points(columns=columns, read=read, rows=source.rows)
