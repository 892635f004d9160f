"""Signing in and out over HTTP, and everything that must not work."""

import logging
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import event, text

from api.app import create_app
from api.live_identity import LOOK_S
from gis_grid.accounts.roles import Role
from gis_grid.services.accounts import passwords, tokens, users
from gis_grid.services.accounts.seal import Seal
from gis_grid.settings import Settings
from gis_grid.storage.accounts.users import UserStore
from gis_grid.storage.database import open_engine, sessions
from tests import drawn
from tests.api.conftest import BOTH, new_database

SESSION = "/api/v1/session"
PASSWORD = "马到成功 2026!!"
SECRET = "a secret of the tests that is long enough"
WRONG = "the name, the password or the code is wrong"


@pytest.fixture(scope="module", params=BOTH)
def served(request, tmp_path_factory):
    """Give a service with two accounts and its database."""
    folder = tmp_path_factory.mktemp("accounts")
    with new_database(request, folder) as url:
        engine = open_engine(url)
        drawn.store(engine)
        now = datetime.now(UTC)
        with sessions(engine).begin() as session:
            users.add_user(session, "chief", name="值班长", password=PASSWORD, now=now)
            users.grant_role(session, "chief", Role.DUTY_CHIEF, "w", now=now, by="tests")
            users.add_user(session, "root", password=PASSWORD, now=now)
            users.grant_role(session, "root", Role.ADMINISTRATOR, None, now=now, by="tests")
        settings = Settings(database_url=url, secret=SECRET, cache_dir=folder)
        with TestClient(create_app(settings)) as client, TestClient(create_app(settings)) as other:
            yield SimpleNamespace(client=client, other=other, engine=engine, settings=settings)
        engine.dispose()


@pytest.fixture
def client(served):
    for one in (served.client, served.other):
        one.cookies.clear()
    with served.engine.begin() as connection:
        connection.execute(text("DELETE FROM sign_in_try"))
    return served.client


def sign_in(client, name="chief", password=PASSWORD, **more):
    return client.post(SESSION, json={"name": name, "password": password} | more)


def cookie_of(client):
    return client.cookies["gis_grid"]


def put_cookie(client, value):
    client.cookies.clear()
    client.cookies["gis_grid"] = value


def later(served, column, **delta):
    """Let the sessions have begun, turned or been seen a while ago."""
    old = datetime.now(UTC) - timedelta(**delta)
    written = old if served.engine.dialect.name == "postgresql" else old.strftime("%F %T.%f")
    with served.engine.begin() as connection:
        connection.execute(text(f"UPDATE account_session SET {column} = :old"), {"old": written})
        connection.execute(text("UPDATE version SET number = number + 1 WHERE topic = 'accounts'"))
    time.sleep(LOOK_S + 0.05)


def test_signs_in_and_out(client):
    assert client.get(SESSION).status_code == 401
    answer = sign_in(client, name=" Chief ")
    assert answer.status_code == 200
    told = answer.json()
    assert told["user"] == {
        "code": "chief",
        "name": "值班长",
        "roles": [{"role": "duty_chief", "grid_code": "w", "grid_name": "网格w", "generation": 1}],
    }
    assert client.get(SESSION).json() == told
    out = client.delete(SESSION, headers={"X-CSRF-Token": told["csrf"]})
    assert out.status_code == 204
    assert client.get(SESSION).status_code == 401


def test_the_cookie_is_out_of_reach(client):
    said = sign_in(client).headers["set-cookie"]
    attributes = {part.strip().lower() for part in said.split(";")[1:]}
    assert attributes == {"httponly", "path=/", "samesite=lax", "max-age=43200"}


def test_over_https_it_is_secure_and_bound_to_the_host(served):
    with TestClient(create_app(served.settings.model_copy(update={"https": True}))) as client:
        said = sign_in(client).headers["set-cookie"]
    assert said.startswith("__Host-gis_grid=")
    assert "Secure" in said
    assert "Path=/" in said
    assert "Domain" not in said


def test_signing_out_ends_every_cookie_of_the_session(served, client):
    csrf = sign_in(client).json()["csrf"]
    stolen = cookie_of(client)
    client.delete(SESSION, headers={"X-CSRF-Token": csrf})
    put_cookie(served.other, stolen)
    assert served.other.get(SESSION).status_code == 401


def test_signing_in_again_ends_the_session_before(client):
    sign_in(client)
    before = cookie_of(client)
    sign_in(client)
    assert cookie_of(client) != before
    put_cookie(client, before)
    assert client.get(SESSION).status_code == 401


@pytest.mark.parametrize("change", ["tail", "dot", "head", "unsigned", "bare", "x", "null", "{}"])
def test_a_changed_cookie_is_worth_nothing(client, change):
    sign_in(client)
    right = cookie_of(client)
    body, _, signature = right.partition(".")
    changed = {
        "tail": right[:-3] + ("AAA" if right[-3:] != "AAA" else "BBB"),
        "dot": right.replace(".", "", 1),
        "head": "A" + right,
        "unsigned": body + ".",
        "bare": body,
    }
    put_cookie(client, changed.get(change, change))
    assert client.get(SESSION).status_code == 401
    assert signature


def test_a_cookie_signed_by_somebody_else_is_worth_nothing(client):
    sign_in(client)
    word, turn = Seal(SECRET).read(cookie_of(client), "session")
    put_cookie(client, Seal(SECRET).signed("session", word, turn))
    assert client.get(SESSION).status_code == 200  # the very same, by the right secret
    for forged in (
        Seal(SECRET + "x").signed("session", word, turn),
        Seal(SECRET).signed("flow", word, turn),  # for another purpose
        Seal(SECRET).signed("session", word, turn + 1),  # of a turn that never was
        Seal(SECRET).signed("session", word[:-1], turn),
    ):
        put_cookie(client, forged)
        assert client.get(SESSION).status_code == 401


def test_the_cookie_is_exchanged_and_the_old_one_ends_the_session(served, client):
    sign_in(client)
    old = cookie_of(client)
    later(served, "turned_at", minutes=20)
    assert client.get(SESSION).status_code == 200
    new = cookie_of(client)
    assert new != old
    put_cookie(served.other, old)
    late = served.other.get(SESSION)  # requests of one page cross
    assert late.status_code == 200
    assert f"gis_grid={new};" in late.headers["set-cookie"]
    later(served, "turned_at", minutes=2)
    put_cookie(served.other, old)
    assert served.other.get(SESSION).status_code == 401  # somebody kept it
    assert client.get(SESSION, headers={"Cookie": f"gis_grid={new}"}).status_code == 401


@pytest.mark.parametrize(("column", "delta"), [("seen_at", 61), ("opened_at", 12 * 60 + 1)])
def test_a_session_ends_by_itself(served, client, column, delta):
    sign_in(client)
    later(served, column, minutes=delta)
    assert client.get(SESSION).status_code == 401


def test_a_write_needs_the_token_of_its_session(served, client):
    csrf = sign_in(client).json()["csrf"]
    theirs = sign_in(served.other).json()["csrf"]
    for header in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": theirs}, {"X-CSRF-Token": csrf[1:]}):
        refused = client.delete(SESSION, headers=header)
        assert refused.status_code == 403
        assert "X-CSRF-Token" in refused.json()["detail"]
    assert client.get(SESSION).status_code == 200
    for site in ("cross-site", "same-site"):
        headers = {"X-CSRF-Token": csrf, "Sec-Fetch-Site": site}
        assert client.delete(SESSION, headers=headers).status_code == 403
        assert client.post(SESSION, headers=headers, json={"name": "chief", "password": PASSWORD}).status_code == 403  # noqa: E501  # fmt: skip
    own = {"X-CSRF-Token": csrf, "Sec-Fetch-Site": "same-origin"}
    assert client.delete(SESSION, headers=own).status_code == 204


def test_a_form_of_another_page_cannot_sign_anybody_in(client):
    form = client.post(SESSION, data={"name": "chief", "password": PASSWORD})
    plain = '{"name": "chief", "password": "' + PASSWORD + '"}'
    as_text = client.post(SESSION, content=plain.encode(), headers={"Content-Type": "text/plain"})
    assert form.status_code == as_text.status_code == 422
    assert "set-cookie" not in {**form.headers, **as_text.headers}


@pytest.mark.parametrize("name", ["chief", "nobody", "not a name!", "x" * 256, "' OR 1=1 --"])
def test_says_the_same_of_every_wrong_try_and_then_waits(client, name):
    for _ in range(5):
        refused = sign_in(client, name=name, password="wrong wrong")
        assert (refused.status_code, refused.json()["detail"]) == (401, WRONG)
        assert "set-cookie" not in refused.headers
    waiting = sign_in(client, name=name)  # even with the right password
    assert waiting.status_code == 429
    assert 25 <= int(waiting.headers["Retry-After"]) <= 30
    assert "try again in" in waiting.json()["detail"]


def test_all_processes_count_together(served, client):
    for number in range(5):
        sign_in((client, served.other)[number % 2], password="wrong wrong")
    assert sign_in(client).status_code == sign_in(served.other).status_code == 429
    assert sign_in(client, name="root").status_code == 200  # others are not locked out


def test_one_password_on_many_names_waits_by_address(client, monkeypatch):
    little = PasswordHash((Argon2Hasher(memory_cost=8, time_cost=1, parallelism=1),))
    monkeypatch.setattr(passwords, "_hasher", little)  # how often is what is tested
    monkeypatch.setattr(passwords, "NOBODY", little.hash("nobody at all"))
    for number in range(50):
        assert sign_in(client, name=f"guess{number}", password="wrong wrong").status_code == 401
    assert sign_in(client, name="another").status_code == 429


def test_an_unknown_name_takes_as_long_as_a_wrong_password(served, client):
    """The least processor time of interleaved tries, which waiting for others does not change.

    A verification takes most of it: without one the ratio would be far from 1.
    """
    asked = Counter()
    took = {"root": [], "nobody-%d": []}
    for number in range(10):
        for name, times in took.items():
            with served.engine.begin() as connection:
                connection.execute(text("DELETE FROM sign_in_try"))
            with statements(client) as counted:
                begun = time.process_time()
                sign_in(client, name=name.replace("%d", str(number)), password="wrong wrong")
                times.append(time.process_time() - begun)
            asked[name] += len(counted)
    known, unknown = (min(times) for times in took.values())
    assert 0.5 < known / unknown < 2
    assert asked["root"] == asked["nobody-%d"] > 0


@contextmanager
def statements(client):
    """Collect what a service asks its database, but for its clock of plans to be published."""
    engine = client.app_state["engine"]
    counted = []

    def count(_connection, _cursor, statement, *_):
        if "plan_schedule" not in statement:
            counted.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    yield counted
    event.remove(engine, "before_cursor_execute", count)


def test_a_disabled_account_is_out_at_once_everywhere(served, client):
    sign_in(client)
    put_cookie(served.other, cookie_of(client))
    assert client.get(SESSION).status_code == served.other.get(SESSION).status_code == 200
    with sessions(served.engine).begin() as session:
        users.set_disabled(session, "chief", is_disabled=True, now=datetime.now(UTC))
    try:
        refused = served.other.delete(SESSION, headers={"X-CSRF-Token": "x"})
        assert refused.status_code == 401  # a write looks it up
        time.sleep(LOOK_S + 0.05)
        assert client.get(SESSION).status_code == served.other.get(SESSION).status_code == 401
        assert sign_in(client).json()["detail"] == WRONG
    finally:
        with sessions(served.engine).begin() as session:
            users.set_disabled(session, "chief", is_disabled=False, now=datetime.now(UTC))


def made_token(served, **options):
    with sessions(served.engine).begin() as session:
        return tokens.make_token(
            session, "chief", label="tests", days=1, now=datetime.now(UTC), **options
        )


def test_a_token_acts_for_its_account_without_csrf(served, client):
    token, made = made_token(served, scope=[(Role.DUTY_CHIEF, "A")])
    headers = {"Authorization": f"Bearer {made.written()}"}
    told = client.get(SESSION, headers=headers).json()
    assert told["csrf"] is None
    assert [(one["role"], one["grid_code"]) for one in told["user"]["roles"]] == [
        ("duty_chief", "A")
    ]
    with sessions(served.engine).begin() as session:
        tokens.revoke_token(session, token.id, now=datetime.now(UTC))
    refused = client.delete(SESSION, headers=headers)
    assert refused.status_code == 401  # a write looks it up
    time.sleep(LOOK_S + 0.05)
    for one in (client, served.other):
        refused = one.get(SESSION, headers=headers)
        assert refused.status_code == 401
        assert "unknown, expired or revoked" in refused.json()["detail"]
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer x", "Basic Y2hpZWY6eA==", "", "Bearer gg_000000000000_" + "0" * 64]
)
def test_a_wrong_token_is_refused_even_beside_a_cookie(client, header):
    sign_in(client)
    assert client.get(SESSION, headers={"Authorization": header}).status_code == 401


def test_a_token_cannot_do_what_a_person_must(served, client):
    _, made = made_token(served)
    headers = {"Authorization": f"Bearer {made.written()}"}
    for method, path, body in (
        ("DELETE", "/api/v1/session", None),
        ("GET", "/api/v1/account/tokens", None),
        ("POST", "/api/v1/account/tokens", {"label": "another"}),
        ("PUT", "/api/v1/account/password", {"old": PASSWORD, "new": "another one 1"}),
        ("POST", "/api/v1/account/totp", {"password": PASSWORD}),
    ):
        assert client.request(method, path, json=body, headers=headers).status_code == 403, path


def test_no_secret_is_logged_or_told(served, client, caplog):
    caplog.set_level(logging.DEBUG)
    _, made = made_token(served)
    csrf = sign_in(client).json()["csrf"]
    secrets = [PASSWORD, "wrong wrong", cookie_of(client), csrf, made.secret, SECRET]
    told = [
        sign_in(client, password="wrong wrong").text,
        sign_in(client, password="wrong wrong " * 100).text,
        client.post(SESSION, content=b'{"password": "wrong wrong"').text,
        client.get(SESSION, headers={"Authorization": f"Bearer {made.written()}x"}).text,
        client.delete(SESSION, headers={"X-CSRF-Token": csrf + "x"}).text,
        repr(served.settings),
    ]
    with sessions(served.engine).begin() as session:
        told.append(repr((made, UserStore(session).credentials("chief"))))
    everything = "\n".join([*told, *(record.getMessage() for record in caplog.records)])
    assert [one for one in secrets if one in everything] == []
    assert "$argon2" not in everything
