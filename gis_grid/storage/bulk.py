"""Append many rows at once: COPY on PostGIS, executemany on SQLite."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from psycopg import sql
from pyarrow import csv
from sqlalchemy import Connection, Table, text
from sqlalchemy.orm import Session

from gis_grid.errors import InputError
from gis_grid.storage import audit_layers, search_terms
from gis_grid.storage.columns import Arrow, arrow_columns, python_values
from gis_grid.storage.database import name_of
from gis_grid.storage.failures import explain
from gis_grid.storage.frames import Frame, conform, layer_of
from gis_grid.storage.tables import tables_of
from gis_grid.storage.versions import count_change
from gis_grid.values.layers import GRIDS, Layer

CHUNK = 50_000
"""Rows that are turned into what the database takes at a time; bounds the memory."""

WORTH_COUNTING = 10_000
"""From so many rows on, the statistics by which queries are planned are renewed."""

Columns = dict[str, Arrow]


def load(to: Session | Connection, layer: str | Layer, frame: Frame) -> int:
    """Append `frame` to a layer, in the transaction of `to`, and return how many rows that were.

    Parameters
    ----------
    to
        A session or connection; it neither commits nor rolls back.
    layer
        Any layer but grids, which are published (`GenerationStore.publish`).
    frame
        As `LayerStore.read` gives it (EPSG:4326); columns may be missing, rows in any order. Rows
        sorted by `cell` are stored faster.

    Raises
    ------
    InputError
        A value is not allowed, or the layer is grids. Nothing of the frame counts then: roll back.
    GeometryError, CrsError
        A geometry is not allowed.
    ConflictError
        A code is there already, or twice in `frame`.
    StorageError
        The database cannot do this now.
    """
    layer = layer_of(layer)
    if layer == GRIDS:
        msg = "grids are not appended: publish them as a new generation"
        raise InputError(msg)
    connection = to.connection() if isinstance(to, Session) else to
    for start in range(0, len(frame), CHUNK):
        part = conform(layer, frame.iloc[start : start + CHUNK])
        columns, shapes = arrow_columns(layer, part), shapes_of(part)
        for table in tables_of(layer):
            append(connection, table, columns, shapes)
        search_terms.add(connection, layer, part)
        if isinstance(to, Session):
            audit_layers.record_load(to, layer, part)
    if len(frame) >= WORTH_COUNTING:
        count_again(connection, layer)
    if len(frame):
        count_change(connection, layer)
    return len(frame)


def shapes_of(frame: Frame) -> NDArray[np.object_] | None:
    """Return the geometries of a frame; None when it has none."""
    return frame["geometry"].to_numpy() if "geometry" in frame.columns else None


def append(
    connection: Connection,
    table: Table,
    columns: Mapping[str, Arrow],
    shapes: NDArray[np.object_] | None,
) -> None:
    """Append those of `columns` and `shapes` that `table` has."""
    names = [column.name for column in table.columns if column.name in columns]
    with_shapes = shapes is not None and "geometry" in table.c
    values = {name: columns[name] for name in names}
    try:
        if connection.dialect.name == "postgresql":
            _copy(connection, table, values, shapes if with_shapes else None)
        else:
            _insert(connection, table, values, shapes if with_shapes else None)
    except Exception as error:
        reason = explain(error, name_of(connection.engine))
        if reason is None:
            raise
        raise reason from error


def count_again(connection: Connection, layer: Layer) -> None:
    """Renew the statistics of a layer's tables, by which the database plans its queries.

    PostGIS counts only tables that have doubled since: it reads thousands of pages each time.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA analysis_limit = 1000"))
    for table in tables_of(layer):
        if connection.dialect.name == "sqlite" or _has_doubled(connection, table):
            connection.execute(text(f'ANALYZE "{table.name}"'))


def _has_doubled(connection: Connection, table: Table) -> bool:
    known = "2 * relpages * current_setting('block_size')::bigint"
    asked = f"SELECT pg_relation_size(oid) > {known} FROM pg_class WHERE oid = to_regclass(:name)"  # noqa: S608 - no input
    return bool(connection.execute(text(asked), {"name": table.name}).scalar())


def _insert(
    connection: Connection, table: Table, columns: Columns, shapes: NDArray[np.object_] | None
) -> None:
    values = [python_values(array) for array in columns.values()]
    names = [*columns]
    if shapes is not None:
        names.append("geometry")
        values.append(shapely.to_wkb(shapes).tolist())
    listed, holes = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
    statement = f'INSERT INTO "{table.name}" ({listed}) VALUES ({holes})'  # noqa: S608 - our names
    _driver(connection).executemany(statement, zip(*values, strict=True))


def _copy(
    connection: Connection, table: Table, columns: Columns, shapes: NDArray[np.object_] | None
) -> None:
    arrays = dict(columns)
    if shapes is not None:
        arrays["geometry"] = pa.array(shapely.to_wkb(shapes, hex=True), pa.string())
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, arrays))
    )
    driver: psycopg.Connection[Any] = _driver(connection)
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for block in _csv(pa.table(arrays)):
            copy.write(block)


def _csv(table: pa.Table) -> Iterator[memoryview]:
    """Yield CSV in which every value is quoted and null is nothing, so that '' is a text."""
    written = io.BytesIO()
    options = csv.WriteOptions(include_header=False, quoting_style="all_valid")
    csv.write_csv(table, written, options)
    yield written.getbuffer()


def _driver(connection: Connection) -> Any:  # noqa: ANN401 - a connection of sqlite3 or psycopg
    return connection.connection.driver_connection
