"""Candidates for what somebody looks for, by indexes that both databases use alike.

Every statement walks an index in order and stops after a few rows, so the city's size hardly
counts. Nothing here is ranked: `services.searching` does that.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    Text,
    and_,
    bindparam,
    collate,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from gis_grid.locating.folding import TURNED, fold
from gis_grid.storage.columns import selected_geometry
from gis_grid.storage.queries import Bbox
from gis_grid.storage.scoping import EVERYWHERE, Area, inside
from gis_grid.storage.search_terms import SEARCHED
from gis_grid.storage.tables import BOUNDS, search_term, table_of
from gis_grid.values.layers import GRIDS, LAYERS, Layer

CODED = (
    *("grids", "buildings", "entrances", "facilities", "cameras", "speakers", "places"),
    *("streets", "landcover", "gates", "incidents"),
)
"""Layers that are found by their code."""

LAST = "\U0010ffff"
"""Behind every text that begins alike."""

SHOWN = MappingProxyType(
    {
        "grids": ("name", "level", "parent_code"),
        "buildings": ("name", "address", "parent_code", "grid_code"),
        "entrances": ("name", "building_code", "grid_code"),
        "facilities": (
            *("name", "category", "painted_number", "police_number", "street", "address"),
            "grid_code",
        ),
        "cameras": ("name", "grid_code"),
        "speakers": ("name", "grid_code"),
        "places": ("name", "category", "address", "grid_code"),
        "streets": ("name", "category"),
        "landcover": ("name", "category"),
        "gates": ("name", "parent_code", "grid_code"),
        "incidents": ("category", "state", "address", "grid_code"),
    }
)
"""What of a feature tells somebody whether it is the right one; never personal data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A feature that a piece of text leads to."""

    layer: str
    code: str
    term: str
    """The piece, or the code itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a feature is, in WGS-84 degrees."""

    lon: float
    lat: float
    """On a line, inside a polygon."""

    bbox: Bbox | None
    """None for a point."""


def by_code(session: Session, text: str, *, area: Area = EVERYWHERE, limit: int = 10) -> list[Hit]:
    """Return features whose code begins with `text`, the exact one first, at most `limit` a layer.

    A text of one or two characters must be the whole code.
    """
    is_whole = len(text) < len("abc")
    ends = {"low": text, "high": text if is_whole else text + LAST}
    return _hits(session, _coded(area, limit), ends)


def by_term(
    session: Session,
    text: str,
    *,
    layers: tuple[str, ...] = tuple(SEARCHED),
    area: Area = EVERYWHERE,
    limit: int = 30,
) -> list[Hit]:
    """Return features with a piece that begins with `text`, the shortest pieces first.

    Of the stretches of a street that share its name there is one.
    """
    return _hits(session, _beginnings(layers, area, limit), {"low": text, "high": text + LAST})


def by_terms(
    session: Session, texts: Sequence[str], *, layer: str, area: Area = EVERYWHERE, limit: int = 40
) -> list[Hit]:
    """Return features of a layer that have exactly one of some pieces."""
    term, code = search_term.c.term, search_term.c.code
    statement = _joined(layer, area).where(term.in_(texts)).order_by(term, code).limit(limit)
    return _hits(session, statement, {})


# Statements are made once: to put one of twenty parts together costs more than to run it.


@lru_cache(maxsize=64)
def _coded(area: Area, limit: int) -> Executable:
    arms = []
    for name in CODED:
        code = table_of[name].c.code
        found = select(literal(name).label("layer"), code, code.label("term"))
        found = found.where(code >= _LOW, code <= _HIGH, *_current(name))
        arms.append(_in_area(found, LAYERS[name], area).order_by(code).limit(limit))
    return _together(arms)


@lru_cache(maxsize=64)
def _beginnings(layers: tuple[str, ...], area: Area, limit: int) -> Executable:
    return _together([_beginning(name, area, limit) for name in layers])


_LOW, _HIGH = bindparam("low", type_=Text), bindparam("high", type_=Text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a facility must be besides having a number."""

    categories: Sequence[str] = ()
    words: Sequence[str] = ()
    """Each must be in its street, address or name, as they are written."""

    @property
    def is_anything(self) -> bool:
        """Whether every facility will do."""
        return not self.categories and not self.words


def facilities(
    session: Session,
    wanted: Wanted,
    *,
    number: str | None = None,
    area: Area = EVERYWHERE,
    limit: int = 40,
) -> list[Hit]:
    """Return facilities of some kind and place, and with a number that ends with `number`.

    Those whose number is `number` but for leading zeros come first; fewer than three digits find
    only these.
    """
    fits = list(_fits(wanted, session.get_bind().dialect.name))
    if number is None:
        code = table_of["facilities"].c.code
        found = select(literal("facilities").label("layer"), code, literal("").label("term"))
        found = _in_area(found.where(*fits), LAYERS["facilities"], area)
        return _hits(session, found.order_by(code).limit(limit), {})
    term, bare = search_term.c.term, TURNED + number[::-1].rstrip("0")
    ways: list[ColumnElement[bool]] = [term.in_([bare + "0" * zeros for zeros in range(_ZEROS)])]
    if len(number) >= _TELLING:
        turned = TURNED + number[::-1]
        ways.append(and_(term >= turned, term < turned + LAST))
    order = (search_term.c.term, search_term.c.code)
    arms = [_joined("facilities", area).where(way, *fits).order_by(*order) for way in ways]
    hits = _hits(session, _together([arm.limit(limit) for arm in arms]), {})
    return list({(hit.code, hit.term): hit for hit in hits}.values())


_ZEROS = 9
_TELLING = 3
"""Fewer digits end one number in a hundred; they must be the whole number, but for zeros."""


def _fits(wanted: Wanted, dialect: str) -> Iterator[ColumnElement[bool]]:
    column = table_of["facilities"].c
    if wanted.categories:
        yield column.category.in_(wanted.categories)
    for word in wanted.words:
        yield or_(*(_contains(column[name], word, dialect) for name in _PLACED))


def _contains(column: ColumnElement[str], word: str, dialect: str) -> ColumnElement[bool]:
    """Test for a folded word; only the case of ASCII letters is folded, as SQLite can do it."""
    if dialect == "postgresql":
        return func.strpos(func.lower(collate(column, "C")), word) > 0
    return func.instr(func.lower(column), word) > 0


_PLACED = ("street", "address", "name")


def buildings_below(
    session: Session, grid_codes: Sequence[str], *, area: Area = EVERYWHERE, limit: int = 3_000
) -> list[tuple[str, str | None]]:
    """Return code and name of the buildings of some grids and of the grids below them."""
    grid, building = table_of["grids"].c, table_of["buildings"].c
    current, owners = grid.last_generation.is_(None), list(grid_codes)
    below = list(grid_codes)
    for _ in range(_DEEPEST):
        if not below:
            break
        asked = select(grid.code).where(grid.parent_code.in_(below), current)
        below = list(session.scalars(asked.order_by(grid.code).limit(limit)))
        owners += below
    if not owners:
        return []
    statement = select(building.code, building.name).where(building.parent_code.in_(owners))
    statement = _in_area(statement, LAYERS["buildings"], area)
    rows = session.execute(statement.order_by(building.code).limit(limit))
    return [(row[0], row[1]) for row in rows]


_DEEPEST = 2
"""A community has compounds, a compound has sub-areas; buildings stand in any of them."""


def entrances_of(session: Session, codes: Sequence[str]) -> list[tuple[str, str | None, str]]:
    """Return code, name and building of the entrances of some buildings, by code."""
    entrance = table_of["entrances"].c
    statement = select(entrance.code, entrance.name, entrance.building_code)
    rows = session.execute(statement.where(entrance.building_code.in_(list(codes))))
    return sorted((code, name, building) for code, name, building in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """Where a street runs."""

    code: str
    """Of the stretch nearest to its middle."""

    bbox: Bbox


def extents(session: Session, names: Sequence[str]) -> dict[str, Extent]:
    """Return where streets of some names run, by name; the stretches of a name are one street."""
    terms = sorted({fold(name) for name in names} - {""})
    if not terms:
        return {}
    hits = by_terms(session, terms, layer="streets", limit=_STRETCHES)
    street = table_of["streets"].c
    statement = select(street.name, street.code, *(street[side] for side in BOUNDS))
    codes = [hit.code for hit in hits]
    rows = session.execute(statement.where(street.code.in_(codes), street.name.in_(names)))
    stretches: dict[str, list[tuple[str, Bbox]]] = {}
    for name, code, *bounds in rows:
        west, south, east, north = bounds
        stretches.setdefault(name, []).append((code, (west, south, east, north)))
    return {name: _extent(parts) for name, parts in stretches.items()}


_STRETCHES = 600


def _extent(parts: Sequence[tuple[str, Bbox]]) -> Extent:
    west, south, east, north = np.array([bounds for _, bounds in parts]).T
    bbox = (float(west.min()), float(south.min()), float(east.max()), float(north.max()))
    off = np.hypot(
        (west + east) / 2 - (bbox[0] + bbox[2]) / 2, (south + north) / 2 - (bbox[1] + bbox[3]) / 2
    )
    nearest = min(zip(off.tolist(), (code for code, _ in parts), strict=True))
    return Extent(code=nearest[1], bbox=bbox)


def shown(session: Session, layer: str, codes: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return what is shown of some features, by code; of entrances the address of the building."""
    table, wanted = table_of[layer].c, sorted(set(codes))
    if not wanted:
        return {}
    statement = select(*(table[name] for name in ("code", *SHOWN[layer])))
    statement = statement.where(*_current(layer))
    if layer == "entrances":
        building = table_of["buildings"]
        statement = statement.add_columns(building.c.address)
        statement = statement.outerjoin(building, building.c.code == table.building_code)
    rows = session.execute(statement.where(table.code.in_(wanted))).mappings()
    return {row["code"]: dict(row) for row in rows}


def spots(session: Session, layer: str, codes: Iterable[str]) -> Mapping[str, Spot]:
    """Return where some features are, by code; what has no place is left out."""
    table, wanted = table_of[layer], sorted(set(codes))
    if not wanted:
        return {}
    if LAYERS[layer].geometry == "POINT":
        rows = session.execute(
            select(table.c.code, table.c.lon, table.c.lat)
            .where(table.c.code.in_(wanted))
            .where(table.c.lon.is_not(None))
        )
        return {code: Spot(lon=lon, lat=lat, bbox=None) for code, lon, lat in rows}
    geometry = selected_geometry(table, session.get_bind().dialect.name)
    statement = select(table.c.code, geometry)
    statement = statement.where(table.c.code.in_(wanted))
    statement = statement.where(*_current(layer))
    found = session.execute(statement)
    return {row[0]: spot_of(shapely.from_wkb(bytes(row[1]))) for row in found}


def spot_of(shape: BaseGeometry) -> Spot:
    """Return where a line or a polygon in lon, lat is."""
    west, south, east, north = shapely.bounds(shape).tolist()
    point = shapely.point_on_surface(shape)
    if shapely.get_dimensions(shape) == 1:
        longest = max(shapely.get_parts(shape), key=shapely.length)
        point = shapely.line_interpolate_point(longest, 0.5, normalized=True)
    lon, lat = np.asarray(shapely.get_coordinates(point))[0].tolist()
    return Spot(lon=lon, lat=lat, bbox=(west, south, east, north))


def chain_above(session: Session, code: str) -> list[dict[str, Any]]:
    """Return code, name and level of a current grid and of every grid above it, up to the city."""
    grid = table_of["grids"].c
    chain: dict[str, dict[str, Any]] = {}
    asked: str | None = code
    while asked is not None and asked not in chain:
        statement = select(grid.code, grid.name, grid.level, grid.parent_code)
        statement = statement.where(grid.code == asked, grid.last_generation.is_(None))
        row = session.execute(statement).mappings().first()
        if row is None:
            break
        chain[asked] = {name: row[name] for name in ("code", "name", "level")}
        asked = row["parent_code"]
    return list(chain.values())


def _beginning(layer: str, area: Area, limit: int) -> Select[Any]:
    term, code = search_term.c.term, search_term.c.code
    statement = _joined(layer, area).where(term >= _LOW, term < _HIGH).order_by(term, code)
    if layer != "streets":
        return statement.limit(limit)
    part, street = statement.limit(_STRETCHES).subquery(), table_of["streets"].c
    first = func.min(part.c.code).label("code")
    named = select(part.c.layer, first, part.c.term).join(
        street.code.table, street.code == part.c.code
    )
    named = named.group_by(part.c.layer, part.c.term, street.name)
    return named.order_by(part.c.term, first).limit(limit)


def _joined(layer: str, area: Area) -> Select[Any]:
    """Select pieces of a layer; with the features only when an area must be tested."""
    kept = search_term.c
    statement = select(kept.layer, kept.code, kept.term).where(kept.layer == layer)
    table = table_of[layer]
    if layer == "facilities" or inside(LAYERS[layer], area) is not None:
        statement = statement.join(table, table.c.code == kept.code).where(*_current(layer))
    return _in_area(statement, LAYERS[layer], area)


def _current(layer: str) -> list[ColumnElement[bool]]:
    """Keep the grids of the current generation."""
    return [table_of[layer].c.last_generation.is_(None)] if layer == GRIDS.name else []


def _in_area(statement: Select[Any], layer: Layer, area: Area) -> Select[Any]:
    scope = inside(layer, area, seek=False)
    if scope is not None:
        statement = statement.where(scope)
    return statement


def _together(arms: Sequence[Select[Any]]) -> Executable:
    parts = [select(arm.subquery()) for arm in arms]
    return parts[0] if len(parts) == 1 else union_all(*parts)


def _hits(session: Session, statement: Executable, ends: Mapping[str, str]) -> list[Hit]:
    rows = session.execute(statement, ends).fetchall()
    return [Hit(layer=layer, code=code, term=term) for layer, code, term in rows]
