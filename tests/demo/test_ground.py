"""From the plan to houses and ways, on the ground of the small city."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.demo.buildings import carve
from gis_grid.demo.coding import digits, make_codes, numbered, running
from gis_grid.demo.ground import CENTRE_LONLAT, make_projection, make_warp
from gis_grid.demo.hierarchy import dissolve, number_in_parent, renumber
from gis_grid.demo.kinds import DWELLINGS, HOUSING, Kind, Use
from gis_grid.demo.lines import along, components, ordinal, right_of
from gis_grid.demo.names import person_names, words
from gis_grid.demo.plan import _draw_outline
from gis_grid.demo.tables import chosen, layer_columns, multi
from gis_grid.demo.uses import scatter
from gis_grid.grid.codes import FiveLevelCode


@given(st.integers(0, 200))
def test_the_outline_is_where_reach_is_one(seed):
    outline = _draw_outline(1760, np.random.default_rng(seed))
    edge = shapely.get_coordinates(outline.polygon().exterior)
    assert outline.reach(edge) == pytest.approx(np.ones(len(edge)))
    assert outline.polygon().is_valid
    assert outline.reach(np.array([[0.0, 1e-9]]))[0] < 1e-9


def test_main_streets_reach_both_banks_over_bridges(site):
    lines = site.ground.lines
    mid = shapely.line_interpolate_point(lines.geom, 0.5, normalized=True)
    over = shapely.intersects(site.ground.water, mid) & (lines.kind <= Kind.LOCAL)
    assert over.any()
    assert (lines.kind[over] == Kind.ARTERIAL).all()


def test_the_warp_never_folds(site):
    """Oracle: every block keeps its orientation, so no two places fall on one."""
    warp = make_warp(1760, np.random.default_rng(3))
    u, v = np.meshgrid(np.linspace(-1900, 1900, 60), np.linspace(-1900, 1900, 60))
    xy = warp(np.c_[u.ravel(), v.ravel()]).reshape(60, 60, 2)
    across, up = np.diff(xy, axis=1)[:-1], np.diff(xy, axis=0)[:, :-1]
    area = across[..., 0] * up[..., 1] - across[..., 1] * up[..., 0]
    assert (area > 0).all()
    assert shapely.is_valid(site.ground.blocks).all()


def test_the_centre_is_where_it_should_be():
    assert make_projection()(np.zeros((1, 2)))[0] == pytest.approx(CENTRE_LONLAT, abs=1e-5)


def test_fields_and_villages_lie_outside(site):
    ground = site.ground
    reach = {use: ground.reach[ground.use == use].mean() for use in (Use.FIELD, Use.OLD, Use.SLAB)}
    assert reach[Use.FIELD] > 0.8 > reach[Use.SLAB] > reach[Use.OLD]


def test_walls_enclose_housing_only(site):
    assert (np.isin(site.ground.use, HOUSING) == (site.ground.compound >= 0)).all()


def test_regions_nest(site):
    h = site.hierarchy
    for label, parent, above in (
        (h.subdistrict, h.subdistrict_parent, h.district),
        (h.community, h.community_parent, h.subdistrict),
        (h.grid, h.grid_community, h.community),
    ):
        assert (parent[label] == above).all()
    inside = h.compound >= 0
    assert (h.compound_parent[h.compound[inside]] == h.community[inside]).all()
    assert (h.grid_compound[h.grid] == h.compound).all()


@given(st.lists(st.integers(0, 5), min_size=1, max_size=40))
def test_numbers_count_from_one_in_each_parent(parents):
    found = number_in_parent(np.sort(np.array(parents)))
    expected = [k + 1 for p in sorted(set(parents)) for k in range(parents.count(p))]
    assert found.tolist() == expected


def test_numbering_goes_from_the_north_and_then_from_the_west():
    at = np.array([[0.0, 0.0], [900.0, 0.0], [0.0, 900.0], [900.0, 900.0]])
    label, above = renumber(np.arange(4), np.array([0, 0, 0, 0]), at)
    assert label.tolist() == [2, 3, 0, 1]
    assert above.tolist() == [0, 0, 0, 0]


@given(st.lists(st.integers(0, 4), min_size=9, max_size=9))
def test_dissolving_keeps_the_area(labels):
    board = np.array([shapely.box(x, y, x + 1, y + 1) for x in range(3) for y in range(3)])
    label = np.unique(labels, return_inverse=True)[1]
    found = dissolve(board, label)
    assert shapely.area(found).tolist() == np.bincount(label).tolist()


def test_codes_lead_to_the_codes_above(site):
    codes, h = make_codes(site.hierarchy), site.hierarchy
    for number in range(0, len(codes.grid), 17):
        code = FiveLevelCode.parse(codes.grid[number])
        assert code.level == "subarea"
        assert code.community == codes.community[h.grid_community[number]]
        if h.grid_compound[number] >= 0:
            assert str(code.parent) == codes.compound[h.grid_compound[number]]
        assert codes.unit[number].startswith(code.community)


@given(st.lists(st.sampled_from("abc"), max_size=20))
def test_running_numbers_tell_equal_prefixes_apart(prefixes):
    text = np.array(prefixes, object)
    assert len(set(numbered(text, 2).tolist())) == len(prefixes)
    assert sorted(running(text).tolist()) == sorted(
        k + 1 for p in set(prefixes) for k in range(prefixes.count(p))
    )


def test_wide_numbers_are_not_cut():
    assert digits(np.array([5, 12345]), 3).tolist() == ["005", "12345"]


@given(st.lists(st.integers(0, 6), max_size=30))
def test_unrolled_counts(counts):
    row, k = ordinal(np.array(counts, int))
    assert list(zip(row.tolist(), k.tolist(), strict=True)) == [
        (r, j) for r, count in enumerate(counts) for j in range(count)
    ]


def test_right_is_clockwise():
    line = np.array([shapely.LineString([(0, 0), (10, 0)])])
    point, way = along(line, np.array([4.0]))
    assert point.tolist() == [[4.0, 0.0]]
    assert right_of(way)[0] == pytest.approx([0.0, -1.0])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=15))
def test_components_are_those_of_networkx(pairs):
    graph = nx.Graph(pairs)
    graph.add_nodes_from(range(10))
    label = components(10, np.array(pairs, int).reshape(-1, 2))
    for part in nx.connected_components(graph):
        assert len({int(label[node]) for node in part}) == 1
    assert len(set(label.tolist())) == nx.number_connected_components(graph)


@given(st.integers(0, 99), st.floats(20, 400))
def test_scattered_points_are_candidates_and_not_too_many(seed, spacing):
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, 1000, (300, 2))
    ok = rng.random(300) < 0.5
    found = scatter(at, spacing, ok, rng)
    assert ok[found].all()
    assert len(set(found.tolist())) == len(found) <= (1000 / spacing + 1) ** 2
    assert len(scatter(at, spacing, np.zeros(300, bool), rng)) == 0


def test_carving_takes_the_strips(site):
    square = np.array([shapely.box(0, 0, 100, 100)])
    west = np.array([shapely.LineString([(0, 0), (0, 100)])])
    room = carve(square, np.array([0]), west, np.array([30.0]))
    assert shapely.area(room)[0] == pytest.approx(7000)


def test_houses_have_believable_measures(site):
    houses = site.houses
    homes = houses[houses["use"].isin(DWELLINGS)]
    assert homes["floors"].between(1, 18).all()
    assert (homes["length_m"] / homes["units"]).between(9, 16).all()
    assert (houses.loc[~houses["use"].isin(DWELLINGS), "households"] == 0).all()
    assert (houses["elderly"] <= houses["persons"]).all()
    assert 2.0 < houses["persons"].sum() / houses["households"].sum() < 2.7


def test_every_door_can_be_walked_to(site):
    walk = site.walk
    assert (walk.door >= 0).all()
    far = np.linalg.norm(walk.xy[walk.door] - site.house_xy, axis=1)
    assert np.median(far) < 15
    beeline = np.linalg.norm(walk.xy[walk.edges.a] - walk.xy[walk.edges.b], axis=1)
    assert (walk.edges.length_m >= 0.97 * beeline - 0.1).all()


def test_a_wall_is_walked_through_at_gates_only(site):
    """Oracle: cut the walk network at gates, and no home behind a wall with lanes is reached."""
    walk, ground = site.walk, site.ground
    graph = nx.Graph(zip(walk.edges.a.tolist(), walk.edges.b.tolist(), strict=True))
    graph.remove_nodes_from(walk.gate_node.tolist())
    street = max(nx.connected_components(graph), key=len)
    compound = ground.compound[site.house_block]
    gated = np.unique(ground.compound[walk.gate_block])
    home = np.isin(compound, gated) & site.houses["use"].isin(HOUSING).to_numpy()
    outside = np.array([int(node) in street for node in walk.door])
    assert outside[home].mean() < 0.2  # some houses of such compounds open to the street


def test_names():
    rng = np.random.default_rng(1)
    assert len(set(words(600, rng).tolist())) == 600
    assert all(2 <= len(name) <= 3 for name in person_names(50, rng))


def test_a_column_that_is_no_field_is_refused():
    with pytest.raises(KeyError, match="title"):
        layer_columns("officers", {"title": []}, 0)
    empty = layer_columns("officers", {}, 2)
    assert empty.isna().all(axis=None)


def test_shapes_become_multipart():
    parts = shapely.union(shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 6))
    found = multi(np.array([shapely.box(0, 0, 1, 1), parts]), "MULTIPOLYGON")
    assert shapely.get_type_id(found).tolist() == [6, 6]
    assert shapely.get_num_geometries(found).tolist() == [1, 2]


def test_chosen():
    found = chosen(np.array(["a", "b"], object), np.array([True, False]))
    assert found.tolist() == ["a", None]
    assert pd.isna(found[1])
