from hypothesis import given
from hypothesis import strategies as st

from gis_grid.accounts.areas import EVERYWHERE, NOWHERE, Area, Territory
from gis_grid.accounts.principals import Grant
from gis_grid.accounts.roles import Role
from gis_grid.grid.generations import Lineage
from gis_grid.grid.tree import GridTree
from tests.grid.forests import forests

CODES = st.sampled_from([*"abcdefg"])
AREAS = st.none() | st.frozensets(CODES)


@given(AREAS, AREAS, CODES | st.none())
def test_an_area_is_a_set_that_may_be_everything(left, right, code):
    a, b = Area(left), Area(right)
    assert (code in (a | b)) == (code in a or code in b)
    assert (code in (a & b)) == (code in a and code in b)
    assert (a <= b) == (b.codes is None or (a.codes is not None and a.codes <= b.codes))
    assert (a | NOWHERE, a & EVERYWHERE) == (a, a)
    assert a.is_everywhere == (None in a)
    assert a.is_nowhere == (left == frozenset())


def flat(*codes):
    return GridTree.build(
        ["top", *codes], [None, *["top"] * len(codes)], ["city", *["subarea"] * len(codes)]
    )


def went(old, new, share=1.0, of_new=1.0, kind="moved"):
    return Lineage(old_code=old, new_code=new, share=share, share_of_new=of_new, kind=kind)


def on(code, generation=1):
    return Grant(Role.VIEWER, code, generation=generation)


@given(forests(), st.data())
def test_a_grant_holds_for_everything_below_it(forest, data):
    codes, parents, levels, _ = forest
    tree = GridTree.build(codes, parents, levels)
    land = Territory.of(tree, 1, {})
    chosen = data.draw(st.frozensets(st.sampled_from([*codes]), max_size=3)) if codes else set()
    area = land.area([on(code) for code in chosen])
    assert area.codes == {code for code in codes if set(tree.chain(code)) & chosen}


def test_a_code_that_stays_keeps_its_grant_when_its_border_moves():
    rows = [went("a", "a", 0.8, 0.9), went("a", "b", 0.2, 0.3), went("b", "b", 1.0, 0.7)]
    land = Territory.of(flat("a", "b"), 2, {2: rows})
    assert land.held([on("a")]) == {"a"}
    assert land.held([on("b")]) == {"b"}


def test_a_code_that_means_other_ground_now_is_not_held():
    rows = [went("a", "b", kind="renamed"), went("x", "a", kind="renamed")]
    land = Territory.of(flat("a", "b"), 2, {2: rows})
    assert land.held([on("a", 1)]) == {"b"}
    assert land.held([on("a", 2)]) == {"a"}
    assert land.held([on("x", 1)]) == {"a"}


def test_more_than_half_of_a_new_grid_must_have_been_held():
    merged = [went("a", "m", 1.0, 0.6, "merged"), went("b", "m", 1.0, 0.4, "merged")]
    land = Territory.of(flat("m"), 2, {2: merged})
    assert land.held([on("a")]) == {"m"}
    assert land.held([on("b")]) == frozenset()
    assert land.held([on("a"), on("b")]) == {"m"}
    assert land.stranded([on("a"), on("b")]) == (on("b"),)
    even = [went("a", "m", 1.0, 0.5, "merged"), went("b", "m", 1.0, 0.5, "merged")]
    land = Territory.of(flat("m"), 2, {2: even})
    assert land.held([on("a")]) == frozenset()
    assert land.held([on("a"), on("b")]) == {"m"}


def test_a_grant_is_followed_through_many_generations_and_back():
    split = [went("a", "a1", 0.5, kind="split"), went("a", "a2", 0.5, kind="split")]
    back = [went("a1", "a", 1.0, 0.5, "merged"), went("a2", "a", 1.0, 0.5, "merged")]
    land = Territory.of(flat("a"), 3, {3: back, 2: split})
    assert land.held([on("a", 1)]) == {"a"}
    assert land.held([on("a1", 2)]) == frozenset()
    assert land.held([on("a1", 2), on("a2", 2)]) == {"a"}


def test_the_past_lies_where_most_of_its_ground_went():
    split = [went("a", "a1", 0.7, kind="split"), went("a", "a2", 0.3, kind="split")]
    again = [went("a1", "z", 1.0, kind="renamed")]
    land = Territory.of(flat("a2", "z"), 3, {2: split, 3: again})
    assert land.below(["z"]).codes == {"a", "a1", "z"}
    assert land.below(["a2"]).codes == {"a2"}
    assert land.area([on("a", 1)]).codes == {"a", "a1", "a2", "z"}


def test_a_whole_city_grant_is_everywhere_and_nothing_is_nowhere():
    land = Territory.of(flat("a"), 1, {})
    assert land.area([Grant(Role.LEADER), on("a")]) == EVERYWHERE
    assert land.area([]) == land.area([on("gone")]) == NOWHERE
    empty = Territory.of(GridTree.build([], [], []), 0, {})
    assert empty.area([on("a")]) == NOWHERE
    assert empty.area([Grant(Role.ADMINISTRATOR)]) == EVERYWHERE


ROWS = st.builds(
    went,
    CODES,
    CODES,
    st.floats(0.01, 1),
    st.floats(0.01, 1),
    st.sampled_from(["moved", "split", "merged", "renamed"]),
)
HISTORY = st.dictionaries(st.integers(2, 4), st.lists(ROWS, max_size=6), max_size=3)


@given(HISTORY, st.frozensets(CODES, max_size=5), st.frozensets(CODES, max_size=4))
def test_every_old_grid_has_at_most_one_heir_and_areas_grow_with_grants(history, now, held):
    land = Territory.of(flat(*sorted(now)), 4, history)
    for old, heir in land.heirs.items():
        assert old not in now
        assert heir in now
    each = [land.area([on(code)]) for code in held]
    together = land.area([on(code) for code in held])
    assert all(one <= together for one in each)
    areas = [land.below([code]).codes for code in sorted(now)]
    assert sum(map(len, areas)) == len(frozenset().union(*areas))
