"""Publishing a generation: the grids, what became of the old ones, and everything they own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import geopandas as gpd
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis_grid.errors import ConflictError
from gis_grid.geo.crs import to_metric
from gis_grid.grid.generations import Generation, Lineage, lineage_of
from gis_grid.storage.city import City, CityStore
from gis_grid.storage.database import sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.rerouting import Rerouted, reroute
from gis_grid.values.layers import GRIDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a publication did."""

    generation: Generation
    """The generation that is current now."""

    is_new: bool
    """Whether there was anything to publish."""

    lineage: Sequence[Lineage]
    """What became of the grids of the generation before."""

    rerouted: Mapping[str, Rerouted]
    """How many features of each layer were looked at, and how many have another owner now."""


def publish_grids(
    engine: Engine,
    grids: gpd.GeoDataFrame,
    *,
    name: str,
    valid_from: datetime,
    lineage: Sequence[Lineage] | None = None,
    based_on: int | None = None,
) -> Published:
    """Make `grids` the current generation, in one transaction: all of it happens, or nothing.

    Whatever has another owner now gets it: open incidents, facilities, cameras, places, buildings
    and so on; only what lies where owners changed is looked at. Closed incidents keep the grid that
    they were handled in. Publishing the grids of an older generation again undoes a publication.

    Parameters
    ----------
    engine
        A database with a city.
    grids
        Every grid of every level, in EPSG:4326, as `LayerStore.read` gives them.
    name
        What people call the generation.
    valid_from
        When it starts, with a time zone; the one before ends then.
    lineage
        What becomes of the grids of the generation before; found out by ground when None.
    based_on
        Number of the generation that `grids` were made from, 0 for none: when another one is
        current, nothing is published. None publishes in any case.

    Raises
    ------
    InputError
        There are no grids, a value is not allowed, a code occurs twice, or `valid_from` has no
        time zone.
    GeometryError, CrsError
        A geometry is not allowed.
    ConflictError
        Another generation than `based_on` is current, or `valid_from` is not after its start.
    NotFoundError
        The database does not say which city it is about.
    StorageError
        The database cannot do this now; it is as it was.
    """
    with sessions(engine).begin() as session:
        return publish_in(
            session, grids, name=name, valid_from=valid_from, lineage=lineage, based_on=based_on
        )


def publish_in(
    session: Session,
    grids: gpd.GeoDataFrame,
    *,
    name: str,
    valid_from: datetime,
    lineage: Sequence[Lineage] | None = None,
    based_on: int | None = None,
) -> Published:
    """Publish as `publish_grids` does, within the transaction of a session; it is not committed.

    Raises
    ------
    InputError, GeometryError, CrsError, ConflictError, NotFoundError, StorageError
        As `publish_grids`.
    """
    generations = GenerationStore(session)
    generations.take()
    before = generations.number()
    _require_base(before, based_on)
    city = CityStore(session).get()
    old = _grids(session)
    if lineage is None:
        lineage = _lineage(old, grids, city)
    generation = generations.publish(grids, name=name, valid_from=valid_from, lineage=lineage)
    is_new = generation.number != before
    now = _grids(session) if is_new else old
    ground = city.scheme.ground
    rerouted = reroute(session, _of_level(old, ground), _of_level(now, ground))
    return Published(
        generation=generation, is_new=is_new, lineage=tuple(lineage), rerouted=rerouted
    )


def _require_base(current: int, based_on: int | None) -> None:
    if based_on is not None and based_on != current:
        msg = f"these grids were made from generation {based_on}, but {current} is current; "
        msg += "look at what was published meanwhile"
        raise ConflictError(msg)


def _grids(session: Session) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(LayerStore(session).read(GRIDS))


def _of_level(grids: gpd.GeoDataFrame, level: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(grids[grids["level"] == level])


def _lineage(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, city: City) -> tuple[Lineage, ...]:
    if old.empty:
        return ()
    return lineage_of(to_metric(old, epsg=city.epsg), to_metric(new, epsg=city.epsg))
