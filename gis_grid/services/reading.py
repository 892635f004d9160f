"""What the web and the command line read from the database and show."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis_grid.errors import NotFoundError
from gis_grid.grid.generations import Generation
from gis_grid.grid.levels import FIVE_LEVEL
from gis_grid.grid.naming import GridName
from gis_grid.maps.city import DRAWN, Picture
from gis_grid.maps.heat import heat_of
from gis_grid.standards.tables import facility_categories, place_kinds
from gis_grid.storage.city import City, CityStore
from gis_grid.storage.database import sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.incidents import YEAR, CellCounts, cell_counts, last_reported_at
from gis_grid.storage.layers import LayerStore
from gis_grid.values.layers import LAYERS

UNNAMED = "未命名的城市"
"""What a city is called before somebody names it."""


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


def picture_of(engine: Engine, *, now: datetime) -> Picture:
    """Read everything that the first map draws, in one transaction.

    Parameters
    ----------
    engine
        A database with the tables of this version; it may be empty.
    now
        When the map is drawn, with a time zone.

    Raises
    ------
    StorageError
        The database cannot be read.
    """
    with sessions(engine).begin() as session:
        store, city = LayerStore(session), city_or_none(session)
        until = last_reported_at(session)
        found = _cells(session, until)
        return Picture(
            name=city.name if city else UNNAMED,
            scheme=city.scheme if city else FIVE_LEVEL,
            layers={name: _read(store, name) for name in DRAWN},
            counts={name: store.count(name) for name in LAYERS},
            heat=heat_of(found.cells, found.counts),
            since=until - YEAR if until else None,
            until=until,
            doubted=found.doubted,
            generation=GenerationStore(session).current(),
            drawn_at=now,
            words=category_words(),
        )


def _cells(session: Session, until: datetime | None) -> CellCounts:
    if until is None:
        none = np.zeros(0, np.int64)
        return CellCounts(cells=none, counts=none, doubted=0)
    return cell_counts(session, since=until - YEAR, until=until)


def _read(store: LayerStore, name: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(store.read(name))


def category_words() -> Mapping[str, Mapping[str, str]]:
    """Return the Chinese names of facility categories and kinds of place by key."""
    facilities, places = facility_categories(), place_kinds()
    return {
        "facilities": dict(zip(facilities["code"], facilities["name_zh"], strict=True)),
        "places": dict(zip(places["key"], places["name_zh"], strict=True)),
    }


def city_or_none(session: Session) -> City | None:
    """Return the city; None before anybody said which one it is."""
    try:
        return CityStore(session).get()
    except NotFoundError:
        return None


def _text(column: "pd.Series[Any]") -> list[str | None]:
    return [None if pd.isna(value) else str(value) for value in column]
