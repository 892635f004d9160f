"""Thousands of random edits on real blocks: nothing is ever lost, and the log tells it all."""

import json
import os

import numpy as np
import pytest
import shapely

from gis_grid.plan.log import Draft, Entry
from gis_grid.plan.spots import Spots
from gis_grid.plan.state import PlanState
from tests.plan import oracle
from tests.plan.walks import Walk

EDITS = int(os.environ.get("GIS_GRID_TEST_EDITS", "5000"))
"""Steps on each of the two cities, 10,000 in all."""

KINDS = {"flip", "brush", "split", "drag", "merge", "claim", "undo", "redo"}


def walk(state, steps, rng, *, every):
    """Walk, check now and then and at the end; return the walk."""
    start = state.copy()
    draft, spots = Draft(state), Spots(state)
    total = float(shapely.area(state.shapes(state.alive())).sum())
    walking = Walk(draft, spots, rng)
    for _ in range(0, steps, every):
        walking.steps(every)
        oracle.check(state, total_m2=total)
    written = json.loads(json.dumps([entry.to_json() for entry in draft.log]))
    again = Draft.replayed(start, [Entry.from_json(one) for one in written])
    oracle.same(draft.state, again.state)
    assert again.log == draft.log
    assert again.undoable == draft.undoable
    assert again.redoable == draft.redoable
    return walking


@pytest.mark.shared
def test_the_wards_of_providence_survive_a_hurry(providence, rng):
    walking = walk(providence, 200, rng, every=200)
    assert set(walking.taken) == KINDS


@pytest.mark.shared
@pytest.mark.slow
def test_the_wards_of_providence_survive_thousands_of_edits(providence, rng):
    walking = walk(providence, EDITS, rng, every=EDITS // 2)
    assert sum(walking.taken.values()) == EDITS
    assert set(walking.taken) == KINDS


@pytest.mark.slow
def test_the_grids_of_the_demo_city_survive_thousands_of_edits(demo, rng):
    walking = walk(demo, EDITS, rng, every=EDITS // 2)
    assert sum(walking.taken.values()) == EDITS
    assert set(walking.taken) == KINDS


@pytest.mark.shared
def test_undoing_everything_is_the_beginning(providence, rng):
    start = providence.copy()
    draft = Draft(providence)
    walking = Walk(draft, Spots(providence), rng)
    walking.steps(80)
    while draft.undoable:
        walking.undo()
    assert draft.state.used == start.used
    np.testing.assert_array_equal(draft.state.assignment, start.assignment)
    np.testing.assert_array_equal(draft.state.shapes(start.alive()), start.shapes(start.alive()))
    assert [c for c in draft.state.codes if c is not None] == start.codes
    grids = range(start.grids)
    np.testing.assert_allclose(draft.state.sums(grids), start.sums(grids), rtol=1e-9)
    np.testing.assert_array_equal(draft.state.pieces(grids), start.pieces(grids))


def test_a_state_and_its_copy_go_their_own_ways(providence, rng):
    copied = providence.copy()
    kept = PlanState(providence.blocks, providence.assignment, [*providence.codes])
    Walk(Draft(providence), Spots(providence), rng).steps(40)
    np.testing.assert_array_equal(copied.assignment, kept.assignment)
    np.testing.assert_array_equal(copied.alive(), kept.alive())
    assert copied.codes == kept.codes
