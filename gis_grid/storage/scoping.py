"""Which rows of a layer lie in an area, as SQL: the one place where rights become a filter."""

import json
from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Dialect, Text, bindparam, false
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine
from typing_extensions import override

from gis_grid.accounts.areas import EVERYWHERE, NOWHERE, Area
from gis_grid.accounts.permissions import BASE_MAP
from gis_grid.storage.tables import table_of
from gis_grid.values.layers import Layer

__all__ = ["EVERYWHERE", "FEW", "NOWHERE", "Area", "inside", "lies_in", "owner_of"]

FEW = 300
"""Grids of an area up to which its rows are looked up by an index: about two subdistricts. More
are sifted: a page of a district's incidents took 275 ms by index and 1 ms by sifting, a page of
one grid's 0.1 ms and 260 ms (a million incidents, SQLite; on PostGIS alike)."""

_OWNERS = {"grids": "code", "officers": "area_code"}


def owner_of(layer: Layer) -> str | None:
    """Return the field that names the grid a feature belongs to; None for the base map."""
    return None if layer.name in BASE_MAP else _OWNERS.get(layer.name, "grid_code")


def inside(layer: Layer, area: Area, *, seek: bool | None = None) -> ColumnElement[bool] | None:
    """Test that a feature lies in an area; None when every feature does.

    Grids are in an area by their own code, officers by the grid that they serve, everything else
    by the grid that owns it. What has no owner is in EVERYWHERE only. The base map (streets, water
    and green, walls, gates, walks) is in every area.

    Parameters
    ----------
    layer, area
        What and where.
    seek
        As for `lies_in`.

    Examples
    --------
    >>> from gis_grid.values.layers import LAYERS
    >>> print(inside(LAYERS["places"], NOWHERE), inside(LAYERS["places"], EVERYWHERE))
    false None
    """
    owner = owner_of(layer)
    return None if owner is None else lies_in(table_of[layer.name].c[owner], area, seek=seek)


def lies_in(
    column: ColumnElement[Any], area: Area, *, seek: bool | None = None
) -> ColumnElement[bool] | None:
    """Test that the code of a grid, in any column, is in an area; None when every one is.

    Parameters
    ----------
    column
        Codes of grids; a missing one is in EVERYWHERE only.
    area
        Where.
    seek
        Whether the database may look the codes up in an index of `column`: right for counts and
        sums. False leaves it to follow the order or the box that was asked for and to sift: right
        for one page of a large area. By default it seeks in areas of up to `FEW` grids.
    """
    if area.codes is None:
        return None
    if not area.codes:
        return false()
    seeks = len(area.codes) <= FEW if seek is None else seek
    codes = bindparam(None, area, _Codes, unique=True)
    return _Sought(column, codes) if seeks else _Sifted(column, codes)


class _Codes(TypeDecorator[Area]):
    """The codes of an area as one parameter: an array, or JSON text."""

    impl = Text
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return postgresql.ARRAY(Text)
        return Text()

    @override
    def process_bind_param(self, value: Area | None, dialect: Dialect) -> Any:
        codes = _listed(value or NOWHERE)
        return codes if dialect.name == "postgresql" else _as_json(value or NOWHERE)


class _LiesIn(FunctionElement[bool]):
    """A column is one of the codes of a `_Codes` parameter."""

    type = Boolean()
    inherit_cache = True

    @override
    def self_group(self, against: object = None) -> Any:
        return self  # both forms stand in brackets; "= 1" behind them would hide the index


class _Sought(_LiesIn):
    """By an index of the column."""

    inherit_cache = True


class _Sifted(_LiesIn):
    """By a hash table of the codes, on the rows that something else has found."""

    inherit_cache = True


_FORMS = (
    (_Sought, "sqlite", "({} IN (SELECT value FROM json_each({})))"),
    (_Sifted, "sqlite", "(+{} IN (SELECT value FROM json_each({})))"),
    (_Sought, "postgresql", "({} = ANY({}))"),
    (_Sifted, "postgresql", "(({} IN (SELECT unnest({}) OFFSET 0)) IS TRUE)"),
)


def _register(kind: type[_LiesIn], dialect: str, form: str) -> None:
    @compiles(kind, dialect)
    def _write(element: _LiesIn, compiler: SQLCompiler, **options: object) -> str:
        return form.format(*(compiler.process(part, **options) for part in element.clauses))


for _form in _FORMS:
    _register(*_form)


@lru_cache(maxsize=256)
def _listed(area: Area) -> list[str]:
    return sorted(area.codes or ())


@lru_cache(maxsize=256)
def _as_json(area: Area) -> str:
    return json.dumps(_listed(area), ensure_ascii=False)
