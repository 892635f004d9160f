"""What a database complains about, said in one line with the way out."""

import sqlite3
from types import MappingProxyType

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from gis_grid.errors import ConflictError, GisGridError, InputError, StorageError

UPGRADE = "run: gis-grid db upgrade --database"

_SQLITE = MappingProxyType(
    {
        "SQLITE_BUSY": "is locked by another program; try again when it has finished",
        "SQLITE_LOCKED": "is locked by another program; try again when it has finished",
        "SQLITE_FULL": "cannot grow: the disk is full; free some space and try again",
        "SQLITE_READONLY": "may not be written to; check the rights of the file and its folder",
        "SQLITE_CANTOPEN": "cannot be opened; check that the folder exists and its rights",
        "SQLITE_NOTADB": "is not an SQLite file; choose another name",
        "SQLITE_CORRUPT": "is damaged; restore it from a copy",
        "SQLITE_IOERR": "cannot be read or written; check the disk",
    }
)
_POSTGRES = (
    (psycopg.errors.DiskFull, "cannot grow: its disk is full; free some space and try again"),
    (psycopg.errors.LockNotAvailable, "is locked by another session; try again"),
    (psycopg.errors.DeadlockDetected, "was in a deadlock with another session; try again"),
    (psycopg.errors.SerializationFailure, "was changed by another session; try again"),
    (psycopg.errors.InsufficientPrivilege, "does not allow this user to do that"),
    (psycopg.errors.ReadOnlySqlTransaction, "may not be written to"),
    (psycopg.errors.InvalidPassword, "does not accept this user and password"),
    (psycopg.errors.InvalidCatalogName, "does not exist on its server; create it first"),
    (psycopg.errors.TooManyConnections, "has too many connections; try again later"),
    (psycopg.errors.UndefinedFile, "has no PostGIS on its server; install it there"),
    (psycopg.errors.FeatureNotSupported, "has no PostGIS on its server; install it there"),
    (psycopg.OperationalError, "cannot be reached or went away; check that the server runs"),
)
_MISSING_TABLE = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn)


def speak_plainly(engine: Engine, name: str) -> None:
    """Make every failure of `engine` one of ours; `name` is how to call its database."""

    @event.listens_for(engine, "handle_error")
    def translate(context: ExceptionContext) -> GisGridError | None:
        return explain(context.original_exception, name)


def explain(error: BaseException | None, name: str) -> GisGridError | None:
    """Return what `error` of a database driver means; None when it is a bug of ours.

    Parameters
    ----------
    error
        An exception of sqlite3 or psycopg.
    name
        The database, as it is called in the message; without a password.

    Returns
    -------
    StorageError, ConflictError or InputError
        A reason outside of the program, a key that exists already, or a value that a rule of the
        schema refuses. None for anything else.

    Examples
    --------
    >>> print(explain(sqlite3.OperationalError("no such table: grid"), "sqlite:///a.db"))
    sqlite:///a.db has not the tables of this version; run: gis-grid db upgrade --database ...
    >>> explain(sqlite3.OperationalError("near SELEC: syntax error"), "sqlite:///a.db") is None
    True
    >>> explain(None, "sqlite:///a.db") is None
    True
    """
    if isinstance(error, sqlite3.Error):
        return _sqlite(error, name)
    if isinstance(error, psycopg.Error):
        return _postgres(error, name)
    return None


def _sqlite(error: sqlite3.Error, name: str) -> GisGridError | None:
    if str(error).startswith(("no such table", "no such column")):
        return _without_tables(name)
    code: str = getattr(error, "sqlite_errorname", "")
    if isinstance(error, sqlite3.IntegrityError):
        taken = code in {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}
        return _refused(str(error), name, taken=taken)
    for start, what in _SQLITE.items():
        if code.startswith(start):
            return StorageError(f"{name} {what}")
    return None


def _postgres(error: psycopg.Error, name: str) -> GisGridError | None:
    if isinstance(error, _MISSING_TABLE):
        return _without_tables(name)
    if isinstance(error, psycopg.IntegrityError):
        taken = isinstance(error, psycopg.errors.UniqueViolation)
        return _refused(_first_line(error), name, taken=taken)
    if isinstance(error, psycopg.DataError) and "NUL" in str(error):
        return InputError("a text holds the character NUL, which no text needs; leave it out")
    for kind, what in _POSTGRES:
        if isinstance(error, kind):
            return StorageError(f"{name} {what} ({_first_line(error)})")
    return None


def _first_line(error: psycopg.Error) -> str:
    return str(error).strip().partition("\n")[0].removeprefix("connection failed: ")


def _without_tables(name: str) -> StorageError:
    return StorageError(f"{name} has not the tables of this version; {UPGRADE} {name}")


def _refused(why: str, name: str, *, taken: bool) -> GisGridError:
    if taken:
        return ConflictError(f"{name} has that key already ({why})")
    return InputError(f"{name} refuses a value ({why})")
