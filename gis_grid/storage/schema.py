"""Bring the tables of a database to this version, and say which version they have."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from gis_grid.errors import StorageError
from gis_grid.storage import search_terms
from gis_grid.storage.failures import UPGRADE

MIGRATIONS = "gis_grid.storage.migrations"
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
    with _alone(engine) as connection, _config(connection) as config:
        _require_known(revision(connection), _revisions(config), engine)
        command.upgrade(config, to)
        if revision(connection) == _revisions(config)[0]:
            search_terms.renew(connection)


def downgrade(engine: Engine, *, to: str) -> None:
    """Bring the tables back to revision `to`; ``base`` removes them and everything in them.

    Raises
    ------
    StorageError
        The database is of a newer version, or it cannot be reached or written to.
    """
    with _alone(engine) as connection, _config(connection) as config:
        _require_known(revision(connection), _revisions(config), engine)
        command.downgrade(config, to)


def revision(connection: Connection) -> str | None:
    """Return the revision of the tables; None when there are none."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """Return the revision that this version of gis_grid works with."""
    with as_file(files(MIGRATIONS)) as folder:
        head = ScriptDirectory(str(folder)).get_current_head()
    if head is None:  # pragma: no cover - a wheel without migrations
        msg = "this installation has no migrations; install gis-grid again"
        raise StorageError(msg)
    return head


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
    with engine.connect() as connection, _config(connection) as config:
        found, known = revision(connection), _revisions(config)
    name = _name(engine)
    _require_known(found, known, engine)
    if found is None:
        msg = f"{name} has no tables of gis-grid yet; {UPGRADE} {name}"
        raise StorageError(msg)
    if found != known[0]:
        msg = f"{name} is of an older version of gis-grid; {UPGRADE} {name}"
        raise StorageError(msg)


def _require_known(found: str | None, known: list[str], engine: Engine) -> None:
    if found is not None and found not in known:
        msg = (
            f"{_name(engine)} was made by a newer gis-grid (schema {found}, this one knows "
            f"{known[0]}); install that version"
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
def _config(connection: Connection) -> Iterator[Config]:
    with as_file(files(MIGRATIONS)) as folder:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        yield config


def _revisions(config: Config) -> list[str]:
    """Return every revision that this version knows, the newest first."""
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
