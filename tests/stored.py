"""A city put into a database once a process, then copied as it lies: many tests begin with one."""

import atexit
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from psycopg import sql
from sqlalchemy import Engine, text

_FOLDER = Path(tempfile.mkdtemp(prefix="gis-grid-cities-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)

_MADE: dict[tuple[str, Callable[[Engine], object]], "Path | _Rows"] = {}

_TABLES = """
    SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename NOT IN ('spatial_ref_sys', 'alembic_version')
"""
_NUMBERS = "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"


@dataclass(frozen=True)
class _Rows:
    """What lies in the tables of a database on PostGIS."""

    tables: dict[str, list[bytes]]
    numbers: list[tuple[str, int]]
    """The last number that each sequence gave."""


def put(engine: Engine, fill: Callable[[Engine], object]) -> None:
    """Fill a migrated database; like another one that was filled so before, when it is empty.

    The copy is exact, its counters, moments and audit log included.
    """
    key = (engine.dialect.name, fill)
    if not _is_empty(engine) or not _may_copy(engine):
        fill(engine)
    elif key in _MADE:
        _copied(engine, _MADE[key])
    else:
        fill(engine)
        _MADE[key] = _taken(engine)


def _is_empty(engine: Engine) -> bool:
    """Say whether nothing was ever changed: the audit log tells."""
    with engine.connect() as connection:
        return not connection.execute(text("SELECT number FROM audit_end")).scalar_one()


def _may_copy(engine: Engine) -> bool:
    """Say whether triggers can be left out: a server that somebody named may not let us."""
    if engine.dialect.name == "sqlite":
        return True
    with engine.connect() as connection:
        asked = text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return connection.execute(asked).scalar_one()


def _taken(engine: Engine) -> "Path | _Rows":
    link = engine.raw_connection()
    try:
        if engine.dialect.name == "sqlite":
            path = _FOLDER / f"{len(_MADE)}.db"
            with sqlite3.connect(path) as kept:
                link.driver_connection.backup(kept)
            kept.close()
            return path
        with link.driver_connection.cursor() as cursor:
            names = [name for (name,) in cursor.execute(_TABLES).fetchall()]
            tables = {name: _rows(cursor, name) for name in names if _has_rows(cursor, name)}
            return _Rows(tables, cursor.execute(_NUMBERS).fetchall())
    finally:
        link.close()


def _has_rows(cursor, name: str) -> bool:
    asked = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(name))
    return cursor.execute(asked).fetchone()[0]


def _rows(cursor, name: str) -> list[bytes]:
    asked = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(name))
    with cursor.copy(asked) as copy:
        return [bytes(part) for part in copy]


def _copied(engine: Engine, kept: "Path | _Rows") -> None:
    link = engine.raw_connection()
    try:
        if isinstance(kept, Path):
            with sqlite3.connect(kept) as made:
                made.backup(link.driver_connection)
            made.close()
            return
        with link.driver_connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # no triggers, any order
            for name, parts in kept.tables.items():
                table = sql.Identifier(name)
                cursor.execute(sql.SQL("DELETE FROM {}").format(table))
                with cursor.copy(
                    sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(table)
                ) as copy:
                    for part in parts:
                        copy.write(part)
            for name, number in kept.numbers:
                cursor.execute("SELECT setval(%s::regclass, %s)", [name, number])
        link.commit()
    finally:
        link.close()
