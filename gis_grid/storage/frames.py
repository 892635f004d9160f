"""What a layer looks like in memory: the columns, their types, and what is refused."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis_grid.errors import GeometryError, InputError, NotFoundError
from gis_grid.geo.crs import LONLAT, require_lonlat
from gis_grid.values.layers import LAYERS, Field, Kind, Layer

Frame = pd.DataFrame
"""A GeoDataFrame in EPSG:4326, or a DataFrame when the layer has no geometry."""

DTYPES: Mapping[Kind, Any] = MappingProxyType(
    {
        "text": pd.StringDtype("pyarrow", na_value=np.nan),
        "integer": pd.Int64Dtype(),
        "real": np.dtype("float64"),
        "flag": pd.BooleanDtype(),
        "instant": pd.DatetimeTZDtype("us", "UTC"),
        "date": np.dtype("datetime64[s]"),
    }
)
"""Type of a column in every frame that comes out of the database; `cell` is plain int64."""

_LARGEST = 2**63
_LAST_YEAR = 9999
_MULTI: Mapping[str, tuple[shapely.GeometryType, Any]] = MappingProxyType(
    {
        "MULTIPOLYGON": (shapely.GeometryType.POLYGON, shapely.multipolygons),
        "MULTILINESTRING": (shapely.GeometryType.LINESTRING, shapely.multilinestrings),
    }
)


def layer_of(layer: str | Layer) -> Layer:
    """Return the layer that is meant.

    Raises
    ------
    NotFoundError
        No layer has this name.
    """
    if isinstance(layer, Layer):
        return layer
    if layer not in LAYERS:
        msg = f"there is no layer {layer!r}; choose one of {', '.join(LAYERS)}"
        raise NotFoundError(msg)
    return LAYERS[layer]


def conform(layer: Layer, frame: Frame) -> Frame:
    """Return `frame` with exactly the columns of `layer` and their types, or refuse it.

    Parameters
    ----------
    layer
        What the frame should be.
    frame
        In EPSG:4326 or 4490, any index. Columns may be in any order; one that is not there is
        missing in every row. Single polygons and lines become multipart; heights are dropped.

    Returns
    -------
    GeoDataFrame in EPSG:4326, or DataFrame; on a new index from 0
        The fields in order, then ``geometry``. Missing text is NaN, a missing `cell` is 0. No
        rows give no rows.

    Raises
    ------
    InputError
        A column is unknown, or a value is missing, of the wrong type or not allowed; the message
        names layer, column and value.
    GeometryError
        A geometry is of the wrong type, empty, invalid or off the globe; only points may be
        missing.
    CrsError
        The frame is not in lon, lat.

    Examples
    --------
    >>> gates = gpd.GeoDataFrame(
    ...     {"code": ["g1", "g2"]}, geometry=[shapely.Point(123, 41), None], crs="EPSG:4326"
    ... )
    >>> conform(LAYERS["gates"], gates)[["code", "name", "cell"]].to_dict("list")
    {'code': ['g1', 'g2'], 'name': [nan, nan], 'cell': [0, 0]}
    """
    unknown = [str(name) for name in frame.columns if name not in {*layer.field_names, "geometry"}]
    if unknown:
        msg = f"{layer.name} has no column {', '.join(map(repr, unknown))}; leave it out"
        raise InputError(msg)
    plain = pd.DataFrame(frame)  # a GeoDataFrame takes ten times as long to give a column
    columns = {field.name: _typed(layer, field, plain) for field in layer.fields}
    for field in layer.fields:
        if field.required or field.name in plain:
            _require_allowed(layer, field, columns[field.name])
    _require_codes(layer, columns["code"])
    if layer.geometry is None:
        return pd.DataFrame(columns)
    return gpd.GeoDataFrame(columns, geometry=_shapes(layer, frame, columns["code"]), crs=LONLAT)


def cast(field: Field, values: Iterable[Any]) -> "pd.Series[Any]":
    """Return `values` as a column of the type of `field`; a missing `cell` becomes 0.

    Raises
    ------
    TypeError, ValueError
        They cannot be that without loss.
    """
    series = values if isinstance(values, pd.Series) else pd.Series(values, dtype=object)
    series = series.reset_index(drop=True).rename(field.name)
    match field.kind:
        case "integer":
            whole = _whole(series)
            return whole.fillna(0).astype("int64") if field.name == "cell" else whole
        case "instant":
            return _instants(series)
        case "date":
            return _days(series)
        case "text":
            return _text(series)
        case "flag":
            return series.astype(DTYPES["flag"])
        case "real":
            return pd.to_numeric(series).astype("float64")


def absent(field: Field, count: int) -> "pd.Series[Any]":
    """Return what `cast` makes of `count` missing values, without a look at each."""
    if field.name == "cell":
        return pd.Series(np.zeros(count, np.int64), name=field.name)
    return pd.Series(_MISSING[field.kind], range(count), DTYPES[field.kind], field.name)


_MISSING: Mapping[Kind, Any] = MappingProxyType(
    {
        "text": float("nan"),
        "integer": pd.NA,
        "real": float("nan"),
        "flag": pd.NA,
        "instant": pd.NaT,
        "date": pd.NaT,
    }
)


def _typed(layer: Layer, field: Field, frame: pd.DataFrame) -> "pd.Series[Any]":
    if field.name not in frame.columns:
        return absent(field, len(frame))
    try:
        return cast(field, frame[field.name])
    except (TypeError, ValueError, OverflowError) as error:
        msg = f"{layer.name}: column {field.name!r} is not {_KINDS[field.kind]} ({error})"
        raise InputError(msg) from error


_KINDS = MappingProxyType(
    {
        "text": "text",
        "integer": "whole numbers",
        "real": "numbers",
        "flag": "true or false",
        "instant": "instants with a time zone",
        "date": "days",
    }
)


def _text(series: "pd.Series[Any]") -> "pd.Series[Any]":
    if series.dtype == object and pd.api.types.infer_dtype(series, skipna=True) not in {
        *("string", "empty"),
    }:
        wrong = next(v for v in series if not isinstance(v, str) and not pd.isna(v))
        msg = f"{wrong!r} is not text"
        raise TypeError(msg)
    if series.dtype != object and not isinstance(series.dtype, pd.StringDtype):
        if series.notna().any():
            msg = f"they are {series.dtype}"
            raise TypeError(msg)
        series = series.astype(object)
    text = series.astype(DTYPES["text"])
    if text.str.contains("\0", regex=False).any():
        msg = "a text has a NUL character"
        raise ValueError(msg)
    return text


def _whole(series: "pd.Series[Any]") -> "pd.Series[Any]":
    if series.dtype == object:  # never by way of floats: a cell has more than 53 bits
        whole = pd.array(series.to_numpy(), dtype=DTYPES["integer"])
        return pd.Series(whole, index=series.index, name=series.name)
    if pd.api.types.is_float_dtype(series.dtype):
        known = series.dropna()
        wrong = known[(known != np.floor(known)) | (known.abs() >= _LARGEST)]
        if len(wrong):
            msg = f"{wrong.iloc[0]} is not whole, or too large"
            raise ValueError(msg)
    return series.astype(DTYPES["integer"])


def _instants(series: "pd.Series[Any]") -> "pd.Series[Any]":
    known = series.dropna()
    if len(known) and not isinstance(series.dtype, pd.DatetimeTZDtype):
        naive = [value for value in known if getattr(value, "tzinfo", None) is None]
        if naive:
            msg = f"{naive[0]!r} has no time zone"
            raise ValueError(msg)
    stamps = pd.to_datetime(series, utc=True).dt.as_unit("us")
    if not stamps.dropna().dt.year.between(1, _LAST_YEAR).all():
        msg = "a year has more than four digits"
        raise ValueError(msg)
    return stamps


def _days(series: "pd.Series[Any]") -> "pd.Series[Any]":
    if series.dtype == object:
        wrong = [v for v in series.dropna() if not isinstance(v, date | str | np.datetime64)]
        if wrong:
            msg = f"{wrong[0]!r} is no day"
            raise TypeError(msg)
        plain = [
            None if missing else day for day, missing in zip(series, series.isna(), strict=True)
        ]
        series = pd.Series(np.array(plain, dtype=DTYPES["date"]), name=series.name)
    days = series.astype(DTYPES["date"])
    if (days.dropna() != days.dropna().dt.normalize()).any():
        msg = "a day has a time"
        raise ValueError(msg)
    return days


def _require_allowed(layer: Layer, field: Field, values: "pd.Series[Any]") -> None:
    missing = values.isna()
    if field.required and missing.any():
        msg = f"{layer.name}: row {int(missing.argmax())} has no {field.name}"
        raise InputError(msg)
    if field.kind == "real":
        _refuse(layer, values[np.isinf(values)], f"{field.name} must be finite")
    if field.low is not None:
        _refuse(layer, values[(values < field.low).fillna(False)], f"{field.name} < {field.low}")  # noqa: FBT003
    if field.high is not None:
        _refuse(layer, values[(values > field.high).fillna(False)], f"{field.name} > {field.high}")  # noqa: FBT003
    if field.choices:
        wrong = values[~values.isin([*field.choices]) & ~missing]
        _refuse(layer, wrong, f"{field.name} is none of {', '.join(field.choices)}")


def _refuse(layer: Layer, wrong: "pd.Series[Any]", why: str) -> None:
    if len(wrong):
        msg = f"{layer.name}: row {wrong.index[0]} is refused, {why}: {wrong.tolist()[0]!r}"
        raise InputError(msg)


def _require_codes(layer: Layer, codes: "pd.Series[Any]") -> None:
    _refuse(layer, codes[codes == ""], "code is empty")
    _refuse(layer, codes[codes.duplicated()], "code occurs twice")


def _shapes(layer: Layer, frame: Frame, codes: "pd.Series[Any]") -> NDArray[np.object_]:
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name != "geometry":
        msg = f"{layer.name} needs a geometry column"
        raise GeometryError(msg)
    if len(frame) or frame.crs is not None:
        require_lonlat(frame, layer.name)
    shapes = _multipart(layer, shapely.force_2d(frame.geometry.to_numpy()))
    missing = shapely.is_missing(shapes)
    if layer.geometry != "POINT":
        _refuse_shapes(layer, codes[missing], "has no geometry")
    _refuse_shapes(layer, codes[shapely.is_empty(shapes)], "has an empty geometry")
    right = shapely.GeometryType[layer.geometry or ""].value
    kinds = shapely.get_type_id(shapes)
    _refuse_shapes(layer, codes[~missing & (kinds != right)], f"is not a {layer.geometry}")
    _refuse_shapes(layer, codes[~missing & ~_is_on_earth(shapes)], "lies off the globe")
    if layer.geometry == "MULTIPOLYGON":
        _refuse_shapes(layer, codes[~shapely.is_valid(shapes)], "has an invalid outline")
    return shapes


def _multipart(layer: Layer, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    if layer.geometry is None or layer.geometry not in _MULTI:
        return shapes
    single_kind, join = _MULTI[layer.geometry]
    single = shapely.get_type_id(shapes) == single_kind.value
    shapes = shapes.copy()
    shapes[single] = join(shapes[single], indices=np.arange(single.sum()))
    return shapes


def _is_on_earth(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Say which shapes have only finite coordinates in range; True for a missing one."""
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    wrong = ~(np.abs(coordinates) <= [180.0, 90.0]).all(axis=1)
    on_earth = np.ones(len(shapes), bool)
    on_earth[owner[wrong]] = False
    return on_earth


def _refuse_shapes(layer: Layer, codes: "pd.Series[Any]", why: str) -> None:
    if len(codes):
        msg = f"{layer.name}: {codes.iloc[0]!r} {why}"
        raise GeometryError(msg)
