"""Vector tiles out of the database: `ST_AsMVT` on PostGIS, our own encoder on SQLite."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from sqlalchemy import ColumnElement, Connection, func, literal_column, select

from gis_grid.storage.base import SRID
from gis_grid.storage.columns import selected_geometry
from gis_grid.storage.scoping import EVERYWHERE, Area
from gis_grid.storage.tables import table_of
from gis_grid.storage.tile_queries import features, is_counted
from gis_grid.tiles.encode import encode
from gis_grid.tiles.mercator import BUFFER, EXTENT, Tile, shapes_to_world, to_world
from gis_grid.tiles.paths import Paths, lines_of, points_of, rings_of
from gis_grid.values.tiles import TileLayer

_MERCATOR = 3857
_SHAPE = "_shape"


def draw_rows(
    connection: Connection, layer: TileLayer, tile: Tile, *, area: Area = EVERYWHERE
) -> bytes:
    """Return a tile of a layer whose features are its rows; no bytes when nothing is there.

    Points lie in exactly one tile of a zoom, so counts add up over the tiles of a zoom; lines and
    areas reach 64 units beyond their tile. Both databases draw the same features with the same
    properties; a vertex may differ by a unit or two, because PostGIS leaves out more of those that
    nobody would see. What comes nearer than a degree to a pole is left out.

    Parameters
    ----------
    connection
        To a database with the tables of this version.
    layer
        Any but those that are computed from a whole layer: grids, grid_labels and views.
    tile
        The square.
    area
        Only what lies in it.

    Raises
    ------
    StorageError
        The database cannot be read.
    """
    if tile.z < layer.min_zoom:
        return b""
    if connection.dialect.name == "postgresql":
        return _by_postgis(connection, layer, tile, area)
    return _by_hand(connection, layer, tile, area)


def _by_postgis(connection: Connection, layer: TileLayer, tile: Tile, area: Area) -> bytes:
    shape = [_postgis_shape(layer, tile).label(_SHAPE)]
    rows = features(layer, tile, area, shape=shape, dialect="postgresql").subquery("q")
    row: ColumnElement[Any] = literal_column("q.*")
    whole = func.ST_AsMVT(row, layer.name, EXTENT, _SHAPE)
    return bytes(connection.execute(select(whole).select_from(rows)).scalar_one())


def _postgis_shape(layer: TileLayer, tile: Tile) -> ColumnElement[Any]:
    table = table_of[layer.source]
    geometry: ColumnElement[Any] = table.c.geometry
    if is_counted(layer, tile):
        middle = func.ST_MakePoint(func.avg(table.c.lon), func.avg(table.c.lat))
        geometry = func.ST_SetSRID(middle, SRID)
    mercator = func.ST_Transform(geometry, _MERCATOR)
    square = func.ST_TileEnvelope(tile.z, tile.x, tile.y)
    is_point = layer.kind == "point"
    return func.ST_AsMVTGeom(mercator, square, EXTENT, 0 if is_point else BUFFER, not is_point)


def _by_hand(connection: Connection, layer: TileLayer, tile: Tile, area: Area) -> bytes:
    shape = _plain_shape(layer, tile)
    statement = features(layer, tile, area, shape=shape, dialect="sqlite")
    found = connection.execute(statement).fetchall()
    if not found:
        return b""
    names = statement.selected_columns.keys()
    columns = dict(zip(names, zip(*found, strict=True), strict=True))
    properties = {name: values for name, values in columns.items() if not name.startswith("_")}
    return encode(layer.name, layer.kind, _paths(layer, tile, columns), properties)


def _plain_shape(layer: TileLayer, tile: Tile) -> list[ColumnElement[Any]]:
    table = table_of[layer.source]
    if layer.kind != "point":
        return [selected_geometry(table, "sqlite").label(_SHAPE)]
    place: list[ColumnElement[Any]] = [table.c.lon, table.c.lat]
    if is_counted(layer, tile):
        place = [func.avg(one) for one in place]
    return [one.label(name) for one, name in zip(place, ("_lon", "_lat"), strict=True)]


def _paths(layer: TileLayer, tile: Tile, columns: Mapping[str, Sequence[Any]]) -> Paths:
    if layer.kind == "point":
        lonlats = np.array([columns["_lon"], columns["_lat"]], dtype=float).T
        return points_of(to_world(lonlats), tile)
    shapes = shapes_to_world(shapely.from_wkb(np.array(columns[_SHAPE], dtype=object)))
    return (rings_of if layer.kind == "area" else lines_of)(shapes, tile)
