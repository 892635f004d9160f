"""A plan under any sequence of steps is what a plan made from scratch would be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gis_grid.errors import ConflictError, InputError, NotFoundError
from gis_grid.plan import edits
from gis_grid.plan.log import Draft, Edit
from gis_grid.plan.ops import Flip, Lock, Rename, op_from_json, op_to_json
from gis_grid.plan.parting import parts_of_grid, reattach
from gis_grid.plan.state import PlanState
from tests.plan import oracle
from tests.plan.drawn import NOW, WHO, plan

TOWN = """
aab~c
aab~c
dd.~c
deeee
"""


class Drafting(RuleBasedStateMachine):
    """Any steps on a small town with a river."""

    def __init__(self):
        super().__init__()
        self.start = plan(TOWN, weight=np.arange(20))
        self.draft = Draft(self.start.copy())
        self.fresh = 0

    @property
    def state(self):
        return self.draft.state

    @rule(block=st.integers(0, 19), more=st.integers(0, 19), to=st.integers(-1, 9))
    def move(self, block, more, to):
        living = [None, *(self.state.codes[g] for g in self.state.living_grids())]
        edit = edits.move_blocks(self.state, [block, more], living[to % len(living)])
        if edit.ops:
            self.draft.do(edit, **WHO)

    @rule(block=st.integers(0, 19))
    def begin(self, block):
        self.fresh += 1
        self.draft.do(edits.new_grid(self.state, [block], f"n{self.fresh}"), **WHO)

    @rule(one=st.integers(0, 9), other=st.integers(0, 9))
    def merge(self, one, other):
        living = self.state.living_grids()
        codes = [self.state.codes[living[at % len(living)]] for at in (one, other)]
        edit = edits.merge(self.state, codes[:1], codes[1])
        if edit.ops:
            self.draft.do(edit, **WHO)

    @rule(grid=st.integers(0, 9))
    def mend(self, grid):
        living = self.state.living_grids()
        code = self.state.codes[living[grid % len(living)]]
        edit = reattach(self.state, code)
        if edit.ops:
            self.draft.do(edit, **WHO)

    @precondition(lambda self: self.draft.undoable)
    @rule()
    def undo(self):
        self.draft.undo(**WHO)

    @precondition(lambda self: self.draft.redoable)
    @rule()
    def redo(self):
        self.draft.redo(**WHO)

    @invariant()
    def is_what_it_should_be(self):
        oracle.check(self.state)

    def teardown(self):
        oracle.same(self.state, Draft.replayed(self.start.copy(), self.draft.log).state)


class TestDrafting(Drafting.TestCase):
    settings = settings(max_examples=15, stateful_step_count=15, deadline=None)


def test_water_hangs_on_but_leads_nowhere():
    assert plan("a~a").pieces([0]).tolist() == [2]
    joined = PlanState(plan("a~a", bridges=np.array([[0, 2]])).blocks, [0, 0, 0], ["a"])
    assert joined.pieces([0]).tolist() == [1]
    assert PlanState(plan("a~b").blocks, [0, 0, 1], ["a", "b"]).pieces([0, 1]).tolist() == [1, 1]
    assert PlanState(plan("~a~").blocks, [0, -1, 0], ["a"]).pieces([0]).tolist() == [2]


ROWS, COLUMNS = 5, 7
MAPS = st.lists(st.sampled_from("aaabbbc~~."), min_size=ROWS * COLUMNS, max_size=ROWS * COLUMNS)
MOVES = st.lists(
    st.tuples(st.integers(0, ROWS * COLUMNS - 1), st.integers(-1, 2)), min_size=1, max_size=40
)


@given(letters=MAPS, moves=MOVES)
def test_pieces_after_one_block_are_those_of_a_count_of_all(letters, moves):
    letters[:3] = "abc"  # all three are there
    rows = ["".join(letters[at : at + COLUMNS]) for at in range(0, len(letters), COLUMNS)]
    state = plan(" ".join(rows))
    for block, target in moves:
        now = int(state.core.grid[block])
        state.apply(Flip((block,), (now,), (target,)))
        counted = PlanState(state.blocks, state.assignment, state.codes)
        assert state.pieces([0, 1, 2]).tolist() == counted.pieces([0, 1, 2]).tolist()


def test_an_effect_names_the_grids_that_break():
    draft = Draft(plan("aaabb"))
    _, effect = draft.do(edits.move_blocks(draft.state, [1], "b"), **WHO)
    assert effect.grids.tolist() == [0, 1]
    assert effect.broken.tolist() == [0, 1]
    assert effect.before[:, 0].tolist() == [3, 2]
    assert effect.after[:, 0].tolist() == [2, 3]
    assert parts_of_grid(draft.state, 0) == ((0,), (2,))


def test_a_preview_changes_nothing():
    draft = Draft(plan("aaabb"))
    before = draft.state.copy()
    effect = draft.preview(edits.merge(draft.state, ["b"], "a"))
    assert effect.after[0, 0] == 5
    oracle.same(draft.state, before)
    assert draft.log == []


def test_a_part_goes_to_the_neighbour_with_the_longest_border():
    state = plan("""
    abb
    cbb
    aaa
    """)
    edit = reattach(state, "a")
    assert edit.ops == (Flip((0,), (0,), (1,)),)


def test_refuses_a_step_and_stays_as_it_was():
    draft = Draft(plan("aab"))
    before = draft.state.copy()
    with pytest.raises(InputError, match="where it says"):
        draft.do(Edit("wrong", (Flip((0,), (0,), (1,)), Flip((1,), (1,), (0,)))), **WHO)
    oracle.same(draft.state, before)
    with pytest.raises(InputError, match="not there"):
        draft.do(Edit("wrong", (Flip((9,), (0,), (1,)),)), **WHO)
    with pytest.raises(InputError, match="still has blocks"):
        draft.do(Edit("wrong", (Rename(0, "a", None),)), **WHO)
    with pytest.raises(InputError, match="changes nothing"):
        draft.do(edits.move_blocks(draft.state, [0], "a"), **WHO)
    with pytest.raises(NotFoundError, match="'z'"):
        edits.move_blocks(draft.state, [0], "z")
    with pytest.raises(ConflictError, match="nothing to undo"):
        draft.undo(**WHO)
    with pytest.raises(InputError, match="no time zone"):
        draft.do(edits.merge(draft.state, ["b"], "a"), author="x", now=NOW.replace(tzinfo=None))
    assert draft.log == []


def test_a_new_step_forgets_what_was_undone():
    draft = Draft(plan("aab"))
    draft.do(edits.move_blocks(draft.state, [1], "b"), **WHO)
    draft.undo(**WHO)
    draft.do(edits.move_blocks(draft.state, [0], "b"), **WHO)
    assert draft.redoable == 0
    with pytest.raises(ConflictError, match="nothing to redo"):
        draft.redo(**WHO)


def test_a_log_with_a_hole_is_refused():
    draft = Draft(plan("aab"))
    draft.do(edits.move_blocks(draft.state, [1], "b"), **WHO)
    draft.do(edits.move_blocks(draft.state, [0], "b"), **WHO)
    with pytest.raises(InputError, match="does not follow"):
        Draft.replayed(plan("aab"), draft.log[1:])


@pytest.mark.parametrize(
    ("kind", "codes", "said", "about"),
    [
        ("grid", ["a"], "grid a is locked", {"grid": "a"}),
        ("border", ["b", "a"], "border between", {"one": "a", "other": "b"}),
        ("officer", ["o1"], "round of officer o1", {"officer": "o1"}),
    ],
)
def test_a_lock_holds_until_it_is_opened(kind, codes, said, about):
    state = plan("aabbcc")
    state.officers[:] = ["o1", "o2", "o1"]
    draft = Draft(state)
    draft.do(edits.set_lock(state, kind, codes, locked=True), **WHO)
    with pytest.raises(ConflictError, match=said) as refused:
        draft.do(edits.move_blocks(state, [1], "b"), **WHO)
    assert refused.value.reason == f"plan.locked-{kind}"
    assert refused.value.about == {"block": state.code(1)} | about
    assert draft.preview(edits.move_blocks(state, [1], "b")).after[0, 0] == 1
    draft.do(edits.set_lock(state, kind, codes, locked=False), **WHO)
    draft.do(edits.move_blocks(state, [1], "b"), **WHO)
    assert state.assignment.tolist() == [0, 1, 1, 1, 2, 2]


def test_an_officer_may_exchange_ground_between_their_own_grids():
    state = plan("aabb")
    state.officers[:] = ["o1", "o1"]
    draft = Draft(state)
    draft.do(edits.set_lock(state, "officer", ["o1"], locked=True), **WHO)
    draft.do(edits.move_blocks(state, [1], "b"), **WHO)
    assert state.assignment.tolist() == [0, 1, 1, 1]


def test_codes_may_be_exchanged():
    draft = Draft(plan("ab"))
    draft.do(edits.rename(draft.state, [("a", "b"), ("b", "a")]), **WHO)
    assert draft.state.codes == ["b", "a"]
    with pytest.raises(ConflictError, match="two grids"):
        edits.rename(draft.state, [("a", "b")])


@pytest.mark.parametrize(
    "op",
    [
        Flip((1, 2), (0, -1), (3, 3)),
        Rename(4, None, "x"),
        Lock("border", (1, 2), before=False, after=True),
        Lock("officer", "o1", before=True, after=False),
    ],
)
def test_operations_are_written_and_read_and_undone(op):
    assert op_from_json(op_to_json(op)) == op
    assert op.inverse().inverse() == op


@pytest.mark.parametrize(
    "written",
    [
        {"op": "flip", "blocks": [1], "before": [], "after": [2]},
        {"op": "lock"},
        {},
        {"op": "lock", "kind": "door", "key": [1], "before": False, "after": True},
        {
            "op": "recut",
            "parts": [[1, 2, "x", "????", [], []]],
            "links": [],
            "reshaped": [],
            "joins": False,
        },
    ],
)
def test_refuses_what_is_no_operation(written):
    with pytest.raises(InputError):
        op_from_json(written)


@pytest.mark.parametrize(
    ("assignment", "codes"), [([0, 0], ["a"]), ([0, 0, 2], ["a", "b"]), ([0, 0, 0], ["a", "a"])]
)
def test_refuses_an_assignment_that_fits_nothing(assignment, codes):
    with pytest.raises(InputError):
        PlanState(plan("aab").blocks, assignment, codes)
