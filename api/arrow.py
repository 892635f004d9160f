"""Points as an Arrow stream, and their answers as another one."""

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gis_grid.errors import InputError

MEDIA_TYPE = "application/vnd.apache.arrow.stream"
COLUMNS = ("lon", "lat")

Floats: TypeAlias = NDArray[np.float64]
Column: TypeAlias = Sequence[Any] | NDArray[Any]

_WANTED = "send an Arrow IPC stream with the columns lon and lat, degrees as numbers"


def points_in(body: bytes, *, at_most: int) -> tuple[Floats, Floats]:
    """Read the points of a stream.

    Parameters
    ----------
    body
        An Arrow IPC stream, uncompressed, of the columns lon and lat, integers or floats.
    at_most
        How many rows are read.

    Returns
    -------
    lon, lat
        Shape ``(n,)``, NaN where a row is null.

    Raises
    ------
    InputError
        It is no such stream, or has too many rows.

    Examples
    --------
    >>> points_in(b"lon,lat", at_most=1)
    Traceback (most recent call last):
    gis_grid.errors.InputError: the body is no Arrow stream (...); send an Arrow IPC stream with \
the columns lon and lat, degrees as numbers
    """
    try:
        batches = list(_batches(body, at_most))
    except (pa.ArrowException, OSError, struct.error, UnicodeDecodeError) as error:
        said = (str(error).splitlines() or [""])[0]
        msg = f"the body is no Arrow stream ({said}); {_WANTED}"
        raise InputError(msg) from error
    lon, lat = (
        np.concatenate([np.empty(0), *(_floats(batch.column(name)) for batch in batches)])
        for name in COLUMNS
    )
    return lon, lat


def stream_of(
    columns: Mapping[str, Column], types: Mapping[str, pa.DataType], metadata: Mapping[str, str]
) -> bytes:
    """Write columns as one stream; None and NaN become null."""
    arrays = {name: pa.array(columns[name], kind, from_pandas=True) for name, kind in types.items()}
    table = pa.table(arrays).replace_schema_metadata(dict(metadata))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def _batches(body: bytes, at_most: int) -> Iterator[pa.RecordBatch]:
    """Yield the batches of a stream; each is measured before its memory is taken."""
    messages = iter(pa.ipc.MessageReader.open_stream(pa.BufferReader(body)))
    first = next(messages, None)
    if first is None:
        msg = f"the body is empty; {_WANTED}"
        raise InputError(msg)
    schema = pa.ipc.read_schema(first)
    _require_columns(schema)
    left = at_most
    for message in messages:
        if message.type != "record batch":
            msg = f"the stream holds a {message.type}; {_WANTED}"
            raise InputError(msg)
        rows, packed = _head_of(message.metadata.to_pybytes())
        if packed:
            msg = "the stream is compressed; write it without compression"
            raise InputError(msg)
        left -= rows
        if left < 0:
            msg = f"more than {at_most:,} points; send them in several requests"
            raise InputError(msg)
        batch = pa.ipc.read_record_batch(message, schema)
        batch.validate(full=True)
        yield batch


def _require_columns(schema: pa.Schema) -> None:
    if sorted(schema.names) != sorted(COLUMNS):
        msg = f"the stream has the columns {', '.join(schema.names) or 'none'}; {_WANTED}"
        raise InputError(msg)
    for field in schema:
        if not (pa.types.is_floating(field.type) or pa.types.is_integer(field.type)):
            msg = f"column {field.name} is {field.type}; {_WANTED}"
            raise InputError(msg)


def _head_of(message: bytes) -> tuple[int, bool]:
    """Return how many rows a record batch says it has, and whether it is compressed.

    Its flatbuffer is read by hand (format/Message.fbs: a Message's third field is the RecordBatch,
    whose first is the length and fourth the compression): Arrow itself would unpack it at once,
    whatever size that has.
    """

    def field(table: int, number: int) -> int | None:
        shape = table - struct.unpack_from("<i", message, table)[0]
        size = struct.unpack_from("<H", message, shape)[0]
        place = 4 + 2 * number
        offset = struct.unpack_from("<H", message, shape + place)[0] if place < size else 0
        return table + offset if offset else None

    header = field(struct.unpack_from("<I", message)[0], 2)
    if header is None:
        msg = f"a record batch of the stream says nothing of itself; {_WANTED}"
        raise InputError(msg)
    batch = header + struct.unpack_from("<I", message, header)[0]
    length = field(batch, 0)
    rows = 0 if length is None else struct.unpack_from("<q", message, length)[0]
    if rows < 0:
        msg = f"a record batch of the stream has {rows} rows; {_WANTED}"
        raise InputError(msg)
    return rows, field(batch, 3) is not None


def _floats(column: "pa.Array[Any]") -> Floats:
    return column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
