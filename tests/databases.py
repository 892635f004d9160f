"""Databases for the tests: each test gets its own, copied from one that was migrated once."""

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, Engine, event, make_url

from gis_grid.storage.database import open_engine, upgrade
from tests import postgres

SERVER = "GIS_GRID_TEST_POSTGIS"
"""Address of a server to use instead of a private one; its user may create databases."""

LOCK = 4242

waits_for_the_disk = False
"""Whether a commit of SQLite in this process is flushed, as it is outside of the tests. It takes
ten times as long and shows only in a power cut; processes that are started flush as ever."""


def hurry() -> None:
    """Let no commit of SQLite in this process wait for the disk."""
    event.listen(Engine, "engine_connect", _hurry)


def _hurry(connection: Connection) -> None:
    pooled = connection.connection
    if connection.dialect.name == "sqlite" and not (waits_for_the_disk or pooled.info.get("fast")):
        pooled.driver_connection.execute("PRAGMA synchronous = OFF")
        pooled.info["fast"] = True


def postgis_server() -> str:
    """Return the address of a PostGIS server; without one skip, and fail where CI is true."""
    if named := os.environ.get(SERVER):
        return (
            make_url(named)
            .set(drivername="postgresql+psycopg")
            .render_as_string(hide_password=False)
        )
    try:
        return postgres.url()
    except postgres.NoPostgisError as error:
        if os.environ.get("CI", "").lower() in {"true", "1"}:
            pytest.fail(f"CI needs PostGIS: {error}", pytrace=False)
        pytest.skip(str(error))


def run_name() -> str:
    """Return the start of the names of all databases of this run."""
    return f"gis_grid_{Path(os.environ[postgres.FOLDER]).name.rsplit('-', 1)[-1]}"


@contextmanager
def admin(server: str) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """Give a connection to the server that may create and drop databases."""
    address = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


_kept: dict[str, "psycopg.Connection[tuple[object, ...]]"] = {}


def _admin(server: str) -> "psycopg.Connection[tuple[object, ...]]":
    """Return this process's one connection to make and drop databases with.

    A new one would have to look at all pages of the template anew.
    """
    known = _kept.get(server)
    if known is None or known.closed:
        address = make_url(server).set(drivername="postgresql")
        text = address.render_as_string(hide_password=False)
        known = _kept[server] = psycopg.connect(text, autocommit=True)
    return known


def forget_connections() -> None:
    """Close what this process keeps open."""
    while _kept:
        _kept.popitem()[1].close()


def in_server(server: str, database: str) -> str:
    """Return the address of one database of the server."""
    return make_url(server).set(database=database).render_as_string(hide_password=False)


def migrated_template(server: str) -> str:
    """Return the name of the run's migrated template, made by whichever worker comes first."""
    name = f"{run_name()}_template"
    with admin(server) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if known.fetchone() is None:
            connection.execute(f"CREATE DATABASE {name}_draft")
            engine = open_engine(in_server(server, f"{name}_draft"))
            upgrade(engine)
            engine.dispose()
            _lighten(in_server(server, f"{name}_draft"))
            connection.execute(f"ALTER DATABASE {name}_draft RENAME TO {name}")
    return name


def _lighten(address: str) -> None:
    """Leave out the 8,400 reference systems that nothing here uses: half of what a copy writes."""
    with admin(address) as connection:
        connection.execute(
            "DELETE FROM spatial_ref_sys WHERE srid NOT IN (4326, 3857)"  # stored; of tiles
        )
        connection.execute("VACUUM FULL spatial_ref_sys")


@contextmanager
def postgis_database(server: str, template: str) -> Iterator[str]:
    """Give the address of a new database; it is dropped in the end."""
    name = f"{run_name()}_{secrets.token_hex(5)}"
    _admin(server).execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield in_server(server, name)
    finally:
        _admin(server).execute(f"DROP DATABASE {name} WITH (FORCE)")


def sqlite_database(folder: Path, template: Path | None) -> str:
    """Return the address of a new file in `folder`, a copy of `template`."""
    path = folder / "test.db"
    if template is not None:
        shutil.copyfile(template, path)
    return f"sqlite:///{path}"


def migrated_file(path: Path) -> Path:
    """Make a migrated SQLite file that can be copied."""
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


def forget_run() -> None:
    """Drop what this run left on a server that somebody named, and stop a private one."""
    if named := os.environ.get(SERVER):
        with admin(named) as connection:
            listed = connection.execute("SELECT datname FROM pg_database").fetchall()
            for (name,) in listed:
                if re.fullmatch(rf"{run_name()}_\w+", str(name)):
                    connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    postgres.stop()
