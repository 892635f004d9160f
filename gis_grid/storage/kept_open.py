"""Connections for short reads that come thick and fast, kept open between them."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from sqlalchemy import Connection, Engine

from gis_grid.errors import StorageError

T = TypeVar("T")


class KeptOpen:
    """Connections outside of any transaction, given out again and again. Safe for several threads.

    The pool of the engine asks the server whether a connection still lives each time that it gives
    one out, and cleans it when it comes back; for a read of a millisecond that is half of the work.
    Here a connection that has died is noticed by the read itself, which then runs once more.
    """

    def __init__(self, engine: Engine) -> None:
        """Keep the engine; connections are opened when they are needed."""
        # one statement needs no BEGIN and no COMMIT, which cost as much as it does
        self._connect = engine.execution_options(isolation_level="AUTOCOMMIT").connect
        self._lock = threading.Lock()
        self._free: list[Connection] = []
        self._closed = False

    def read(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` reads from a connection; it may be called twice.

        Raises
        ------
        StorageError
            The database cannot be reached, also not anew.
        """
        with self._lock:
            connection = self._free.pop() if self._free else None
        if connection is not None:
            with suppress(StorageError):  # it may have died since; a new one tells
                return self._used(connection, work)
        return self._used(self._connect(), work)

    def close(self) -> None:
        """Close them all; those that are in use as soon as they come back."""
        with self._lock:
            self._closed = True
            free, self._free = self._free, []
        for connection in free:
            connection.close()

    def _used(self, connection: Connection, work: Callable[[Connection], T]) -> T:
        try:
            found = work(connection)
        except BaseException:
            connection.close()
            raise
        with self._lock:
            if not self._closed:
                self._free.append(connection)
                return found
        connection.close()
        return found
