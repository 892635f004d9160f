"""Splits, drags and claims on drawn plans, where the answer can be seen."""

import numpy as np
import pytest
import shapely

from gis_grid.errors import ConflictError, InputError
from gis_grid.plan import drawing, edits
from gis_grid.plan.blocks import Labels, Things
from gis_grid.plan.cuts import cut_along
from gis_grid.plan.log import Draft
from gis_grid.plan.spots import Spots
from gis_grid.plan.state import PlanState
from tests.plan import oracle
from tests.plan.drawn import WHO, blocks, plan


def drafted(rows, **more):
    state = plan(rows, **more)
    return Draft(state), Spots(state)


def test_splits_by_a_line_through_blocks():
    draft, spots = drafted("aa")
    line = shapely.LineString([(0, -50), (200, -50)])
    draft.do(drawing.split_by_line(draft.state, "a", line, "b", spots), **WHO)
    oracle.check(draft.state, total_m2=20_000)
    assert draft.state.area_m2([0, 1]).tolist() == [10_000, 10_000]
    assert draft.state.pieces([0, 1]).tolist() == [1, 1]
    assert [draft.state.code(int(b)) for b in draft.state.alive()] == [
        "B000001-1",
        "B000001-2",
        "B000002-1",
        "B000002-2",
    ]
    south = drawing.border_between(draft.state, 0, 1)
    assert south.length == 200


def test_a_short_line_is_lengthened():
    draft, spots = drafted("aa")
    line = shapely.LineString([(150, -10), (150, -20)])
    draft.do(drawing.split_by_line(draft.state, "a", line, "b", spots), **WHO)
    assert sorted(draft.state.area_m2([0, 1])) == [5_000, 15_000]


def test_splits_along_a_street_without_cutting():
    draft, _ = drafted("aaa")
    street = shapely.LineString([(103, 0), (103, -100)])
    draft.do(drawing.split_along(draft.state, "a", street, "b"), **WHO)
    assert draft.state.used == 3
    assert sorted(draft.state.area_m2([0, 1])) == [10_000, 20_000]


def test_drags_a_border_and_both_sides_move():
    draft, spots = drafted("aabb")
    bent = shapely.LineString([(200, 0), (250, -50), (200, -100)])
    edit = drawing.drag_border(draft.state, "a", "b", bent, spots)
    preview = draft.preview(edit)
    _, effect = draft.do(edit, **WHO)
    np.testing.assert_array_equal(preview.after, effect.after)
    assert draft.state.area_m2([0, 1]).tolist() == pytest.approx([22_500, 17_500])
    oracle.check(draft.state, total_m2=40_000)
    draft.undo(**WHO)
    assert draft.state.area_m2([0, 1]).tolist() == [20_000, 20_000]
    assert draft.state.used == 4


def test_a_drag_leaves_third_grids_alone():
    draft, spots = drafted("""
    aabb
    cccc
    """)
    bent = shapely.LineString([(200, 0), (300, -150), (200, -100)])
    draft.do(drawing.drag_border(draft.state, "a", "b", bent, spots), **WHO)
    assert draft.state.area_m2([2]).tolist() == [40_000]
    assert draft.state.area_m2([0])[0] > 20_000
    oracle.check(draft.state, total_m2=80_000)


def test_a_thing_stays_where_it_is_when_its_block_is_cut():
    made = blocks("a", weight=[10])
    made = made.__class__(
        **{
            **{name: getattr(made, name) for name in made.__dataclass_fields__},
            "things": Things(np.array([[10.0, -10.0], [20.0, -10.0]]), np.array([[4.0], [2.0]])),
        }
    )
    draft = Draft(PlanState(made, [0], ["a"]))
    spots = Spots(draft.state)
    line = shapely.LineString([(50, 0), (50, -100)])
    draft.do(drawing.split_by_line(draft.state, "a", line, "b", spots), **WHO)
    west = int(np.argmin([s.centroid.x for s in draft.state.shapes(draft.state.alive())]))
    block = draft.state.alive()[west]
    # 6 stand in the west; the rest, 4, is shared by area
    assert draft.state.core.weights[block, 0] == pytest.approx(8.0)
    assert draft.state.sums([0, 1]).sum() == pytest.approx(10.0)


def test_moves_a_building_with_a_way_to_it():
    draft, spots = drafted("ab")
    house = shapely.box(40, -60, 60, -40)
    draft.do(drawing.move_building(draft.state, house, "b", spots), **WHO)
    ground = oracle.outline(draft.state, 1)
    assert ground.covers(house)
    assert draft.state.pieces([0, 1]).tolist() == [1, 1]
    oracle.check(draft.state, total_m2=20_000)


def test_moves_several_buildings_in_one_step():
    draft, spots = drafted("aab")
    houses = [shapely.box(x, y, x + 20, y + 20) for x, y in ((60, -60), (100, -62), (140, -60))]
    draft.do(drawing.move_buildings(draft.state, houses, "b", spots), **WHO)
    ground = oracle.outline(draft.state, 1)
    assert all(ground.covers(house) for house in houses)
    assert draft.state.pieces([0, 1]).tolist() == [1, 1]
    oracle.check(draft.state, total_m2=30_000)
    assert (draft.undoable, len(draft.log)) == (1, 1)


def test_moves_a_whole_compound():
    made = blocks("aabb")
    labels = Labels(np.array([-1, 0, 0, -1]), np.array(["garden"], object))
    made = made.__class__(
        **{
            **{name: getattr(made, name) for name in made.__dataclass_fields__},
            "compound": labels,
        }
    )
    state = PlanState(made, [0, 0, 1, 1], ["a", "b"])
    Draft(state).do(edits.move_compound(state, "garden", "b"), **WHO)
    assert state.assignment.tolist() == [0, 1, 1, 1]
    with pytest.raises(InputError, match="'park'"):
        edits.move_compound(state, "park", "b")


def test_claims_an_area_from_one_grid_only():
    draft, spots = drafted("abc")
    area = shapely.box(50, -100, 250, 0)
    edit = drawing.claim_area(draft.state, area, "b", spots, from_grids=["a"])
    draft.do(edit, **WHO)
    assert draft.state.area_m2([0, 1, 2]).tolist() == [5_000, 15_000, 10_000]


def test_a_line_on_borders_cuts_nothing():
    draft, spots = drafted("ab")
    line = shapely.LineString([(100, 0), (100, -100)])
    assert cut_along(draft.state, line, spots) is None
    dangling = shapely.LineString([(20, -20), (60, -60)])
    assert cut_along(draft.state, dangling, spots) is None


def test_borders_keep_what_they_run_along():
    made = blocks("ab")
    links = made.links.__class__(
        made.links.pair, made.links.border_m, np.array([[100.0, 0, 0]]), made.links.walkable
    )
    made = made.__class__(
        **{
            **{name: getattr(made, name) for name in made.__dataclass_fields__},
            "links": links,
        }
    )
    state = PlanState(made, [0, 1], ["a", "b"])
    draft = Draft(state)
    line = shapely.LineString([(0, -30), (200, -30)])
    draft.do(drawing.split_by_line(state, "a", line, "c", Spots(state)), **WHO)
    assert state.around_m([1])[0].tolist() == pytest.approx([100, 0, 0, 400])


@pytest.mark.parametrize(
    ("edit", "error", "said"),
    [
        (
            lambda s, _: drawing.split_along(s, "a", shapely.LineString([(0, 9), (9, 9)]), "d"),
            InputError,
            "on one side",
        ),
        (
            lambda s, p: drawing.split_by_line(
                s, "a", shapely.LineString([(0, -9), (9, -9)]), "b", p
            ),
            ConflictError,
            "already",
        ),
        (
            lambda s, p: drawing.split_by_line(s, "a", shapely.LineString(), "c", p),
            InputError,
            "no length",
        ),
        (
            lambda s, p: drawing.drag_border(
                s, "a", "b", shapely.LineString([(150, -9), (160, -9)]), p
            ),
            InputError,
            "encloses no ground",
        ),
        (
            lambda s, p: drawing.drag_border(
                s, "a", "c", shapely.LineString([(150, -9), (160, -9)]), p
            ),
            InputError,
            "no common border",
        ),
        (lambda s, p: drawing.claim_area(s, shapely.Point(0, 0), "a", p), InputError, "no polygon"),
        (lambda s, _: edits.new_grid(s, [], "x"), InputError, "would be empty"),
    ],
)
def test_refuses_what_cannot_be_drawn(edit, error, said):
    state = plan("abc")
    with pytest.raises(error, match=said):
        edit(state, Spots(state))
