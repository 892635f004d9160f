"""Metrics, rules, comparison, codes and the plan file on plans where the answer is plain."""

import json
import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import ConflictError, FileError, InputError
from gis_grid.plan import drawing, edits
from gis_grid.plan.blocks import Labels
from gis_grid.plan.compare import compare, gazette
from gis_grid.plan.log import Draft
from gis_grid.plan.metrics import METRICS, View, measure, spread
from gis_grid.plan.numbering import renumber
from gis_grid.plan.planfile import plan_from_json, plan_to_json
from gis_grid.plan.rules import RULES, Limits, check_rules, unassigned
from gis_grid.plan.spots import Spots
from gis_grid.plan.state import PlanState
from gis_grid.plan.work import Formula
from tests.plan import oracle
from tests.plan.drawn import WHO, blocks, plan

FORMULA = Formula({"households": 2.0})


def changed(made, **more):
    fields = {name: getattr(made, name) for name in made.__dataclass_fields__}
    return type(made)(**(fields | more))


def view(state, **more):
    return View(state, np.arange(state.grids), FORMULA, **more)


def test_metrics_of_two_squares_and_a_line():
    state = plan("""
    aab
    aab
    """)
    found = measure(view(state, target_households=4))
    assert set(found) == set(METRICS)
    assert found["work"].tolist() == [8, 4]
    assert found["households_to_target"].tolist() == [1, 0.5]
    assert found["polsby_popper"].tolist() == pytest.approx([math.pi / 4, math.pi * 2 / 9])
    # the rim of the smallest circle goes through the corners
    assert found["reock"].tolist() == pytest.approx(
        [40_000 / (math.pi * 20_000), 20_000 / (math.pi * 12_500)], rel=1e-6
    )
    assert found["edge_min"].tolist() == pytest.approx(
        [math.sqrt(20_000) * 1.25 / 80, math.sqrt(12_500) * 1.25 / 80]
    )
    assert found["inside_min"][0] == pytest.approx(0.5214 * 200 * 1.25 / 80)
    assert found["pieces"].tolist() == [1, 1]
    assert np.isnan(found["round_min"]).all()


def test_an_empty_grid_has_no_shape_but_numbers():
    state = PlanState(blocks("aa"), [0, 0], ["a", "b"])
    found = measure(view(state))
    assert found["work"].tolist() == [4, 0]
    assert np.isnan([found[name][1] for name in ("polsby_popper", "reock", "edge_min")]).all()
    assert {one.rule for one in check_rules(view(state), Limits())} == {"not_empty"}


def test_counts_what_is_cut():
    made = blocks("abc", community="xxy")
    made = changed(
        made,
        compound=Labels(np.array([0, 0, -1]), np.array(["garden"], object)),
        houses=np.array([[7, 0], [7, 1], [8, 1], [8, 2]]),
    )
    state = PlanState(made, [0, 1, 1], ["a", "b"])
    found = measure(view(state))
    assert found["compounds_cut"].tolist() == [1, 1]
    assert found["communities"].tolist() == [1, 2]
    assert found["buildings_cut"].tolist() == [1, 1]
    broken = {(one.rule, one.code) for one in check_rules(view(state), Limits())}
    assert broken == {
        ("one_community", "b"),
        ("whole_buildings", "a"),
        ("whole_buildings", "b"),
    }


def test_rules_say_what_is_wrong_and_where():
    state = plan("aabba")
    found = {
        (b.rule, b.code): b
        for b in check_rules(view(state), Limits(households=(2, 2), work_off=0.1, least_round=0.7))
    }
    assert found["whole", "a"].blocks == (4,)
    assert "in 2 parts" in found["whole", "a"].said
    assert found["in_band", "a"].value == 3
    assert "more than 2" in found["in_band", "a"].said
    assert found["even", "b"].said.startswith("the work of grid b is -20% of the mean")
    assert found["compact", "b"].value == pytest.approx(math.pi * 2 / 9)
    assert {rule for rule, _ in found} <= set(RULES)
    with pytest.raises(InputError, match="no grid in it"):
        Limits(households=(5, 2))


def test_blocks_without_a_grid_are_told_apart():
    assert unassigned(plan("a.b.")).tolist() == [1, 3]


@given(st.lists(st.just(0.0) | st.floats(1e-3, 1e6), min_size=1, max_size=40))
def test_the_spread_is_that_of_its_definitions(values):
    found, known = spread(values), np.array(values)
    if known.sum() <= 0:
        assert math.isnan(found.gini)
        return
    pairs = np.abs(known[:, None] - known[None]).mean() / (2 * known.mean())
    assert found.gini == pytest.approx(pairs, abs=1e-9)
    assert found.cv == pytest.approx(known.std() / known.mean())


@pytest.mark.parametrize("factors", [{"households": -1.0}, {"households": math.nan}])
def test_a_factor_is_a_number(factors):
    with pytest.raises(InputError, match="factor of households"):
        Formula(factors)


def test_a_formula_needs_something_to_count():
    with pytest.raises(InputError, match="no weight visits"):
        Formula({"visits": 1.0}).row(blocks("a"))
    with pytest.raises(InputError, match="no weight visits"):
        Formula({"visits": 1.0, "households": 1.0}).row(blocks("a"), strict=True)


def test_the_gazette_tells_what_became_of_each_code():
    old = plan("aabbccddee")
    draft, spots = Draft(old.copy()), Spots(old)
    state = draft.state
    draft.do(edits.merge(state, ["b"], "a"), **WHO)
    draft.do(edits.rename(state, [("c", "k")]), **WHO)
    line = shapely.LineString([(730, 0), (730, -100)])
    draft.do(drawing.split_by_line(state, "d", line, "d2", spots), **WHO)
    found = compare(old, state)
    rows = {row.old_code: row for row in gazette(old, found)}
    assert {code: (row.kind, row.new_codes) for code, row in rows.items()} == {
        "a": ("changed", ("a",)),
        "b": ("merged", ("a",)),
        "c": ("renamed", ("k",)),
        "d": ("split", ("d2", "d")),
        "e": ("kept", ("e",)),
    }
    assert sum(share.area_m2 for share in found.shares) == pytest.approx(100_000)
    assert found.whole == (10.0,)
    shares = [s.of_old for s in found.shares if s.old_code == "d"]
    assert sum(shares) == pytest.approx(1)


def test_a_moved_household_is_counted_once():
    old = plan("aabb")
    draft = Draft(old.copy())
    draft.do(edits.move_blocks(draft.state, [1], "b"), **WHO)
    found = compare(old, draft.state)
    assert found.moved == (1.0,)
    assert found.moved_blocks.tolist() == [1]
    assert compare(old, old.copy()).moved == (0.0,)
    with pytest.raises(InputError, match="not of the same blocks"):
        compare(old, plan("aab"))


def test_plans_that_cut_a_block_in_two_ways_are_compared_by_ground():
    old, new = plan("a"), None
    drafts = []
    base = plan("a")
    for xy in ([(50, 0), (50, -100)], [(0, -50), (100, -50)]):
        draft = Draft(base.copy())
        line = shapely.LineString(xy)
        draft.do(drawing.split_by_line(draft.state, "a", line, "b", Spots(base)), **WHO)
        drafts.append(draft.state)
    old, new = drafts
    found = compare(old, new)
    assert [share.area_m2 for share in found.shares] == pytest.approx([2_500] * 4)


def test_renumbers_from_west_to_east_and_north_to_south():
    state = PlanState(
        blocks("xy zw".replace(" ", "\n"), community="pp pp"), [0, 1, 2, 3], ["d", "c", "b", "a"]
    )
    draft = Draft(state)
    draft.do(renumber(state), **WHO)
    assert state.codes == ["p001", "p002", "p003", "p004"]
    assert [row.kind for row in gazette(plan("ab"), compare(plan("ab"), plan("ab")))] == [
        "kept"
    ] * 2
    with pytest.raises(InputError, match="no block of grid"):
        renumber(plan("ab"))
    with pytest.raises(InputError, match="has no community"):
        renumber(plan("ab"), communities={"a": "p"})
    with pytest.raises(ConflictError, match="two grids"):
        renumber(plan("ab"), communities={"a": "p", "b": "p"}, code_of=lambda c, _: c)


def written():
    start = plan(
        """
    aab~
    aabb
    """,
        community="xxyy xxyy",
    )
    draft, spots = Draft(start.copy()), Spots(start)
    draft.do(edits.set_lock(draft.state, "grid", ["b"], locked=True), **WHO)
    line = shapely.LineString([(0, -30), (200, -70)])
    draft.do(drawing.split_by_line(draft.state, "a", line, "c", spots), **WHO)
    draft.undo(**WHO)
    draft.redo(**WHO)
    return start, draft


def test_a_plan_file_is_read_as_it_was_written():
    start, draft = written()
    text = json.dumps(plan_to_json(start, draft.log))
    again = plan_from_json(json.loads(text))
    oracle.same(again.state, draft.state)
    assert again.log == draft.log
    assert (
        json.dumps(plan_to_json(plan_from_json({**json.loads(text), "log": []}).state, again.log))
        == text
    )
    with pytest.raises(FileError, match="before the first cut"):
        plan_to_json(draft.state, [])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update(format="other"), "no plan file"),
        (lambda d: d.update(version=2), "version 2"),
        (lambda d: d.pop("grids"), "'grids' is missing"),
        (lambda d: d["blocks"]["shapes"].pop(), "7 shapes for 8 codes"),
        (lambda d: d["blocks"]["shapes"].__setitem__(0, "!"), "in 'blocks'"),
        (lambda d: d["blocks"]["weights"].__setitem__(0, [None]), "no number"),
        (lambda d: d["blocks"]["links"]["pair"].__setitem__(0, [0, 99]), "not there"),
        (lambda d: d["assignment"].__setitem__(0, 9), "in 'assignment'"),
        (lambda d: d["log"].pop(0), "in 'log': entry 2"),
        (lambda d: d["log"][0]["ops"][0].update(op="paint"), "'paint' is no operation"),
        (lambda d: d["log"][0].update(at="2026-01-01T00:00:00"), "no time zone"),
        (lambda d: d["locks"].append({"kind": "door", "key": [1]}), "in 'locks'"),
    ],
)
def test_refuses_a_file_that_is_not_whole(change, said):
    start, draft = written()
    document = json.loads(json.dumps(plan_to_json(start, draft.log)))
    change(document)
    with pytest.raises(FileError, match=said):
        plan_from_json(document)


@pytest.mark.parametrize("document", [None, [], {}, "plan"])
def test_refuses_what_is_no_plan_at_all(document):
    with pytest.raises(FileError, match="no plan file"):
        plan_from_json(document)
