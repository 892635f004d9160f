"""Plans are published at their moment, once, whoever notices; nothing else is ever half done."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from gis_grid.errors import ConflictError, InputError
from gis_grid.plan.stages import Stage
from gis_grid.services.planning.desk import Desk
from gis_grid.services.planning.publication import published
from gis_grid.services.planning.scheduling import (
    cancel_schedule,
    next_moment,
    publish_due,
    schedule_plan,
)
from gis_grid.services.publishing import publish_grids, publish_in
from gis_grid.storage.audit import AuditStore
from gis_grid.storage.database import open_engine, sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.plans.plans import PlanStore
from gis_grid.storage.plans.schedules import Schedule
from tests import drawn
from tests.approved import approved_merge

NOW = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
"""Time stands still here: a day after the plans were made."""

THEN = NOW + timedelta(days=30)
LATER = THEN + timedelta(hours=3)


@pytest.fixture
def city(engine):
    drawn.store(engine)
    return engine, Desk(engine)


def schedule(engine, desk, number, at=THEN, *, now=NOW, by="ann"):
    asked = Schedule(effective_from=at, name="春季", asked_by=by, asked_at=now)
    with desk.look(number) as (_, held), sessions(engine).begin() as session:
        return schedule_plan(session, PlanStore(session).hold(number), held, asked)


def plan_of(engine, number):
    with sessions(engine).begin() as session:
        return PlanStore(session).get(number)


def due(engine, desk, now):
    return publish_due(engine, desk, now=now, publish=publish_in)


def generations(engine):
    with sessions(engine).begin() as session:
        return GenerationStore(session).all()


def owners(engine):
    with sessions(engine).begin() as session:
        found = LayerStore(session).read("incidents").set_index("code")
    return found["grid_code"].to_dict(), found["state"].to_dict()


def entries(engine, action):
    with sessions(engine).begin() as session:
        return [one for one in AuditStore(session).all() if one.change.action == action]


def test_nothing_happens_before_the_moment_and_everything_at_it(city):
    engine, desk = city
    number = approved_merge(engine, desk, "A", "D")
    before, _ = owners(engine)
    waits = schedule(engine, desk, number)
    assert (waits.stage, waits.schedule.effective_from) == (Stage.APPROVED, THEN)
    assert next_moment(engine) == THEN
    assert due(engine, desk, THEN - timedelta(microseconds=1)) == {}
    assert (owners(engine)[0], len(generations(engine))) == (before, 1)
    done = due(engine, desk, LATER)
    assert list(done) == [number]
    first, second = generations(engine)
    assert (first.valid_to, second.valid_from, second.name) == (THEN, THEN, "春季")
    after, states = owners(engine)
    for code, owner in before.items():
        moves = owner == "A" and states[code] not in {"closed", "rejected"}
        assert after[code] == ("D" if moves else owner)
    plan = plan_of(engine, number)
    assert (plan.stage, plan.published_as, plan.schedule) == (Stage.PUBLISHED, 2, None)
    assert (next_moment(engine), due(engine, desk, LATER)) == (None, {})
    assert [(one.actor.who, one.actor.via) for one in entries(engine, "publish")][1:] == [
        ("ann", "schedule")
    ]


def test_many_who_notice_at_once_publish_once(city):
    engine, desk = city
    number = approved_merge(engine, desk, "A", "D")
    schedule(engine, desk, number)
    url = engine.url.render_as_string(hide_password=False)
    others = [open_engine(url) for _ in range(4)]
    gate, found, failed = threading.Barrier(4), [], []

    def notice(mine):
        try:
            own = Desk(mine)
            gate.wait()
            found.append(due(mine, own, LATER))
        except Exception as error:  # noqa: BLE001 - told to the test
            failed.append(error)

    threads = [threading.Thread(target=notice, args=(mine,)) for mine in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for mine in others:
        mine.dispose()
    assert failed == []
    assert sorted(len(one) for one in found) == [0, 0, 0, 1]
    assert len(generations(engine)) == 2
    assert len(entries(engine, "publish")) == 2  # the first is that of the drawn city
    assert plan_of(engine, number).stage == Stage.PUBLISHED


def test_a_plan_whose_grids_were_changed_meanwhile_stays_approved_and_says_why(city):
    engine, desk = city
    mine, other = approved_merge(engine, desk, "A", "D"), approved_merge(engine, desk, "B", "E")
    schedule(engine, desk, mine)
    with desk.look(other) as (_, held), sessions(engine).begin() as session:
        plan = PlanStore(session).hold(other)
        about = {"name": "x", "valid_from": NOW, "now": NOW, "publish": publish_in}
        published(session, plan, held, **about)
    assert due(engine, desk, LATER) == {}
    plan = plan_of(engine, mine)
    assert plan.stage == Stage.APPROVED
    assert "have changed since generation 1" in plan.schedule.problem
    end = len(entries(engine, "change"))
    assert due(engine, desk, LATER + timedelta(days=1)) == {}
    assert len(entries(engine, "change")) == end, "tried again"
    assert len(generations(engine)) == 2
    with pytest.raises(ConflictError, match="have changed since generation 1"):
        schedule(engine, desk, mine, LATER)
    with sessions(engine).begin() as session:
        store = PlanStore(session)
        assert store.move(store.hold(mine), Stage.DRAFT, now=NOW).schedule is None


def test_what_is_published_elsewhere_in_the_city_is_no_conflict(city):
    engine, desk = city
    west = approved_merge(engine, desk, "A", "D", area="w")
    east = approved_merge(engine, desk, "C", "F", area="e")
    schedule(engine, desk, west)
    schedule(engine, desk, east, THEN + timedelta(minutes=1))
    assert list(due(engine, desk, LATER)) == [west, east]
    assert [one.valid_from for one in generations(engine)][1:] == [
        THEN,
        THEN + timedelta(minutes=1),
    ]


def test_a_generation_that_began_later_than_the_moment_holds_it_up(city):
    engine, desk = city
    west = approved_merge(engine, desk, "A", "D", area="w")
    schedule(engine, desk, west)
    with sessions(engine).begin() as session:
        grids = LayerStore(session).read("grids")
    named = grids.assign(name=grids["name"].mask(grids["code"] == "C", "新名"))
    publish_grids(engine, named, name="x", valid_from=THEN + timedelta(hours=1))
    assert due(engine, desk, LATER) == {}
    assert "must start later" in plan_of(engine, west).schedule.problem


def test_a_schedule_is_cancelled_moved_and_in_the_way_of_a_new_draft(city):
    engine, desk = city
    number = approved_merge(engine, desk, "A", "D")
    schedule(engine, desk, number)
    assert schedule(engine, desk, number, LATER).schedule.effective_from == LATER
    with sessions(engine).begin() as session:
        store = PlanStore(session)
        waits = store.hold(number)
        with pytest.raises(ConflictError, match="cancel that first"):
            store.move(waits, Stage.DRAFT, now=NOW)
    with sessions(engine).begin() as session:
        after = cancel_schedule(session, PlanStore(session).hold(number))
    assert (after.stage, after.schedule, next_moment(engine)) == (Stage.APPROVED, None, None)
    assert due(engine, desk, LATER) == {}
    with (
        pytest.raises(ConflictError, match="waits for no moment"),
        sessions(engine).begin() as session,
    ):
        cancel_schedule(session, PlanStore(session).hold(number))


def test_only_what_could_be_published_now_waits_for_a_moment_of_its_own(city):
    engine, desk = city
    one, other = approved_merge(engine, desk, "A", "D"), approved_merge(engine, desk, "B", "E")
    schedule(engine, desk, one)
    with pytest.raises(ConflictError, match=f"plan {one} is to be published at"):
        schedule(engine, desk, other)
    for moment in (NOW, NOW - timedelta(days=1), NOW + timedelta(days=4000)):
        with pytest.raises(InputError, match="not in the ten years to come"):
            schedule(engine, desk, other, moment)
    with pytest.raises(InputError, match="without a time zone"):
        schedule(engine, desk, other, THEN.replace(tzinfo=None))
    with sessions(engine).begin() as session:
        store = PlanStore(session)
        store.move(store.hold(other), Stage.DRAFT, now=NOW)
    with pytest.raises(ConflictError, match="draft"):
        schedule(engine, desk, other, LATER)


def test_a_plan_that_was_published_by_hand_waits_no_more(city):
    engine, desk = city
    number = approved_merge(engine, desk, "A", "D")
    schedule(engine, desk, number)
    with desk.look(number) as (_, held), sessions(engine).begin() as session:
        plan = PlanStore(session).hold(number)
        about = {"name": "x", "valid_from": NOW, "now": NOW, "publish": publish_in}
        published(session, plan, held, **about)
    assert (next_moment(engine), due(engine, desk, LATER)) == (None, {})
    assert len(generations(engine)) == 2
