"""Files that are being written: how far they are safe on the disk is known at every commit."""

import gzip
import os
from pathlib import Path
from typing import IO

import pyarrow as pa
from pyarrow import parquet

from gis_grid.services.route_file.locks import KEEPS_OPEN_FILES

Extent = list[int]
"""How much of a draft is safe: bytes of a text, parts of a Parquet file."""


class TextDraft:
    """A text that grows; what lies behind the last commit is cut off when it is opened again.

    Packed ones get a gzip member for each commit; together the members are one gzip file.
    """

    def __init__(self, path: Path, extent: Extent | None, *, packed: bool = False) -> None:
        self._file: IO[bytes] = path.open("r+b" if extent else "wb")
        if extent:
            self._file.truncate(extent[0])
            self._file.seek(extent[0])
        self._packed = packed
        self._member: gzip.GzipFile | None = None
        self.is_new = not extent

    def write(self, data: bytes) -> None:
        """Add some bytes."""
        if not self._packed:
            self._file.write(data)
            return
        if self._member is None:
            self._member = gzip.GzipFile("", "wb", compresslevel=6, fileobj=self._file, mtime=0)
        self._member.write(data)

    def commit(self) -> Extent:
        """Wait until everything is on the disk; return how much that is."""
        if self._member is not None:
            self._member.close()
            self._member = None
        self._file.flush()
        os.fsync(self._file.fileno())
        return [self._file.tell()]

    def close(self) -> None:
        """Close the file without a commit."""
        self._file.close()


class ParquetDraft:
    """A Parquet file in parts, one for each commit, because such a file cannot grow.

    The parts become one file in the end.
    """

    def __init__(self, folder: Path, extent: Extent | None) -> None:
        self._folder = folder
        self._parts = extent[0] if extent else 0
        self._writer: parquet.ParquetWriter | None = None
        self._schema = parquet.read_schema(self._path(0)) if self._parts else None

    def _path(self, part: int) -> Path:
        return self._folder / f"{part:06d}.parquet"

    def write(self, table: pa.Table) -> None:
        """Add some rows; the first ones say what the types are."""
        if self._schema is None:
            self._schema = table.schema
        if self._writer is None:
            self._writer = parquet.ParquetWriter(self._path(self._parts), self._schema)
        self._writer.write_table(table.cast(self._schema))

    def commit(self) -> Extent:
        """End a part and wait until it is on the disk; return how many there are."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
            sync(self._path(self._parts))
            self._parts += 1
        return [self._parts]

    def close(self) -> None:
        """Close the file without a commit."""
        if self._writer is not None:
            self._writer.close()

    def joined(self, columns: tuple[str, ...]) -> Path:
        """Return all parts as one file; without rows it has columns of text only."""
        self.commit()
        if self._parts == 1:
            return self._path(0)
        whole = self._folder / "whole.parquet"
        schema = self._schema or pa.schema([(name, pa.string()) for name in columns])
        with parquet.ParquetWriter(whole, schema) as writer:
            for part in range(self._parts):
                with parquet.ParquetFile(self._path(part)) as file:
                    for group in range(file.num_row_groups):
                        writer.write_table(file.read_row_group(group))
        sync(whole)
        return whole


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    if KEEPS_OPEN_FILES and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if KEEPS_OPEN_FILES else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
