"""What the grids are called that somebody has a role on."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_grid.storage.tables import table_of


def grid_names(session: Session, codes: Collection[str]) -> dict[str, str | None]:
    """Return the names of grids of the current generation by code; what is none is left out."""
    if not codes:
        return {}
    grid = table_of["grids"].c
    current = (grid.last_generation.is_(None), grid.code.in_(codes))
    rows = session.execute(select(grid.code, grid.name).where(*current))
    return {str(code): name for code, name in rows}


def first_grid(session: Session, level: str) -> str | None:
    """Return the first code of a level of the current generation; None when it has none."""
    grid = table_of["grids"].c
    first = (
        select(grid.code)
        .where(grid.last_generation.is_(None), grid.level == level)
        .order_by(grid.code)
        .limit(1)
    )
    found: str | None = session.scalar(first)
    return found
