"""A plan takes effect at a moment to come: told, cancelled, and carried out by real workers."""

import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from api.live_schedule import LiveSchedule
from gis_grid.accounts.roles import Role
from gis_grid.services.planning.desk import Desk
from gis_grid.services.planning.scheduling import next_moment, schedule_plan
from gis_grid.storage.audit import AuditStore
from gis_grid.storage.database import open_engine, sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.plans.plans import PlanStore
from gis_grid.storage.plans.schedules import Schedule
from tests import drawn
from tests.api.conftest import BOTH, new_database, served
from tests.approved import approved_merge
from tests.databases import sqlite_database
from tests.processes import service
from tests.signed import bearer, token

WITHIN_S = 120.0
"""When waiting ends for what never comes; nothing is timed: a publication takes what it takes."""

LON, LAT = drawn.middle("A")
WHERE = f"/route?lon={LON}&lat={LAT}"


def ahead(**time):
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


@pytest.fixture(params=BOTH)
def city(request, tmp_path):
    """Give the address of a database with a plan that merges A into D, and its number."""
    with new_database(request, tmp_path) as url:
        engine = open_engine(url)
        drawn.store(engine)
        number = approved_merge(engine, Desk(engine), "A", "D")
        engine.dispose()
        yield url, number


def test_a_schedule_is_put_told_and_taken_back_by_those_who_may(city, tmp_path):
    url, number = city
    with served(url, tmp_path) as client:
        address, moment = f"/api/v1/plans/{number}/schedule", ahead(days=3)
        wanted = {"name": "春季", "effective_from": moment}
        leader = bearer(token(url, (Role.LEADER, None), code="leader"))
        west = bearer(token(url, (Role.PLANNER, "w"), code="west"))
        for who in (leader, west):
            assert client.put(address, json=wanted, headers=who).status_code == 403
            assert client.delete(address, headers=who).status_code == 403
        told = client.put(address, json=wanted).json()["schedule"]
        assert datetime.fromisoformat(told["effective_from"]) == datetime.fromisoformat(moment)
        assert (told["name"], told["asked_by"], told["problem"]) == ("春季", "tester", None)
        [listed] = client.get("/api/v1/plans").json()["plans"]
        assert listed["schedule"] == told
        assert client.get(f"/api/v1/plans/{number}").json()["schedule"] == told
        draft = client.put(f"/api/v1/plans/{number}/stage", json={"stage": "draft"})
        assert draft.status_code == 409
        assert "cancel that first" in draft.json()["detail"]
        for wrong in (ahead(days=-1), ahead(days=5000), "2027-03-01T00:00:00"):
            refused = client.put(address, json=wanted | {"effective_from": wrong})
            assert refused.status_code == 422, refused.text
        after = client.delete(address)
        assert (after.status_code, after.json()["schedule"]) == (200, None)
        assert client.delete(address).status_code == 409
        log = client.get("/api/v1/audit", params={"layer": "plans"}).json()["entries"]
        said = [one["after"] for one in log if "effective_from" in one["after"]]
        assert [bool(one["effective_from"]) for one in said] == [False, True]


def soon(client, number, least_s):
    """Put the schedule of a plan a few seconds ahead, and return the moment."""
    began = time.monotonic()
    client.get(f"/plans/{number}")
    least_s += 20 * (time.monotonic() - began)  # a busy machine answers late
    for lead_s in (least_s, 3 * least_s, 9 * least_s):
        moment = datetime.now(UTC) + timedelta(seconds=lead_s)
        wanted = {"name": "春季", "effective_from": moment.isoformat()}
        status, told = client.ask("PUT", f"/plans/{number}/schedule", wanted)
        if status == 200:
            return moment
        assert "not in the ten years to come" in told["detail"], told
    raise AssertionError(told)


class Watcher:
    """Asks whose a place is, over and over, on one kept connection."""

    def __init__(self, client):
        self.client = client
        self.seen, self.wrong = [], []
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self._work)
        self.thread.start()

    def _work(self):
        while not self.is_over.is_set():
            began = datetime.now(UTC)
            status, told = self.client.ask("GET", WHERE)
            if status != 200:
                self.wrong.append((status, told))
                continue
            self.seen.append((began, told["generation"], told["chain"][0]["code"]))
            time.sleep(0.02)

    def stop(self):
        self.is_over.set()
        self.thread.join()


@contextmanager
def watched(running, key, seen_first):
    """Watch on many connections, so that every worker is asked, until all have swapped.

    What is done inside comes when all of them have answered with generation `seen_first`.
    """
    found = [Watcher(running.client(key)) for _ in range(8)]
    try:
        wait_for(found, seen_first)
        yield found
        wait_for(found, 2)
    finally:
        for one in found:
            one.stop()


def wait_for(found, generation):
    """Wait until the last answer of every watcher is of a generation, or of a later one."""
    until = time.monotonic() + WITHIN_S
    while not all(one.seen and one.seen[-1][1] >= generation for one in found):
        assert time.monotonic() < until, [one.seen[-1:] or one.wrong[-1:] for one in found]
        time.sleep(0.05)


def require_one_publication(url, moment):
    """Assert that there is one more generation, from the moment on, with everything in it."""
    engine = open_engine(url)
    with sessions(engine).begin() as session:
        generations = GenerationStore(session).all()
        done = [one for one in AuditStore(session).all() if one.change.action == "publish"]
        rows = LayerStore(session).read("incidents")
    engine.dispose()
    assert [one.valid_from for one in generations] == [drawn.START, moment]
    assert [(one.actor.who, one.actor.via) for one in done][1:] == [("chief", "schedule")]
    still = rows[(rows["grid_code"] == "A") & ~rows["state"].isin(["closed", "rejected"])]
    assert still.empty


def test_a_moment_that_is_known_is_not_slept_through(tmp_path, sqlite_template):
    engine = open_engine(sqlite_database(tmp_path, sqlite_template))
    drawn.store(engine)
    desk = Desk(engine)
    number = approved_merge(engine, desk, "A", "D")
    now = datetime.now(UTC)
    moment = now + timedelta(seconds=1)
    asked = Schedule(effective_from=moment, name="春季", asked_by="chief", asked_at=now)
    with desk.look(number) as (_, held), sessions(engine).begin() as session:
        schedule_plan(session, PlanStore(session).hold(number), held, asked)
    schedule = LiveSchedule(engine, desk, look_s=3600.0)  # it would look again in an hour
    until = time.monotonic() + WITHIN_S
    while next_moment(engine) is not None:
        assert time.monotonic() < until
        time.sleep(0.05)
    schedule.close()
    engine.dispose()


@pytest.mark.slow
def test_two_workers_swap_at_the_moment_without_a_failed_answer(city, tmp_path):
    url, number = city
    key = token(url, (Role.ADMINISTRATOR, None), code="chief")
    with service(url, tmp_path, workers=2) as running, watched(running, key, 1) as found:
        moment = soon(running.client(key), number, 2)
    for one in found:
        assert one.wrong == []
        numbers = [generation for _, generation, _ in one.seen]
        assert numbers == sorted(numbers), "a generation came back"
        assert {(1, "A"), (2, "D")} == {(number, owner) for _, number, owner in one.seen}
        for began, generation, _ in one.seen:
            assert generation == 1 or began > moment - timedelta(seconds=1)
    require_one_publication(url, moment)


@pytest.mark.slow
def test_a_moment_that_nobody_was_there_for_is_made_up_for_at_the_start(city, tmp_path):
    url, number = city
    key = token(url, (Role.ADMINISTRATOR, None), code="chief")
    with service(url, tmp_path) as running:
        moment = soon(running.client(key), number, 2)
        running.kill()
        assert datetime.now(UTC) < moment
    time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))
    with service(url, tmp_path, workers=2) as running, watched(running, key, 1) as found:
        pass  # either is right first: the start may be quicker than the publication
    assert all(not one.wrong and one.seen[-1][1:] == (2, "D") for one in found)
    require_one_publication(url, moment)
