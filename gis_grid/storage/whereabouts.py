"""What stands at a place and who is on duty there, in a few small queries for one report."""

from collections.abc import Iterable
from dataclasses import dataclass

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_grid.errors import NotFoundError
from gis_grid.storage.columns import selected_geometry
from gis_grid.storage.queries import Where, conditions
from gis_grid.storage.tables import table_of
from gis_grid.values.layers import BUILDINGS

_BUILDING, _ENTRANCE = table_of["buildings"], table_of["entrances"]
_FACILITY, _OFFICER = table_of["facilities"], table_of["officers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """A building where it stands."""

    code: str
    name: str | None
    shape: shapely.Geometry
    """In WGS-84 degrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """An entrance of a building."""

    code: str
    name: str | None
    lon: float
    lat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A duty post without the person who holds it."""

    code: str
    role: str | None
    area_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A facility, where it stands and the bodies that answer for it."""

    code: str
    name: str | None
    category: str
    in_charge: str | None
    owner: str | None
    maintainer: str | None
    accuracy_class: str | None
    lon: float | None
    lat: float | None


def buildings_at(session: Session, *, lon: float, lat: float) -> list[Footprint]:
    """Return the buildings whose footprint covers a point, its border included, by code."""
    dialect = session.get_bind().dialect.name
    here = conditions(BUILDINGS, Where(bbox=(lon, lat, lon, lat)), dialect)
    columns = (_BUILDING.c.code, _BUILDING.c.name, selected_geometry(_BUILDING, dialect))
    point = shapely.Point(lon, lat)
    found = session.execute(select(*columns).where(*here).order_by(_BUILDING.c.code))
    near = (Footprint(code=row[0], name=row[1], shape=shapely.from_wkb(row[2])) for row in found)
    return [one for one in near if shapely.covers(one.shape, point)]


def doors_of(session: Session, building_code: str) -> list[Door]:
    """Return the entrances of a building that have a place, by code."""
    columns = (_ENTRANCE.c.code, _ENTRANCE.c.name, _ENTRANCE.c.lon, _ENTRANCE.c.lat)
    statement = select(*columns).where(_ENTRANCE.c.building_code == building_code)
    placed = statement.where(_ENTRANCE.c.lon.is_not(None)).order_by(_ENTRANCE.c.code)
    return [Door(**row) for row in session.execute(placed).mappings()]


def posts_of(session: Session, area_codes: Iterable[str]) -> list[Post]:
    """Return the duty posts of some grids in the order of the grids, then by code; no persons."""
    wanted = list(dict.fromkeys(area_codes))
    if not wanted:
        return []
    columns = (_OFFICER.c.code, _OFFICER.c.role, _OFFICER.c.area_code)
    statement = select(*columns).where(_OFFICER.c.area_code.in_(wanted))
    posts = [Post(**row) for row in session.execute(statement).mappings()]
    return sorted(posts, key=lambda post: (wanted.index(post.area_code), post.code))


def facility_at(session: Session, code: str) -> Kept:
    """Return the facility with this code.

    Raises
    ------
    NotFoundError
        There is none.
    """
    columns = [_FACILITY.c[name] for name in Kept.__dataclass_fields__]
    row = session.execute(select(*columns).where(_FACILITY.c.code == code)).mappings().first()
    if row is None:
        msg = f"facilities have no {code!r}"
        raise NotFoundError(msg)
    return Kept(**row)
