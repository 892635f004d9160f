"""Everything that is written is in the log, in the same transaction: every route, every table."""

import re
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pyotp
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import MetaData, select, text

from api.app import create_app
from gis_grid.accounts.audit import Actor
from gis_grid.accounts.roles import Role
from gis_grid.services.accounts.users import add_user, grant_role
from gis_grid.services.publishing import publish_grids
from gis_grid.settings import Settings
from gis_grid.storage.acting import acting
from gis_grid.storage.audit import AuditStore
from gis_grid.storage.city import CityStore
from gis_grid.storage.database import open_engine, sessions
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.plans.jobs import JobStore
from gis_grid.storage.special import SpecialStore
from gis_grid.values.layers import LAYERS
from tests import databases, drawn
from tests.api.test_matrix import more
from tests.storage.test_special import BOTH as TWO
from tests.storage.test_special import frame as special

PASSWORD, ANOTHER = "first of all 1", "second to none 2"
WRITES = {"post", "put", "patch", "delete"}

CHANGE_NOTHING = {
    "POST /api/v1/route": "points are routed, nothing is kept",
    "POST /api/v1/plans/{number}/previews": "what a step would do",
    "POST /api/v1/account/totp": "a pending secret counts for nothing until it is confirmed",
}
"""Routes that read by a method that writes, and why."""

UNLOGGED = {
    "alembic_version": "which migrations ran",
    "audit": "the log itself",
    "audit_end": "the end of the log",
    "version": "counters that tell processes to look again",
    "search_term": "words of the rows that are in the log",
    "server_secret": "made once, never told",
    "sign_in_try": "counted tries, under hashes",
    "sign_in_flow": "sign-ins with a provider that have begun",
    "plan_proposal": "what a job found; its order and its end are in the log",
    "plan_start": "what a plan began with, by its digest; the plan is in the log",
}
"""Tables whose rows are nobody's doing, and why."""

UNTOLD = {
    "account": {"totp_pending", "totp_step"},
    "account_session": {"seen_at", "turned_at", "turn"},
    "account_token": {"last_used_at"},
    "plan_job": {"seen_at", "done", "said", "step", "runner"},
}
"""Columns that move by using a thing."""

BRUSH = {"do": "rename", "codes": [["A", "A9"]]}

HOW = """
{route} writes and no step of tests/api/test_audited.py takes it: add one to `STEPS`, where it does
what it is for, or say in CHANGE_NOTHING why it changes nothing.
"""


class Desk:
    """A signed-in administrator and what the steps have learnt so far."""

    def __init__(self, client, engine):
        self.client = client
        self.engine = engine
        self.known = {}
        self.tables = MetaData()
        self.tables.reflect(engine)

    def sign_in(self, name):
        self.client.cookies.clear()
        given = {"name": name, "password": PASSWORD}
        answer = self.client.post("/api/v1/session", json=given)
        self.client.headers["X-CSRF-Token"] = answer.json()["csrf"]

    def rows(self):
        """Return every row of every table, without columns that move by themselves."""
        found = {}
        with self.engine.connect() as connection:
            for name, table in self.tables.tables.items():
                columns = [one for one in table.c if one.name not in UNTOLD.get(name, ())]
                found[name] = sorted(map(repr, connection.execute(select(*columns))))
        return found

    def entries(self, since):
        with sessions(self.engine)() as session:
            return [one for one in AuditStore(session).all() if one.number > since]

    def end(self):
        with sessions(self.engine)() as session:
            return AuditStore(session).end().number


def steps(desk):
    """Yield what an administrator does, in turn: route, path, body; each must succeed."""
    known = desk.known
    account, users, plans = "/api/v1/account", "/api/v1/users", "/api/v1/plans"
    yield f"DELETE {account}/sessions", {}, None
    yield "PUT /api/v1/account/password", {}, {"old": PASSWORD, "new": ANOTHER}
    for route, path, body in (
        (f"DELETE {users}/{{code}}/totp", {"code": "root"}, None),
        (f"POST {account}/totp/removal", {}, {"password": ANOTHER}),
    ):
        yield f"POST {account}/totp", {}, {"password": ANOTHER}
        secret = known["answer"]["secret"]
        yield f"PUT {account}/totp", {}, {"code": pyotp.TOTP(secret).now()}
        yield route, path, body
    yield f"POST {account}/tokens", {}, {"label": "x"}
    yield f"DELETE {account}/tokens/{{number}}", {"number": known["answer"]["token"]["id"]}, None
    yield f"POST {users}", {}, {"code": "ann", "roles": [{"role": "viewer"}]}
    ann = {"code": "ann", "role": "checker", "provider": "city"}
    yield f"PATCH {users}/{{code}}", ann, {"name": "值班"}
    yield f"POST {users}/{{code}}/password", ann, None
    yield f"POST {users}/{{code}}/roles", ann, {"role": "checker", "grid_code": "w"}
    yield f"DELETE {users}/{{code}}/roles/{{role}}?grid_code=w", ann, None
    yield f"PUT {users}/{{code}}/identities/{{provider}}", ann, {"subject": "7"}
    yield f"DELETE {users}/{{code}}/identities/{{provider}}", ann, None
    yield f"POST {users}/{{code}}/tokens", ann, {"label": "x"}
    number = known["answer"]["token"]["id"]
    yield f"DELETE {users}/{{code}}/tokens/{{number}}", ann | {"number": number}, None
    yield f"DELETE {users}/{{code}}/sessions", {"code": "guest"}, None
    yield f"POST {plans}", {}, {"title": "一稿", "area_code": "s"}
    plan = {"number": known["answer"]["number"], "seen": 0}
    yield f"PATCH {plans}/{{number}}", plan, {"title": "二稿"}
    yield f"POST {plans}/{{number}}/comments", plan, {"text": "这里应沿河"}
    yield f"POST {plans}/{{number}}/copies", plan, {"title": "另一稿"}
    yield f"POST {plans}/{{number}}/previews", plan, BRUSH
    yield f"POST {plans}/{{number}}/steps", plan, BRUSH
    yield f"POST {plans}/{{number}}/undo", plan | {"seen": 1}, None
    yield f"POST {plans}/{{number}}/redo", plan | {"seen": 2}, None
    plan["seen"] = 3
    for stage in ("review", "approved"):
        yield f"PUT {plans}/{{number}}/stage", plan, {"stage": stage}
    later = (datetime.now(UTC) + timedelta(days=9)).isoformat()
    for verb, body in (("PUT", {"name": "秋季", "effective_from": later}), ("DELETE", None)):
        yield f"{verb} {plans}/{{number}}/schedule", plan, body
    yield f"POST {plans}/{{number}}/publication", plan, {"name": "秋季"}
    yield "POST /api/v1/generations/{number}/revert", {"number": 2}, {"name": "撤销"}
    file = desk.client.get(f"{plans}/{plan['number']}/export", params={"format": "plan"}).json()
    yield f"POST {plans}/import", {}, file
    yield f"POST {plans}/{{number}}/copies", plan, {"title": "均衡"}
    copy = {"number": known["answer"]["number"]}
    yield "DELETE /api/v1/jobs/{number}", {"number": queued(desk, **copy)}, None
    yield f"POST {plans}/{{number}}/balances", copy, {"mode": "small_change", "proposals": 1}
    ended(desk, known["answer"]["number"])
    yield "DELETE /api/v1/session", {}, None
    yield "POST /api/v1/session", {}, {"name": "root", "password": ANOTHER}
    yield "POST /api/v1/route", {}, {"points": [drawn.middle("B")]}


def queued(desk, number):
    """Queue a job on a plan that no process takes up."""
    asked = {"mode": "small_change", "proposals": 1}
    with sessions(desk.engine).begin() as session:
        add = JobStore(session).add
        return add(number, asked, total=9, runner="h:1:a", author="root", now=drawn.START).number


def ended(desk, number):
    """Wait until a job has ended: its process writes by itself."""
    until = time.monotonic() + 240
    while time.monotonic() < until:
        if desk.client.get(f"/api/v1/jobs/{number}").json()["ended_at"]:
            return
        time.sleep(0.2)
    pytest.fail("the job did not end")


@pytest.fixture(scope="module")
def desk(tmp_path_factory, sqlite_template):
    folder = tmp_path_factory.mktemp("audited")
    url = databases.sqlite_database(folder, sqlite_template)
    engine = open_engine(url)
    drawn.store(engine)
    now = drawn.START
    with sessions(engine).begin() as session:
        for code in ("root", "guest"):
            add_user(session, code, password=PASSWORD, now=now)
        grant_role(session, "root", Role.ADMINISTRATOR, None, now=now, by="tests")
    app = create_app(Settings(database_url=url, cache_dir=folder))
    with TestClient(app, raise_server_exceptions=False) as client:
        made = Desk(client, engine)
        for who in ("guest", "root", "root"):
            made.sign_in(who)
        yield made
    engine.dispose()


STOP = "CREATE TRIGGER stop BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no more'); END"
"""From here on nothing can be written in the log."""


def asked(desk, route, path, body):
    method, _, template = route.partition(" ")
    address = re.sub(r"{(\w+)}", lambda found: str(path[found[1]]), template)
    headers = {"If-Match": f'"{path.get("seen", 0)}"'}
    return desk.client.request(
        method, address, headers=headers, **({} if body is None else {"json": body})
    )


def changed(before, after):
    return {name for name, rows in after.items() if rows != before[name]} - set(UNLOGGED)


def with_a_full_log(desk, route, path, body):
    """Require that nothing is done when it cannot be written in the log."""
    before = desk.rows()
    with desk.engine.begin() as connection:
        connection.execute(text(STOP))
    try:
        answer = asked(desk, route, path, body)
    finally:
        with desk.engine.begin() as connection:
            connection.execute(text("DROP TRIGGER stop"))
    assert changed(before, desk.rows()) == set(), route
    return answer


@pytest.mark.slow
def test_every_route_that_writes_is_in_the_log_or_does_nothing(desk):
    taken, tables = set(), set()
    for route, path, body in steps(desk):
        name = route.partition("?")[0]
        taken.add(name)
        if name not in CHANGE_NOTHING:
            refused = with_a_full_log(desk, route, path, body)
            assert refused.status_code >= HTTPStatus.BAD_REQUEST, (route, refused.text)
        before, end = desk.rows(), desk.end()
        answer = asked(desk, route, path, body)
        assert answer.status_code < HTTPStatus.MULTIPLE_CHOICES, (route, answer.text)
        desk.known["answer"] = answer.json() if answer.content else None
        if name == "POST /api/v1/session":
            desk.client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        moved, written = changed(before, desk.rows()), desk.entries(end)
        assert bool(moved) == bool(written) == (name not in CHANGE_NOTHING), (route, moved, written)
        assert {one.actor.who for one in written} <= {"root"}, route
        assert all(one.actor.request_id for one in written), route
        tables |= moved
    described = desk.client.app.openapi()["paths"]
    writing = {
        f"{verb.upper()} {path}"
        for path, verbs in described.items()
        for verb in verbs
        if verb in WRITES
    }
    assert not writing - taken, HOW.format(route=", ".join(sorted(writing - taken)))
    sys.stdout.write(f"\n{len(taken)} routes that write, {len(desk.entries(0))} entries")
    tables |= by_hand(desk)
    untouched = set(desk.tables.tables) - tables - set(UNLOGGED)
    assert not untouched, f"no step changes {untouched}; add one, or say why in UNLOGGED"
    with sessions(desk.engine)() as session:
        assert AuditStore(session).broken() is None


def by_hand(desk):
    """Change what no route changes yet through the stores; return the tables."""
    tables = set()

    def done(work):
        before, end = desk.rows(), desk.end()
        with acting(Actor(who="ann")):
            work()
        moved, written = changed(before, desk.rows()), desk.entries(end)
        assert moved
        assert {one.actor.who for one in written} == {"ann"}
        tables.update(moved)

    def stored(name, frame):
        with sessions(desk.engine).begin() as session:
            LayerStore(session).upsert(name, frame)

    def described():
        with sessions(desk.engine).begin() as session:
            CityStore(session).put(replace(CityStore(session).get(), name="他市"))

    def surrounded():
        with sessions(desk.engine).begin() as session:
            SpecialStore(session).put(special(*TWO), valid_from=drawn.START)

    reached = set()
    for name, frame in more():
        done(lambda name=name, frame=frame: stored(name, frame))
        reached.add(name)
    again = drawn.frames()
    for name in ("streets", "landcover"):
        done(lambda name=name: stored(name, again[name].assign(name="另名")))
        reached.add(name)
    contact = drawn.layer(
        "officers", [{"code": "o7", "name": "x", "area_code": "C", "duty_phone": "800"}]
    )
    done(lambda: stored("officers", contact))
    done(described)
    done(surrounded)
    later, named = drawn.START + timedelta(days=36_500), drawn.grids({"A": "另名"})
    done(lambda: publish_grids(desk.engine, named, name="again", valid_from=later))
    assert reached | {"grids", "officers"} == set(LAYERS)
    return tables
