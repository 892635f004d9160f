"""Bring the tables of a database to this version, and say which version they have."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from gis_grid.errors import StorageError
from gis_grid.storage import search_terms
from gis_grid.storage.failures import UPGRADE

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = "gis_grid.storage.migrations"
REVISIONS = tuple(f"{number:04d}" for number in range(11, 0, -1))
"""Every revision that this version knows, the newest first: so that a service that starts need not
read all migrations, nor import what carries them out."""

LOCK = 0x6769736772696400
"""Advisory lock on PostGIS under which one program at a time changes the tables."""


def upgrade(engine: Engine, *, to: str = "head") -> None:
    """Create the tables or bring them to this version, in one transaction.

    Nothing happens when they are at this version already. On PostgreSQL the PostGIS extension is
    added when it is missing.

    Parameters
    ----------
    engine
        From `open_engine`.
    to
        A revision of the schema; a newer one than this version knows cannot be asked for.

    Raises
    ------
    StorageError
        The database is of a newer version, or it cannot be reached or written to.
    """
    from alembic import command  # noqa: PLC0415 - only those who change tables wait for it

    with _alone(engine) as connection, _config(connection) as config:
        _require_known(revision(connection), engine)
        command.upgrade(config, to)
        if revision(connection) == REVISIONS[0]:
            search_terms.renew(connection)


def downgrade(engine: Engine, *, to: str) -> None:
    """Bring the tables back to revision `to`; ``base`` removes them and everything in them.

    Raises
    ------
    StorageError
        The database is of a newer version, or it cannot be reached or written to.
    """
    from alembic import command  # noqa: PLC0415 - see `upgrade`

    with _alone(engine) as connection, _config(connection) as config:
        _require_known(revision(connection), engine)
        command.downgrade(config, to)


def revision(connection: Connection) -> str | None:
    """Return the revision of the tables; None when there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def newest() -> str:
    """Return the revision that this version of gis_grid works with."""
    return REVISIONS[0]


def require_schema(engine: Engine) -> None:
    """Raise unless the tables are those of this version; never makes a file.

    Raises
    ------
    StorageError
        There is no such SQLite file, there are no tables, or they are of an older or newer version;
        or the database cannot be reached. The message names the command that mends it.
    """
    file = engine.url.database
    if engine.dialect.name == "sqlite" and file and not Path(file).exists():
        msg = f"there is no {file}; {UPGRADE} {_name(engine)} (or make a city: gis-grid demo)"
        raise StorageError(msg)
    with engine.connect() as connection:
        found = revision(connection)
    name = _name(engine)
    _require_known(found, engine)
    if found is None:
        msg = f"{name} has no tables of gis-grid yet; {UPGRADE} {name}"
        raise StorageError(msg)
    if found != REVISIONS[0]:
        msg = f"{name} is of an older version of gis-grid; {UPGRADE} {name}"
        raise StorageError(msg)


def _require_known(found: str | None, engine: Engine) -> None:
    if found is not None and found not in REVISIONS:
        msg = (
            f"{_name(engine)} was made by a newer gis-grid (schema {found}, this one knows "
            f"{REVISIONS[0]}); install that version"
        )
        raise StorageError(msg)


def _name(engine: Engine) -> str:
    return engine.url.set(drivername=engine.url.get_backend_name()).render_as_string()


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """Give a connection in a transaction that nobody else may hold at the same time."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # or each statement would stand alone
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
        yield connection


@contextmanager
def _config(connection: Connection) -> Iterator["Config"]:
    from alembic.config import Config  # noqa: PLC0415 - see `upgrade`

    with as_file(files(MIGRATIONS)) as folder:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        yield config
