"""Tables in the shape that every layer of gis_grid has: the layer's fields, then the geometry."""

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis_grid.demo.kinds import Geoms
from gis_grid.values.layers import LAYERS, Field

_EMPTY: Mapping[str, tuple[Any, Any]] = {
    "text": (pd.StringDtype("pyarrow", na_value=np.nan), np.nan),
    "integer": (pd.Int64Dtype(), pd.NA),
    "real": (np.dtype("float64"), np.nan),
    "flag": (pd.BooleanDtype(), pd.NA),
    "instant": (pd.DatetimeTZDtype("us", "UTC"), pd.NaT),
    "date": (np.dtype("datetime64[s]"), pd.NaT),
}
"""Type of a column and what is missing in it; the same as what comes out of a database."""

Columns = dict[str, Any]


def layer_frame(layer: str, geometry: Geoms, columns: Columns) -> gpd.GeoDataFrame:
    """Return a layer in EPSG:4326; fields that are not given are empty.

    Raises
    ------
    KeyError
        A column is no field of the layer.
    """
    return gpd.GeoDataFrame(
        layer_columns(layer, columns, len(geometry)), geometry=geometry, crs="EPSG:4326"
    )


def layer_columns(layer: str, columns: Columns, count: int) -> pd.DataFrame:
    """Return the fields of a layer in order; fields that are not given are empty."""
    fields = LAYERS[layer].fields
    unknown = set(columns) - {field.name for field in fields}
    if unknown:
        raise KeyError(*sorted(unknown))
    index = pd.RangeIndex(count)
    filled = {field.name: _column(field, columns.get(field.name), index) for field in fields}
    return pd.DataFrame(filled, index=index)


def _column(field: Field, given: Any, index: pd.RangeIndex) -> "pd.Series[Any]":  # noqa: ANN401
    """Type a column; `cell` is a plain 0 until it is known."""
    if field.name == "cell":
        return pd.Series(0, index=index, dtype="int64")
    kind, empty = _EMPTY[field.kind]
    column: pd.Series[Any] = pd.Series(empty if given is None else given, index=index, dtype=kind)
    return column


def multi(geoms: Geoms, kind: str) -> Geoms:
    """Wrap each geometry as a MULTIPOLYGON or MULTILINESTRING."""
    parts, index = shapely.get_parts(geoms, return_index=True)
    wrap = shapely.multipolygons if kind == "MULTIPOLYGON" else shapely.multilinestrings
    return np.asarray(wrap(parts, indices=index), object)


def chosen(values: NDArray[Any], mask: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Return `values` where `mask` is true and None elsewhere."""
    found = np.full(len(values), None, object)
    found[mask] = values[mask]
    return found
