"""Turn the columns of a frame into what a database takes, and rows back into a frame."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, LargeBinary, Table, Text, func, type_coerce

from gis_grid.geo.crs import LONLAT
from gis_grid.storage.frames import DTYPES, Frame, absent, cast
from gis_grid.storage.tables import BOUNDS, POSITION
from gis_grid.values.layers import Field, Kind, Layer

Arrow: TypeAlias = "pa.Array[Any]"
"""One column, on its way into the database."""

_ARROW: Mapping[Kind, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "real": pa.float64(),
    "flag": pa.bool_(),
    "instant": pa.timestamp("us", "UTC"),
    "date": pa.date32(),
}


def arrow_columns(layer: Layer, frame: Frame) -> dict[str, Arrow]:
    """Return the columns of a conforming frame, with where each thing is, but not its geometry.

    The cell 0, which means that there is no point, becomes null; so does NaN.
    """
    columns: dict[str, Arrow] = {}
    plain = pd.DataFrame(frame)  # a GeoDataFrame takes ten times as long to give a column
    for field in layer.fields:
        values = plain[field.name]
        mask = (values == 0).to_numpy() if field.name == "cell" else None
        array = pa.array(values, type=_ARROW[field.kind], from_pandas=True, mask=mask)
        columns[field.name] = _one(array)
    if layer.geometry is not None:
        columns |= _place(layer, frame.geometry.to_numpy())
    return columns


def _one(array: "pa.Array[Any] | pa.ChunkedArray[Any]") -> Arrow:
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _place(layer: Layer, shapes: NDArray[np.object_]) -> dict[str, Arrow]:
    if layer.geometry == "POINT":
        numbers = {"lon": shapely.get_x(shapes), "lat": shapely.get_y(shapes)}
        names: Sequence[str] = POSITION
    else:
        names = BOUNDS
        numbers = dict(zip(names, shapely.bounds(shapes).T, strict=True))
    return {name: pa.array(numbers[name], pa.float64(), from_pandas=True) for name in names}


def python_values(array: Arrow) -> list[Any]:
    """Return what sqlite3 stores: text, int, float, bytes or None; instants as ISO text in UTC."""
    if pa.types.is_timestamp(array.type):
        return python_values(array.cast(pa.timestamp("us")).cast(pa.string()))
    if pa.types.is_date(array.type):
        return python_values(array.cast(pa.string()))
    if pa.types.is_string(array.type) or not array.null_count:
        return array.to_numpy(zero_copy_only=False).tolist()  # type: ignore[no-any-return]
    return array.to_pylist()


def selected(table: Table, field: Field) -> ColumnElement[Any]:
    """Return the column as the driver gives it, without a conversion for each value."""
    column = table.c[field.name]
    return type_coerce(column, Text) if field.kind in {"instant", "date"} else column


def selected_geometry(table: Table, dialect: str) -> ColumnElement[Any]:
    """Return the geometry as WKB."""
    column = table.c.geometry
    if dialect == "postgresql":
        return func.ST_AsBinary(column, type_=LargeBinary).label("geometry")
    return type_coerce(column, LargeBinary).label("geometry")


def to_frame(layer: Layer, fields: Sequence[Field], rows: Sequence[Sequence[Any]]) -> Frame:
    """Make a frame of rows whose values are `fields` in order, then the geometry as WKB."""
    columns = _transposed(rows, len(fields) + (layer.geometry is not None))
    data = {field.name: _column(field, next(columns)).array for field in fields}
    if layer.geometry is None:
        return pd.DataFrame(data)
    shapes = np.atleast_1d(shapely.from_wkb(np.array(next(columns), dtype=object)))
    placed = data | {"geometry": gpd.array.from_shapely(shapes, crs=LONLAT)}
    return gpd.GeoDataFrame(placed, geometry="geometry")


def _transposed(rows: Sequence[Sequence[Any]], width: int) -> Iterator[Sequence[Any]]:
    if not rows:
        return iter([()] * width)
    return iter(zip(*rows, strict=True))


def _column(field: Field, values: Sequence[Any]) -> "pd.Series[Any]":
    """Return what was checked on its way in; a small answer has more columns than rows."""
    if not values:
        return absent(field, 0)
    if field.kind == "text":
        return pd.Series(pd.array(list(values), dtype=DTYPES["text"]))
    if field.kind == "instant" and any(isinstance(value, str) for value in values):
        stamps = pa.array(values, pa.string()).cast(pa.timestamp("us"))
        return pd.Series(stamps.cast(_ARROW["instant"]).to_pandas())
    return cast(field, values)
