"""The names of constraints and the column types that every table shares."""

from datetime import UTC, datetime
from typing import Any

import shapely
from geoalchemy2 import Geometry
from geoalchemy2.elements import WKBElement
from geoalchemy2.shape import from_shape, to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, LargeBinary, MetaData, Text
from sqlalchemy.types import TypeDecorator, TypeEngine
from typing_extensions import override

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SRID = 4326

metadata = MetaData(naming_convention=NAMES)
"""Every table hangs on this."""


class _Wkb(TypeDecorator[Any]):
    """Shapely geometry as WKB bytes, for SQLite."""

    impl = LargeBinary
    cache_ok = True

    @override
    def process_bind_param(self, value: BaseGeometry | None, dialect: Dialect) -> bytes | None:
        return None if value is None else shapely.to_wkb(value)

    @override
    def process_result_value(self, value: bytes | None, dialect: Dialect) -> BaseGeometry | None:
        return None if value is None else shapely.from_wkb(value)


class _Postgis(TypeDecorator[Any]):
    """Shapely geometry as a PostGIS geometry."""

    impl = Geometry
    cache_ok = True

    def __init__(self, kind: str) -> None:
        super().__init__(kind, srid=SRID, spatial_index=False)

    @override
    def process_bind_param(self, value: BaseGeometry | None, dialect: Dialect) -> WKBElement | None:
        return None if value is None else from_shape(value, srid=SRID)

    @override
    def process_result_value(self, value: Any, dialect: Dialect) -> BaseGeometry | None:
        return None if value is None else to_shape(value)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept and returned in UTC on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            msg = f"naive datetime {value!r}"
            raise ValueError(msg)
        return None if value is None else value.astimezone(UTC)

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def geometry(kind: str) -> TypeEngine[Any]:
    """Make a geometry column type: WKB bytes on SQLite, ``geometry(kind, 4326)`` on PostGIS."""
    return _Wkb().with_variant(_Postgis(kind), "postgresql")


def code_text() -> TypeEngine[str]:
    """Make the type of a key: text that both databases order by code point."""
    return Text().with_variant(Text(collation="C"), "postgresql")


def row_number() -> TypeEngine[int]:
    """Make the type of a number given by the database; SQLite wants plain INTEGER."""
    return BigInteger().with_variant(Integer(), "sqlite")
