"""CSV as bytes: pieces that end with a row, read as columns where every line is plainly a row."""

import codecs
import csv
import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

from gis_grid.errors import FileError
from gis_grid.exchange.encodings import open_bytes

PIECE_BYTES = 2 << 20
"""What is read at a time; about 25,000 rows."""

DELIMITERS = ",;\t|"
TEXT = pa.string()


class Stream:
    """A stream of bytes that gives whole lines and knows how far it was read."""

    def __init__(self, binary: IO[bytes]) -> None:
        self._binary = binary
        self._rest = b""
        self.offset = 0
        """Bytes that were given."""

    def piece(self) -> bytes:
        """Return about `PIECE_BYTES` up to the end of a line; nothing at the end.

        Where it ends depends on nothing but where it begins, so that a run that goes on in the
        middle gets the same pieces.
        """
        while not (cut := self._rest.rfind(b"\n") + 1) and self._read():
            pass
        return self._taken(cut)

    def line(self) -> bytes:
        """Return one line with its end; nothing at the end."""
        while not (cut := self._rest.find(b"\n") + 1) and self._read():
            pass
        return self._taken(cut)

    def _read(self) -> bool:
        """Read up to the next multiple of `PIECE_BYTES`; say whether there was anything."""
        before = self.offset + len(self._rest)
        more = self._binary.read(PIECE_BYTES - before % PIECE_BYTES)
        self._rest += more
        return len(more) > 0

    def _taken(self, cut: int) -> bytes:
        """Give bytes up to a cut, all of them when that is 0: the last line has no end."""
        cut = cut or len(self._rest)
        taken, self._rest = self._rest[:cut], self._rest[cut:]
        self.offset += cut
        return taken

    def skip_to(self, offset: int) -> None:
        """Go on behind so many bytes, before anything was read."""
        self._binary.seek(offset)
        self.offset = offset

    def close(self) -> None:
        """Close the stream."""
        self._binary.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The first line of a CSV file and how the others are to be read."""

    columns: tuple[str, ...]
    delimiter: str
    encoding: str
    size: int
    """Bytes before the first row."""


def is_by_line(encoding: str) -> bool:
    """Say whether bytes may be cut behind each line feed: not in UTF-16."""
    return "\n".encode(encoding).removeprefix(codecs.BOM_UTF8) == b"\n"


def open_stream(path: Path | None, encoding: str) -> Stream:
    """Open a file, or standard input for None, as text in `encoding_within`."""
    binary = sys.stdin.buffer if path is None else cast("IO[bytes]", open_bytes(path))
    if is_by_line(encoding):
        return Stream(binary)
    reader, writer = codecs.getreader(encoding), codecs.getwriter(encoding)
    utf8 = codecs.lookup("utf-8")
    recoder = codecs.StreamRecoder(binary, utf8.encode, utf8.decode, reader, writer)
    return Stream(cast("IO[bytes]", recoder))


def encoding_within(encoding: str) -> str:
    """Return the encoding of what a stream gives: UTF-8 where lines could not be cut before."""
    return encoding if is_by_line(encoding) else "utf-8-sig"


def heading_of(stream: Stream, encoding: str) -> Heading:
    """Read the heading of a stream.

    Raises
    ------
    FileError
        There is none.
    """
    first = stream.line()
    text = _decoded(first, encoding)
    delimiter = max(DELIMITERS, key=text.count)
    reader = csv.reader(_lines(text, stream, encoding), delimiter=delimiter)
    columns = tuple(next(reader, []))
    if not any(name.strip() for name in columns):
        msg = "the points are empty: a CSV file starts with a line of column names"
        raise FileError(msg)
    rest = "utf-8" if encoding.lower().replace("_", "-") == "utf-8-sig" else encoding
    return Heading(columns=columns, delimiter=delimiter, encoding=rest, size=stream.offset)


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        msg = f"the points are not written in {error.encoding}; say how with --encoding"
        raise FileError(msg) from error


def _lines(text: str, stream: Stream, encoding: str) -> Iterator[str]:
    """Yield the lines of a text, and then those of the stream while a row goes on."""
    while text:
        yield from io.StringIO(text, newline="")
        text = _decoded(stream.line(), encoding)


@dataclass(frozen=True, kw_only=True)
class Plain:
    """Lines that are a row each, as the column reader confirmed."""

    heading: Heading
    data: bytes
    """UTF-8 with line feeds only, one behind each row."""

    places: tuple[int, int]
    """Places of longitude and latitude among the columns."""

    @cached_property
    def words(self) -> "tuple[pa.ChunkedArray[Any], pa.ChunkedArray[Any]]":
        """Texts of longitude and latitude."""
        lon, lat = (str(place) for place in self.places)
        table = self.columns([lon, lat])
        return table.column(lon), table.column(lat)

    def columns(self, wanted: Sequence[str] | None = None) -> pa.Table:
        """Return all columns as text, or some; they are called by their places."""
        names = [str(place) for place in range(len(self.heading.columns))]
        return pa.csv.read_csv(
            io.BytesIO(self.data),
            read_options=pa.csv.ReadOptions(
                column_names=names, use_threads=False, block_size=max(1 << 20, len(self.data) + 1)
            ),
            parse_options=pa.csv.ParseOptions(
                delimiter=self.heading.delimiter, newlines_in_values=True
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(names, TEXT),
                include_columns=list(wanted or names),
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )

    @cached_property
    def lines(self) -> "pa.Array[Any]":
        """The lines without their ends."""
        octets = np.frombuffer(self.data, np.uint8)
        ends = np.flatnonzero(octets == ord("\n"))
        offsets = np.concatenate([[0], ends + 1 - np.arange(1, len(ends) + 1)]).astype(np.int32)
        text = self.data.replace(b"\n", b"")
        return pa.StringArray.from_buffers(
            len(ends), pa.py_buffer(offsets.tobytes()), pa.py_buffer(text)
        )

    def __len__(self) -> int:
        """Return how many there are."""
        return self.data.count(b"\n")


def plain(data: bytes, heading: Heading, places: tuple[int, int]) -> Plain | None:
    """Return lines that are plainly one row each, None where that is not sure."""
    if heading.encoding.lower() not in {"utf-8", "utf8"}:
        data = _decoded(data, heading.encoding).encode()
    else:
        _decoded(data, "utf-8")
    data = data.replace(b"\r\n", b"\n")
    if not data.endswith(b"\n"):
        data += b"\n"
    if b"\r" in data or b"\0" in data or b"\n\n" in data or data.startswith(b"\n"):
        return None
    if b'"' in data and (quotes_by_line(data) % 2).any():
        return None
    rows = Plain(heading=heading, data=data, places=places)
    try:
        return rows if len(rows.words[0]) == len(rows) else None
    except pa.ArrowInvalid:  # a row has too many or too few values
        return None


def quotes_by_line(data: bytes) -> NDArray[np.int64]:
    r"""Return how many quotes each line has.

    Examples
    --------
    >>> quotes_by_line(b'a,"b"\nc\n"').tolist()
    [2, 0]
    """
    octets = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(octets == ord("\n"))
    before = np.searchsorted(np.flatnonzero(octets == ord('"')), ends)
    return np.diff(before, prepend=0)


def read_rows(data: bytes, stream: Stream, heading: Heading) -> tuple[list[str], list[list[str]]]:
    """Return lines and fields of the rows that begin in `data`, as the csv module reads them.

    The last row may go on in the stream.

    Raises
    ------
    FileError
        The rows cannot be read.
    """
    recorder = _Recorder(_decoded(data, heading.encoding), stream, heading.encoding)
    lines: list[str] = []
    fields: list[list[str]] = []
    try:
        for row in csv.reader(recorder, delimiter=heading.delimiter):
            line = recorder.take()
            if row:  # an empty line is no row
                lines.append(line)
                fields.append(row)
            if recorder.is_through:
                break
    except csv.Error as error:
        msg = f"the points cannot be read before byte {stream.offset:,}: {error}"
        raise FileError(msg) from error
    return lines, fields


class _Recorder:
    """Lines of a text, and of the stream behind it, remembered until somebody takes them."""

    def __init__(self, text: str, stream: Stream, encoding: str) -> None:
        self._known = list(io.StringIO(text, newline=""))
        self._known.reverse()
        self._stream = stream
        self._encoding = encoding
        self._taken: list[str] = []

    @property
    def is_through(self) -> bool:
        """Whether the text has no more lines."""
        return not self._known

    def __iter__(self) -> "_Recorder":
        return self

    def __next__(self) -> str:
        if not self._known:
            more = _decoded(self._stream.line(), self._encoding)
            if not more:
                raise StopIteration
            self._known = list(io.StringIO(more, newline=""))[::-1]
        self._taken.append(self._known.pop())
        return self._taken[-1]

    def take(self) -> str:
        """Return the lines since the last time, without the last line end."""
        text = "".join(self._taken)
        self._taken.clear()
        return text.rstrip("\r\n")
