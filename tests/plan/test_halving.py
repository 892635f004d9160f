"""A grid that is split evenly: two whole halves of equal work, by blocks or by a cut."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_grid.errors import ConflictError, InputError, NotFoundError
from gis_grid.plan.blocks import blocks_of
from gis_grid.plan.halving import COARSE, split_evenly
from gis_grid.plan.log import Draft, Edit
from gis_grid.plan.ops import Flip, Recut, Rename
from gis_grid.plan.spots import Spots
from gis_grid.plan.state import PlanState
from tests.plan import oracle
from tests.plan.drawn import WHO, plan
from tests.plan.voronoi import cells


def halved(state, grid="a", code="new", formula=(1.0,)):
    """Return the draft after a grid was split, and the edit; the state itself stays."""
    draft = Draft(state.copy())
    spots = Spots(draft.state)
    rng = np.random.default_rng(0)
    edit = split_evenly(draft.state, grid, code, np.array(formula), spots, rng=rng)
    draft.do(edit, **WHO)
    return draft, edit


def is_cut(edit):
    return any(isinstance(op, Recut) for op in edit.ops)


def off(draft, grid="a", code="new", column=0):
    one, other = draft.state.sums([draft.state.grid_of(grid), draft.state.grid_of(code)])[:, column]
    return abs(one - other) / (one + other)


def test_divides_by_whole_blocks_where_they_are_fine_enough():
    draft, edit = halved(plan("aaab aaab aaab aaab", weight=[*range(1, 17)]))
    assert not is_cut(edit)
    assert edit.title == "split a evenly by blocks"
    assert off(draft) <= COARSE
    oracle.check(draft.state, total_m2=160_000)
    assert draft.state.pieces(draft.state.living_grids()).tolist() == [1, 1, 1]


@pytest.mark.parametrize("rows", ["a", "ab", "aa", "aac"])
def test_cuts_where_blocks_are_too_few(rows):
    letters = list(rows)
    weight = [7.0 if at == 0 else 1.0 for at in range(len(letters))]
    state = plan(rows, weight=weight)
    draft, edit = halved(state)
    assert is_cut(edit)
    assert off(draft) <= 0.02
    oracle.check(draft.state, total_m2=10_000 * len(rows))
    assert (draft.state.pieces(draft.state.living_grids()) == 1).all()
    draft.undo(**WHO)
    assert draft.state.used == state.used
    assert draft.state.assignment.tolist() == state.assignment.tolist()


def test_the_cut_is_across_and_not_along():
    draft, _ = halved(plan("aaaaaaa", weight=[9, 0, 0, 0, 0, 0, 9.0]))
    shapes = [oracle.outline(draft.state, int(g)) for g in draft.state.living_grids()]
    assert max(shape.bounds[2] - shape.bounds[0] for shape in shapes) < 650
    assert shapely.length(shapes[0].intersection(shapes[1])) == pytest.approx(100)


def test_a_log_that_left_numbers_out_is_still_read():
    draft = Draft(plan("ab"))
    gap = Edit("new grid c", (Rename(5, None, "c"), Flip((1,), (1,), (5,))))
    draft.do(gap, **WHO)
    assert draft.state.codes == ["a", "b", None, None, None, "c"]
    assert Draft.replayed(plan("ab"), draft.log).state.codes == draft.state.codes
    with pytest.raises(InputError, match="not there"):
        draft.do(Edit("far", (Rename(10**9, None, "x"),)), **WHO)


def test_water_goes_with_the_half_it_touches_most():
    draft, _ = halved(plan("aaaa ~~~~ bbbb", weight=[1.0] * 12))
    state = draft.state
    assert off(draft) <= COARSE
    assert (state.pieces(state.living_grids()) <= 1).all()


def test_without_work_the_ground_is_halved():
    draft, _ = halved(plan("aaaa", weight=[0.0] * 4))
    one, other = draft.state.area_m2(draft.state.living_grids())
    assert one == pytest.approx(other)


@given(seed=st.integers(0, 10_000), count=st.integers(3, 60))
@settings(max_examples=10, deadline=None)
def test_halves_are_whole_and_even_and_nothing_is_lost(seed, count):
    rng = np.random.default_rng(seed)
    shapes = cells(count, rng, width_m=900.0, height_m=700.0)
    work = rng.lognormal(0, 1.0, len(shapes))
    made = blocks_of(shapes, weights={"work": work})
    state = PlanState(made, np.zeros(len(made), np.int64), ["a"])
    draft, _ = halved(state)
    assert off(draft) <= COARSE
    after = draft.state
    grids = after.living_grids()
    assert after.pieces(grids).tolist() == [1, 1]
    assert after.sums(grids).sum() == pytest.approx(work.sum(), rel=1e-9)
    oracle.check(after, total_m2=float(shapely.area(np.array(shapes)).sum()))
    again, edit = halved(state)
    assert again.state.assignment.tolist() == after.assignment.tolist()
    assert edit.title.startswith("split a evenly")


@pytest.mark.parametrize(
    ("grid", "code", "error", "said"),
    [
        ("x", "new", NotFoundError, "no grid 'x'"),
        ("a", "b", ConflictError, "already"),
        ("a", "new", ConflictError, "2 pieces; reattach it first"),
        ("e", "new", InputError, "no blocks"),
    ],
)
def test_refuses_what_cannot_be_halved(grid, code, error, said):
    state = plan("aba bbb")
    empty = PlanState(state.blocks, state.assignment, ["a", "b", "e"])
    with pytest.raises(error, match=said):
        halved(empty, grid, code)


def test_what_was_tried_leaves_no_trace_in_the_log():
    rows = "aaaa aaaa bbbb"
    draft, edit = halved(plan(rows))
    spots = Spots(draft.state)
    known = draft.state.grids
    again = split_evenly(draft.state, "b", "more", np.ones(1), spots, rng=np.random.default_rng(0))
    assert draft.state.grids == known
    draft.preview(again)  # as the console does before it takes a step
    with pytest.raises(InputError):
        draft.do(edit, **WHO)
    draft.do(again, **WHO)
    other = Draft(plan(rows))  # another process, or this one after a restart
    for entry in draft.log:
        other.follow(entry)
    assert other.state.codes == draft.state.codes
    assert other.state.assignment.tolist() == draft.state.assignment.tolist()
