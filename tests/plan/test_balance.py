"""Balanced plans keep every promise, whatever the blocks are."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_grid.errors import ConflictError, InputError
from gis_grid.plan import edits
from gis_grid.plan.balance import Wish, balance, proposals, rebalance
from gis_grid.plan.blocks import blocks_of
from gis_grid.plan.log import Draft
from gis_grid.plan.proposal import with_water
from gis_grid.plan.state import PlanState
from tests.plan import oracle
from tests.plan.drawn import WHO, blocks, plan
from tests.plan.voronoi import cells

QUICK = Wish(tries=60)


def bare(made):
    return PlanState(made, np.full(len(made), -1), [])


def taken(state, proposal):
    """Return the state after a proposal was taken."""
    draft = Draft(state.copy())
    fresh = {int(g): f"g{g}" for g in proposal.grids if g >= state.grids}
    draft.do(proposal.edit(state, fresh), **WHO)
    return draft.state


@pytest.fixture(scope="module")
def street():
    shapes = cells(1_500, np.random.default_rng(5))
    work = np.random.default_rng(6).lognormal(0, 0.8, len(shapes))
    return blocks_of(shapes, weights={"work": work, "households": np.ceil(3 * work)})


def test_a_street_is_even_whole_and_round(street):
    state = bare(street)
    found = balance(state, street.column("work"), 30, rng=np.random.default_rng(1))
    after = taken(state, found)
    grids = after.living_grids()
    assert len(grids) == 30
    assert (after.pieces(grids) == 1).all()
    assert found.worst <= 0.02
    assert found.polsby_popper >= 0.5
    assert found.unsplittable == ()
    np.testing.assert_allclose(after.sums(grids)[:, 0], found.weight)
    ground = [oracle.outline(after, int(g)) for g in grids]
    score = [4 * np.pi * one.area / one.length**2 for one in ground]
    assert np.mean(score) == pytest.approx(found.polsby_popper, rel=1e-6)


def test_the_same_seed_gives_the_same_grids(street):
    one, other = (
        balance(bare(street), street.column("work"), 20, rng=np.random.default_rng(3), wish=QUICK)
        for _ in range(2)
    )
    np.testing.assert_array_equal(one.assignment, other.assignment)


def test_a_small_change_halves_what_is_uneven(street):
    start = balance(bare(street), np.ones(len(street)), 30, rng=np.random.default_rng(1))
    state = taken(bare(street), start)
    work, people = street.column("work"), street.column("households")
    before = state.sums(state.living_grids())[:, 0]
    found = rebalance(state, work, people, most_moved=0.05, rng=np.random.default_rng(2))
    after = taken(state, found)
    grids = after.living_grids()
    now = after.sums(grids)[:, 0]
    assert now.std() / now.mean() <= 0.5 * before.std() / before.mean()
    moved = after.assignment != state.assignment
    assert people[moved].sum() == pytest.approx(found.moved)
    assert found.moved <= 0.05 * people.sum()
    assert (after.pieces(grids) == 1).all()


@settings(max_examples=12)
@given(st.integers(0, 10**6), st.integers(2, 60), st.integers(1, 9), st.floats(0, 2), st.booleans())
def test_any_blocks_make_whole_grids(seed, n, count, spread, walls):
    rng = np.random.default_rng(seed)
    shapes = cells(n, rng)
    made = blocks_of(shapes, weights={"w": rng.lognormal(0, spread, n)})
    if walls:  # half of the borders cannot be walked over
        made.links.walkable[rng.random(len(made.links)) < 0.5] = False
    count = min(count, n)
    try:
        found = balance(bare(made), made.column("w"), count, rng=rng, wish=QUICK)
    except ConflictError as error:
        assert "regions" in str(error)  # noqa: PT017 - either all is well or the reason is this
        return
    after = taken(bare(made), found)
    grids = after.living_grids()
    assert len(grids) == count
    assert (after.core.size[grids] > 0).all()
    assert (after.assignment >= 0).all()
    if not found.crossings:
        assert (after.pieces(grids) == 1).all()
    told = {one.grid for one in found.unsplittable}
    assert told == set(found.grids[np.abs(found.deviation) > 0.05].tolist())


def test_no_grid_crosses_a_community():
    rows = """
    aaaaaa
    aaaaaa
    """
    made = blocks(rows, community="xxyyyy xxyyyy")
    found = balance(bare(made), np.ones(12), 6, rng=np.random.default_rng(0))
    homes = made.community.number
    for grid in found.grids:
        assert len(set(homes[found.assignment == grid])) == 1
    assert found.worst == 0


def test_locked_grids_stay():
    state = plan("""
    aabbbb
    aabbbb
    """)
    Draft(state).do(edits.set_lock(state, "grid", ["a"], locked=True), **WHO)
    found = balance(state, np.ones(12), 3, rng=np.random.default_rng(0))
    assert (found.assignment[[0, 1, 6, 7]] == 0).all()
    assert sorted(found.weight) == [4, 4]
    with pytest.raises(ConflictError, match="1 grids are locked"):
        balance(state, np.ones(12), 1, rng=np.random.default_rng(0))


def test_a_giant_block_is_named():
    made = blocks("aaaa", weight=[100, 1, 1, 1])
    found = balance(bare(made), made.column("households"), 2, rng=np.random.default_rng(0))
    giant = next(one for one in found.unsplittable if one.deviation > 0)
    assert giant.code == "B000001"
    assert "alone has 194%" in giant.said


def test_a_grid_of_water_alone_stays_in_a_small_change():
    state = PlanState(blocks("aaab ~aab"), [0, 0, 0, 1, 2, 0, 0, 1], ["a", "b", "w"])
    people = np.ones(state.used)
    found = rebalance(state, people, people, most_moved=0.5, rng=np.random.default_rng(7))
    assert found.assignment[4] == 2
    assert found.grids.tolist() == [0, 1]
    assert sorted(found.weight.tolist()) == [3.0, 4.0]


def test_nothing_is_evened_out_where_all_is_water():
    state = PlanState(blocks("~~"), [0, 1], ["v", "w"])
    with pytest.raises(InputError, match="nothing to balance"):
        rebalance(state, [1, 1], [1, 1], most_moved=0.5, rng=np.random.default_rng(7))


def test_water_follows_the_land():
    made = blocks("""
    aa~b
    aa~b
    """)
    found = balance(bare(made), made.column("households"), 2, rng=np.random.default_rng(0))
    after = taken(bare(made), found)
    assert (after.assignment >= 0).all()
    assert after.pieces(after.living_grids()).tolist() == [1, 1]


def test_what_is_done_never_goes_back():
    told = []
    made = blocks("aaaa aaaa aaaa")
    balance(bare(made), np.ones(12), 3, rng=np.random.default_rng(0),
            progress=lambda said, done, of: told.append((done / of, said)))  # fmt: skip
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert {said for _, said in told} == {"dividing", "refining"}


@pytest.mark.parametrize(
    ("rows", "community", "within", "without"),
    [
        ("aaa a~b", "xxx xyy", "b", "a"),  # the longer border is that of another community
        ("a~~b", "xyyy", "bb", "aa"),  # over other water
        ("a~", "xy", "a", "a"),  # rather in another community than loose
    ],
)
def test_water_stays_in_its_community_where_it_can(rows, community, within, without):
    state = plan(rows, community=community)
    wet = np.flatnonzero(state.core.water)
    for is_within, grids in ((True, within), (False, without)):
        found = with_water(state, state.assignment, within=is_within)
        assert "".join(state.codes[grid] for grid in found[wet]) == grids


def test_a_crumb_behind_a_wall_joins_its_neighbour_and_is_told():
    made = blocks("aaaaaaaab")
    made.links.walkable[-1] = False
    found = balance(bare(made), np.ones(9), 2, rng=np.random.default_rng(0))
    assert found.crossings == ((7, 8),)


def test_an_island_gets_its_own_grid_or_a_reason():
    shapes = [shapely.box(i, 0, i + 1, 1) for i in (0, 1, 10, 11)]
    made = blocks_of(gpd.GeoSeries(shapes, crs="EPSG:4549"), weights={"w": np.ones(4)})
    found = balance(bare(made), np.ones(4), 2, rng=np.random.default_rng(0))
    assert sorted(found.weight) == [2, 2]
    with pytest.raises(ConflictError, match="5 grids cannot be made of 4 blocks"):
        balance(bare(made), np.ones(4), 5, rng=np.random.default_rng(0))


def test_proposals_trade_people_for_evenness():
    state = plan("aaaaaaaaabbb")
    found = proposals(
        state, np.ones(12), np.ones(12), rng=np.random.default_rng(0), limits=(0.0, 0.1, 0.3)
    )
    assert [one.moved for one in found] == [0, 1, 3]
    assert [one.cv for one in found] == sorted((one.cv for one in found), reverse=True)


def test_it_can_be_cancelled():
    class Stop(Exception):  # noqa: N818 - not an error
        pass

    def stop(step, done, total):
        raise Stop

    state = plan("aaaabb")
    before = state.copy()
    with pytest.raises(Stop):
        balance(state, np.ones(6), 2, rng=np.random.default_rng(0), progress=stop)
    oracle.same(state, before)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda s, r: balance(s, np.full(3, np.nan), 2, rng=r), "B000001 is nan"),
        (lambda s, r: balance(s, np.zeros(3), 2, rng=r), "nothing to balance"),
        (lambda s, r: balance(s, np.ones(2), 2, rng=r), "2 weights for 3 blocks"),
        (lambda s, r: rebalance(s, np.ones(3), np.ones(3), most_moved=5, rng=r), "no share"),
        (
            lambda s, r: rebalance(bare(s.blocks), np.ones(3), np.ones(3), most_moved=0, rng=r),
            "no grids yet",
        ),
        (lambda s, r: balance(s, np.ones(3), 2, rng=r, wish=Wish(tolerance=0)), "tolerance 0"),
    ],
)
def test_refuses_what_makes_no_sense(call, said):
    with pytest.raises(InputError, match=said):
        call(plan("aab"), np.random.default_rng(0))
