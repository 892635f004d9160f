"""Sums for those who look at the whole city: where it lies, how many incidents in which state."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from gis_grid.storage.columns import to_frame
from gis_grid.storage.frames import Frame
from gis_grid.storage.queries import Bbox, Where, conditions, rows, wanted_fields
from gis_grid.storage.scoping import EVERYWHERE, Area
from gis_grid.storage.tables import table_of
from gis_grid.values.layers import GRIDS, INCIDENTS
from gis_grid.values.tiles import OPEN_STATES

_GRID, _INCIDENT = table_of["grids"], table_of["incidents"]


def grid_bounds(session: Session, *, area: Area = EVERYWHERE) -> Bbox | None:
    """Return west, south, east and north of the current grids in degrees; None without any."""
    sides = (func.min(_GRID.c.west), func.min(_GRID.c.south))
    others = (func.max(_GRID.c.east), func.max(_GRID.c.north))
    where = conditions(GRIDS, Where(area=area), session.get_bind().dialect.name)
    found = session.execute(select(*sides, *others).where(*where)).one()
    return None if found[0] is None else (found[0], found[1], found[2], found[3])


def state_counts(session: Session, *, area: Area = EVERYWHERE) -> Mapping[str, int]:
    """Return how many incidents are in each state; states without any are left out."""
    where = conditions(INCIDENTS, Where(area=area), session.get_bind().dialect.name)
    statement = select(_INCIDENT.c.state, func.count()).where(*where).group_by(_INCIDENT.c.state)
    return {str(state): int(count) for state, count in session.execute(statement).all()}


def open_incidents(session: Session, *, limit: int, area: Area = EVERYWHERE) -> Frame:
    """Return the incidents that somebody still has to work on, the one due first first.

    Those without a time limit come last; equals are ordered by their code.
    """
    where, dialect = Where(area=area), session.get_bind().dialect.name
    due = _INCIDENT.c.due_at
    statement = rows(INCIDENTS, where, dialect).where(_is_open()).order_by(None)
    statement = statement.order_by(due.is_(None), due, _INCIDENT.c.code).limit(limit)
    found = session.execute(statement).fetchall()
    return to_frame(INCIDENTS, wanted_fields(INCIDENTS, private=False), found)


def open_count(session: Session, *, area: Area = EVERYWHERE) -> int:
    """Return how many incidents somebody still has to work on."""
    where = conditions(INCIDENTS, Where(area=area), session.get_bind().dialect.name)
    statement = select(func.count()).select_from(_INCIDENT).where(_is_open(), *where)
    return session.scalar(statement) or 0


def overdue_count(session: Session, *, now: datetime, area: Area = EVERYWHERE) -> int:
    """Return how many incidents somebody still works on though their time is over."""
    where = conditions(INCIDENTS, Where(area=area), session.get_bind().dialect.name)
    late = _INCIDENT.c.due_at < now
    statement = select(func.count()).select_from(_INCIDENT).where(late, _is_open(), *where)
    return session.scalar(statement) or 0


def _is_open() -> ColumnElement[bool]:
    return _INCIDENT.c.state.in_(OPEN_STATES)


def level_sums(
    session: Session, *, level: str, area: Area = EVERYWHERE
) -> tuple[int, int, int | None]:
    """Sum the current grids of a level.

    Returns
    -------
    grids, inhabited, households
        How many there are, in how many of them somebody lives, and how many households that are:
        None when nobody counted any.
    """
    dialect = session.get_bind().dialect.name
    where = conditions(GRIDS, Where(level=level, area=area), dialect)
    inhabited = func.count().filter(_GRID.c.households > 0)
    sums = select(func.count(), inhabited, func.sum(_GRID.c.households)).where(*where)
    grids, lived_in, households = session.execute(sums).one()
    return int(grids), int(lived_in), None if households is None else int(households)
