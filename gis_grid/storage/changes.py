"""Whether anything in the database has changed since somebody last looked."""

from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, text

_COUNTERS = {
    "sqlite": "PRAGMA data_version",
    "postgresql": (
        "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_user_tables"
    ),
}


class ChangeWatch:
    """A counter that moves whenever another connection has changed any row.

    It costs one tiny query. On SQLite it is exact; PostgreSQL counts a change within about a
    second of its commit, and may move once more without a change when its statistics are reset.
    Not for several threads at once: guard it by a lock.
    """

    def __init__(self, engine: Engine) -> None:
        """Keep the engine; the first look opens a connection of its own."""
        self._engine = engine
        self._connection: Connection | None = None

    def token(self) -> str:
        """Return a word that is another one after every change.

        Raises
        ------
        StorageError
            The database cannot be reached; the next look tries again.
        """
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(
                isolation_level="AUTOCOMMIT"
            )
        try:
            counter = _COUNTERS[self._engine.dialect.name]
            return str(self._connection.execute(text(counter)).scalar_one())
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Give the connection back."""
        self.close()
