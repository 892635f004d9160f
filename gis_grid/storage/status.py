"""What a database holds, in a few numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from gis_grid.errors import NotFoundError
from gis_grid.grid.generations import Generation
from gis_grid.storage.city import CityStore
from gis_grid.storage.database import name_of, sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.schema import newest, require_schema
from gis_grid.values.layers import LAYERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The state of a database whose tables are of this version."""

    database: str
    """Its address without the password."""

    revision: str
    """Revision of its tables."""

    city: str | None
    """Name of its city; None before anybody said."""

    generation: Generation | None
    """The current one; None before the first was published."""

    counts: Mapping[str, int]
    """Features of each layer; grids of the current generation."""


def status_of(engine: Engine) -> Status:
    """Return what the database holds.

    Raises
    ------
    StorageError
        It cannot be reached, or its tables are missing or of another version.
    """
    require_schema(engine)
    with sessions(engine)() as session:
        store = LayerStore(session)
        try:
            city: str | None = CityStore(session).get().name
        except NotFoundError:
            city = None
        return Status(
            database=name_of(engine),
            revision=newest(),
            city=city,
            generation=GenerationStore(session).current(),
            counts={name: store.count(name) for name in LAYERS},
        )
