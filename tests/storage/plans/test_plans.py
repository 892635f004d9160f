"""Plans are kept step by step: what is acknowledged is there, once, and nothing is lost."""

import threading
from datetime import timedelta

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis_grid.errors import ConflictError, InputError, NotFoundError, StorageError
from gis_grid.plan import drawing, edits
from gis_grid.plan.blocks import blocks_of
from gis_grid.plan.log import Draft
from gis_grid.plan.spots import Spots
from gis_grid.plan.stages import Stage
from gis_grid.storage.audit import AuditStore, Wanted
from gis_grid.storage.database import sessions
from gis_grid.storage.plans.comments import Comment, CommentStore
from gis_grid.storage.plans.packing import Start, pack, unpack
from gis_grid.storage.plans.plans import PlanStore
from tests import planned
from tests.planned import EPSG, NOW, ORIGIN_M, SIDE, start


@pytest.fixture
def city(engine):
    """Return a database with one generation and one plan."""
    plan = planned.store(engine)
    return engine, plan


def draft_of(session, number):
    store = PlanStore(session)
    plan = store.get(number)
    return Draft.replayed(store.start(plan.start_digest).state(), store.entries(number))


def take(engine, number, make, author="ann", seen=None, at=NOW):
    """Take a step as a service does: hold, catch up, do, append."""
    with sessions(engine).begin() as session:
        store = PlanStore(session)
        held = store.hold(number)
        store.require_step(held, held.step if seen is None else seen)
        draft = draft_of(session, number)
        entry, _ = make(draft, author, at)
        return store.append(held, entry)


def flip(block, to):
    def make(draft, author, at):
        edit = edits.move_blocks(draft.state, [block], to)
        return draft.do(edit, author=author, now=at)

    return make


def undo(draft, author, at):
    return draft.undo(author=author, now=at)


def same(one, other):
    assert one.codes.tolist() == other.codes.tolist()
    assert shapely.to_wkb(one.shapes).tolist() == shapely.to_wkb(other.shapes).tolist()
    for name in ("weights", "outer_m", "water", "houses"):
        assert np.array_equal(getattr(one, name), getattr(other, name))
    for name in ("pair", "border_m", "kinds_m", "walkable"):
        assert np.array_equal(getattr(one.links, name), getattr(other.links, name))


def test_a_start_comes_back_bit_by_bit():
    made = start()
    back = unpack(pack(made))
    same(made.blocks, back.blocks)
    assert back.codes == made.codes
    assert back.officers == made.officers
    assert back.assignment.tolist() == made.assignment.tolist()
    assert (back.blocks.epsg, back.blocks.names) == (EPSG, ("households",))
    assert pack(back) == pack(made)


def test_a_start_without_blocks_comes_back():
    empty = blocks_of(gpd.GeoSeries([], crs=f"EPSG:{EPSG}"))
    back = unpack(pack(Start(empty, np.zeros(0, np.int64), (), ())))
    assert len(back.blocks) == 0
    assert back.codes == ()


@pytest.mark.parametrize("content", [b"", b"PK", pack(start())[:-40], b"\0" * 200])
def test_a_damaged_ground_is_named(content):
    with pytest.raises(StorageError, match="start of a plan cannot be read"):
        unpack(content)


def test_the_same_start_is_kept_once(city):
    engine, plan = city
    with sessions(engine).begin() as session:
        assert PlanStore(session).keep_start(start(), now=NOW) == plan.start_digest
        with pytest.raises(NotFoundError, match="start 000"):
            PlanStore(session).start("000")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=4)
@given(st.lists(st.tuples(st.integers(0, SIDE**2 - 1), st.sampled_from("0123u")), max_size=12))
def test_the_steps_in_the_database_lead_to_the_same_state(city, moves):
    engine, first = city
    with sessions(engine).begin() as session:
        number = PlanStore(session).copy(first.number, title="x", author="bob", now=NOW).number
    mine = Draft(start().state())
    for block, word in moves:
        make = undo if word == "u" else flip(block, f"g{word}")
        try:
            make(mine, "ann", NOW)
        except (ConflictError, InputError):
            continue  # nothing to undo, or it is there already
        plan = take(engine, number, make)
        assert plan.step == len(mine.log)
    with sessions(engine).begin() as session:
        kept = draft_of(session, number)
    assert kept.log == mine.log
    assert kept.state.assignment.tolist() == mine.state.assignment.tolist()
    assert kept.state.sums([0, 1, 2, 3]).tolist() == mine.state.sums([0, 1, 2, 3]).tolist()


def test_cut_blocks_come_back_to_the_last_bit(city):
    engine, plan = city
    east, north = ORIGIN_M
    line = shapely.LineString([(east + 33.3, north - 10), (east + 44.4, north + 777)])

    def split(draft, author, at):
        edit = drawing.split_by_line(draft.state, "g0", line, "g9", Spots(draft.state))
        return draft.do(edit, author=author, now=at)

    mine = Draft(start().state())
    split(mine, "ann", NOW)
    take(engine, plan.number, split)
    with sessions(engine).begin() as session:
        kept = draft_of(session, plan.number)
    alive = mine.state.alive()
    assert kept.log == mine.log
    assert len(alive) > SIDE**2
    assert shapely.to_wkb(kept.state.shapes(alive)).tolist() == (
        shapely.to_wkb(mine.state.shapes(alive)).tolist()
    )


def test_who_did_not_see_the_last_step_is_told_who_took_it(city):
    engine, plan = city
    for block in range(5):
        take(engine, plan.number, flip(block, "g3"), author=f"p{block}")
    with pytest.raises(ConflictError, match=r"is at step 5, you saw 1; since then: 3 p2: .*5 p4:"):
        take(engine, plan.number, flip(9, "g3"), seen=1)
    with pytest.raises(ConflictError, match="not yet at 9"):
        take(engine, plan.number, flip(9, "g3"), seen=9)
    with sessions(engine).begin() as session:
        assert [one.author for one in PlanStore(session).entries(plan.number, after=3)] == [
            "p3",
            "p4",
        ]


def test_two_planners_at_once_lose_nothing(city):
    engine, plan = city
    each = 8
    failed = []

    def onward(block):
        def make(draft, author, at):
            now = int(draft.state.assignment[block])
            edit = edits.move_blocks(draft.state, [block], f"g{(now + 1) % 4}")
            return draft.do(edit, author=author, now=at)

        return make

    def work(name):
        rng = np.random.default_rng(len(name))
        try:
            for block in rng.integers(SIDE**2, size=each):
                take(engine, plan.number, onward(block), author=name)
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)

    people = [threading.Thread(target=work, args=(name,)) for name in ("ann", "bob2")]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert not failed
    with sessions(engine).begin() as session:
        plan = PlanStore(session).get(plan.number)
        log = PlanStore(session).entries(plan.number)
        kept = draft_of(session, plan.number)
    assert [one.number for one in log] == [*range(1, plan.step + 1)]
    assert plan.step == 2 * each
    assert {one.author for one in log} == {"ann", "bob2"}
    assert kept.log == log


def test_only_drafts_are_edited_and_stages_follow_each_other(city):
    engine, plan = city
    with sessions(engine).begin() as session:
        store = PlanStore(session)
        plan = store.move(store.hold(plan.number), Stage.REVIEW, now=NOW)
    assert plan.stage == Stage.REVIEW
    with pytest.raises(ConflictError, match="make it a draft again"):
        take(engine, plan.number, flip(0, "g3"))
    with (
        sessions(engine).begin() as session,
        pytest.raises(ConflictError, match="next it can be approved or draft"),
    ):
        PlanStore(session).move(plan, Stage.PUBLISHED, now=NOW, generation=1)
    with sessions(engine).begin() as session:
        store = PlanStore(session)
        store.move(store.hold(plan.number), Stage.APPROVED, now=NOW)
        plan = store.move(store.hold(plan.number), Stage.PUBLISHED, now=NOW, generation=1)
    assert (plan.stage, plan.published_as) == (Stage.PUBLISHED, 1)


def test_a_copy_goes_its_own_way(city):
    engine, plan = city
    take(engine, plan.number, flip(0, "g3"))
    with sessions(engine).begin() as session:
        copy = PlanStore(session).copy(plan.number, title="另一稿", author="bob", now=NOW)
    assert (copy.step, copy.copied_from, copy.created_by) == (1, plan.number, "bob")
    take(engine, copy.number, undo)
    with sessions(engine).begin() as session:
        store = PlanStore(session)
        assert (store.get(plan.number).step, store.get(copy.number).step) == (1, 2)
        assert [one.number for one in store.all()][-1] in {plan.number, copy.number}
        with pytest.raises(NotFoundError, match="no plan 999"):
            store.copy(999, title="x", author="bob", now=NOW)


def test_starts_that_nobody_uses_are_forgotten(city):
    engine, plan = city
    with sessions(engine).begin() as session:
        store = PlanStore(session)
        other = store.keep_start(start(4), now=NOW)
        store.forget_starts()
        assert len(store.start(plan.start_digest).blocks) == SIDE**2
        with pytest.raises(NotFoundError):
            store.start(other)


def test_what_is_done_to_plans_is_in_the_audit_log(city):
    engine, plan = city
    take(engine, plan.number, flip(0, "g3"))
    with sessions(engine).begin() as session:
        store = PlanStore(session)
        later = NOW + timedelta(minutes=1)
        store.describe(store.hold(plan.number), title="冬季", settings={}, now=later)
    with sessions(engine)() as session:
        told = [
            one.change for one in AuditStore(session).all(Wanted()) if one.change.layer == "plans"
        ]
    assert [one.action for one in told] == ["add", "change", "change"]
    assert told[1].after["step"] == 1
    assert (told[2].before["title"], told[2].after["title"]) == ("秋季调整", "冬季")


def test_comments_are_kept_in_order(city):
    engine, plan = city
    with sessions(engine).begin() as session:
        store = CommentStore(session)
        first = store.add(plan.number, Comment(at=NOW, author="ann", text="好", grid_code="g0"))
        second = store.add(plan.number, Comment(at=NOW, author="bob", text="<b>", lon=1.0, lat=2.0))
        assert store.of(plan.number) == [first, second]
        assert first.id != second.id
        for text in ("", " \n", "x" * 4001):
            with pytest.raises(InputError, match="1 to 4000 characters"):
                store.add(plan.number, Comment(at=NOW, author="ann", text=text))
        with pytest.raises(NotFoundError, match="no plan 77"):
            store.add(77, Comment(at=NOW, author="ann", text="?"))
