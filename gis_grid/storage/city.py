"""The one city that a database is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from gis_grid.accounts.audit import Change
from gis_grid.errors import InputError, NotFoundError
from gis_grid.grid.levels import Scheme
from gis_grid.storage import tables
from gis_grid.storage.audit import record

Setting = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """What holds for everything in a database."""

    name: str
    """What people call it."""

    area_code: str
    """Its 12-digit statistics code, or any other code of its own."""

    scheme: Scheme
    """The levels that it uses, and which of them owns incidents."""

    epsg: int
    """The metric CRS in which its distances and areas are computed."""

    name_en: str = ""

    settings: Mapping[str, Setting] = field(default_factory=lambda: MappingProxyType({}))
    """Anything else worth keeping, by name: the seed of a demo city, editions of tables."""


class CityStore:
    """The city of one session. It never commits; whoever opened the session does."""

    def __init__(self, session: Session) -> None:
        """Keep the session."""
        self._session = session

    def get(self) -> City:
        """Return the city.

        Raises
        ------
        NotFoundError
            Nobody has said yet which city this is.
        """
        kept = self._session.scalars(select(tables.city.c.settings)).one_or_none()
        if kept is None:
            msg = "the database does not say which city it is about; import or make one first"
            raise NotFoundError(msg)
        scheme, settings = Scheme.from_json(kept.pop("scheme")), MappingProxyType(kept["settings"])
        return City(**{**kept, "scheme": scheme, "settings": settings})

    def put(self, city: City) -> None:
        """Keep `city` instead of what was said before.

        Raises
        ------
        InputError
            The name or the code is empty.
        """
        if not city.name or not city.area_code:
            msg = f"a city needs a name and a code, not {city.name!r} and {city.area_code!r}"
            raise InputError(msg)
        kept = {
            "name": city.name,
            "area_code": city.area_code,
            "scheme": city.scheme.to_json(),
            "epsg": city.epsg,
            "name_en": city.name_en,
            "settings": dict(city.settings),
        }
        before = self._session.scalars(select(tables.city.c.settings)).one_or_none()
        if before != kept:
            change = Change(action="change", layer="settings", before=before, after=kept)
            record(self._session, change)
        self._session.execute(delete(tables.city))
        self._session.execute(insert(tables.city).values(id=1, settings=kept))
