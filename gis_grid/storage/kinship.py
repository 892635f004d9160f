"""The codes, parents and levels of the current grids, without their polygons."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_grid.storage.tables import table_of

_GRID = table_of["grids"]


def current_kin(session: Session) -> tuple[list[str], list[str | None], list[str]]:
    """Return code, parent's code and level of each current grid, by code.

    Raises
    ------
    StorageError
        The database cannot be read.
    """
    columns = (_GRID.c.code, _GRID.c.parent_code, _GRID.c.level)
    now = select(*columns).where(_GRID.c.last_generation.is_(None)).order_by(_GRID.c.code)
    rows = session.execute(now).fetchall()
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]
