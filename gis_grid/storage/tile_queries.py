"""Which features a tile shows and what they say, as SQL that both databases answer alike."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select

from gis_grid.storage.base import SRID
from gis_grid.storage.scoping import Area, inside
from gis_grid.storage.tables import table_of
from gis_grid.tiles.mercator import EXTENT, MAX_LAT_DEG, Tile
from gis_grid.values.layers import LAYERS
from gis_grid.values.tiles import ALONE_FROM, TileLayer

CELLS = 8
"""Cells along a side of a tile in which points are counted: 64 pixels of a tile of 512."""

Columns = Sequence[ColumnElement[Any]]


def is_counted(layer: TileLayer, tile: Tile) -> bool:
    """Tell whether the points of a tile are counted in cells."""
    return layer.counted and tile.z < ALONE_FROM


def features(
    layer: TileLayer, tile: Tile, area: Area, *, shape: Columns, dialect: str
) -> Select[Any]:
    """Select the features of a tile: their properties, then `shape`.

    Points belong to the one tile whose west and south border they may touch. Features are ordered
    by code, counted cells from south west to north east.
    """
    if is_counted(layer, tile):
        return _cells(layer, tile, area, shape, dialect)
    properties = list(_properties(layer, dialect))
    if layer.counted:
        properties.append(literal(1).label("count"))
    statement = select(*properties, *shape).where(*_conditions(layer, tile, area, dialect))
    return statement.order_by(table_of[layer.source].c.code)


def _cells(layer: TileLayer, tile: Tile, area: Area, shape: Columns, dialect: str) -> Select[Any]:
    """Select a row for each cell that has points; one that has a single point is that point."""
    table = table_of[layer.source]
    alone = func.count() == 1
    properties: list[ColumnElement[Any]] = [
        case((alone, func.min(column))).label(column.key) for column in _properties(layer, dialect)
    ]
    properties.append(func.count().label("count"))
    for state in layer.states:
        counted = func.count().filter(table.c.state == state)
        properties.append(func.nullif(counted, 0).label(state))
    column = _cell(table.c.lon, tile.lons_deg(CELLS))
    row = _cell(table.c.lat, tile.lats_deg(CELLS))
    where = _conditions(layer, tile, area, dialect)
    return select(*properties, *shape).where(*where).group_by(row, column).order_by(row, column)


def _cell(column: ColumnElement[float], borders: Sequence[float]) -> ColumnElement[int]:
    """Return the number of the cell between two borders; comparisons are exact on both sides."""
    inner = enumerate(borders[1:-1])
    return case(*((column < literal(border), number) for number, border in inner), else_=CELLS - 1)


def _properties(layer: TileLayer, dialect: str) -> Iterator[ColumnElement[Any]]:
    table, source = table_of[layer.source], LAYERS[layer.source]
    for name in layer.fields:
        column: ColumnElement[Any] = table.c[name]
        if source.field(name).kind == "instant":
            column = _iso(column, dialect)
        yield column.label(layer.renamed.get(name, name))


def _iso(column: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    if dialect == "postgresql":
        return func.to_char(func.timezone("UTC", column), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    return func.strftime("%Y-%m-%dT%H:%M:%SZ", column)


def _conditions(
    layer: TileLayer, tile: Tile, area: Area, dialect: str
) -> Iterator[ColumnElement[bool]]:
    table = table_of[layer.source]
    box = tile.bounds_deg if layer.kind == "point" else tile.buffered_deg
    if dialect == "postgresql":  # lets the GiST index choose
        yield table.c.geometry.op("&&")(func.ST_MakeEnvelope(*box, SRID))
    yield from (_points if layer.kind == "point" else _extended)(layer, tile)
    if layer.states:
        yield table.c.state.in_(layer.states)
    if "doubt" in table.c:
        yield table.c.doubt.is_(None)
    if layer.ranks:
        drawn = [rank for rank, zoom in layer.ranks.items() if zoom <= tile.z]
        yield table.c.category.in_(drawn)
    allowed = inside(LAYERS[layer.source], area)
    if allowed is not None:
        yield allowed


def _points(layer: TileLayer, tile: Tile) -> Iterator[ColumnElement[bool]]:
    table = table_of[layer.source]
    west, south, east, north = tile.bounds_deg
    yield and_(table.c.lon >= west, table.c.lon < east)
    yield and_(table.c.lat >= south, table.c.lat < north)


def _extended(layer: TileLayer, tile: Tile) -> Iterator[ColumnElement[bool]]:
    table = table_of[layer.source]
    west, south, east, north = tile.buffered_deg
    yield and_(table.c.west <= east, table.c.east >= west)
    yield and_(table.c.south <= north, table.c.north >= south)
    yield and_(table.c.south >= -MAX_LAT_DEG, table.c.north <= MAX_LAT_DEG)
    if layer.least_units:
        share = layer.least_units / EXTENT
        west, south, east, north = tile.bounds_deg
        wide = table.c.east - table.c.west >= (east - west) * share
        yield or_(wide, table.c.north - table.c.south >= (north - south) * share)
