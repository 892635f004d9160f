import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.maps.drawing import Drawing, MapLayer, Names

BOX = gpd.GeoSeries([shapely.box(0, 0, 1, 1)] * 8, crs="EPSG:4326")
STYLE = ({"fill": "#000000"},)


def drawing(*layers, names=()):
    return Drawing(bounds=(0, 0, 1, 1), layers=layers, names=names)


def read(column):
    return [
        column["words"][row] if "words" in column and row is not None else row
        for row in column["rows"]
    ]


@given(st.lists(st.none() | st.text(max_size=5) | st.integers(-9, 9), min_size=8, max_size=8))
def test_facts_arrive_as_they_are(values):
    wanted = values
    if any(isinstance(value, str) for value in values):
        wanted = [value if isinstance(value, str) else None for value in values]
    layer = MapLayer(key="x", title="x", kind="area", styles=STYLE, shapes=BOX, facts={"a": wanted})
    text = drawing(layer).to_json()
    assert "<" not in text
    assert read(json.loads(text)["layers"][0]["columns"][0]) == wanted


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
def test_missing_facts_are_null(missing):
    facts = {"a": [missing] * 7 + [2.0]}
    layer = MapLayer(key="x", title="x", kind="area", styles=STYLE, shapes=BOX, facts=facts)
    rows = json.loads(drawing(layer).to_json())["layers"][0]["columns"][0]["rows"]
    assert rows == [None] * 7 + [2]


def test_words_that_repeat_are_written_once():
    facts = {"a": ["灯杆"] * 8}
    layer = MapLayer(key="x", title="x", kind="area", styles=STYLE, shapes=BOX, facts=facts)
    assert drawing(layer).to_json().count("灯杆") == 1


def test_names_of_nothing_are_left_out():
    names = Names(
        texts=["甲", "", "丙"],
        shapes=gpd.GeoSeries([shapely.box(0, 0, 1, 1), shapely.box(0, 0, 1, 1), shapely.Polygon()]),
        size=12,
        colour="#000000",
        halo="#FFFFFF",
        font="serif",
    )
    (group,) = json.loads(drawing(names=(names,)).to_json())["names"]
    assert [item["text"] for item in group["items"]] == ["甲"]
    assert group["items"][0]["at"] == [0, 0]
