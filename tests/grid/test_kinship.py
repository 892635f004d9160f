import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import InputError
from gis_grid.grid.kinship import Kinship
from gis_grid.grid.levels import COMMUNITY_GRID, FIVE_LEVEL
from tests.grid.forests import forests


@given(forests())
def test_finds_nothing_wrong_with_a_forest(forest):
    *columns, scheme = forest
    assert Kinship.of(*columns).problems(scheme) == {}
    assert Kinship.of(*columns).problems() == {}


@given(st.lists(st.none() | st.sampled_from("abcdef"), min_size=6, max_size=6))
def test_a_cycle_is_what_networkx_calls_one(parents):
    codes = list("abcdef")
    graph = nx.DiGraph([(code, up) for code, up in zip(codes, parents, strict=True) if up])
    graph.add_nodes_from(codes)
    in_cycle = {code for cycle in nx.simple_cycles(graph) for code in cycle}
    doomed = {row for row, code in enumerate(codes) if nx.descendants(graph, code) & in_cycle}
    doomed |= {row for row, code in enumerate(codes) if code in in_cycle}
    problems = Kinship.of(codes, parents, ["city"] * 6).problems()
    assert {row for row, what in problems.items() if "below a cycle" in what} == doomed


@given(forests(), st.data())
def test_names_the_row_that_was_broken(forest, data):
    codes, parents, levels, scheme = forest
    if not codes:
        return
    row = data.draw(st.integers(0, len(codes) - 1))
    columns = {"codes": codes, "parents": parents, "levels": levels}
    column, value = data.draw(
        st.sampled_from([("parents", "nobody"), ("levels", "planet"), ("codes", None)])
    )
    broken = columns | {column: [*columns[column][:row], value, *columns[column][row + 1 :]]}
    assert row in Kinship.of(**broken).problems(scheme)


@pytest.mark.parametrize(
    ("rows", "scheme", "row", "message"),
    [
        ([("", None, "city")], None, 0, "no code"),
        ([("a", None, "city"), ("a", None, "city")], None, 1, "code 'a' is already in row 0"),
        ([("a", None, "planet")], None, 0, "level 'planet' is none of city, district"),
        ([("a", None, "compound")], COMMUNITY_GRID, 0, "level 'compound' is none of city"),
        ([("a", "b", "district")], None, 0, "parent 'b' of 'a' is not among the grids"),
        ([("a", "a", "district")], None, 0, "'a' is, by its parents, below itself"),
        (
            [("a", None, "city"), ("b", "a", "subarea")],
            FIVE_LEVEL,
            1,
            "subarea 'b' cannot hang under city 'a'",
        ),
        (
            [("a", None, "district"), ("b", "a", "city")],
            None,
            1,
            "city 'b' cannot hang under district 'a'",
        ),
    ],
)
def test_says_what_is_wrong(rows, scheme, row, message):
    codes, parents, levels = zip(*rows, strict=True)
    problems = Kinship.of(codes, parents, levels).problems(scheme)
    assert list(problems) == [row]
    assert problems[row].startswith(message)


def test_a_subarea_may_hang_under_a_community_or_a_compound():
    codes, levels = ["c", "m", "s", "t"], ["community", "compound", "subarea", "subarea"]
    assert Kinship.of(codes, [None, "c", "m", "c"], levels).problems(FIVE_LEVEL) == {}


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, ""])
def test_any_missing_parent_is_none(missing):
    kin = Kinship.of(["a"], [missing], ["city"])
    assert kin.above.tolist() == [-1]
    assert kin.problems() == {}


def test_takes_series_and_arrays():
    codes, parents = pd.Series(["a", "b"]), pd.Series([None, "a"], dtype="str")
    kin = Kinship.of(codes, parents, np.array(["city", "district"], object))
    assert kin.above.tolist() == [-1, 0]


def test_columns_must_have_one_length():
    with pytest.raises(InputError, match="2 codes, 1 parents and 2 levels differ"):
        Kinship.of(["a", "b"], [None], ["city", "city"])
