"""Bring a layer up to date with a frame: one statement a chunk, and a count of what it did."""

from dataclasses import dataclass

from sqlalchemy import Connection, Table, and_, delete, exists, func, or_, select, text, true
from sqlalchemy.dialects import postgresql, sqlite

from gis_grid.storage import search_terms
from gis_grid.storage.bulk import CHUNK, WORTH_COUNTING, count_again, load
from gis_grid.storage.database import begin_to_write
from gis_grid.storage.frames import Frame
from gis_grid.storage.staging import is_same, staging, wait
from gis_grid.storage.tables import table_of, tables_of
from gis_grid.storage.versions import count_change
from gis_grid.values.layers import Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What became of the rows of a frame."""

    stored: int = 0
    """Rows whose code was new."""

    updated: int = 0
    """Rows that changed something."""

    unchanged: int = 0
    """Rows that were there already, all values alike."""

    def __add__(self, other: "Stored") -> "Stored":
        """Return both together."""
        return Stored(
            stored=self.stored + other.stored,
            updated=self.updated + other.updated,
            unchanged=self.unchanged + other.unchanged,
        )


def merge(connection: Connection, layer: Layer, frame: Frame) -> Stored:
    """Add the new codes of a conforming frame and update the known ones.

    Raises
    ------
    StorageError
        The database cannot do this now.
    """
    if _is_empty_for_us(connection, table_of[layer.name]):
        return Stored(stored=load(connection, layer, frame))
    done = Stored()
    with staging(connection, layer) as stage:
        for start in range(0, len(frame), CHUNK):
            connection.execute(delete(stage))
            part = frame.iloc[start : start + CHUNK]
            wait(connection, layer, stage, part)
            done += _counts(connection, layer, stage)
            search_terms.replace(connection, layer, part, select(stage.c.code))
            for table in tables_of(layer):
                _upsert(connection, table, stage)
    if done.stored >= WORTH_COUNTING:
        count_again(connection, layer)
    if done.stored or done.updated:
        count_change(connection, layer)
    return done


def _is_empty_for_us(connection: Connection, table: Table) -> bool:
    """Say whether a table is empty and will stay so until we have filled it."""
    nothing = select(table.c.code).limit(1)
    if connection.dialect.name == "sqlite":
        begin_to_write(connection)
    elif connection.execute(nothing).first() is None:
        connection.execute(text(f'LOCK TABLE "{table.name}" IN SHARE ROW EXCLUSIVE MODE'))
    return connection.execute(nothing).first() is None


def _counts(connection: Connection, layer: Layer, stage: Table) -> Stored:
    """Count what an upsert will do, before it does it."""
    main = table_of[layer.name]
    known = exists().where(main.c.code == stage.c.code)
    same = and_(*(exists().where(is_same(layer, t, stage)) for t in tables_of(layer)))
    counted = [func.count(), func.count().filter(known), func.count().filter(same)]
    row = connection.execute(select(*counted).select_from(stage)).one()
    total, found, alike = tuple(row)
    return Stored(stored=total - found, updated=found - alike, unchanged=alike)


def _upsert(connection: Connection, table: Table, stage: Table) -> None:
    """Insert what waits; where the code is known, write only rows that differ."""
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    names = [column.name for column in table.columns]
    waiting = select(*(stage.c[name] for name in names)).where(true())  # SQLite needs a WHERE here
    statement = insert(table).from_select(names, waiting)
    changes = {name: statement.excluded[name] for name in names if name != "code"}
    differs = or_(*(table.c[n].is_distinct_from(new) for n, new in changes.items()))
    connection.execute(
        statement.on_conflict_do_update(index_elements=["code"], set_=changes, where=differs)
    )
