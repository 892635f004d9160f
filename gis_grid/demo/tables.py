"""Tables in the shape that every layer of gis_grid has: the layer's fields, then the geometry."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis_grid.demo.kinds import Geoms
from gis_grid.values.layers import LAYERS, Field

_EMPTY = {
    "text": ("str", None),
    "integer": ("Int64", pd.NA),
    "real": ("float64", np.nan),
    "flag": ("boolean", pd.NA),
    "instant": ("datetime64[us, UTC]", pd.NaT),
    "date": ("object", None),
}

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
    """Type a column; integers without a gap are plain int64, and `cell` is 0 until it is known."""
    kind, empty = _EMPTY[field.kind]
    if given is None:
        if field.name == "cell":
            return pd.Series(0, index=index, dtype="int64")
        return pd.Series(empty, index=index, dtype=kind)
    values = given.to_numpy() if isinstance(given, pd.Series) and field.kind != "instant" else given
    if field.kind == "integer" and isinstance(values, np.ndarray) and values.dtype.kind == "i":
        kind = "int64"
    if field.kind == "flag":
        kind = "bool"
    return pd.Series(values, index=index, dtype=kind)


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
