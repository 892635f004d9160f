"""What stands at a place and who is on duty there, in a few small queries for one report."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any

import numpy as np
import shapely
from sqlalchemy import BindParameter, Select, bindparam, func, select
from sqlalchemy.orm import Session

from gis_grid.errors import NotFoundError
from gis_grid.storage.base import SRID
from gis_grid.storage.columns import selected_geometry
from gis_grid.storage.tables import table_of

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


WIDEST_DEG = 0.05
"""No building is wider (3 km and more up to 54 degrees north); SQLite looks at this strip only."""

# Statements are made once: to put one together costs more than to run it. None says ORDER BY code:
# SQLite would walk the whole layer by its key instead of using the index that fits.


@lru_cache
def _buildings(dialect: str) -> Select[Any]:
    """Select the buildings whose bounds hold a point."""
    lon: BindParameter[float] = bindparam("lon")
    lat: BindParameter[float] = bindparam("lat")
    columns = _BUILDING.c
    statement = select(columns.code, columns.name, selected_geometry(_BUILDING, dialect))
    if dialect == "postgresql":  # lets the GiST index choose
        point = func.ST_SetSRID(func.ST_MakePoint(lon, lat), SRID)
        statement = statement.where(columns.geometry.op("&&")(point))
    inside = (columns.west <= lon, columns.east >= lon, columns.south <= lat, columns.north >= lat)
    return statement.where(columns.west >= lon - WIDEST_DEG, *inside)


_DOORS = select(_ENTRANCE.c.code, _ENTRANCE.c.name, _ENTRANCE.c.lon, _ENTRANCE.c.lat).where(
    _ENTRANCE.c.building_code == bindparam("building"), _ENTRANCE.c.lon.is_not(None)
)
_POSTS = select(_OFFICER.c.code, _OFFICER.c.role, _OFFICER.c.area_code).where(
    _OFFICER.c.area_code.in_(bindparam("areas", expanding=True))
)
_KEPT = select(*(_FACILITY.c[name] for name in Kept.__dataclass_fields__)).where(
    _FACILITY.c.code == bindparam("code")
)


def buildings_at(session: Session, *, lon: float, lat: float) -> list[Footprint]:
    """Return the buildings whose footprint covers a point, its border included, by code.

    A footprint wider than `WIDEST_DEG` may be missed.
    """
    statement = _buildings(session.get_bind().dialect.name)
    rows = sorted(session.execute(statement, {"lon": lon, "lat": lat}), key=itemgetter(0))
    shapes = shapely.from_wkb(np.array([row[2] for row in rows], dtype=object))
    covered = shapely.covers(shapes, shapely.Point(lon, lat))
    return [
        Footprint(code=row[0], name=row[1], shape=shape)
        for row, shape, is_here in zip(rows, shapes, covered, strict=True)
        if is_here
    ]


def doors_of(session: Session, building_code: str) -> list[Door]:
    """Return the entrances of a building that have a place, by code."""
    found = session.execute(_DOORS, {"building": building_code})
    doors = [Door(code=code, name=name, lon=lon, lat=lat) for code, name, lon, lat in found]
    return sorted(doors, key=attrgetter("code"))


def posts_of(session: Session, area_codes: Iterable[str]) -> list[Post]:
    """Return the duty posts of some grids in the order of the grids, then by code; no persons."""
    wanted = list(dict.fromkeys(area_codes))
    if not wanted:
        return []
    found = session.execute(_POSTS, {"areas": wanted})
    posts = [Post(code=code, role=role, area_code=area) for code, role, area in found]
    return sorted(posts, key=lambda post: (wanted.index(post.area_code), post.code))


def facility_at(session: Session, code: str) -> Kept:
    """Return the facility with this code.

    Raises
    ------
    NotFoundError
        There is none.
    """
    row = session.execute(_KEPT, {"code": code}).mappings().first()
    if row is None:
        msg = f"facilities have no {code!r}"
        raise NotFoundError(msg)
    return Kept(**row)
