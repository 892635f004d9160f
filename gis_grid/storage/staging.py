"""A temporary table that new rows wait in while SQL compares them with what is stored."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Column, ColumnElement, Connection, MetaData, Table, and_

from gis_grid.storage.bulk import append, shapes_of
from gis_grid.storage.columns import arrow_columns
from gis_grid.storage.frames import Frame
from gis_grid.storage.tables import tables_of
from gis_grid.values.layers import Layer


@contextmanager
def staging(connection: Connection, layer: Layer) -> Iterator[Table]:
    """Give an empty temporary table with every column of a layer; it is gone afterwards."""
    stage = _stage(layer)
    stage.drop(connection, checkfirst=True)  # SQLite keeps it when a transaction is rolled back
    stage.create(connection, checkfirst=False)
    yield stage
    stage.drop(connection, checkfirst=False)


def wait(connection: Connection, layer: Layer, stage: Table, frame: Frame) -> None:
    """Let the rows of a conforming frame wait in `stage` too."""
    append(connection, stage, arrow_columns(layer, frame), shapes_of(frame))


def compared(layer: Layer) -> tuple[str, ...]:
    """Return the columns in which two versions of a feature may differ."""
    geometry = () if layer.geometry is None else ("geometry",)
    return (*layer.field_names[1:], *geometry)


def is_same(layer: Layer, table: Table, stage: Table) -> ColumnElement[bool]:
    """Test that a stored row is the one that waits, as far as `table` has its columns."""
    return and_(
        table.c.code == stage.c.code,
        *(
            table.c[name].is_not_distinct_from(stage.c[name])
            for name in compared(layer)
            if name in table.c
        ),
    )


def _stage(layer: Layer) -> Table:
    """Describe the temporary table: plain columns without rules, keyed by code."""
    columns = {
        column.name: Column(column.name, column.type, primary_key=column.name == "code")
        for table in tables_of(layer)
        for column in table.columns
        if column.name not in {"id", "first_generation", "last_generation"}
    }
    name = f"stage_{tables_of(layer)[0].name}"
    return Table(name, MetaData(), *columns.values(), prefixes=["TEMPORARY"])
