"""What stands at a place and who is on duty there: read once, kept in memory, read when changed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from gis_grid.errors import NotFoundError
from gis_grid.router.footprints import Footprints
from gis_grid.storage.bulk import CHUNK
from gis_grid.storage.columns import selected_geometry
from gis_grid.storage.scoping import EVERYWHERE, Area, lies_in
from gis_grid.storage.tables import table_of
from gis_grid.storage.versions import versions

KEPT = ("buildings", "entrances", "officers")
"""Layers that are kept in memory; a facility is looked up when somebody names it."""

Columns = Mapping[str, "pa.Array[Any]"]

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


@dataclass(frozen=True, slots=True, eq=False)
class _Sorted:
    """Rows in the order of their first column, found by it."""

    columns: Columns
    keys: NDArray[np.bytes_]
    """The first column in UTF-8, which is in the order of its code points."""

    @classmethod
    def of(cls, columns: Columns) -> Self:
        first = next(iter(columns.values()), pa.array([], pa.string()))
        words = first.cast(pa.binary()).to_numpy(zero_copy_only=False)
        return cls(columns, words.astype(np.bytes_))

    def rows_of(self, wanted: Iterable[str]) -> Iterator[dict[str, Any]]:
        """Yield the rows with some keys, in the order of these."""
        words = [word.encode() for word in wanted]
        fitting = [word for word in words if len(word) <= self.keys.itemsize]
        sought = np.array(fitting, self.keys.dtype)
        begin = np.searchsorted(self.keys, sought)
        end = np.searchsorted(self.keys, sought, side="right")
        for first, last in zip(begin.tolist(), end.tolist(), strict=True):
            for row in range(first, last):
                yield _row(self.columns, row)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Whereabouts:
    """Buildings, entrances and duty posts as they were when they were read; no persons."""

    versions: Mapping[str, int]
    """Every counter at that time."""

    footprints: Footprints
    buildings: Columns
    doors: _Sorted
    posts: _Sorted

    @classmethod
    def read(cls, session: Session, was: Self | None = None) -> Self:
        """Read everything, or only what has changed since it was read before.

        Raises
        ------
        StorageError
            The database cannot be read.
        """
        now = versions(session)  # before the layers: they may be newer than this, never older
        held = was or cls._unread()
        buildings, footprints = held.buildings, held.footprints
        if not held.is_of(now, ("buildings",)):
            read = _read(session, _buildings(session.get_bind().dialect.name), by=("code",))
            footprints = Footprints.build(read["geometry"])
            buildings = {name: read[name] for name in ("code", "name")}
        doors, posts = held.doors, held.posts
        if not held.is_of(now, ("entrances",)):
            doors = _Sorted.of(_read(session, _DOORS, by=_BY_HOUSE))
        if not held.is_of(now, ("officers",)):
            posts = _Sorted.of(_read(session, _POSTS, by=_BY_AREA))
        return cls(
            versions=now, footprints=footprints, buildings=buildings, doors=doors, posts=posts
        )

    @classmethod
    def _unread(cls) -> Self:
        none = _Sorted.of({})
        return cls(
            versions=dict.fromkeys(KEPT, -1),
            footprints=Footprints.build(pa.array([], pa.large_binary())),
            buildings={},
            doors=none,
            posts=none,
        )

    def is_of(self, counters: Mapping[str, int], layers: Iterable[str] = KEPT) -> bool:
        """Say whether none of these layers has changed up to these counters."""
        return all(counters.get(layer, 0) == self.versions.get(layer, 0) for layer in layers)

    def buildings_at(self, *, lon: float, lat: float) -> list[Footprint]:
        """Return the buildings whose footprint covers a point, its border included, by code."""
        found = self.footprints.covering(lon=lon, lat=lat)
        return [Footprint(**_row(self.buildings, row), shape=shape) for row, shape in found]

    def doors_of(self, building_code: str) -> list[Door]:
        """Return the entrances of a building that have a place, by code."""
        return [
            Door(code=row["code"], name=row["name"], lon=row["lon"], lat=row["lat"])
            for row in self.doors.rows_of([building_code])
        ]

    def posts_of(self, area_codes: Iterable[str]) -> list[Post]:
        """Return the duty posts of some grids in the order of the grids, then by code."""
        return [Post(**row) for row in self.posts.rows_of(dict.fromkeys(area_codes))]


def facility_at(session: Session, code: str, *, area: Area = EVERYWHERE) -> Kept:
    """Return the facility with this code.

    Raises
    ------
    NotFoundError
        There is none in the area.
    """
    scope = lies_in(_FACILITY.c.grid_code, area)
    statement = _FACILITIES if scope is None else _FACILITIES.where(scope)
    row = session.execute(statement, {"code": code}).mappings().first()
    if row is None:
        msg = f"facilities have no {code!r}"
        raise NotFoundError(msg)
    return Kept(**row)


_DOORS = select(
    *(_ENTRANCE.c[name] for name in ("building_code", "code", "name", "lon", "lat"))
).where(_ENTRANCE.c.lon.is_not(None))
_POSTS = select(*(_OFFICER.c[name] for name in ("area_code", "code", "role"))).where(
    _OFFICER.c.area_code.is_not(None)
)
_FACILITIES = select(*(_FACILITY.c[name] for name in Kept.__dataclass_fields__)).where(
    _FACILITY.c.code == bindparam("code")
)
_BY_HOUSE, _BY_AREA = ("building_code", "code"), ("area_code", "code")
_TYPES = MappingProxyType({"geometry": pa.large_binary(), "lon": pa.float64(), "lat": pa.float64()})


def _buildings(dialect: str) -> Select[Any]:
    shape = selected_geometry(_BUILDING, dialect).label("geometry")
    return select(_BUILDING.c.code, _BUILDING.c.name, shape)


def _read(session: Session, statement: Select[Any], by: Iterable[str]) -> Columns:
    """Read all rows in order of some columns, by code point whatever the database compares by."""
    names = statement.selected_columns.keys()
    schema = pa.schema([pa.field(name, _TYPES.get(name, pa.string())) for name in names])
    parts = [
        pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)), schema=schema)
        for rows in session.execute(statement).partitions(CHUNK)
    ]
    table = pa.concat_tables([schema.empty_table(), *parts])
    table = table.sort_by([(name, "ascending") for name in by])
    return {name: table.column(name).combine_chunks() for name in names}


def _row(columns: Columns, row: int) -> dict[str, Any]:
    return {name: column[row].as_py() for name, column in columns.items()}
