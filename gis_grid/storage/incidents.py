"""Incidents summed by the database: what a heat map needs without reading a million rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from gis_grid.storage.scoping import EVERYWHERE, Area, inside
from gis_grid.storage.tables import table_of
from gis_grid.values.layers import INCIDENTS

YEAR = timedelta(days=365)

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


def cell_counts(
    session: Session, *, since: datetime, until: datetime, area: Area = EVERYWHERE
) -> CellCounts:
    """Count the incidents of an area reported from `since` to `until`, both included, by cell.

    Incidents without a point count nowhere.
    """
    when = _INCIDENT.c.reported_at.between(since, until) & _in(area)
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


def _in(area: Area) -> ColumnElement[bool]:
    scope = inside(INCIDENTS, area)
    return true() if scope is None else scope


def _placed() -> ColumnElement[bool]:
    return _INCIDENT.c.cell.is_not(None) & (_INCIDENT.c.cell != 0)
