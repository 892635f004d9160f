import json

import numpy as np
import pandas as pd
import pytest
import shapely

from api.geojson import collection, features
from gis_grid.values.layers import LAYERS
from tests import drawn


def written(name, row, shape):
    frame = drawn.layer(name, [row], [shape]) if LAYERS[name].geometry else drawn.layer(name, [row])
    return json.loads(features(frame, LAYERS[name])[0])


@pytest.mark.parametrize("missing", [None, np.nan])
@pytest.mark.parametrize("field", ["name", "height_m", "pixels_x", "azimuth_quality"])
def test_missing_is_null(missing, field):
    row = {"code": "k", field: missing, "cell": 0}
    properties = written("cameras", row, shapely.Point(1, 2))["properties"]
    assert properties[field] is None
    assert properties["cell"] is None


@pytest.mark.parametrize("number", [np.inf, -np.inf])
def test_infinity_is_null(number):
    row = {"code": "k", "height_m": number, "cell": 0}
    assert written("cameras", row, shapely.Point(1, 2))["properties"]["height_m"] is None


def test_no_place_is_null():
    assert written("cameras", {"code": "k", "cell": 0}, None)["geometry"] is None
    officer = {"code": "o", "area_code": "A", "name": "某人"}
    assert written("officers", officer, None)["geometry"] is None


def test_instants_and_days():
    when = pd.Timestamp("2026-01-01T08:00:00", tz="Asia/Shanghai")
    row = {"code": "i", "state": "closed", "reported_at": when, "cell": 0}
    assert written("incidents", row, None)["properties"]["reported_at"] == "2026-01-01T00:00:00Z"
    row = {"code": "f", "category": "0101", "surveyed_on": pd.Timestamp("2026-02-03"), "cell": 0}
    assert written("facilities", row, None)["properties"]["surveyed_on"] == "2026-02-03"


def test_degrees_have_seven_decimals():
    shape = written("cameras", {"code": "k", "cell": 0}, shapely.Point(1.23456789012, 2))
    assert shape["geometry"]["coordinates"] == [1.2345679, 2.0]


def test_no_rows():
    assert features(drawn.layer("cameras", [], []), LAYERS["cameras"]) == []
    assert json.loads(collection([], links=[]))["features"] == []
