"""How many incidents each grid had in a time."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis_grid.storage.incident_times import ALL, Choice, chosen
from gis_grid.storage.scoping import EVERYWHERE, Area
from gis_grid.storage.tables import table_of

_INCIDENT = table_of["incidents"]


def counts_by_grid(
    session: Session,
    *,
    since: datetime,
    until: datetime,
    choice: Choice = ALL,
    area: Area = EVERYWHERE,
) -> dict[str, int]:
    """Return how many believed incidents of each grid were reported from `since`, before `until`.

    Rejected ones and those that no grid owns count nowhere.
    """
    columns = _INCIDENT.c
    rows = session.execute(
        select(columns.grid_code, func.count())
        .where(chosen(choice, since, until, area))
        .where(columns.grid_code.is_not(None), columns.doubt.is_(None))
        .where(columns.state != "rejected")
        .group_by(columns.grid_code)
    )
    return {row[0]: row[1] for row in rows}


def reports_in_cells(
    session: Session,
    cells: tuple[int, int],
    *,
    since: datetime,
    until: datetime,
    choice: Choice = ALL,
    area: Area = EVERYWHERE,
) -> list[datetime]:
    """Return when the believed incidents of a range of cells were reported, in order.

    Parameters
    ----------
    session
        The database.
    cells
        First and last of the stored H3 cells, as `gis_grid.router.cells.ranges` gives them.
    since, until
        From, and before: with a time zone.
    choice, area
        Which incidents, and where.
    """
    columns = _INCIDENT.c
    found = session.scalars(
        select(columns.reported_at)
        .where(chosen(choice, since, until, area))
        .where(columns.cell.between(*cells), columns.doubt.is_(None))
        .order_by(columns.reported_at)
    )
    return list(found)
