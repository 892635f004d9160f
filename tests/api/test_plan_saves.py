"""Planners who save at once, and a service that dies: no acknowledged step is ever lost."""

import os
import re
import threading

import numpy as np
import pytest

from gis_grid.accounts.roles import Role
from gis_grid.plan.log import Draft
from gis_grid.storage.database import opened, sessions
from gis_grid.storage.plans.plans import PlanStore
from tests import planned
from tests.plan import oracle
from tests.planned import SIDE
from tests.processes import service
from tests.signed import token

SAVES = int(os.environ.get("GIS_GRID_TEST_SAVES", "300"))
"""Steps that two planners save together; 1,000 take a minute: GIS_GRID_TEST_SAVES=1000."""

PEOPLE = ("ann", "bob")
ENOUGH = 25
"""Steps after which a service is killed, with another one on its way."""


@pytest.fixture
def plan(database_url):
    """Return the number of a plan of square blocks, in a database that a service can be put on."""
    with opened(database_url) as engine:
        return planned.store(engine).number


def planners(url):
    """Return a token for each planner."""
    grants = [(Role.PLANNER, "s")]
    return {code: token(url, *grants, code=code, is_read_only=False) for code in PEOPLE}


class Planner(threading.Thread):
    """Brushes blocks and takes steps back until enough are taken; looks again at a conflict."""

    def __init__(self, client, plan, name, enough):
        super().__init__(name=name)
        self.client, self.plan, self.enough = client, plan, enough
        self.rng = np.random.default_rng(len(name) + ord(name[0]))
        self.acknowledged, self.conflicts, self.failed = {}, [], None
        self.trying = None

    def run(self):
        try:
            seen = self.client.get(f"/plans/{self.plan}")["step"]
            while not self.enough(self):
                seen = self.try_one(seen)
        except Exception as error:  # noqa: BLE001 - told to the test
            self.failed = error

    def wish(self):
        if self.rng.random() < 0.15:
            return "undo"
        block = f"B{self.rng.integers(1, SIDE**2 + 1):06d}"
        return {"do": "move_blocks", "blocks": [block], "to": f"g{self.rng.integers(4)}"}

    def try_one(self, seen):
        """Try a step and return the last step that is known then."""
        self.trying = wish = self.wish()
        status, told = self.client.step(self.plan, wish, seen)
        if status == 200:
            number = told["entry"]["number"]
            assert (number, told["entry"]["author"]) == (seen + 1, self.name)
            self.acknowledged[number] = (wish, told["entry"])
            return number
        if status == 412:
            self.conflicts.append(told["detail"])
            return int(re.search(r"is at step (\d+), you saw", told["detail"])[1])
        # a block that is there already, or nothing left to take back: another wish then
        assert (status, "changes nothing" in told["detail"]) in {(422, True), (409, False)}, told
        return seen


def replayed(wishes):
    """Return the grid of each block after steps: a dictionary and a stack, no code of ours."""
    grid = {f"B{n + 1:06d}": f"g{number}" for n, number in enumerate(planned.start().assignment)}
    done = []
    for wish in wishes:
        if wish == "undo":
            block, before = done.pop()
            grid[block] = before
        else:
            [block] = wish["blocks"]
            done.append((block, grid[block]))
            grid[block] = wish["to"]
    return grid


def grids_of_blocks(client, plan):
    found = client.get(f"/plans/{plan}/blocks?bbox=120,40,126,42")["features"]
    return {one["id"]: one["properties"]["grid_code"] for one in found}


def require_all_kept(url, plan, acknowledged, clients):
    """Assert that the log is what was acknowledged, and every process shows what it leads to."""
    with opened(url) as engine, sessions(engine).begin() as session:
        store = PlanStore(session)
        log, start = store.entries(plan), store.start(store.get(plan).start_digest).state()
    assert [entry.number for entry in log] == [*range(1, len(log) + 1)]
    told = {number: (one["title"], one["author"]) for number, (_, one) in acknowledged.items()}
    assert told == {entry.number: (entry.title, entry.author) for entry in log}
    wanted = replayed([acknowledged[number][0] for number in sorted(acknowledged)])
    state = Draft.replayed(start.copy(), log).state
    codes = [state.codes[grid] for grid in state.assignment]
    assert {state.code(block): code for block, code in enumerate(codes)} == wanted
    oracle.check(state)
    for client in clients:
        assert grids_of_blocks(client, plan) == wanted


@pytest.mark.slow
def test_saves_of_two_planners_at_once_lose_nothing(database_url, plan, tmp_path):
    workers = 2 if database_url.startswith("postgresql") else 1
    tokens = planners(database_url)
    with service(database_url, tmp_path, workers=workers) as running:
        clients = {name: running.client(text) for name, text in tokens.items()}
        each = SAVES // 2
        people = [
            Planner(client, plan, name, lambda self: len(self.acknowledged) >= each)
            for name, client in clients.items()
        ]
        for one in people:
            one.start()
        for one in people:
            one.join()
        assert [one.failed for one in people] == [None, None]
        acknowledged = people[0].acknowledged | people[1].acknowledged
        assert len(acknowledged) == SAVES
        fresh = [running.client(tokens["ann"]) for _ in range(2 * workers)]
        require_all_kept(database_url, plan, acknowledged, fresh)
    told = people[0].conflicts + people[1].conflicts
    assert told, "they never met"
    for one in people:
        other = {"ann": "bob", "bob": "ann"}[one.name]
        for detail in one.conflicts:
            assert re.search(rf"since then: (\d+ \w+: [^;]+; )*\d+ {other}: \S", detail), detail


@pytest.mark.slow
def test_a_service_that_is_killed_has_kept_every_step_that_it_acknowledged(
    database_url, plan, tmp_path
):
    tokens = planners(database_url)
    with service(database_url, tmp_path) as running:
        worker = Planner(running.client(tokens["ann"]), plan, "ann", lambda _: False)
        worker.start()
        while len(worker.acknowledged) < ENOUGH and worker.is_alive():
            worker.join(0.005)
        running.kill()
        worker.join(30)
    assert isinstance(worker.failed, OSError), worker.failed
    acknowledged = worker.acknowledged
    assert len(acknowledged) >= ENOUGH
    with service(database_url, tmp_path) as running:
        client = running.client(tokens["bob"])
        step = require_continued(client, plan, acknowledged, worker.trying)
        require_all_kept(database_url, plan, acknowledged, [client])
        assert client.step(plan, "undo", step)[0] == 200
        assert client.get(f"/plans/{plan}")["step"] == step + 1


def require_continued(client, plan, acknowledged, trying):
    """Assert that a new process knows every step; return the last.

    The step that was on its way when the process died may have been kept.
    """
    step = client.get(f"/plans/{plan}")["step"]
    log = {one["number"]: one for one in client.get(f"/plans/{plan}/steps?since=0")["entries"]}
    assert sorted(log) == [*range(1, step + 1)]
    assert {number: log[number] for number in acknowledged} == {
        number: told for number, (_, told) in acknowledged.items()
    }
    assert set(log) - set(acknowledged) <= {len(acknowledged) + 1}
    acknowledged |= {number: (trying, log[number]) for number in set(log) - set(acknowledged)}
    return step
