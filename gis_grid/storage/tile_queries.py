"""Which features a tile shows and what they say, as SQL that both databases answer alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Double,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    case,
    func,
    literal,
    null,
    or_,
    select,
)

from gis_grid.storage.base import SRID
from gis_grid.storage.scoping import Area, inside
from gis_grid.storage.tables import OPEN_PLACE, open_incidents, table_of
from gis_grid.tiles.mercator import EXTENT, MAX_LAT_DEG, Tile
from gis_grid.values.layers import LAYERS
from gis_grid.values.tiles import ALONE_FROM, TileLayer

CELLS = 8
"""Cells along a side of a tile in which points are counted: 64 pixels of a tile of 512."""

Columns = Sequence[ColumnElement[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The features of a layer in any tile of like zooms: a statement is made of it once."""

    layer: TileLayer
    area: Area
    dialect: str

    is_counted: bool
    """They are points counted in cells."""

    ranks: tuple[str, ...]
    """Values of `category` that are drawn; all when the layer has no ranks."""

    in_strip: bool
    """How wide the widest of them is, is known."""

    @property
    def table(self) -> Table:
        """Return the table that they are rows of."""
        return table_of[self.layer.source]


def wanted_in(
    layer: TileLayer, tile: Tile, area: Area, *, dialect: str, widest_deg: float | None
) -> Wanted:
    """Return what a tile shows."""
    return Wanted(
        layer=layer,
        area=area,
        dialect=dialect,
        is_counted=layer.counted and tile.z < ALONE_FROM,
        ranks=tuple(rank for rank, zoom in layer.ranks.items() if zoom <= tile.z),
        in_strip=widest_deg is not None,
    )


def values_of(wanted: Wanted, tile: Tile, widest_deg: float | None) -> dict[str, float | None]:
    """Return the numbers of a tile, by the names that statements have for them."""
    is_point = wanted.layer.kind == "point"
    inner = tile.bounds_deg
    values: dict[str, float | None] = {"z": tile.z, "x": tile.x, "y": tile.y}
    box = inner if is_point else tile.buffered_deg
    values |= dict(zip(("west", "south", "east", "north"), box, strict=True))
    if wanted.is_counted:
        lons, lats = tile.lons_deg(CELLS), tile.lats_deg(CELLS)
        values |= {f"lon_{n}": lons[n] for n in range(1, CELLS)}
        values |= {f"lat_{n}": lats[n] for n in range(1, CELLS)}
    if not is_point:
        share = wanted.layer.least_units / EXTENT
        values |= {"wide": (inner[2] - inner[0]) * share, "high": (inner[3] - inner[1]) * share}
    if widest_deg is not None:
        values["farthest"] = box[0] - widest_deg
    return values


def number(name: str) -> BindParameter[Any]:
    """Return the place of a number of the tile in a statement."""
    return bindparam(name, type_=Integer() if name in {"z", "x", "y"} else Double())


def widest_deg(layer: TileLayer) -> Select[Any]:
    """Select how wide the widest feature of a layer is, degrees; null for points and no rows."""
    table = table_of[layer.source]
    if layer.kind == "point":
        return select(null())
    return select(func.max(table.c.east - table.c.west))


def features(wanted: Wanted, shape: Columns) -> Select[Any]:
    """Select the features of a tile: their properties, then `shape`.

    Points belong to the one tile whose west and south border they may touch. Features are ordered
    by code, counted cells from south west to north east.
    """
    if wanted.is_counted:
        return _cells(wanted, shape)
    properties = list(_properties(wanted))
    if wanted.layer.counted:
        properties.append(literal(1).label("count"))
    statement = _hinted(select(*properties, *shape), wanted).where(*_conditions(wanted))
    return statement.order_by(wanted.table.c.code)


def _hinted(statement: Select[Any], wanted: Wanted) -> Select[Any]:
    """Make SQLite look for open incidents by place; it would take the index of states."""
    if not wanted.layer.states:
        return statement
    return statement.with_hint(wanted.table, f"INDEXED BY {OPEN_PLACE}", "sqlite")


def _cells(wanted: Wanted, shape: Columns) -> Select[Any]:
    """Select a row for each cell that has points; one that has a single point is that point."""
    table = wanted.table
    alone = func.count() == 1
    properties: list[ColumnElement[Any]] = [
        case((alone, func.min(column))).label(column.key) for column in _properties(wanted)
    ]
    properties.append(func.count().label("count"))
    for state in wanted.layer.states:
        counted = func.count().filter(table.c.state == state)
        properties.append(func.nullif(counted, 0).label(state))
    column, row = _cell(table.c.lon), _cell(table.c.lat)
    statement = _hinted(select(*properties, *shape), wanted).where(*_conditions(wanted))
    return statement.group_by(row, column).order_by(row, column)


def _cell(column: Column[float]) -> ColumnElement[int]:
    """Return the number of the cell between two borders; comparisons are exact on both sides."""
    borders = (number(f"{column.name}_{n}") for n in range(1, CELLS))
    return case(*((column < border, n) for n, border in enumerate(borders)), else_=CELLS - 1)


def _properties(wanted: Wanted) -> Iterator[ColumnElement[Any]]:
    source = LAYERS[wanted.layer.source]
    for name in wanted.layer.fields:
        column: ColumnElement[Any] = wanted.table.c[name]
        if source.field(name).kind == "instant":
            column = _iso(column, wanted.dialect)
        yield column.label(wanted.layer.renamed.get(name, name))


def _iso(column: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    if dialect == "postgresql":
        return func.to_char(func.timezone("UTC", column), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    return func.strftime("%Y-%m-%dT%H:%M:%SZ", column)


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    layer, table = wanted.layer, wanted.table
    if wanted.dialect == "postgresql":  # lets the GiST index choose
        sides = (number(name) for name in ("west", "south", "east", "north"))
        yield table.c.geometry.op("&&")(func.ST_MakeEnvelope(*sides, SRID))
    yield from (_standing if layer.kind == "point" else _reaching)(wanted)
    if layer.states:
        yield open_incidents()
        yield table.c.doubt.is_(None)
    if layer.ranks:
        yield table.c.category.in_(wanted.ranks)
    allowed = inside(LAYERS[layer.source], wanted.area)
    if allowed is not None:
        yield allowed


def _standing(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    lon, lat = wanted.table.c.lon, wanted.table.c.lat
    yield and_(lon >= number("west"), lon < number("east"))
    yield and_(lat >= number("south"), lat < number("north"))


def _reaching(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    columns = wanted.table.c
    yield and_(columns.west <= number("east"), columns.east >= number("west"))
    yield and_(columns.south <= number("north"), columns.north >= number("south"))
    yield and_(columns.south >= -MAX_LAT_DEG, columns.north <= MAX_LAT_DEG)
    if wanted.in_strip:  # an index by west then reads one strip of the city
        yield columns.west >= number("farthest")
    wide = columns.east - columns.west >= number("wide")
    yield or_(wide, columns.north - columns.south >= number("high"))
