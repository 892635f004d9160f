"""Where a plan begins: the blocks of a part of the city, and the grids that they are in now."""

from dataclasses import dataclass
from datetime import datetime

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from sqlalchemy.orm import Session

from gis_grid.accounts.areas import Area
from gis_grid.errors import ConflictError, InputError
from gis_grid.geo.crs import project, to_metric
from gis_grid.grid.tree import GridTree
from gis_grid.plan.arrays import Progress, Shapes, silent
from gis_grid.plan.ground import Ground, Named, lay_out
from gis_grid.storage.city import City, CityStore
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.incidents import YEAR, last_reported_at, reported_points
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.plans.packing import Start

MINUTES_AN_INCIDENT = 30.0
"""Handling work of an incident: the city's records say how long it took, not how much work it was.
An assumption; the formula of a plan weighs it."""

_PEOPLE = ("households", "persons", "elderly")
_NONE: Shapes = np.empty(0, object)


@dataclass(frozen=True, slots=True)
class Begun:
    """A start, and the generation that it was made from."""

    start: Start
    generation: int


def begin(session: Session, area_code: str, *, progress: Progress = silent) -> Begun:
    """Lay out the blocks of a grid and everything below it.

    Parameters
    ----------
    session
        A database with a city and a generation.
    area_code
        Code of a grid above the ground level: a community, a subdistrict, a district, the city.
    progress
        Told of each step; raise from it to cancel.

    Raises
    ------
    NotFoundError
        There is no such grid, or no city.
    ConflictError
        No generation was published yet.
    InputError
        No ground grid lies below it.
    GeometryError
        The grids overlap or do not match edge by edge.
    """
    city, store = CityStore(session).get(), LayerStore(session)
    generation = GenerationStore(session).current()
    if generation is None:
        message = "there are no grids to plan with; import or make some first"
        raise ConflictError(message)
    progress("reading", 0, 1)
    grids = below(gpd.GeoDataFrame(store.read("grids")), area_code, city)
    metric = to_metric(grids, epsg=city.epsg)
    ground = metric[metric["level"] == city.scheme.ground]
    if ground.empty:
        message = f"no grid of level {city.scheme.ground} lies below {area_code}; "
        message += "choose a grid that has some"
        raise InputError(message)
    laid = lay_out(_facts(session, city, metric, ground), progress=progress)
    codes = tuple(str(code) for code in ground["code"])
    start = Start(laid.blocks, laid.assignment, codes, _officers(store, codes))
    return Begun(start, generation.number)


def below(grids: gpd.GeoDataFrame, area_code: str, city: City) -> gpd.GeoDataFrame:
    """Return a grid and everything below it.

    Raises
    ------
    NotFoundError
        There is no such grid.
    """
    tree = GridTree.build(
        grids["code"].tolist(),
        grids["parent_code"].tolist(),
        grids["level"].tolist(),
        scheme=city.scheme,
    )
    wanted = {area_code, *tree.descendants(area_code)}
    return gpd.GeoDataFrame(grids[grids["code"].isin(wanted)])


def _facts(
    session: Session, city: City, grids: gpd.GeoDataFrame, ground: gpd.GeoDataFrame
) -> Ground:
    """Return everything that blocks are made of and counted from."""
    store, area = LayerStore(session), Area(frozenset(grids["code"]))
    bbox = _around(session, ground)

    def near(layer: str) -> gpd.GeoDataFrame:
        return to_metric(gpd.GeoDataFrame(store.read(layer, bbox=bbox)), epsg=city.epsg)

    def owned(layer: str) -> gpd.GeoDataFrame:
        return to_metric(gpd.GeoDataFrame(store.read(layer, area=area)), epsg=city.epsg)

    streets, landcover, buildings = near("streets"), near("landcover"), owned("buildings")
    over, under = _flags(streets, "bridge"), _flags(streets, "tunnel")
    incidents = _incidents(session, city, area)
    people = [np.nan_to_num(pd.to_numeric(buildings[name]).to_numpy(float)) for name in _PEOPLE]
    return Ground(
        epsg=city.epsg,
        grids=_named(ground),
        streets=_shapes(streets[~(over | under)]),
        bridges=_shapes(streets[over]),
        walls=_shapes(near("walls")),
        gates=_shapes(near("gates")),
        water=_shapes(landcover[landcover["category"] == "water"]),
        compounds=_named(grids[grids["level"] == "compound"]),
        communities=_named(grids[grids["level"] == "community"]),
        buildings=_shapes(buildings),
        people=np.stack(people, axis=1),
        facilities=_shapes(owned("facilities")),
        cameras=_shapes(owned("cameras")),
        incidents=incidents,
        handling_minutes=np.full(len(incidents), MINUTES_AN_INCIDENT),
    )


def _around(session: Session, ground: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """Return the box of degrees that holds the grids."""
    codes = frozenset(ground["code"])
    shapes = gpd.GeoDataFrame(LayerStore(session).read("grids", area=Area(codes)))
    west, south, east, north = (float(one) for one in shapes.total_bounds)
    return west, south, east, north


def _incidents(session: Session, city: City, area: Area) -> Shapes:
    """Return the places of the incidents of the last year that there is."""
    until = last_reported_at(session)
    if until is None:
        return _NONE
    places = reported_points(session, since=_year_before(until), until=until, area=area)
    x, y = project(lon=places[:, 0], lat=places[:, 1], epsg=city.epsg)
    return np.asarray(shapely.points(x, y), object)


def _year_before(moment: datetime) -> datetime:
    return moment - YEAR


def _officers(store: LayerStore, codes: tuple[str, ...]) -> tuple[str | None, ...]:
    """Return the post of each grid; of several the first by code."""
    posts = store.read("officers")
    first = posts.drop_duplicates("area_code").set_index("area_code")["code"]
    return tuple(first.get(code) for code in codes)


def _named(frame: gpd.GeoDataFrame) -> Named:
    return Named(_shapes(frame), frame["code"].to_numpy(object))


def _shapes(frame: gpd.GeoDataFrame) -> Shapes:
    return np.asarray(frame.geometry.to_numpy(), object)


def _flags(frame: gpd.GeoDataFrame, name: str) -> npt.NDArray[np.bool_]:
    return np.asarray(frame[name].fillna(value=False), bool)
