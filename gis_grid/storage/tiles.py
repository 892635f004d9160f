"""Vector tiles out of the database: `ST_AsMVT` on PostGIS, our own encoder on SQLite."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from sqlalchemy import ColumnElement, Connection, Row, Select, func, literal_column, select

from gis_grid.storage import tile_queries
from gis_grid.storage.base import SRID
from gis_grid.storage.columns import selected_geometry
from gis_grid.storage.scoping import EVERYWHERE, Area
from gis_grid.storage.tile_queries import Wanted, features, number, values_of, wanted_in
from gis_grid.tiles.columns import columns_of
from gis_grid.tiles.encode import encode
from gis_grid.tiles.mercator import BUFFER, EXTENT, Tile, shapes_to_world, to_world
from gis_grid.tiles.paths import Paths, lines_of, points_of, rings_of
from gis_grid.values.tiles import TileLayer

_MERCATOR = 3857
_SHAPE = "_shape"

STATEMENTS = 256
"""Statements that are kept: one for each layer, kind of zoom and area."""


def widest_deg(connection: Connection, layer: TileLayer) -> float | None:
    """Return the width of the widest feature of a layer, degrees: what finds features on SQLite.

    None where nobody needs it: on PostGIS, for points, and when there are no features.

    Raises
    ------
    StorageError
        The database cannot be read.
    """
    if connection.dialect.name == "postgresql":
        return None
    found: float | None = connection.execute(tile_queries.widest_deg(layer)).scalar_one()
    return found


def draw_rows(
    connection: Connection,
    layer: TileLayer,
    tile: Tile,
    *,
    area: Area = EVERYWHERE,
    widest_deg: float | None = None,
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
    widest_deg
        What `widest_deg` returned for the layer; without it SQLite looks at half of the rows.

    Raises
    ------
    StorageError
        The database cannot be read.
    """
    if tile.z < layer.min_zoom:
        return b""
    dialect = connection.dialect.name
    wanted = wanted_in(layer, tile, area, dialect=dialect, widest_deg=widest_deg)
    values = values_of(wanted, tile, widest_deg)
    if dialect == "postgresql":
        return bytes(connection.execute(_whole_tile(wanted), values).scalar_one())
    return _by_hand(wanted, tile, connection.execute(_plain_rows(wanted), values).fetchall())


# A statement is made once: to make it anew for each tile costs as much as a small tile does.


@lru_cache(maxsize=STATEMENTS)
def _whole_tile(wanted: Wanted) -> Select[Any]:
    rows = features(wanted, [_postgis_shape(wanted).label(_SHAPE)]).subquery("q")
    row: ColumnElement[Any] = literal_column("q.*")
    return select(func.ST_AsMVT(row, wanted.layer.name, EXTENT, _SHAPE)).select_from(rows)


@lru_cache(maxsize=STATEMENTS)
def _plain_rows(wanted: Wanted) -> Select[Any]:
    return features(wanted, _plain_shape(wanted))


def _postgis_shape(wanted: Wanted) -> ColumnElement[Any]:
    columns = wanted.table.c
    geometry: ColumnElement[Any] = columns.geometry
    if wanted.is_counted:
        middle = func.ST_MakePoint(func.avg(columns.lon), func.avg(columns.lat))
        geometry = func.ST_SetSRID(middle, SRID)
    mercator = func.ST_Transform(geometry, _MERCATOR)
    square = func.ST_TileEnvelope(number("z"), number("x"), number("y"))
    is_point = wanted.layer.kind == "point"
    return func.ST_AsMVTGeom(mercator, square, EXTENT, 0 if is_point else BUFFER, not is_point)


def _by_hand(wanted: Wanted, tile: Tile, found: Sequence[Row[Any]]) -> bytes:
    if not found:
        return b""
    names = _plain_rows(wanted).selected_columns.keys()
    columns = dict(zip(names, zip(*found, strict=True), strict=True))
    said = {name: values for name, values in columns.items() if not name.startswith("_")}
    layer = wanted.layer
    return encode(layer.name, layer.kind, _paths(layer, tile, columns), columns_of(said))


def _plain_shape(wanted: Wanted) -> list[ColumnElement[Any]]:
    table = wanted.table
    if wanted.layer.kind != "point":
        return [selected_geometry(table, "sqlite").label(_SHAPE)]
    place: list[ColumnElement[Any]] = [table.c.lon, table.c.lat]
    if wanted.is_counted:
        place = [func.avg(one) for one in place]
    return [one.label(name) for one, name in zip(place, ("_lon", "_lat"), strict=True)]


def _paths(layer: TileLayer, tile: Tile, columns: Mapping[str, Sequence[Any]]) -> Paths:
    if layer.kind == "point":
        lonlats = np.array([columns["_lon"], columns["_lat"]], dtype=float).T
        return points_of(to_world(lonlats), tile)
    shapes = shapes_to_world(shapely.from_wkb(np.array(columns[_SHAPE], dtype=object)))
    return (rings_of if layer.kind == "area" else lines_of)(shapes, tile)
