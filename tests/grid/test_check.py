import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import CrsError, InputError
from gis_grid.grid.check import check_grids
from gis_grid.grid.levels import COMMUNITY_GRID, FIVE_LEVEL
from gis_grid.grid.tree import GridTree
from tests.grid.lattices import CRS, SIDE_M, drawn, squares

EAST_M, NORTH_M = 500_000, 3_540_000
MAP = drawn("""
    00112
    00112
    33344
    33344
""")
COMMUNITY_OF = {0: "m1", 1: "m1", 2: "m2", 3: "m2", 4: "m2"}


def city(scheme=COMMUNITY_GRID):
    """Return a drawn city: five sub-areas, two communities and one of each wider level."""
    tiles = squares(MAP.shape)
    tiles = shapely.transform(tiles, lambda xy: np.add(xy, (EAST_M, NORTH_M)))
    rows = [
        (f"s{n}", COMMUNITY_OF[n], "subarea", shapely.union_all(tiles[n == MAP]))
        for n in COMMUNITY_OF
    ]
    for code in ("m1", "m2"):
        parts = [shape for _, parent, _, shape in rows if parent == code]
        rows.append((code, "t", "community", shapely.union_all(parts)))
    whole = shapely.union_all(tiles)
    for code, parent, level in (
        ("t", "d", "subdistrict"),
        ("d", "c", "district"),
        ("c", None, "city"),
    ):
        rows.append((code, parent, level, whole))
    codes, parents, levels, shapes = zip(*rows, strict=True)
    columns = {"code": codes, "parent_code": parents, "level": levels}
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=CRS).to_crs(4326)


def changed(grids, code, /, **values):
    """Return the grids with other values in the row of `code`."""
    grids = grids.copy()
    row = grids.index[grids.code == code][0]
    for column, value in values.items():
        grids[column] = [value if at == row else old for at, old in grids[column].items()]
    return grids.set_geometry("geometry")


def moved(grids, code, squares_east):
    shape = grids.to_crs(CRS).geometry[grids.code == code].translate(squares_east * SIDE_M, 0)
    return changed(grids, code, geometry=shape.to_crs(4326).iloc[0])


def problems(grids, **options):
    found = check_grids(grids, COMMUNITY_GRID, **options).problems
    return {grids.code.iloc[row]: what for row, what in found.items()}


@given(st.permutations(range(10)))
def test_a_good_city_has_nothing_wrong_in_any_order(order):
    found = check_grids(city().iloc[list(order)], COMMUNITY_GRID)
    assert (dict(found.problems), found.warnings) == ({}, ())


@given(
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["parent_code", "level", "geometry"])))
)
def test_what_is_left_after_the_problems_is_a_tree(damages):
    grids = city()
    for row, column in damages:
        grids = changed(grids, grids.code[row], **{column: None})
    found = check_grids(grids, COMMUNITY_GRID)
    left = grids.drop(index=list(found.problems))
    tree = GridTree.build(left.code, left.parent_code, left.level, scheme=COMMUNITY_GRID)
    assert len(tree) == len(left)
    assert left.geometry.notna().all()
    assert {row for row, column in damages if column != "parent_code"} <= set(found.problems)


def test_a_problem_goes_down_to_all_below():
    found = problems(changed(city(), "m2", geometry=None))
    assert found == {
        "m2": "no shape",
        **{code: f"parent 'm2' of {code!r} has a problem" for code in ("s2", "s3", "s4")},
    }


@pytest.mark.parametrize(
    ("code", "values", "message"),
    [
        ("s0", {"code": None}, "no code"),
        ("s1", {"code": "s0"}, "code 's0' is already in row 0"),
        ("s0", {"level": "compound"}, "level 'compound' is none of city, district"),
        ("s0", {"parent_code": "x"}, "parent 'x' of 's0' is not among the grids"),
        ("s0", {"parent_code": "t"}, "subarea 's0' cannot hang under subdistrict 't'"),
        ("s0", {"parent_code": "s0"}, "'s0' is, by its parents, below itself"),
        ("s0", {"geometry": None}, "no shape"),
        ("s0", {"geometry": shapely.MultiPolygon()}, "no shape"),
        ("s0", {"geometry": shapely.Point(118, 32)}, "its shape is a Point, not a polygon"),
        (
            "s0",
            {"geometry": shapely.Polygon([(118, 32), (118.1, 32.1), (118.1, 32), (118, 32.1)])},
            "its shape is not valid: Self-intersection",
        ),
        ("s0", {"geometry": shapely.box(500_000, 3e6, 500_010, 3.1e6)}, "coordinates are not degr"),
        ("s0", {"geometry": shapely.box(0, 0, 1e308, 1)}, "coordinates are not degrees"),
        ("s0", {"geometry": shapely.box(1, 1, 2, 2)}, "100% of 's0' lies outside its parent 'm1'"),
        ("s0", {"parent_code": "m2"}, "100% of 's0' lies outside its parent 'm2'"),
    ],
)
def test_says_what_is_wrong_with_a_row(code, values, message):
    grids = changed(city(), code, **values)
    row = city().code.tolist().index(code)
    found = check_grids(grids, COMMUNITY_GRID).problems
    assert list(found) == [row]
    assert message in found[row]


def test_more_than_half_outside_is_a_problem_and_less_is_a_warning():
    found = check_grids(moved(city(), "s1", 0.9), COMMUNITY_GRID)
    assert dict(found.problems) == {}
    assert found.warnings[0] == "1 grid partly outside the parent: s1 (45.0% of it)"
    assert problems(moved(city(), "s1", 1.2)) == {
        "s1": "60% of 's1' lies outside its parent 'm1'",
    }


def test_less_than_the_tolerance_is_nothing():
    grids = moved(city(), "s1", 0.08)  # 0.8 m
    (tiling,) = check_grids(grids, COMMUNITY_GRID).warnings
    assert tiling.startswith("level 'subarea' does not tile the ground")
    warning, _ = check_grids(grids, COMMUNITY_GRID, tolerance_m=0.5).warnings
    assert warning.startswith("1 grid partly outside the parent: s1 (4.0% of it)")


def test_warns_of_each_level_that_does_not_tile_the_ground():
    grids = city()
    hole = grids[grids.code != "s4"].reset_index(drop=True)
    wide = changed(grids, "m1", geometry=grids.geometry[5].union(grids.geometry[2]))
    assert check_grids(hole, COMMUNITY_GRID).warnings == ()
    (warning,) = check_grids(wide, COMMUNITY_GRID).warnings
    assert warning.startswith("level 'community' does not tile the ground: 2 polygons: 1 overlaps")


def test_measures_in_the_crs_that_it_is_given():
    assert problems(moved(city(), "s1", 1.2), epsg=4549) == problems(moved(city(), "s1", 1.2))
    with pytest.raises(CrsError):
        check_grids(city(), COMMUNITY_GRID, epsg=4326)


def test_warns_of_grids_without_parent_and_of_no_ground():
    assert check_grids(changed(city(), "d", parent_code=None), COMMUNITY_GRID).warnings == (
        "1 grid of level 'district' without parent: d",
    )
    flat = city()[city().level == "subarea"].assign(parent_code=None)
    assert check_grids(flat, COMMUNITY_GRID).warnings == (
        "5 grids of level 'subarea' without parent: s0, s1, s2, s3, s4",
    )
    (warning,) = check_grids(city()[city().level != "subarea"], FIVE_LEVEL).warnings
    assert warning == "no grid is of level 'subarea', the ground level"


def test_warns_of_codes_that_are_refused_or_repeated():
    grids = city().assign(
        area_code=["2101", "x", *[None] * 8],
        unit_code=pd.Series(["320582107234001"] * 2 + [None] * 8, dtype="str"),
    )
    refused, repeated = check_grids(grids, COMMUNITY_GRID).warnings
    assert refused.startswith("1 grid whose area_code is refused: area code 'x' must have 2 or 4")
    assert repeated == "1 grid whose unit_code another grid has: 320582107234001"


def test_unit_codes_that_differ_are_fine():
    codes = pd.Series([*[f"32058210723400{n}" for n in range(1, 6)], *[None] * 5], dtype="str")
    assert check_grids(city().assign(unit_code=codes), COMMUNITY_GRID).warnings == ()


def test_names_five_and_counts_the_rest():
    flat = pd.concat([city()[:5], city()[:5].assign(code=list("abcde"))]).assign(parent_code=None)
    warning, _ = check_grids(flat, COMMUNITY_GRID).warnings
    assert warning == ("10 grids of level 'subarea' without parent: s0, s1, s2, s3, s4 and 5 more")


def test_no_grids_have_no_problem():
    found = check_grids(city()[:0], COMMUNITY_GRID)
    assert dict(found.problems) == {}
    assert found.warnings == ("no grid is of level 'subarea', the ground level",)


def test_buildings_and_entrances_are_checked_too():
    grids = city()
    footprint = grids.geometry[0].centroid.buffer(1e-5)
    premises = gpd.GeoDataFrame(
        {"code": ["b", "e"], "parent_code": ["s0", "b"], "level": ["building", "entrance"]},
        geometry=[footprint, footprint],
        crs=4326,
    )
    whole = pd.concat([grids, premises], ignore_index=True)
    assert check_grids(whole, FIVE_LEVEL).problems == {}
    astray = whole.assign(parent_code=whole.parent_code.replace("s0", "s4"))
    assert list(check_grids(astray, FIVE_LEVEL).problems) == [10, 11]


def test_refuses_metres_and_missing_columns():
    with pytest.raises(CrsError, match="grids is in EPSG:4549"):
        check_grids(city().to_crs(CRS), COMMUNITY_GRID)
    with pytest.raises(InputError, match="grids have no column 'parent_code'"):
        check_grids(city().drop(columns="parent_code"), COMMUNITY_GRID)


@pytest.mark.shared
def test_finds_the_neighbourhood_of_boston_that_touches_itself(shared):
    hoods = gpd.read_file(shared / "boston" / "neighborhoods.geojson").to_crs(4326)
    hoods = hoods.assign(code=hoods["Name"], parent_code=None, level="subarea")
    found = check_grids(hoods, FIVE_LEVEL)
    (row,) = found.problems
    assert not hoods.geometry.is_valid[row]
    assert found.problems[row].startswith("its shape is not valid: Ring Self-intersection")
    assert found.warnings[0].startswith("25 grids of level 'subarea' without parent")


def test_does_not_change_what_it_is_given():
    grids = city()
    before = grids.copy()
    check_grids(grids, COMMUNITY_GRID)
    pd.testing.assert_frame_equal(pd.DataFrame(grids), pd.DataFrame(before))
    assert np.array_equal(grids.geometry.to_wkb(), before.geometry.to_wkb())
