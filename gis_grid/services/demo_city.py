"""Store a made-up city: all its layers, with their owners and cells, in one transaction."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis_grid.demo.city import City
from gis_grid.demo.incidents import LAST_DAY, Year
from gis_grid.demo.special import make_special
from gis_grid.errors import ConflictError, NotFoundError
from gis_grid.router import cells
from gis_grid.router.assign import assign_grids
from gis_grid.router.index import Router
from gis_grid.storage import bulk, schema
from gis_grid.storage.city import City as StoredCity
from gis_grid.storage.city import CityStore
from gis_grid.storage.database import name_of, sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.special import SpecialStore
from gis_grid.values.layers import GRIDS, LAYERS

GENERATION = "演示城市"
SIZE, SEED, UNTIL = "demo_size", "demo_seed", "demo_last_day"
"""Settings of the stored city that say which demo it is."""

Progress = Callable[[str, int], None]
"""Told the layer, and how many of its rows are stored so far."""


def store_city(
    engine: Engine, city: City, progress: Progress | None = None, *, replace: bool = False
) -> dict[str, int]:
    """Store every layer of a made-up city, and return how many rows each has.

    Ground grids own what lies in them, points get their cell; rows whose point is doubted have no
    owner. The first generation begins with the year of the incidents.

    Parameters
    ----------
    engine
        SQLite or PostGIS; its tables are made, or brought to this version.
    city
        From `gis_grid.demo.city.make_city`.
    progress
        Called after each part of a layer.
    replace
        Throw away everything that the database holds first. That is done before the new city is
        stored: a failure then leaves an empty database.

    Raises
    ------
    ConflictError
        The database holds something already, and `replace` is false. It stays as it was.
    StorageError
        The database cannot do this now; without `replace` it is as it was.
    """
    if replace:
        schema.downgrade(engine, to="base")
    schema.upgrade(engine)
    with sessions(engine).begin() as session:
        GenerationStore(session).take()
        _require_empty(session, name_of(engine))
        _store_grids(session, city)
        tell = progress or _silent
        tell(GRIDS.name, len(city.layers[GRIDS.name]))
        router = _ground_router(city)
        for name in LAYERS:
            if name != GRIDS.name:
                _store_layer(session, name, city.layers[name], router, tell)
    return {name: len(frame) for name, frame in city.layers.items()}


def store_special(engine: Engine, city: City) -> int:
    """Store the special grids of a made-up city, its parks and its river, and return how many.

    They are valid from the first day of the incidents. The incidents themselves stay with their
    ground grids, as those of a city do that has introduced special grids later.

    Raises
    ------
    ConflictError
        The database holds a set already that begins later.
    StorageError
        The database cannot be written.
    """
    frame = make_special(city.layer("landcover"))
    with sessions(engine).begin() as session:
        SpecialStore(session).put(frame, valid_from=Year(city.last_day).begins_at)
    return len(frame)


def stored_demo(engine: Engine) -> tuple[str, int, date] | None:
    """Return size, seed and last day of the demo city that a database holds; None for none.

    Raises
    ------
    StorageError
        The database cannot be read, or its tables are not of this version.
    """
    schema.require_schema(engine)
    with sessions(engine).begin() as session:
        try:
            settings = CityStore(session).get().settings
        except NotFoundError:
            return None
    size, seed = settings.get(SIZE), settings.get(SEED)
    if not isinstance(size, str) or not isinstance(seed, int):
        return None
    last_day = settings.get(UNTIL)
    return size, seed, date.fromisoformat(last_day) if isinstance(last_day, str) else LAST_DAY


def _silent(_: str, __: int) -> None:
    return


def _require_empty(session: Session, where: str) -> None:
    store = LayerStore(session)
    held = [name for name in LAYERS if store.count(name)]
    with suppress(NotFoundError):
        held.append(f"the city {CityStore(session).get().name}")
    if held or GenerationStore(session).number():
        message = f"{where} holds {', '.join(held) or 'a generation'} already; "
        message += "replace it, or choose another database"
        raise ConflictError(message)


def _store_grids(session: Session, city: City) -> None:
    CityStore(session).put(
        StoredCity(
            name=city.name,
            area_code=city.area_code,
            scheme=city.scheme,
            epsg=city.epsg,
            name_en="Minghe",
            settings={SIZE: city.size, SEED: city.seed, UNTIL: city.last_day.isoformat()},
        )
    )
    begin = Year(city.last_day).begins_at
    GenerationStore(session).publish(city.layers[GRIDS.name], name=GENERATION, valid_from=begin)


def _ground_router(city: City) -> Router:
    grids = city.layer(GRIDS.name)
    ground = grids[grids["level"] == city.scheme.ground]
    return Router.build(ground.sort_values("code", ignore_index=True), code="code")


def _store_layer(
    session: Session, name: str, frame: pd.DataFrame, router: Router, tell: Progress
) -> None:
    stored = 0
    for part in _parts(name, frame):
        owned = assign_grids(part, router) if isinstance(part, gpd.GeoDataFrame) else part
        known = [c for c in owned.columns if c == "geometry" or c in LAYERS[name].field_names]
        stored += bulk.load(session, name, owned[known])
        tell(name, stored)


def _parts(name: str, frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield a layer in parts that fit into memory; points along their cells, which loads faster."""
    order = np.arange(len(frame))
    if LAYERS[name].geometry == "POINT" and isinstance(frame, gpd.GeoDataFrame):
        lon, lat = shapely.get_coordinates(frame.geometry.to_numpy()).T
        order = np.argsort(cells.encode(lon=lon, lat=lat), kind="stable")
    for start in range(0, len(frame), bulk.CHUNK):
        yield frame.iloc[order[start : start + bulk.CHUNK]]
