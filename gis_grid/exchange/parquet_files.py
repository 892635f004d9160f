"""Parquet and GeoParquet files, read in batches."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyproj
import shapely
from pyarrow import parquet

from gis_grid.errors import FileError
from gis_grid.exchange.batch import Batch, Source, to_table

_LONLAT = "OGC:CRS84"


def open_parquet(path: Path) -> Source:
    """Open a Parquet file; with GeoParquet metadata its geometry column is used.

    Raises
    ------
    FileError
        The file is empty, damaged or not Parquet.
    """
    try:
        with parquet.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        message = f"{path} cannot be read as Parquet: {str(error).splitlines()[0]}"
        raise FileError(message) from error
    geometry, crs = _geometry(schema.metadata or {})
    if geometry not in schema.names:
        geometry = None

    def read(size: int) -> Iterator[Batch]:
        return _read(path, geometry=geometry, size=size)

    return Source(
        path=path,
        format="parquet",
        columns=tuple(name for name in schema.names if name != geometry),
        rows=rows,
        crs=crs,
        has_geometry=geometry is not None,
        read=read,
    )


def _geometry(metadata: dict[bytes, bytes]) -> tuple[str | None, str | None]:
    """Return the geometry column and CRS that GeoParquet metadata states."""
    if b"geo" not in metadata:
        return None, None
    stated: dict[str, Any] = json.loads(metadata[b"geo"])
    name = str(stated["primary_column"])
    column = stated["columns"][name]
    if "crs" in column and column["crs"] is None:
        return name, None
    crs = pyproj.CRS.from_user_input(column.get("crs", _LONLAT))
    return name, "EPSG:4326" if crs == _LONLAT else crs.to_string()


def _read(path: Path, *, geometry: str | None, size: int) -> Iterator[Batch]:
    following = 1
    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=size):
                rows = np.arange(following, following + batch.num_rows)
                following += batch.num_rows
                yield _batch(batch, rows, geometry)
    except (pa.ArrowException, OSError) as error:
        message = f"{path} breaks off after row {following - 1}: {str(error).splitlines()[0]}"
        raise FileError(message) from error


def _batch(batch: pa.RecordBatch, rows: np.ndarray, geometry: str | None) -> Batch:
    shapes = None
    if geometry is not None:
        wkb = batch.column(geometry).to_numpy(zero_copy_only=False)
        shapes = shapely.from_wkb(wkb, on_invalid="ignore")
        batch = batch.drop_columns([geometry])
    return Batch(rows=rows, table=to_table(batch), shapes=shapes)
