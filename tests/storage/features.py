"""Features to store: anything that a layer allows, and an oracle of what comes back."""

from datetime import UTC, date, datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Point, Polygon, box

from gis_grid.storage.frames import conform
from gis_grid.values.layers import GRIDS, LAYERS

LONS, LATS = st.floats(-180, 180), st.floats(-90, 90)
TEXTS = st.one_of(
    st.sampled_from(
        ["", " ", "NULL", "\\N", '"', "'; --", "a,b\nc", "人民路\t1号", "🏠", "é", "\\."]
    ),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6),
)
HOLED = Polygon(box(0, 0, 9, 9).exterior, [box(1, 1, 2, 2).exterior])
AREAS = [
    MultiPolygon([box(-180, -90, 180, 90)]),
    MultiPolygon([HOLED]),
    MultiPolygon([box(0, 0, 1, 1), box(1, 1, 2, 2)]),
    MultiPolygon([box(118.1, 32.1, 118.1 + 1e-9, 32.1 + 1e-9)]),
]
LINES = [
    MultiLineString([[(0, 0), (1, 1)]]),
    MultiLineString([[(0, 0), (1, 1), (0, 0)], [(179.9, 89.9), (-180, -90)]]),
]


@st.composite
def boxes(draw):
    """Draw a box on a grid of a millionth of a degree."""
    west, east = sorted(draw(st.lists(st.integers(0, 50), min_size=2, max_size=2, unique=True)))
    south, north = sorted(draw(st.lists(st.integers(0, 50), min_size=2, max_size=2, unique=True)))
    return MultiPolygon([box(west / 10, south / 10, east / 10, north / 10)])


SHAPES = {
    "POINT": st.none() | st.builds(Point, LONS, LATS),
    "MULTILINESTRING": st.sampled_from(LINES)
    | st.builds(lambda a, b: MultiLineString([LineString([a, b])]), *[st.tuples(LONS, LATS)] * 2),
    "MULTIPOLYGON": st.sampled_from(AREAS) | boxes(),
}


def values(field):
    """Draw what a field allows, missing included."""
    if field.choices:
        known = st.sampled_from(field.choices)
    else:
        known = {
            "text": TEXTS,
            "integer": st.integers(
                -(2**63) if field.low is None else int(field.low),
                2**63 - 1 if field.high is None else int(field.high),
            ),
            "real": st.floats(field.low, field.high, allow_nan=False, allow_infinity=False),
            "flag": st.booleans(),
            "instant": st.datetimes(timezones=st.just(UTC)),
            "date": st.dates(),
        }[field.kind]
    return known if field.required else st.none() | known


@st.composite
def frames(draw, layer, max_size=4):
    """Draw a frame of a layer."""
    codes = draw(st.lists(TEXTS.filter(bool), unique=True, max_size=max_size))
    columns = {
        field.name: pd.Series([draw(values(field)) for _ in codes], dtype=object)
        for field in layer.fields
    }
    columns["code"] = pd.Series(codes, dtype=object)
    if layer.geometry is None:
        return pd.DataFrame(columns)
    shapes = np.array([draw(SHAPES[layer.geometry]) for _ in codes], dtype=object)
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


def expected(layer, frame):
    """Return what a reader should get for `frame`."""
    frame = conform(layer, frame)
    return frame.iloc[sorted(range(len(frame)), key=frame["code"].tolist().__getitem__)]


def assert_same(found, wanted):
    """Compare every column, its type, and every coordinate."""
    assert list(found.columns) == list(wanted.columns)
    columns = [name for name in wanted.columns if name != "geometry"]
    pd.testing.assert_frame_equal(
        pd.DataFrame(found[columns]).reset_index(drop=True),
        pd.DataFrame(wanted[columns]).reset_index(drop=True),
        check_exact=True,
    )
    if "geometry" in wanted.columns:
        assert found.crs == wanted.crs
        assert shapely.to_wkb(found.geometry.to_numpy()).tolist() == (
            shapely.to_wkb(wanted.geometry.to_numpy()).tolist()
        )


def points(layer, lonlats, **columns):
    """Make features of a layer of points, with codes from p0 on."""
    return _features(layer, "p", [Point(*lonlat) for lonlat in lonlats], columns)


def areas(layer, shapes, **columns):
    """Make features of a layer of polygons, with codes from a0 on."""
    return _features(layer, "a", shapes, columns)


def _features(layer, letter, shapes, columns):
    required = {
        field.name: field.choices[0] if field.choices else _SAMPLES[field.kind]
        for field in LAYERS[layer].fields
        if field.required
    }
    codes = [f"{letter}{number}" for number in range(len(shapes))]
    table = pd.DataFrame({**required, "code": codes, **columns}, index=range(len(shapes)))
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326")


_SAMPLES = {
    "text": "some",
    "integer": 1,
    "real": 1.0,
    "instant": datetime(2026, 1, 1, tzinfo=UTC),
    "date": date(2026, 1, 1),
}
STORED_LAYERS = [layer for layer in LAYERS.values() if layer != GRIDS]
