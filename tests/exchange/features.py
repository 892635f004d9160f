"""Random rows of any layer, for the properties of files in and out."""

from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from gis_grid.storage.frames import conform
from gis_grid.values.layers import LAYERS, Field, Layer

LETTERS = st.characters(
    codec="utf-8",
    exclude_categories=("Cs", "Cc", "Zl", "Zp"),
    exclude_characters="\ufeff\ufffe\uffff",
)
WORDS = st.text(LETTERS, min_size=1, max_size=12).map(str.strip).filter(bool)
TRAPS = st.sampled_from(
    [
        "=1+1",
        "007",
        "1e5",
        "null",
        "NaN",
        "无",
        "2015-01-05",
        'a"b',
        "a,b",
        "a;b",
        "井盖 №3",
        "𠮷",
        "-",
        "True",
    ]
)
TEXTS = WORDS | TRAPS
DEGREES_LON = st.floats(118.0, 119.0, allow_nan=False)
DEGREES_LAT = st.floats(31.5, 32.5, allow_nan=False)


FIRST, LAST = datetime(1990, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 - UTC below
PLAIN = {
    "text": TEXTS,
    "flag": st.booleans(),
    "instant": st.datetimes(FIRST, LAST, timezones=st.just(UTC)),
    "date": st.dates(FIRST.date(), LAST.date()),
}


def values(field: Field) -> SearchStrategy[object]:
    """Return values that a field may have, without None."""
    if field.choices:
        return st.sampled_from(field.choices)
    if field.kind == "integer":
        return st.integers(int(field.low or 0), int(field.high or 10**9))
    if field.kind == "real":
        high = field.high or 1e6
        return st.floats(field.low, high, allow_nan=False, allow_infinity=False)
    return PLAIN[field.kind]


@st.composite
def places(draw: DrawFn, layer: Layer) -> shapely.Geometry:
    lon, lat = draw(DEGREES_LON), draw(DEGREES_LAT)
    match layer.geometry:
        case "POINT":
            return shapely.Point(lon, lat)
        case "MULTILINESTRING":
            return shapely.MultiLineString([[(lon, lat), (lon + 0.01, lat + 0.02)]])
        case _:
            hole = shapely.box(lon + 0.004, lat + 0.004, lon + 0.006, lat + 0.006)
            square = shapely.box(lon, lat, lon + 0.01, lat + 0.01).difference(hole)
            return shapely.MultiPolygon([square, shapely.box(lon + 1, lat, lon + 1.1, lat + 0.1)])


def _row(layer: Layer) -> SearchStrategy[dict[str, object]]:
    columns = {}
    for field in layer.fields:
        if field.name == "code":
            continue
        if field.derived:
            columns[field.name] = st.just(0 if field.name == "cell" else None)
        elif field.required:
            columns[field.name] = values(field)
        else:
            columns[field.name] = st.none() | values(field)
    return st.fixed_dictionaries(columns)


@st.composite
def frames(draw: DrawFn, name: str) -> gpd.GeoDataFrame | pd.DataFrame:
    """Return up to four rows of a layer as the database would give them."""
    layer = LAYERS[name]
    codes = draw(st.lists(WORDS, unique=True, max_size=4))
    rows = [{"code": code, **draw(_row(layer))} for code in codes]
    table = pd.DataFrame(rows, columns=pd.Index(layer.field_names), dtype=object)
    if layer.geometry is None:
        return conform(layer, table)
    shapes = np.empty(len(codes), dtype=object)
    shapes[:] = [draw(places(layer)) for _ in codes]
    return conform(layer, gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326"))
