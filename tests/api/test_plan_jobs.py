"""A balance over HTTP: ordered, watched, its proposals looked at and adopted, or cancelled."""

import os
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from gis_grid.accounts.roles import Role
from gis_grid.services.planning.jobs import JobRunner, is_dead, runner_name
from gis_grid.storage.database import open_engine, sessions
from gis_grid.storage.plans.jobs import LOST_AFTER, JobStore
from gis_grid.storage.plans.plans import PlanStore
from tests import planned
from tests.api.conftest import BOTH, new_database, served
from tests.signed import bearer, token

SMALL = {"mode": "small_change", "most_moved": 0.2, "proposals": 2, "within": False}
SCRATCH = {"mode": "scratch", "count": 5, "proposals": 2, "within": False, "tolerance": 0.05}
FACTORS = {"factors": {"households": 1.0}}


@contextmanager
def planning(request, folder):
    with new_database(request, folder) as url:
        engine = open_engine(url)
        planned.store(engine)
        with served(url, folder) as client:
            client.engine, client.url = engine, url
            yield client
        engine.dispose()


@pytest.fixture(scope="module", params=BOTH[:1])
def client(request, tmp_path_factory):
    """Give a service on SQLite: each job starts a process, so not everything is asked twice."""
    with planning(request, tmp_path_factory.mktemp("jobs")) as client:
        yield client


@pytest.fixture(scope="module", params=BOTH)
def either(request, tmp_path_factory):
    with planning(request, tmp_path_factory.mktemp("jobs")) as client:
        yield client


def copy(client):
    return client.post("/api/v1/plans/1/copies", json={"title": "均衡"}).json()["number"]


@pytest.fixture
def number(client):
    return copy(client)


@pytest.fixture(scope="module")
def finished(client):
    """Return a job that is done."""
    return waited(client, order(client, copy(client), SMALL).headers["Location"])[0]


def order(client, number, body):
    answer = client.post(f"/api/v1/plans/{number}/balances", json=body | FACTORS)
    assert answer.status_code == 202, answer.text
    return answer


def ask(client, method, path, who, body=None):
    return client.request(method, path, headers=who, json=body).status_code


def waited(client, address, seconds=240):
    """Return a job when it has ended, and all that was told of it on the way."""
    told, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        told.append(client.get(address).json())
        if told[-1]["state"] not in {"queued", "running"}:
            return told[-1], told
        time.sleep(0.2)
    pytest.fail(f"it did not end: {told[-1]}")


def step(client, number, wish, seen):
    headers = {"If-Match": f'"{seen}"'}
    return client.post(f"/api/v1/plans/{number}/steps", json=wish, headers=headers)


def owners(client, number):
    bbox = "-180,-90,180,90"
    blocks = client.get(f"/api/v1/plans/{number}/blocks", params={"bbox": bbox}).json()
    return {one["id"]: one["properties"] for one in blocks["features"]}


def test_a_small_change_is_ordered_watched_and_adopted(either):
    _is_ordered_watched_and_adopted(either, SMALL)


def test_grids_from_scratch_are_ordered_watched_and_adopted(client):
    _is_ordered_watched_and_adopted(client, SCRATCH)


def _is_ordered_watched_and_adopted(client, body):
    number = copy(client)
    answer = order(client, number, body)
    address = answer.headers["Location"]
    job, told = waited(client, address)
    assert job["state"] == "done", job
    assert [one["progress"]["done"] for one in told] == sorted(
        one["progress"]["done"] for one in told
    )
    assert job["progress"] | {"zh": "", "en": ""} == {
        "done": 200, "of": 200, "share": 1.0, "zh": "", "en": "",
    }  # fmt: skip
    assert [one["number"] for one in job["proposals"]] == [1, 2]
    before = owners(client, number)
    for which in job["proposals"]:
        _figures_are_true(client, address, which, before)
    adopt = {"do": "adopt", "job": job["number"], "proposal": 2}
    shown = client.post(f"/api/v1/plans/{number}/previews", json=adopt)
    assert shown.status_code == 200, shown.text
    taken = step(client, number, adopt, 0)
    assert taken.status_code == 200, taken.text
    assert taken.json()["entry"]["title"] == f"adopt proposal 2 of job {job['number']}"
    changes = client.get(f"{address}/proposals/2").json()
    after = owners(client, number)
    for one in changes["changes"]:
        assert after[one["block"]]["grid_code"] == one["after"]
    moved = {code for code in before if before[code]["grid_code"] != after[code]["grid_code"]}
    assert moved == {one["block"] for one in changes["changes"]}
    assert (changes["fits"], changes["features"] != []) == (False, bool(moved))
    refused = step(client, number, adopt, 1)
    assert refused.status_code == 409
    assert "does not fit the plan any more: block" in refused.json()["detail"]
    undone = client.post(f"/api/v1/plans/{number}/undo", headers={"If-Match": '"1"'})
    assert undone.status_code == 200
    assert owners(client, number) == before
    assert client.get(f"{address}/proposals/2").json()["fits"]


def _figures_are_true(client, address, which, before):
    """Count again from what the blocks are told to weigh."""
    found = client.get(f"{address}/proposals/{which['number']}").json()
    assert found["figures"] == which
    after = {code: one["grid_code"] for code, one in before.items()}
    after |= {one["block"]: one["after"] for one in found["changes"]}
    weight = {code: one["weights"]["households"] for code, one in before.items()}
    total = sum(weight.values())
    moved = sum(weight[one["block"]] for one in found["changes"])
    assert which["moved_share"] == pytest.approx(moved / total)
    work = {}
    for code, grid in after.items():
        work[grid] = work.get(grid, 0.0) + weight[code]
    loads = np.array([*work.values()])
    assert which["grids"] == len(loads)
    assert which["cv"] == pytest.approx(loads.std() / loads.mean())
    assert which["largest_deviation"] == pytest.approx(np.abs(loads / loads.mean() - 1).max())
    assert which["broken"] == 0
    assert 0 < which["polsby_popper"] <= 1
    assert {one["id"] for one in found["features"]} == {one["block"] for one in found["changes"]}


def test_locked_grids_stay_and_renamed_ones_do_not_hinder_an_adoption(client, number):
    lock = {"do": "lock", "kind": "grid", "codes": ["g2"], "locked": True}
    assert step(client, number, lock, 0).status_code == 200
    job, _ = waited(client, order(client, number, SCRATCH | {"proposals": 1}).headers["Location"])
    assert (job["state"], job["step"], job["proposals"][0]["locked"]) == ("done", 1, 1)
    found = client.get(f"/api/v1/jobs/{job['number']}/proposals/1").json()
    assert not any("g2" in {one["before"], one["after"]} for one in found["changes"])
    listed = client.get(f"/api/v1/plans/{number}/balances").json()["jobs"]
    assert [one["number"] for one in listed] == [job["number"]]
    rename = {"do": "rename", "codes": [["g0", "gx"]]}
    assert step(client, number, rename, 1).status_code == 200
    wish = {"do": "adopt", "job": job["number"], "proposal": 1}
    assert step(client, number, wish, 2).status_code == 200
    grids = client.get(f"/api/v1/plans/{number}/grids").json()["features"]
    assert len(grids) == 5
    assert all(one["properties"]["pieces"] == 1 for one in grids)


def test_a_job_is_cancelled_and_leaves_the_plan_free(client, number):
    address = order(client, number, SCRATCH | {"proposals": 8}).headers["Location"]
    again = client.post(f"/api/v1/plans/{number}/balances", json=SCRATCH)
    assert again.status_code == 409
    assert "works on plan" in again.json()["detail"]
    stopped = client.delete(address)
    assert (stopped.status_code, stopped.json()["state"]) == (200, "cancelled")
    assert client.delete(address).status_code == 409
    assert waited(client, address)[0]["state"] == "cancelled"
    free = order(client, number, SMALL).headers["Location"]
    assert client.delete(free).status_code == 200


def test_what_cannot_be_made_says_why(client, number):
    address = order(client, number, SCRATCH | {"count": 999}).headers["Location"]
    job, _ = waited(client, address)
    assert job["state"] == "failed"
    assert "999 grids cannot be made of 36 blocks" in job["problem"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"mode": "scratch"}, 422),
        ({"mode": "scratch", "count": 3, "households": 300}, 422),
        ({"mode": "small_change", "count": 3}, 422),
        ({"mode": "small_change", "most_moved": 1.5}, 422),
        ({"mode": "small_change", "proposals": 99}, 422),
        ({"mode": "small_change", "factors": {"households": -1}}, 422),
        ({"mode": "magic"}, 422),
        ({"mode": "small_change", "more": 1}, 422),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(client, number, body, status):
    refused = client.post(f"/api/v1/plans/{number}/balances", json=body)
    assert refused.status_code == status, refused.text
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_jobs_are_for_those_who_see_the_plan(client, finished):
    address = f"/api/v1/jobs/{finished['number']}"
    asked = f"/api/v1/plans/{finished['plan']}/balances"
    leader = bearer(token(client.url, (Role.LEADER, "s"), code="leader"))
    planner = bearer(token(client.url, (Role.PLANNER, "w"), code="planner"))
    assert client.get(address).status_code == 200
    for who, status in ((leader, 200), (planner, 404)):
        for path in (address, f"{address}/proposals/1", asked):
            assert ask(client, "GET", path, who) == status
    for who in (leader, planner):
        assert ask(client, "DELETE", address, who) == 403
        assert ask(client, "POST", asked, who, SMALL) == 403


def test_a_proposal_of_another_plan_is_not_adopted(client, finished, number):
    wish = {"do": "adopt", "job": finished["number"], "proposal": 1}
    assert step(client, number, wish, 0).status_code == 409
    assert step(client, finished["plan"], wish | {"proposal": 9}, 0).status_code == 404
    assert step(client, finished["plan"], wish | {"job": 99_999}, 0).status_code == 404


def test_a_server_that_was_killed_leaves_failed_jobs_when_the_next_one_starts(client, number):
    with sessions(client.engine).begin() as session:
        dead = runner_name().replace(f":{os.getpid()}:", ":4194305:")
        job = JobStore(session).add(
            number, SMALL, total=200, runner=dead, author="ann", now=datetime.now(UTC)
        )
    assert is_dead(dead)
    assert not is_dead(runner_name())
    assert not is_dead("another-host:4194305:x")
    runner = JobRunner(client.engine)
    runner.close()
    found = client.get(f"/api/v1/jobs/{job.number}").json()
    assert found["state"] == "failed"
    assert "stopped; ask again" in found["problem"]


def test_a_job_of_which_nothing_is_heard_fails_when_somebody_looks(client, number):
    long_ago = datetime.now(UTC) - LOST_AFTER - timedelta(seconds=1)
    with sessions(client.engine).begin() as session:
        PlanStore(session).get(number)
        job = JobStore(session).add(
            number, SMALL, total=200, runner="another-host:1:x", author="ann", now=long_ago
        )
    assert client.get(f"/api/v1/jobs/{job.number}").json()["state"] == "failed"
