"""Sums for those who look at the whole city: where it lies, how many incidents in which state."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis_grid.storage.queries import Bbox, Where, conditions
from gis_grid.storage.scoping import EVERYWHERE, Area
from gis_grid.storage.tables import table_of
from gis_grid.values.layers import GRIDS, INCIDENTS

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


def overdue_count(session: Session, *, now: datetime, area: Area = EVERYWHERE) -> int:
    """Return how many incidents somebody still works on though their time is over."""
    where = conditions(INCIDENTS, Where(area=area), session.get_bind().dialect.name)
    late = _INCIDENT.c.due_at < now
    is_open = _INCIDENT.c.state.not_in(("closed", "rejected"))
    statement = select(func.count()).select_from(_INCIDENT).where(late, is_open, *where)
    return session.scalar(statement) or 0
