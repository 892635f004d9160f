import geopandas as gpd
import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import CrsError, InputError
from gis_grid.grid.lineage import lineage_by_weight, lineage_of
from tests.grid.lattices import CRS, SIDE_M, drawn, grids_of, labels, squares

SQUARE_M2 = SIDE_M**2


def counted(old, new):
    """Count the squares that each old label has in common with each new one."""
    both = (old >= 0) & (new >= 0)
    pairs, counts = np.unique(np.stack([old[both], new[both]]), axis=1, return_counts=True)
    return {(str(a), str(b)): int(n) for (a, b), n in zip(pairs.T, counts, strict=True)}


@given(labels(), labels())
def test_areas_are_those_of_the_squares_in_common(old, new):
    rows = lineage_of(grids_of(old), grids_of(new))
    assert {(row.old_code, row.new_code): row.amount for row in rows} == pytest.approx(
        {pair: count * SQUARE_M2 for pair, count in counted(old, new).items()}
    )
    for row in rows:
        assert row.share == pytest.approx(row.amount / SQUARE_M2 / (old == int(row.old_code)).sum())
        assert row.share_of_new == pytest.approx(
            row.amount / SQUARE_M2 / (new == int(row.new_code)).sum()
        )


@given(labels(), st.tuples(st.integers(0, 3), st.integers(0, 4)), st.integers(-1, 3))
def test_one_square_that_changes_hands_is_seen_and_nothing_else(old, place, owner):
    new = old.copy()
    new[place] = owner
    rows = lineage_of(grids_of(old), grids_of(new))
    assert {(row.old_code, row.new_code): row.amount for row in rows} == pytest.approx(
        {pair: count * SQUARE_M2 for pair, count in counted(old, new).items()}
    )


@given(labels(), labels())
def test_kinds_follow_from_which_squares_are_whose(old, new):
    for row in lineage_of(grids_of(old), grids_of(new)):
        mine, yours = old == int(row.old_code), new == int(row.new_code)
        in_new, in_old = not (mine & ~yours).any(), not (yours & ~mine).any()
        same = "kept" if row.old_code == row.new_code else "renamed"
        kinds = {(True, True): same, (True, False): "merged", (False, True): "split"}
        assert row.kind == kinds.get((in_new, in_old), "moved")


@given(labels(), labels(), st.data())
def test_households_are_those_of_the_points_in_common(old, new, data):
    homes = data.draw(
        st.lists(st.integers(0, 50), min_size=old.size, max_size=old.size).map(np.array)
    )
    points = gpd.GeoSeries(shapely.centroid(squares(old.shape).ravel()), crs=CRS)
    rows = lineage_by_weight(grids_of(old), grids_of(new), points, homes)
    homes = homes.reshape(old.shape)
    expected = {
        pair: homes[(old == int(pair[0])) & (new == int(pair[1]))].sum()
        for pair in counted(old, new)
    }
    expected = {pair: count for pair, count in expected.items() if count}
    assert {(row.old_code, row.new_code): row.amount for row in rows} == expected
    for row in rows:
        assert row.share == pytest.approx(row.amount / homes[old == int(row.old_code)].sum())
        assert row.share_of_new == pytest.approx(row.amount / homes[new == int(row.new_code)].sum())


@given(labels())
def test_nothing_changed_means_all_is_kept(label):
    grids = grids_of(label)
    rows = lineage_of(grids, grids)
    assert [(row.old_code, row.kind) for row in rows] == [(code, "kept") for code in grids.code]


@given(labels(), labels())
def test_the_other_way_round_swaps_the_shares(old, new):
    there = lineage_of(grids_of(old), grids_of(new))
    back = lineage_of(grids_of(new), grids_of(old))
    assert {(row.old_code, row.new_code): row.share for row in there} == pytest.approx(
        {(row.new_code, row.old_code): row.share_of_new for row in back}
    )


OLD = drawn("""
    0011
    0011
    2233
""")
NEW = drawn("""
    0444
    0001
    5552
""")


def test_tells_the_story_of_a_drawn_map():
    new = grids_of(NEW).replace({"code": {"5": "2", "2": "3"}})
    rows = lineage_of(grids_of(OLD), new)
    assert [(row.old_code, row.new_code, row.share, row.kind) for row in rows] == [
        ("0", "0", 0.75, "moved"),
        ("0", "4", 0.25, "moved"),
        ("1", "0", 0.25, "moved"),
        ("1", "1", 0.25, "split"),
        ("1", "4", 0.5, "moved"),
        ("2", "2", 1.0, "merged"),
        ("3", "2", 0.5, "moved"),
        ("3", "3", 0.5, "split"),
    ]


def test_a_new_name_for_the_same_ground_is_renamed():
    rows = lineage_of(grids_of(OLD), grids_of(OLD, prefix="2100"))
    assert {row.kind for row in rows} == {"renamed"}
    assert [row.new_code for row in rows] == ["21000", "21001", "21002", "21003"]


def test_entrances_that_share_a_footprint_are_kept_apart():
    foot = shapely.box(0, 0, 10, 10)
    old = gpd.GeoDataFrame({"code": ["e1", "e2", "e3"]}, geometry=[foot] * 3, crs=CRS)
    new = gpd.GeoDataFrame({"code": ["e1", "e2", "e4"]}, geometry=[foot] * 3, crs=CRS)
    rows = [(row.old_code, row.new_code, row.kind) for row in lineage_of(old, new)]
    assert rows == [("e1", "e1", "kept"), ("e2", "e2", "kept"), ("e3", "e4", "renamed")]


def test_a_border_redrawn_by_a_hair_is_kept():
    old = grids_of(OLD)
    new = old.set_geometry(old.geometry.affine_transform([1, 0, 0, 1, 0.004, 0]))
    assert [row.kind for row in lineage_of(old, new)] == ["kept"] * 4
    assert "moved" in {row.kind for row in lineage_of(old, new, tolerance=0, sliver_m2=0)}


def test_only_grids_of_one_level_are_compared():
    grids = grids_of(OLD)
    both = gpd.GeoDataFrame(
        {"code": [*grids.code, "all"], "level": ["subarea"] * 4 + ["community"]},
        geometry=[*grids.geometry, grids.union_all()],
        crs=CRS,
    )
    assert len(lineage_of(both, both)) == 5
    points = gpd.GeoSeries([shapely.Point(5, 5)], crs=CRS)
    assert [row.old_code for row in lineage_by_weight(both, both, points, [3])] == ["2", "all"]


def test_a_point_on_a_border_counts_once():
    points = gpd.GeoSeries([shapely.Point(20, 20)], crs=CRS)  # in the corner of four grids
    rows = lineage_by_weight(grids_of(OLD), grids_of(NEW), points, [8])
    assert [(row.old_code, row.new_code, row.amount) for row in rows] == [("0", "0", 8.0)]


def test_missing_shapes_points_and_weights_count_nothing():
    grids = grids_of(OLD)
    grids.geometry = [None, shapely.Polygon(), *grids.geometry[2:]]
    assert [row.old_code for row in lineage_of(grids, grids_of(OLD))] == ["2", "3"]
    points = gpd.GeoSeries([None, shapely.Point(), shapely.Point(5, 5), shapely.Point(35, 5)])
    rows = lineage_by_weight(grids, grids_of(OLD), points.set_crs(CRS), [1, 1, np.nan, 4])
    assert [(row.old_code, row.amount, row.share) for row in rows] == [("3", 4.0, 1.0)]


def test_no_grids_have_no_lineage():
    none = grids_of(OLD)[:0]
    points = gpd.GeoSeries([shapely.Point(5, 5)], crs=CRS)
    assert lineage_of(none, none) == lineage_of(grids_of(OLD), none) == ()
    assert lineage_by_weight(none, grids_of(OLD), points, [1]) == ()
    assert lineage_by_weight(grids_of(OLD), none, points, [1]) == ()


def test_refuses_what_cannot_be_compared():
    grids = grids_of(OLD)
    with pytest.raises(CrsError, match="new grids is in EPSG:4326"):
        lineage_of(grids, grids.to_crs(4326))
    with pytest.raises(CrsError):
        lineage_of(grids, grids.to_crs(4550))
    with pytest.raises(InputError, match="old grids have no column 'code'"):
        lineage_of(grids.drop(columns="code"), grids)
    with pytest.raises(InputError, match="new grids have code '0' more than once"):
        lineage_of(grids, grids.assign(code="0"))


def test_a_polygon_that_crosses_itself_is_measured_by_its_parts():
    bow = gpd.GeoDataFrame(
        {"code": ["0"]}, geometry=[shapely.Polygon([(0, 0), (20, 20), (20, 0), (0, 20)])], crs=CRS
    )
    (row,) = lineage_of(bow, bow)
    assert (row.amount, row.share, row.kind) == (200, 1, "kept")


@pytest.mark.parametrize("weights", [[1, 2], [-1], []])
def test_refuses_weights_that_do_not_fit(weights):
    points = gpd.GeoSeries([shapely.Point(5, 5)], crs=CRS)
    with pytest.raises(InputError, match="weights must be 1 numbers of zero or more"):
        lineage_by_weight(grids_of(OLD), grids_of(NEW), points, weights)
