"""Words that change whenever a layer does: what a tile may be kept under."""

import secrets
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, select, text

from gis_grid.storage.special import TOPIC as SPECIAL
from gis_grid.storage.tables import generation, version
from gis_grid.values.layers import GRIDS, INCIDENTS, LAYERS

_INCIDENTS = {
    "sqlite": "PRAGMA data_version",  # of this connection only, hence the salt
    "postgresql": (
        "SELECT concat_ws('-', to_hex(extract(epoch FROM pg_postmaster_start_time())::bigint), "
        "to_hex(n_tup_ins + n_tup_upd + n_tup_del)) FROM pg_stat_user_tables "
        "WHERE relid = 'incident'::regclass"
    ),
}


class TokenWatch:
    """The state of each layer as a word. Not for several threads at once.

    A word stands for one state of one database: it is not used again after a restart, nor when the
    database is made anew. Those of incidents on SQLite are another word in every process; on
    PostgreSQL they follow a change within about a second. All others are exact.
    """

    def __init__(self, engine: Engine) -> None:
        """Keep the engine; the first look opens a connection of its own."""
        self._engine = engine
        self._salt = secrets.token_hex(4)
        self._connection: Connection | None = None

    def tokens(self) -> Mapping[str, str]:
        """Return the word of each layer of the city, and of the special grids.

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
            return self._read(self._connection)
        except BaseException:
            self.close()
            raise

    def _read(self, connection: Connection) -> Mapping[str, str]:
        found = connection.execute(select(version.c.topic, version.c.number))
        counters: dict[str, int] = {topic: number for topic, number in found}  # noqa: C416 - typed
        grids = _generation(connection)
        changing = str(connection.execute(text(_INCIDENTS[connection.dialect.name])).scalar_one())
        if connection.dialect.name == "sqlite":
            changing = f"{self._salt}-{changing}"
        counted = {name: f"{counters.get(name, 0):x}" for name in (*LAYERS, SPECIAL)}
        counted |= {GRIDS.name: grids, INCIDENTS.name: changing}
        return {
            # who owns a thing changes with the generation; so does what a person may see
            name: counted[name] if name == GRIDS.name else f"{grids}-{counted[name]}"
            for name in counted
        }

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


def _generation(connection: Connection) -> str:
    """Return the number of the current generation and when it was made; 0 before the first."""
    newest = select(generation.c.number, generation.c.created_at)
    found = connection.execute(newest.order_by(generation.c.number.desc()).limit(1)).first()
    return f"{found.number}-{int(found.created_at.timestamp() * 1e6):x}" if found else "0"
