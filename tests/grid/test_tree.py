import time

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import InputError, NotFoundError
from gis_grid.grid.levels import FIVE_LEVEL
from gis_grid.grid.tree import GridTree
from tests.grid.forests import forests


def graph_of(codes, parents):
    graph = nx.DiGraph([(up, code) for code, up in zip(codes, parents, strict=True) if up])
    graph.add_nodes_from(codes)
    return graph


@given(forests())
def test_agrees_with_networkx(forest):
    codes, parents, levels, scheme = forest
    tree = GridTree.build(codes, parents, levels, scheme=scheme)
    graph = graph_of(codes, parents)
    for code, parent, level in zip(codes, parents, levels, strict=True):
        assert tree.parent(code) == parent
        assert tree.level(code) == level
        assert tree.children(code) == tuple(sorted(graph.successors(code)))
        assert set(tree.descendants(code)) == nx.descendants(graph, code)
        assert len(tree.descendants(code)) == len(nx.descendants(graph, code))
        assert set(tree.chain(code)) == nx.ancestors(graph, code) | {code}
    assert tree.roots == tuple(sorted(code for code in codes if not list(graph.predecessors(code))))


@given(forests())
def test_chain_climbs_from_parent_to_parent(forest):
    *columns, scheme = forest
    tree = GridTree.build(*columns, scheme=scheme)
    for code in columns[0]:
        chain = tree.chain(code)
        assert chain[0] == code
        assert [tree.parent(each) for each in chain] == [*chain[1:], None]


@given(forests())
def test_tour_visits_each_grid_once_and_each_subtree_in_one_piece(forest):
    *columns, scheme = forest
    tree = GridTree.build(*columns, scheme=scheme)
    assert sorted(tree.tour) == list(range(len(tree)))
    assert (tree.tour[tree.ranks] == np.arange(len(tree))).all()
    for code in columns[0]:
        inside = tree.codes[tree.tour[tree.subtree(code)]]
        assert inside[0] == code
        assert set(inside) == {code, *tree.descendants(code)}


@given(forests(), st.data())
def test_sums_are_those_over_the_descendants(forest, data):
    codes, parents, levels, scheme = forest
    values = data.draw(
        st.lists(st.integers(-(10**12), 10**12), min_size=len(codes), max_size=len(codes))
    )
    tree = GridTree.build(codes, parents, levels, scheme=scheme)
    graph = graph_of(codes, parents)
    value = dict(zip(codes, values, strict=True))
    expected = [sum(value[each] for each in nx.descendants(graph, code) | {code}) for code in codes]
    assert tree.sums(np.array(values, np.int64)).tolist() == expected
    assert tree.sums(np.array(values, np.float64)).tolist() == pytest.approx(expected, abs=1)


@given(forests(), st.sampled_from(FIVE_LEVEL.keys))
def test_ancestor_at_a_level_is_the_one_in_the_chain(forest, level):
    *columns, scheme = forest
    tree = GridTree.build(*columns, scheme=scheme)
    for code, place in zip(columns[0], tree.ancestors_at(level), strict=True):
        expected = [each for each in tree.chain(code) if tree.level(each) == level]
        assert ([] if place < 0 else [tree.codes[place]]) == expected


@given(forests(), st.randoms(use_true_random=False))
def test_does_not_depend_on_the_order_of_rows(forest, shuffle):
    *columns, scheme = forest
    rows = list(zip(*columns, strict=True))
    shuffle.shuffle(rows)
    tree = GridTree.build(*columns, scheme=scheme)
    shuffled = [[row[column] for row in rows] for column in range(3)]
    other = GridTree.build(*shuffled, scheme=scheme)
    assert list(tree.codes[tree.tour]) == list(other.codes[other.tour])


def test_missing_values_count_nothing_in_a_sum():
    tree = GridTree.build(["a", "b", "c"], [None, "a", "a"], ["city", "district", "district"])
    assert tree.sums([1.5, float("nan"), 2]).tolist() == [3.5, 0, 2]
    assert tree.sums([True, True, False]).tolist() == [2, 1, 0]


def test_sums_refuses_another_length():
    with pytest.raises(InputError, match=r"\(2,\) values do not fit 0 grids"):
        GridTree.build([], [], []).sums([1, 2])


def test_refuses_rows_and_names_the_first_five():
    codes = [f"g{row}" for row in range(8)]
    with pytest.raises(InputError, match=r"^row 1: parent 'x1'.*row 5: parent 'x5'.*and 2 more$"):
        GridTree.build(codes, [None, *(f"x{row}" for row in range(1, 8))], ["city"] * 8)


@pytest.mark.parametrize(
    "ask",
    ["position", "level", "parent", "chain", "children", "descendants", "subtree"],
)
def test_an_unknown_code_is_not_found(ask):
    tree = GridTree.build(["a"], [None], ["city"])
    with pytest.raises(NotFoundError, match="no grid has code 'b'"):
        getattr(tree, ask)("b")


def test_a_city_of_23_000_grids_is_built_in_well_under_a_second():
    codes, parents, levels = ["c"], [None], ["city"]
    above = ["c"]
    for level, fan in (("district", 8), ("subdistrict", 12), ("community", 12), ("subarea", 19)):
        below = [f"{parent}-{number}" for parent in above for number in range(fan)]
        codes += below
        parents += [parent for parent in above for _ in range(fan)]
        levels += [level] * len(below)
        above = below
    started = time.process_time()
    tree = GridTree.build(codes, parents, levels)
    total = tree.sums(np.ones(len(codes), np.int64))[0]
    assert total == len(codes) == 1 + 8 + 96 + 1152 + 21888
    assert time.process_time() - started < 3
