"""Which features a tile shows and what they say, as SQL that both databases answer alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    and_,
    case,
    func,
    literal,
    null,
    or_,
    select,
)

from gis_grid.storage.base import SRID
from gis_grid.storage.queries import Bbox
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
    """The features of a layer in a tile."""

    layer: TileLayer
    tile: Tile
    area: Area
    dialect: str

    widest_deg: float | None = None
    """No feature is wider than this, from west to east, when it is known."""

    @property
    def table(self) -> Table:
        """Return the table that they are rows of."""
        return table_of[self.layer.source]

    @property
    def is_counted(self) -> bool:
        """Tell whether they are points counted in cells."""
        return self.layer.counted and self.tile.z < ALONE_FROM


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
    table, tile = wanted.table, wanted.tile
    alone = func.count() == 1
    properties: list[ColumnElement[Any]] = [
        case((alone, func.min(column))).label(column.key) for column in _properties(wanted)
    ]
    properties.append(func.count().label("count"))
    for state in wanted.layer.states:
        counted = func.count().filter(table.c.state == state)
        properties.append(func.nullif(counted, 0).label(state))
    column = _cell(table.c.lon, tile.lons_deg(CELLS))
    row = _cell(table.c.lat, tile.lats_deg(CELLS))
    statement = _hinted(select(*properties, *shape), wanted).where(*_conditions(wanted))
    return statement.group_by(row, column).order_by(row, column)


def _cell(column: ColumnElement[float], borders: Sequence[float]) -> ColumnElement[int]:
    """Return the number of the cell between two borders; comparisons are exact on both sides."""
    inner = enumerate(borders[1:-1])
    return case(*((column < literal(border), number) for number, border in inner), else_=CELLS - 1)


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
    is_point = layer.kind == "point"
    box = wanted.tile.bounds_deg if is_point else wanted.tile.buffered_deg
    if wanted.dialect == "postgresql":  # lets the GiST index choose
        yield table.c.geometry.op("&&")(func.ST_MakeEnvelope(*box, SRID))
    yield from _standing(table, box) if is_point else _reaching(wanted, box)
    if layer.states:
        yield open_incidents()
        yield table.c.doubt.is_(None)
    if layer.ranks:
        drawn = [rank for rank, zoom in layer.ranks.items() if zoom <= wanted.tile.z]
        yield table.c.category.in_(drawn)
    allowed = inside(LAYERS[layer.source], wanted.area)
    if allowed is not None:
        yield allowed


def _standing(table: Table, box: Bbox) -> Iterator[ColumnElement[bool]]:
    west, south, east, north = box
    yield and_(table.c.lon >= west, table.c.lon < east)
    yield and_(table.c.lat >= south, table.c.lat < north)


def _reaching(wanted: Wanted, box: Bbox) -> Iterator[ColumnElement[bool]]:
    columns = wanted.table.c
    west, south, east, north = box
    yield and_(columns.west <= east, columns.east >= west)
    yield and_(columns.south <= north, columns.north >= south)
    yield and_(columns.south >= -MAX_LAT_DEG, columns.north <= MAX_LAT_DEG)
    if wanted.widest_deg is not None:  # an index by west then reads one strip of the city
        yield columns.west >= west - wanted.widest_deg
    west, south, east, north = wanted.tile.bounds_deg
    share = wanted.layer.least_units / EXTENT
    wide = columns.east - columns.west >= (east - west) * share
    yield or_(wide, columns.north - columns.south >= (north - south) * share)
