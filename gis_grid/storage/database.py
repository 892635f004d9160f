"""Open a database: SQLite in a file, or PostGIS."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session, sessionmaker

from gis_grid.errors import StorageError
from gis_grid.storage.failures import speak_plainly
from gis_grid.storage.schema import require_schema, upgrade

__all__ = [
    "begin_to_write",
    "in_passing",
    "name_of",
    "open_engine",
    "opened",
    "require_schema",
    "sessions",
    "upgrade",
]

LOCK_WAIT_S = 10
"""How long a writer waits for another one before it gives up."""

PASSING_WAIT_S = 0.2
"""How long what is written in passing waits for another writer."""

CONNECT_WAIT_S = 5
CACHE_KIB = 64 * 1024

_EXAMPLES = "write sqlite:///city.db or postgresql://user:password@host/database"


def open_engine(url: str, *, lock_wait_s: float = LOCK_WAIT_S) -> Engine:
    """Return an engine on which every failure is one of ours, said in one line.

    Nothing is read or written yet: a server that does not answer is noticed at the first use.
    An SQLite file is made at the first use; it is in WAL mode, so readers never wait for the
    writer, and every commit is flushed to the disk: what was acknowledged survives a killed
    process and a power cut.

    Parameters
    ----------
    url
        ``sqlite:///city.db`` (relative), ``sqlite:////srv/city.db`` (absolute) or
        ``postgresql://user:password@host/database``.
    lock_wait_s
        How many seconds to wait for another writer.

    Raises
    ------
    StorageError
        `url` is no address of SQLite or PostgreSQL, or the folder of the file does not exist.

    Examples
    --------
    >>> open_engine("mysql://host/city")
    Traceback (most recent call last):
    gis_grid.errors.StorageError: mysql://host/city is neither SQLite nor PostGIS; write \
sqlite:///city.db or postgresql://user:password@host/database
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        engine = _open_sqlite(address, lock_wait_s)
    else:
        engine = _open_postgis(address, lock_wait_s)
    speak_plainly(engine, name_of(engine))
    return engine


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """Give an engine as `open_engine` does, and close its connections in the end.

    Raises
    ------
    StorageError
        `url` is no address of SQLite or PostgreSQL, or the folder of the file does not exist.
    """
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def sessions(engine: Engine) -> sessionmaker[Session]:
    """Return the maker of sessions on `engine`; use it as ``with sessions(engine).begin()``."""
    return sessionmaker(engine, expire_on_commit=False)


def begin_to_write(connection: Connection) -> None:
    """Take the write lock of SQLite now, so that what is read stays true until we write.

    Otherwise it is taken by the first change, and somebody may have written since we read. Does
    nothing where a transaction has begun to write already.

    Raises
    ------
    StorageError
        Another writer holds it for longer than we wait.
    """
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection) and not driver.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def in_passing(maker: sessionmaker[Session]) -> Iterator[Session]:
    """Give a session for what may be missed: it hardly waits for another writer.

    An import of a million rows holds the one write lock of SQLite for a minute. Nobody who only
    reads may have to wait for it because we note in passing that they did.

    Raises
    ------
    StorageError
        Another writer holds the lock, or the database cannot be written now.
    """
    engine: Engine = maker.kw["bind"]
    with engine.connect() as connection, maker(bind=connection) as session, session.begin():
        driver = connection.connection.driver_connection
        wait_ms = int(PASSING_WAIT_S * 1000)
        if not isinstance(driver, sqlite3.Connection):
            session.connection().exec_driver_sql(f"SET LOCAL lock_timeout = {wait_ms}")
            yield session
            return
        [usual_ms] = driver.execute("PRAGMA busy_timeout").fetchone()
        driver.execute(f"PRAGMA busy_timeout = {wait_ms}")
        try:
            yield session
        finally:
            driver.execute(f"PRAGMA busy_timeout = {usual_ms}")


def name_of(engine: Engine) -> str:
    """Return the address of the database without its password.

    Examples
    --------
    >>> name_of(open_engine("postgresql://ann:secret@db/city"))
    'postgresql://ann:***@db/city'
    """
    return engine.url.set(drivername=engine.url.get_backend_name()).render_as_string()


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError as error:
        given = "what was given" if "@" in url else repr(url)  # it may hold a password
        msg = f"{given} is not the address of a database; {_EXAMPLES}"
        raise StorageError(msg) from error
    if address.get_backend_name() not in {"sqlite", "postgresql"}:
        msg = f"{address.render_as_string()} is neither SQLite nor PostGIS; {_EXAMPLES}"
        raise StorageError(msg)
    return address


def _open_sqlite(address: URL, lock_wait_s: float) -> Engine:
    folder = Path((address.database or "").removeprefix("file:")).absolute().parent
    if not folder.is_dir():
        msg = f"there is no folder {folder} for the database; make it or choose another --database"
        raise StorageError(msg)
    engine = create_engine(address, connect_args={"timeout": lock_wait_s})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")

    return engine


def _open_postgis(address: URL, lock_wait_s: float) -> Engine:
    # what PostgreSQL would compile takes ten times as long as it runs: a tile of a whole city
    options = f"-c timezone=UTC -c jit=off -c lock_timeout={int(lock_wait_s * 1000)}"
    return create_engine(
        address.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": CONNECT_WAIT_S,
            "application_name": "gis-grid",
            "options": options,
        },
    )
