"""The grids that a grid lies in."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from gis_grid.errors import NotFoundError
from gis_grid.storage import search
from gis_grid.storage.scoping import EVERYWHERE, Area


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A grid on the way up to the city."""

    code: str
    name: str | None
    level: str


def chain_above(session: Session, code: str, *, area: Area = EVERYWHERE) -> list[Link]:
    """Return a current grid and every grid above it, up to the city.

    The names of the grids above are no secret from whoever may see one below.

    Raises
    ------
    NotFoundError
        The current generation has no such grid, or it is not in the area.
    StorageError
        The database cannot be read.
    """
    chain = [Link(**one) for one in search.chain_above(session, code)]
    if not chain or code not in area:
        msg = f"grids have no {code!r}"
        raise NotFoundError(msg)
    return chain
