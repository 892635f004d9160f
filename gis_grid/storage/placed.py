"""Where the points of a layer are, as arrays: what counting a million of them needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from gis_grid.errors import InputError
from gis_grid.storage.tables import open_incidents, table_of
from gis_grid.values.layers import INCIDENTS, LAYERS

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
    columns = table_of[layer].c
    west, south, east, north = bbox
    statement = select(columns.code, columns.lon, columns.lat).where(
        columns.lon.between(west, east), columns.lat.between(south, north)
    )
    if layer == INCIDENTS.name:
        statement = statement.where(*_which(since, until, is_open=is_open))
    # a million rows: as the driver gives them, since wrapping each takes longer than reading it
    answer = session.connection().execute(statement)
    rows = answer.cursor.fetchall()
    answer.close()
    lon, lat = (np.fromiter((row[at] for row in rows), float, len(rows)) for at in (1, 2))
    codes = np.fromiter((row[0] for row in rows), object, len(rows))
    return Placed(codes, np.column_stack([lon, lat]))


def _which(
    since: datetime | None, until: datetime | None, *, is_open: bool
) -> Iterator[ColumnElement[bool]]:
    columns = table_of[INCIDENTS.name].c
    yield columns.doubt.is_(None)
    yield columns.state != "rejected"
    if is_open:
        yield open_incidents()
    if since is not None:
        yield columns.reported_at >= since
    if until is not None:
        yield columns.reported_at <= until
