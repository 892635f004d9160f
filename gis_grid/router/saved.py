"""A router on disk: one file, arrays mapped into memory, checked when it is opened.

Layout: 8 bytes of magic with the format version, then the checksum and length of the header, the
header (JSON: name, type, shape and place of each array), then the arrays, each on a 64-byte border.
"""

import json
import mmap
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_grid.errors import FileError

MAGIC = b"GGROUT02"
"""The last two digits are the version of the format; raise it with every change of meaning."""

START = struct.Struct("<8sIQ")
ALIGNMENT = 64

Arrays = Mapping[str, NDArray[Any]]


def write(path: Path, arrays: Arrays) -> None:
    """Write named arrays to one file.

    Parameters
    ----------
    path
        The file; it is replaced. Whoever needs the write to be atomic moves it into place.
    arrays
        Numbers of any shape.

    Raises
    ------
    FileError
        The file cannot be written.
    """
    table, blobs, place = [], [], 0
    for name, array in arrays.items():
        blob = np.ascontiguousarray(array).tobytes()
        blob += b"\0" * (-len(blob) % ALIGNMENT)
        table.append([name, array.dtype.str, list(array.shape), place])
        blobs.append(blob)
        place += len(blob)
    checksum = 0
    for blob in blobs:
        checksum = zlib.crc32(blob, checksum)
    header = json.dumps({"arrays": table, "bytes": place, "crc32": checksum}).encode()
    start = START.pack(MAGIC, zlib.crc32(header), len(header))
    try:
        with path.open("wb") as file:
            file.write(start + header + b"\0" * (-(len(start) + len(header)) % ALIGNMENT))
            file.writelines(blobs)
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror}"
        raise FileError(msg) from error


def read(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file, read-only and mapped: processes share the memory.

    Raises
    ------
    FileError
        The file is missing, is no router, is damaged, or has another version of the format.
    """
    try:
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}"
        raise FileError(msg) from error
    except ValueError as error:  # an empty file cannot be mapped
        msg = f"{path} is empty, not a saved router; build it again"
        raise FileError(msg) from error
    header, begin = _header(path, data)
    if (
        len(data) != begin + header["bytes"]
        or zlib.crc32(memoryview(data)[begin:]) != header["crc32"]
    ):
        raise _damaged(path)
    return {
        name: np.frombuffer(
            data, np.dtype(kind), count=int(np.prod(shape)), offset=begin + place
        ).reshape(shape)
        for name, kind, shape, place in header["arrays"]
    }


def _header(path: Path, data: mmap.mmap) -> tuple[dict[str, Any], int]:
    if len(data) < START.size or data[:6] != MAGIC[:6]:
        msg = f"{path} is not a saved router"
        raise FileError(msg)
    magic, checksum, length = START.unpack(data[: START.size])
    if magic != MAGIC:
        msg = f"{path} has format {magic[6:].decode(errors='replace')}, not {MAGIC[6:].decode()}; "
        msg += "build the router again"
        raise FileError(msg)
    text = data[START.size : START.size + length]
    if zlib.crc32(text) != checksum:
        raise _damaged(path)
    header: dict[str, Any] = json.loads(text)
    size = START.size + length
    return header, size + -size % ALIGNMENT


def _damaged(path: Path) -> FileError:
    return FileError(f"{path} is damaged (its checksum is wrong); build the router again")


def packed(codes: NDArray[np.object_], groups: Mapping[str, tuple[Any, ...]]) -> Arrays:
    """Return codes and named tuples of arrays as one flat mapping."""
    words = [str(code).encode() for code in codes]
    ends = np.cumsum([len(word) for word in words], dtype=np.int64)
    arrays: dict[str, NDArray[Any]] = {
        "codes": np.frombuffer(b"".join(words), np.uint8),
        "codes.ends": ends,
    }
    for name, group in groups.items():
        arrays |= {f"{name}.{place}": array for place, array in enumerate(group)}
    return arrays


def codes_in(arrays: Arrays) -> NDArray[np.object_]:
    """Return the codes of a flat mapping."""
    text = arrays["codes"].tobytes()
    ends = arrays["codes.ends"].tolist()
    words = [text[a:b].decode() for a, b in zip([0, *ends[:-1]], ends, strict=True)] if ends else []
    return np.array(words, dtype=object)


def group(arrays: Arrays, name: str, fields: tuple[str, ...]) -> list[NDArray[Any]]:
    """Return the arrays of a named tuple from a flat mapping."""
    return [arrays[f"{name}.{place}"] for place in range(len(fields))]
