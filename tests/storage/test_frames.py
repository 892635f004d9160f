"""Columns of frames: a missing one is the same whichever way it is made."""

import pandas as pd
import pytest

from gis_grid.storage.columns import to_frame
from gis_grid.storage.frames import absent, cast
from gis_grid.values.layers import LAYERS

FIELDS = {
    f"{layer.name}.{field.name}": field for layer in LAYERS.values() for field in layer.fields
}


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_column_that_is_not_there_is_one_of_missing_values(name, count):
    field = FIELDS[name]
    pd.testing.assert_series_equal(absent(field, count), cast(field, [None] * count))


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_no_rows_have_the_types_of_some(layer):
    width = len(layer.fields) + (layer.geometry is not None)
    none, some = (to_frame(layer, layer.fields, rows) for rows in ([], [[None] * width]))
    assert none.dtypes.to_dict() == some.dtypes.to_dict()
    assert len(none) == 0
