"""Rows of a layer as GeoJSON text (RFC 7946), without personal data."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from fastapi import Response

from gis_grid.router.cells import to_words
from gis_grid.values.layers import Field, Layer

MEDIA_TYPE = "application/geo+json"
DECIMALS = 7
"""Decimals of a degree: about 1 cm."""


class GeoJsonResponse(Response):
    """An answer that is GeoJSON text already."""

    media_type = MEDIA_TYPE


def features(frame: pd.DataFrame, layer: Layer) -> list[str]:
    """Write each row as a GeoJSON Feature.

    Faster than building dictionaries: GEOS writes the geometry, and text is joined to text.

    Parameters
    ----------
    frame
        Rows of `layer` as the stores give them, EPSG:4326.
    layer
        Says which fields there are; private ones are left out.

    Returns
    -------
    list of str, length n
        Coordinates have 7 decimals. Missing values and geometry are null, an H3 cell is its
        hexadecimal word, an instant is in UTC with a Z. No rows give an empty list.
    """
    shown = [field for field in layer.fields if not field.private]
    names = [field.name for field in shown]
    columns = [_values(frame[field.name], field) for field in shown]
    shapes = _shapes(frame)
    return [
        f'{{"type":"Feature","id":{_text(row[0])},"geometry":{shape or "null"},'
        f'"properties":{_text(dict(zip(names, row, strict=True)))}}}'
        for shape, *row in zip(shapes, *columns, strict=True)
    ]


def collection(
    written: Sequence[str], *, links: Sequence[Mapping[str, str]], **members: str | int | None
) -> str:
    """Return a FeatureCollection of features that `features` wrote.

    Examples
    --------
    >>> collection([], links=[], generation=3)
    '{"type":"FeatureCollection","numberReturned":0,"generation":3,"links":[],"features":[]}'
    """
    head = {"type": "FeatureCollection", "numberReturned": len(written), **members}
    opening = _text({**head, "links": list(links)})[:-1]
    return f'{opening},"features":[{",".join(written)}]}}'


def _shapes(frame: pd.DataFrame) -> list[str | None]:
    if not isinstance(frame, gpd.GeoDataFrame):
        return [None] * len(frame)
    shapes = frame.geometry.to_numpy()
    rounded = shapely.transform(shapes, lambda degrees: np.round(degrees, DECIMALS))
    return list(shapely.to_geojson(rounded))


def _values(column: "pd.Series[Any]", field: Field) -> list[Any]:
    if field.name == "cell":
        cells = to_words(column.fillna(0).to_numpy(dtype=np.int64))
        return [word or None for word in cells]
    missing = column.isna().to_numpy()
    if missing.all():
        return [None] * len(column)
    if field.kind == "instant":
        column = column.dt.tz_convert(UTC).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    elif field.kind == "date":
        column = column.dt.strftime("%Y-%m-%d")
    elif field.kind == "real":
        missing = missing | ~np.isfinite(column.to_numpy(np.float64, na_value=np.nan))
    values = column.to_numpy(dtype=object, copy=True)
    values[missing] = None
    return list(values.tolist())


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
