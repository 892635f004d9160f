"""Counters that say which layers have changed, exact on both databases and cheap to ask."""

import time
from collections.abc import Mapping

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from gis_grid.storage.tables import version
from gis_grid.values.layers import GRIDS, INCIDENTS, Layer

UNCOUNTED = frozenset({GRIDS.name, INCIDENTS.name})
"""Grids have generations; incidents are written by many at once, who would queue for a counter."""


def count_change(connection: Connection, layer: Layer) -> None:
    """Move the counter of a layer in the transaction that changes it.

    Whoever reads the counter before the layer never takes an old layer for a new one. Counters
    begin at the clock, so that a database that was made anew repeats none.
    """
    if layer.name not in UNCOUNTED:
        count_topic(connection, layer.name)


def count_topic(connection: Connection, topic: str) -> None:
    """Move the counter of anything that others watch, as `count_change` does for a layer."""
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    first = insert(version).values(topic=topic, number=time.time_ns() // 1000)
    connection.execute(
        first.on_conflict_do_update(index_elements=["topic"], set_={"number": version.c.number + 1})
    )


def versions(session: Session) -> Mapping[str, int]:
    """Return every counter by topic: ``generation`` and the layers that ever changed.

    Raises
    ------
    StorageError
        The database cannot be read.
    """
    return dict(session.execute(select(version.c.topic, version.c.number)).all())
