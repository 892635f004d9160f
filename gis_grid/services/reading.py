"""What the web and the command line read from the database and show."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from gis_grid.errors import NotFoundError
from gis_grid.grid.generations import Generation
from gis_grid.grid.naming import GridName
from gis_grid.storage.city import City, CityStore
from gis_grid.storage.layers import LayerStore


def grid_names(session: Session, generation: Generation) -> Mapping[str, GridName]:
    """Return every grid of a generation by code, without its polygon."""
    frame = LayerStore(session).read("grids", at=generation.valid_from)
    columns = (_text(frame[name]) for name in ("code", "name", "level", "parent_code"))
    return MappingProxyType(
        {
            str(code): GridName(name=name, level=str(level), parent_code=above)
            for code, name, level, above in zip(*columns, strict=True)
        }
    )


def city_or_none(session: Session) -> City | None:
    """Return the city; None before anybody said which one it is."""
    try:
        return CityStore(session).get()
    except NotFoundError:
        return None


def _text(column: "pd.Series[Any]") -> list[str | None]:
    return [None if pd.isna(value) else str(value) for value in column]
