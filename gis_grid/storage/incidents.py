"""Incidents summed by the database: what a heat map needs without reading a million rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from gis_grid.errors import InputError
from gis_grid.storage.columns import to_frame
from gis_grid.storage.incident_times import ALL, Choice, chosen
from gis_grid.storage.queries import Where, rows, wanted_fields
from gis_grid.storage.scoping import EVERYWHERE, Area, inside
from gis_grid.storage.tables import table_of
from gis_grid.values.layers import INCIDENTS

YEAR = timedelta(days=365)
OVER = ("closed", "rejected")
"""States in which nobody has to do anything any more."""

_INCIDENT = table_of["incidents"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellCounts:
    """How many incidents were reported in each cell within a time."""

    cells: NDArray[np.int64]
    """H3 cells of resolution 12, ascending, each once."""

    counts: NDArray[np.int64]
    """Incidents in each, at least 1."""

    doubted: int
    """Incidents in that time whose point is not believed; they are in no cell."""


def last_reported_at(session: Session, *, area: Area = EVERYWHERE) -> datetime | None:
    """Return when the newest incident of an area was reported; None when there is none."""
    newest = select(func.max(_INCIDENT.c.reported_at)).where(_in(area))
    latest: datetime | None = session.scalar(newest)
    return latest


def first_reported_at(session: Session, *, area: Area = EVERYWHERE) -> datetime | None:
    """Return when the oldest incident of an area was reported; None when there is none."""
    oldest = select(func.min(_INCIDENT.c.reported_at)).where(_in(area))
    first: datetime | None = session.scalar(oldest)
    return first


def cell_counts(
    session: Session,
    *,
    since: datetime,
    until: datetime,
    choice: Choice = ALL,
    area: Area = EVERYWHERE,
) -> CellCounts:
    """Count the incidents of an area reported from `since` to `until`, both included, by cell.

    Incidents without a point count nowhere.
    """
    when = chosen(choice, since, until + timedelta(microseconds=1), area)
    believed = _INCIDENT.c.doubt.is_(None)
    rows = session.execute(
        select(_INCIDENT.c.cell, func.count())
        .where(when, believed, _placed())
        .group_by(_INCIDENT.c.cell)
        .order_by(_INCIDENT.c.cell)
    ).all()
    pairs = np.array([tuple(row) for row in rows], dtype=np.int64).reshape(-1, 2)
    doubted = session.scalar(select(func.count()).where(when, ~believed)) or 0
    return CellCounts(cells=pairs[:, 0], counts=pairs[:, 1], doubted=doubted)


def recent_or_open(
    session: Session,
    *,
    since: datetime,
    until: datetime,
    most: int,
    area: Area = EVERYWHERE,
) -> pd.DataFrame:
    """Return the incidents reported from `since` to `until`, and all open ones before, by code.

    Parameters
    ----------
    session
        The database.
    since, until
        Both included, with a time zone.
    most
        More than these are refused.
    area
        Only incidents owned by one of its grids.

    Returns
    -------
    GeoDataFrame in EPSG:4326
        As `LayerStore.read` gives incidents, without personal data.

    Raises
    ------
    InputError
        There are more than `most`; the message says how many.
    """
    reported = _INCIDENT.c.reported_at
    open_ = _INCIDENT.c.state.not_in(OVER)
    wanted = (reported <= until) & ((reported >= since) | open_) & _in(area)
    count = session.scalar(select(func.count()).where(wanted)) or 0
    if count > most:
        message = (
            f"{count:,} incidents are too many for one map of at most {most:,}; ask for fewer days"
        )
        raise InputError(message)
    statement = rows(INCIDENTS, Where(), session.get_bind().dialect.name).where(wanted)
    found = session.execute(statement).fetchall()
    return to_frame(INCIDENTS, wanted_fields(INCIDENTS, private=False), found)


def _in(area: Area) -> ColumnElement[bool]:
    scope = inside(INCIDENTS, area)
    return true() if scope is None else scope


def _placed() -> ColumnElement[bool]:
    return _INCIDENT.c.cell.is_not(None) & (_INCIDENT.c.cell != 0)


def reported_points(
    session: Session, *, since: datetime, until: datetime, area: Area = EVERYWHERE
) -> NDArray[np.float64]:
    """Return where incidents were reported from `since` to `until`, both included.

    Returns
    -------
    float64, shape ``(n, 2)``
        Longitude and latitude; without those whose point is missing or not believed.
    """
    when = _INCIDENT.c.reported_at.between(since, until) & _in(area)
    found = session.execute(
        select(_INCIDENT.c.lon, _INCIDENT.c.lat)
        .where(when, _INCIDENT.c.doubt.is_(None), _placed())
        .order_by(_INCIDENT.c.code)
    ).all()
    return np.array([tuple(row) for row in found], dtype=np.float64).reshape(-1, 2)
