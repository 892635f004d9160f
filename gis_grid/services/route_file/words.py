"""Columns of text in Arrow: joined, emptied, filled (pyarrow's stubs cannot type these)."""

from typing import Any, cast

import pyarrow as pa
import pyarrow.compute

_compute: Any = pyarrow.compute


def joined(*columns: "pa.Array[Any] | str", by: str) -> "pa.Array[pa.StringScalar]":
    """Return columns of text, none of it null, joined row by row.

    Examples
    --------
    >>> joined(pa.array(["a", ""]), pa.array(["1", "2"]), by=",").to_pylist()
    ['a,1', ',2']
    """
    return cast("pa.Array[pa.StringScalar]", _compute.binary_join_element_wise(*columns, by))


def without_empty(column: "pa.ChunkedArray[Any]") -> "pa.ChunkedArray[Any]":
    """Return a column of text with null for what is empty.

    Examples
    --------
    >>> without_empty(pa.chunked_array([["a", "", None]])).to_pylist()
    ['a', None, None]
    """
    empty = pa.scalar(None, column.type)
    return cast("pa.ChunkedArray[Any]", _compute.if_else(_compute.equal(column, ""), empty, column))


def filled(column: "pa.Array[Any]") -> "pa.Array[Any]":
    """Return a column of text with nothing for null.

    Examples
    --------
    >>> filled(pa.array(["a", None])).to_pylist()
    ['a', '']
    """
    return cast("pa.Array[Any]", _compute.fill_null(column, ""))


def any_has(column: "pa.Array[Any]", pattern: str) -> bool:
    """Say whether a pattern occurs in a column of text.

    Examples
    --------
    >>> any_has(pa.array(["a", "b,c"]), "[,;]"), any_has(pa.array([], pa.string()), "a")
    (True, False)
    """
    found = _compute.any(_compute.match_substring_regex(column, pattern))
    return bool(found.as_py())


def padded(column: "pa.Array[Any]", width: int) -> "pa.Array[Any]":
    """Return a column of text with zeros in front.

    Examples
    --------
    >>> padded(pa.array(["7", "123"]), 3).to_pylist()
    ['007', '123']
    """
    return cast("pa.Array[Any]", _compute.utf8_lpad(column, width, "0"))


def octets(column: "pa.Array[Any]") -> bytes:
    """Return all text of a column, row after row.

    Examples
    --------
    >>> octets(pa.array(["ab", "", "c"])[1:]), octets(pa.array([], pa.string()))
    (b'c', b'')
    """
    _, offsets, data = column.buffers()
    if offsets is None or data is None or len(column) == 0:
        return b""
    ends = memoryview(offsets).cast("b").cast("i")
    return bytes(memoryview(data)[ends[column.offset] : ends[column.offset + len(column)]])
