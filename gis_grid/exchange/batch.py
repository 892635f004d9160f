"""What every reader hands on: a source that was opened, and batches of its raw rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

Column: TypeAlias = "pd.Series[Any]"
"""A column of values of whatever kind, missing ones among them."""

Shapes = npt.NDArray[np.object_]
"""Shapely geometries, None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One reason why a row was not taken."""

    row: int
    """Its number in the file: as a spreadsheet counts (2 is the first after the heading) in CSV
    and XLSX, from 1 elsewhere; in an OSM file the number of the object."""

    field: str
    """The field, ``geometry``, or empty when it is about the whole row."""

    value: str
    """What was found, shortened."""

    reason: str
    """Key of the reason, one word with underscores; the summary counts by it."""

    hint: str = ""
    """What can be done about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some rows of a file, as they are in it."""

    rows: npt.NDArray[np.int64]
    """Number of each row in the file (see `Problem.row`), shape ``(n,)``."""

    table: pd.DataFrame
    """The attribute columns under their names in the file, n rows; numbers, texts or instants."""

    shapes: Shapes | None = None
    """The geometries, in the CRS of the source; None when the file has no geometry column."""

    unreadable: tuple[Problem, ...] = ()
    """Rows that could not be split into columns; not part of the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that was opened and found readable."""

    path: Path
    format: str
    """The kind of file: csv, xlsx, parquet, gpkg, shp or geojson."""

    columns: tuple[str, ...]
    """Names of the attribute columns, in order, without the geometry."""

    rows: int | None
    """How many rows it has; None when counting would mean reading it."""

    crs: str | None
    """CRS that the file states; None when it states none."""

    has_geometry: bool
    """Whether it has a geometry column, so that lon/lat columns are not needed."""

    read: Callable[[int], Iterator[Batch]] = field(repr=False)
    """Read it from the start in batches of at most so many rows."""

    encoding: str = "utf-8"
    """How its text is encoded, as stated or detected."""


def to_table(batch: pa.RecordBatch) -> pd.DataFrame:
    """Return Arrow rows as a table in which whole numbers stay whole beside missing ones."""
    return batch.to_pandas(types_mapper=_whole)


def _whole(kind: pa.DataType) -> pd.Int64Dtype | None:
    return pd.Int64Dtype() if pa.types.is_integer(kind) and kind != pa.uint64() else None
