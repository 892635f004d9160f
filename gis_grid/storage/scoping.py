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

__all__ = ["EVERYWHERE", "NOWHERE", "Area", "inside", "lies_in", "owner_of"]

_OWNERS = {"grids": "code", "officers": "area_code"}


def owner_of(layer: Layer) -> str | None:
    """Return the field that names the grid a feature belongs to; None for the base map."""
    return None if layer.name in BASE_MAP else _OWNERS.get(layer.name, "grid_code")


def inside(layer: Layer, area: Area) -> ColumnElement[bool] | None:
    """Test that a feature lies in an area; None when every feature does.

    Grids are in an area by their own code, officers by the grid that they serve, everything else
    by the grid that owns it. What has no owner is in EVERYWHERE only. The base map (streets, water
    and green, walls, gates, walks) is in every area.

    Examples
    --------
    >>> from gis_grid.values.layers import LAYERS
    >>> print(inside(LAYERS["places"], NOWHERE), inside(LAYERS["places"], EVERYWHERE))
    false None
    """
    owner = owner_of(layer)
    return None if owner is None else lies_in(table_of[layer.name].c[owner], area)


def lies_in(column: ColumnElement[Any], area: Area) -> ColumnElement[bool] | None:
    """Test that the code of a grid, in any column, is in an area; None when every one is."""
    if area.is_everywhere:
        return None
    if area.is_nowhere:
        return false()
    return _LiesIn(column, bindparam(None, area, _Codes, unique=True))


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
    """``column`` is one of the codes of a `_Codes` parameter."""

    type = Boolean()
    inherit_cache = True


@compiles(_LiesIn, "postgresql")
def _by_array(element: _LiesIn, compiler: SQLCompiler, **options: object) -> str:
    column, codes = (compiler.process(part, **options) for part in element.clauses)
    return f"({column} = ANY({codes}))"


@compiles(_LiesIn)
def _by_json(element: _LiesIn, compiler: SQLCompiler, **options: object) -> str:
    column, codes = (compiler.process(part, **options) for part in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({codes})))"  # noqa: S608 - names and holes


@lru_cache(maxsize=256)
def _listed(area: Area) -> list[str]:
    return sorted(area.codes or ())


@lru_cache(maxsize=256)
def _as_json(area: Area) -> str:
    return json.dumps(_listed(area), ensure_ascii=False)
