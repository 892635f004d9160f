"""Grids of a proposal keep the codes that most people have already."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_grid.plan.balance import Wish, balance
from gis_grid.plan.blocks import blocks_of
from gis_grid.plan.heirs import fresh_codes, with_heirs
from gis_grid.plan.state import PlanState
from tests.plan.drawn import plan
from tests.plan.voronoi import cells

QUICK = Wish(tries=10, within=False)


def balanced(state, count, seed=0):
    rng = np.random.default_rng(seed)
    return balance(state, state.core.weights[: state.used, 0], count, rng=rng, wish=QUICK)


def moved(state, assignment):
    alive = state.alive()
    return float(state.core.weights[alive, 0][state.core.grid[alive] != assignment[alive]].sum())


def test_grids_that_stay_where_they_are_keep_their_numbers():
    state = plan("aabb aabb ccdd ccdd", weight=np.ones(16))
    found = with_heirs(state, balanced(state, 4), state.core.weights[: state.used, 0])
    assert moved(state, found.assignment) <= 8
    assert sorted(found.grids.tolist()) == [0, 1, 2, 3]


@given(
    seed=st.integers(0, 999), before=st.integers(1, 6), count=st.integers(1, 9), lock=st.booleans()
)
@settings(max_examples=25, deadline=None)
def test_the_ground_is_the_same_and_no_more_people_move(seed, before, count, lock):
    rng = np.random.default_rng(seed)
    made = blocks_of(cells(40, rng), weights={"households": rng.integers(1, 50, 40)})
    state = PlanState(made, rng.integers(0, before, 40), [f"g{n}" for n in range(before)])
    if lock and before > 1 and count > 1:
        state.locks.add(("grid", (0,)))
    found = balanced(state, count, seed) if count <= 9 else None
    people = state.core.weights[: state.used, 0]
    named = with_heirs(state, found, people)

    def ground(one):
        return {frozenset(np.flatnonzero(one.assignment == g).tolist()) for g in one.grids}

    assert ground(named) == ground(found)
    assert len(set(named.grids.tolist())) == len(found.grids)
    fresh = [int(g) for g in named.grids if g >= state.grids]
    assert fresh == [*range(state.grids, state.grids + len(fresh))] or sorted(fresh) == [
        *range(state.grids, state.grids + len(fresh))
    ]
    if state.locks:
        assert (named.assignment == 0).tolist() == (state.assignment == 0).tolist()
    codes = fresh_codes(state, named.assignment, fresh)
    assert len(set(codes.values())) == len(fresh)
    assert not set(codes.values()) & set(state.codes)


def test_new_codes_follow_those_of_the_community():
    state = plan("ab", community="ww")
    named = PlanState(state.blocks, [0, 1], ["w001", "w003"])
    assert fresh_codes(named, np.array([2, 3]), [2, 3]) == {2: "w002", 3: "w004"}
    bare = plan("ab")
    assert fresh_codes(bare, np.array([2, 1]), [2]) == {2: "new-1"}
    assert fresh_codes(bare, np.array([0, 1]), [0, 1]) == {}
