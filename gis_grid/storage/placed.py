"""Where the points of a layer are, as arrays: what counting a million of them needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from gis_grid.errors import InputError
from gis_grid.storage.tables import open_incidents, table_of
from gis_grid.values.layers import INCIDENTS, LAYERS

WIDE = 1 / 3
"""When a larger share of a layer is wanted, SQLite reads all of it in its order: to look a row up
by an index takes three times as long."""

Bbox = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Points of a layer, in no order."""

    codes: NDArray[np.object_]
    lonlat: NDArray[np.float64]
    """Shape ``(n, 2)``."""

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.codes)


def placed_in(
    session: Session,
    layer: str,
    bbox: Bbox,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    is_open: bool = False,
) -> Placed:
    """Return the points of a layer in a box, its edges included, in no order.

    Incidents that were rejected, or whose place is not believed, are not among them.

    Parameters
    ----------
    session
        The database.
    layer
        A layer of points.
    bbox
        In degrees.
    since, until
        Of incidents, those reported from the first to the second, both included.
    is_open
        Of incidents, only those that somebody has to work at.

    Raises
    ------
    InputError
        The layer does not consist of points.
    """
    if layer not in LAYERS or LAYERS[layer].geometry != "POINT":
        message = f"{layer} is no layer of points"
        raise InputError(message)
    table = table_of[layer]
    columns = table.c
    west, south, east, north = bbox
    is_wide = not is_open and _is_wide(session, table, west, east)  # few are open: by their index
    lon = _unindexed(columns.lon) if is_wide else columns.lon
    statement = select(columns.code, columns.lon, columns.lat).where(
        lon.between(west, east), columns.lat.between(south, north)
    )
    if layer == INCIDENTS.name:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        reported = _unindexed(columns.reported_at) if is_sqlite else columns.reported_at
        statement = statement.where(*_which(reported, since, until, is_open=is_open))
    # a million rows: as the driver gives them, since wrapping each takes longer than reading it
    answer = session.connection().execute(statement)
    rows = answer.cursor.fetchall()
    answer.close()
    codes = np.fromiter(map(itemgetter(0), rows), object, len(rows))
    lonlat = np.empty((len(rows), 2))
    for at in (0, 1):
        lonlat[:, at] = np.fromiter(map(itemgetter(at + 1), rows), float, len(rows))
    return Placed(codes, lonlat)


def _is_wide(session: Session, table: Table, west: float, east: float) -> bool:
    """Tell whether SQLite had better read all rows than look up those between two longitudes."""
    if session.get_bind().dialect.name != "sqlite":
        return False
    found = select(func.count()).select_from(table)
    inside = session.scalar(found.where(table.c.lon.between(west, east))) or 0
    return inside >= WIDE * (session.scalar(found) or 0)


def _unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a column with a plus before it, by which SQLite is told to use no index of it."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)


def _which(
    reported_at: ColumnElement[datetime],
    since: datetime | None,
    until: datetime | None,
    *,
    is_open: bool,
) -> Iterator[ColumnElement[bool]]:
    columns = table_of[INCIDENTS.name].c
    yield columns.doubt.is_(None)
    yield columns.state != "rejected"
    if is_open:
        yield open_incidents()
    if since is not None:
        yield reported_at >= since
    if until is not None:
        yield reported_at <= until
