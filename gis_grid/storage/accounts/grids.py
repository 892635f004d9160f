"""What the grids are called that somebody has a role on."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_grid.storage.tables import table_of


def grid_names(session: Session, codes: Collection[str]) -> dict[str, str | None]:
    """Return the names of grids of the current generation by code; what is none is left out."""
    grid = table_of["grids"].c
    current = (grid.last_generation.is_(None), grid.code.in_(codes))
    rows = session.execute(select(grid.code, grid.name).where(*current)).tuples() if codes else ()
    return dict(rows)
