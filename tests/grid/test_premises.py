import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import InputError
from gis_grid.grid.kinship import Kinship
from gis_grid.grid.levels import FIVE_LEVEL
from gis_grid.grid.premises import (
    entrances_without_building,
    grids_of_buildings,
    grids_of_entrances,
)
from gis_grid.values.layers import GRIDS

CRS = "EPSG:4326"


def buildings(count=3):
    return gpd.GeoDataFrame(
        {
            "code": pd.Series([f"b{n}" for n in range(count)], dtype="str"),
            "name": [f"{n}号楼" for n in range(count)],
            "parent_code": ["s1"] * count,
            "floors": 6,
            "households": pd.Series([12 * n for n in range(count)], dtype="Int64"),
            "source": ["survey"] * count,
        },
        geometry=[shapely.box(n, 0, n + 0.5, 1) for n in range(count)],
        crs=CRS,
    ).set_axis(range(10, 10 + count))


def entrances(homes):
    return gpd.GeoDataFrame(
        {
            "code": pd.Series([f"e{n}" for n in range(len(homes))], dtype="str"),
            "building_code": pd.Series(homes, dtype="str"),
            "households": pd.Series(list(range(len(homes))), dtype="Int64"),
        },
        geometry=[shapely.Point(n, 0) for n in range(len(homes))],
        crs=CRS,
    )


def test_a_building_is_a_grid_with_its_own_shape_and_counts():
    given_ = buildings()
    grids = grids_of_buildings(given_)
    assert tuple(grids.columns) == (*GRIDS.field_names, "geometry")
    assert grids.crs == given_.crs
    assert grids.level.unique().tolist() == ["building"]
    for column in ("code", "name", "parent_code", "households", "source"):
        assert grids[column].tolist() == given_[column].tolist()
    assert grids.geometry.tolist() == given_.geometry.tolist()
    assert grids[["area_code", "area_code_year", "unit_code", "grade"]].isna().all(axis=None)


@given(st.lists(st.sampled_from(["b0", "b1", "b2"])))
def test_an_entrance_has_the_shape_of_its_building(homes):
    grids = grids_of_entrances(entrances(homes), buildings())
    shapes = dict(zip(buildings().code, buildings().geometry, strict=True))
    assert grids.parent_code.tolist() == homes
    assert grids.geometry.tolist() == [shapes[home] for home in homes]
    assert grids.households.tolist() == list(range(len(homes)))
    assert set(grids.level) <= {"entrance"}


def test_both_hang_in_the_five_level_tree():
    doors = grids_of_entrances(entrances(["b0", "b2", "b2"]), buildings())
    grids = pd.concat([grids_of_buildings(buildings()), doors])
    kin = Kinship.of(["s1", *grids.code], [None, *grids.parent_code], ["subarea", *grids.level])
    assert kin.problems(FIVE_LEVEL) == {}


@given(st.lists(st.none() | st.sampled_from(["b0", "b2", "x", ""])))
def test_tells_entrances_without_building(homes):
    lost = entrances_without_building(entrances(homes), buildings())
    assert lost.tolist() == [home not in {"b0", "b1", "b2"} for home in homes]


def test_refuses_entrances_without_building_and_names_the_first_five():
    homes = ["b0", "x", *["y"] * 6]
    message = r"^7 entrances have no building: row 1: 'e1' of 'x'; .*row 5: 'e5' of 'y'$"
    with pytest.raises(InputError, match=message):
        grids_of_entrances(entrances(homes), buildings())


def test_no_rows():
    assert tuple(grids_of_buildings(buildings(0)).columns) == (*GRIDS.field_names, "geometry")
    assert grids_of_entrances(entrances([]), buildings(0)).empty


def test_refuses_layers_that_lack_a_column_or_repeat_a_code():
    with pytest.raises(InputError, match="buildings have no column 'code'"):
        grids_of_buildings(buildings().drop(columns="code"))
    with pytest.raises(InputError, match="entrances have no column 'building_code'"):
        grids_of_entrances(entrances([]).drop(columns="building_code"), buildings())
    with pytest.raises(InputError, match="buildings have code 'b0' more than once"):
        grids_of_entrances(entrances([]), pd.concat([buildings(1), buildings(1)]))
