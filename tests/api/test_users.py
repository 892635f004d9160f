"""Accounts over HTTP: one's own, and everybody's for administrators."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.app import create_app
from gis_grid.accounts.roles import Role
from gis_grid.services.accounts import users
from gis_grid.settings import Settings
from gis_grid.storage.database import opened, sessions
from tests import databases, drawn

SESSION, USERS, ACCOUNT = "/api/v1/session", "/api/v1/users", "/api/v1/account"
PASSWORD, ANOTHER = "first of all 1", "second to none 2"


@pytest.fixture(scope="module")
def city(tmp_path_factory, sqlite_template):
    """Return a file with a city and an administrator."""
    folder = tmp_path_factory.mktemp("city")
    url = databases.sqlite_database(folder, sqlite_template)
    now = datetime.now(UTC)
    with opened(url) as engine:
        drawn.store(engine)
        with sessions(engine).begin() as session:
            users.add_user(session, "root", password=PASSWORD, now=now)
            users.grant_role(session, "root", Role.ADMINISTRATOR, None, now=now, by="tests")
    return folder / "test.db"


@pytest.fixture
def client(tmp_path, city):
    """Give a service on a city of its own, with an administrator who is signed in."""
    url = databases.sqlite_database(tmp_path, city)
    with opened(url) as engine, TestClient(create_app(Settings(database_url=url))) as client:
        client.engine = engine
        sign_in(client, "root")
        yield client


def sign_in(client, name, password=PASSWORD, **more):
    client.cookies.clear()
    answer = client.post(SESSION, json={"name": name, "password": password} | more)
    if answer.status_code == 200:
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return answer


def add(client, code="ann", *roles):
    body = {"code": code, "password": PASSWORD}
    body["roles"] = [{"role": role, "grid_code": grid} for role, grid in roles]
    answer = client.post(USERS, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_adds_and_lists(client):
    made = add(client, "Ann", ("dispatcher", "w"), ("viewer", None))
    assert made["code"] == "ann"
    assert [(one["role"], one["grid_code"], one["generation"]) for one in made["roles"]] == [
        ("dispatcher", "w", 1),
        ("viewer", None, None),
    ]
    assert client.get(f"{USERS}/ann").json() == made
    assert [one["code"] for one in client.get(USERS).json()] == ["ann", "root"]
    assert sign_in(client, "ann").status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"code": "root"}, 409, "already"),
        ({"code": "a b"}, 422, "cannot be the name"),
        ({"code": "ann", "password": "short"}, 422, "has 5 characters"),
        ({"code": "ann", "password": "password123"}, 422, "everybody tries first"),
        ({"code": "ann", "roles": [{"role": "king"}]}, 422, "role"),
        ({"code": "ann", "roles": [{"role": "viewer", "grid_code": "x"}]}, 404, "no grid x"),
        ({"code": "ann", "admin": True}, 422, "admin"),
    ],
)
def test_refuses_what_cannot_be(client, body, status, said):
    answer = client.post(USERS, json=body)
    assert answer.status_code == status
    assert said in answer.json()["detail"]
    assert [one["code"] for one in client.get(USERS).json()] == ["root"]  # all of it or nothing


def test_grants_and_revokes(client):
    add(client)
    for _ in range(2):  # again does nothing
        held = client.post(f"{USERS}/ann/roles", json={"role": "planner", "grid_code": "e"}).json()
    assert len(held["roles"]) == 1
    assert client.delete(f"{USERS}/ann/roles/planner").status_code == 404  # not in the whole city
    left = client.delete(f"{USERS}/ann/roles/planner", params={"grid_code": "e"}).json()
    assert left["roles"] == []


def test_the_last_administrator_stays(client):
    for way in (
        lambda: client.delete(f"{USERS}/root/roles/administrator"),
        lambda: client.patch(f"{USERS}/root", json={"is_disabled": True}),
    ):
        refused = way()
        assert refused.status_code == 409
        assert "nobody would be left" in refused.json()["detail"]
    add(client, "ann", ("administrator", None))
    assert client.delete(f"{USERS}/root/roles/administrator").status_code == 200
    assert client.get(USERS).status_code == 403  # of one's own doing


@pytest.mark.parametrize("roles", [(), (("viewer", None),), (("administrator", "w"),)])
def test_nobody_else_may(client, roles):
    add(client, "ann", *roles)
    before = client.get(USERS).json()
    sign_in(client, "ann")
    tries = [("GET", "", None), ("POST", "", {"code": "x1"}), ("GET", "/root", None)]
    tries += [("PATCH", "/root", {"password": ANOTHER}), ("GET", "/ann/tokens", None)]
    tries += [("POST", "/ann/roles", {"role": "administrator"}), ("DELETE", "/root/totp", None)]
    tries += [("POST", "/root/tokens", {"label": "x"}), ("DELETE", "/root/sessions", None)]
    tries += [("PUT", "/root/identities/city", {"subject": "me"})]
    for method, path, body in tries:
        assert client.request(method, USERS + path, json=body).status_code == 403, path
    sign_in(client, "root")
    assert client.get(USERS).json() == before


def test_a_read_only_token_of_an_administrator_reads(client):
    made = client.post(f"{USERS}/root/tokens", json={"label": "watch"}).json()
    client.cookies.clear()
    headers = {"Authorization": f"Bearer {made['secret']}"}
    assert client.get(USERS, headers=headers).status_code == 200
    assert client.post(USERS, json={"code": "ann"}, headers=headers).status_code == 403
    limited = {"label": "x", "is_read_only": False, "roles": [{"role": "administrator", "grid_code": "w"}]}  # noqa: E501  # fmt: skip
    sign_in(client, "root")
    made = client.post(f"{USERS}/root/tokens", json=limited).json()
    client.cookies.clear()
    headers = {"Authorization": f"Bearer {made['secret']}"}
    assert client.get(USERS, headers=headers).status_code == 403  # of a grid, not of the city


def test_a_token_is_never_more_than_its_account(client):
    add(client, "hotline", ("integration", None))
    wanted = {"label": "x", "roles": [{"role": "administrator"}]}
    assert client.post(f"{USERS}/hotline/tokens", json=wanted).status_code == 403
    lost = {"label": "x", "roles": [{"role": "integration", "grid_code": "nowhere"}]}
    assert client.post(f"{USERS}/hotline/tokens", json=lost).status_code == 404
    for days in (0, 367):
        assert client.post(f"{USERS}/hotline/tokens", json={"label": "x", "days": days}).status_code == 422  # noqa: E501  # fmt: skip


def test_tokens_are_shown_once_and_revoked(client):
    made = client.post(f"{ACCOUNT}/tokens", json={"label": "notebook"}).json()
    (listed,) = client.get(f"{ACCOUNT}/tokens").json()
    assert listed == made["token"]
    assert made["secret"] not in client.get(f"{USERS}/root/tokens").text
    add(client)
    assert client.delete(f"{USERS}/ann/tokens/{listed['id']}").status_code == 404  # not ann's
    assert client.delete(f"{ACCOUNT}/tokens/{listed['id']}").status_code == 204
    assert client.get(f"{ACCOUNT}/tokens").json()[0]["revoked_at"]


def test_a_new_password_ends_the_other_sessions(client):
    with TestClient(client.app) as elsewhere:
        sign_in(elsewhere, "root")
        wrong = client.put(f"{ACCOUNT}/password", json={"old": ANOTHER, "new": ANOTHER})
        assert wrong.status_code == 403
        weak = client.put(f"{ACCOUNT}/password", json={"old": PASSWORD, "new": "short"})
        assert weak.status_code == 422
        done = client.put(f"{ACCOUNT}/password", json={"old": PASSWORD, "new": ANOTHER})
        assert done.status_code == 204
        assert client.get(SESSION).status_code == 200
        assert elsewhere.delete(SESSION).status_code == 401
        assert sign_in(elsewhere, "root").status_code == 401
        assert sign_in(elsewhere, "root", ANOTHER).status_code == 200


def test_who_finds_an_open_session_cannot_guess_the_password(client):
    for _ in range(5):
        client.put(f"{ACCOUNT}/password", json={"old": "a guess or two", "new": ANOTHER})
    locked = client.put(f"{ACCOUNT}/password", json={"old": PASSWORD, "new": ANOTHER})
    assert locked.status_code == 429
    assert sign_in(client, "root").status_code == 200  # the owner is not locked out


def test_lists_and_ends_sessions(client):
    mine = client.cookies["gis_grid"]
    sign_in(client, "root")
    client.cookies.clear()
    client.cookies["gis_grid"] = mine
    told = client.get(SESSION).json()
    client.headers["X-CSRF-Token"] = told["csrf"]
    listed = client.get(f"{ACCOUNT}/sessions").json()
    assert sorted(one["is_this"] for one in listed) == [False, True]
    assert all(len(one["id"]) == 12 and one["address"] for one in listed)
    assert client.delete(f"{ACCOUNT}/sessions").status_code == 204
    assert [one["is_this"] for one in client.get(f"{ACCOUNT}/sessions").json()] == [True]


@pytest.fixture
def authenticator(client):
    """Give the account an authenticator; return it with its recovery codes."""
    assert client.post(f"{ACCOUNT}/totp", json={"password": ANOTHER}).status_code == 403
    made = client.post(f"{ACCOUNT}/totp", json={"password": PASSWORD}).json()
    assert pyotp.parse_uri(made["uri"]).secret == made["secret"]
    assert sign_in(client, "root").status_code == 200  # not yet asked for
    clock = pyotp.TOTP(made["secret"])
    wrong = client.put(f"{ACCOUNT}/totp", json={"code": "000000"})
    assert wrong.status_code == 401
    code = clock.at(
        datetime.now(UTC) - timedelta(seconds=30)
    )  # so that the present one is not used up
    codes = client.put(f"{ACCOUNT}/totp", json={"code": code}).json()["recovery_codes"]
    assert len(set(codes)) == 8
    return clock, codes


def forget_tries(client):
    with client.engine.begin() as connection:
        connection.execute(text("DELETE FROM sign_in_try"))


def test_a_code_is_asked_for_and_taken_once(client, authenticator):
    clock, _ = authenticator
    asked = sign_in(client, "root")
    assert asked.status_code == 401
    assert asked.json()["type"] == "urn:gis-grid:second-factor"
    assert sign_in(client, "root", ANOTHER).json()["type"] == "about:blank"  # not told before
    code = clock.now()
    assert sign_in(client, "root", totp=code).status_code == 200
    again = sign_in(client, "root", totp=code)
    assert again.status_code == 401
    assert again.json()["type"] == "about:blank"


def test_codes_cannot_be_guessed(client, authenticator):
    forget_tries(client)
    for number in range(5):
        assert sign_in(client, "root", totp=f"{number:06}").status_code == 401
    assert sign_in(client, "root", totp=authenticator[0].now()).status_code == 429


def test_a_recovery_code_stands_in_once(client, authenticator):
    _, (first, second, *_) = authenticator
    assert sign_in(client, "root", totp=first.upper()).status_code == 200
    assert sign_in(client, "root", totp=first).status_code == 401
    assert sign_in(client, "root", totp=second).status_code == 200
    done = client.post(f"{ACCOUNT}/totp/removal", json={"password": PASSWORD})
    assert done.status_code == 204
    assert sign_in(client, "root").status_code == 200


def test_an_administrator_helps_who_lost_it(client, authenticator):
    _, codes = authenticator
    sign_in(client, "root", totp=codes[0])
    assert client.delete(f"{USERS}/root/totp").json()["has_totp"] is False
    add(client)
    for _ in range(5):
        client.post(SESSION, json={"name": "ann", "password": "a guess or two"})
    changed = client.patch(f"{USERS}/ann", json={"password": ANOTHER, "name": "Dispatch 2"})
    assert changed.json()["name"] == "Dispatch 2"
    assert sign_in(client, "ann", ANOTHER).status_code == 200  # no waiting any more


def test_links_and_unlinks_identities(client):
    add(client, "ann")
    add(client, "bob")
    way = f"{USERS}/ann/identities/city"
    linked = client.put(way, json={"subject": "248289761001"}).json()
    assert linked["identities"] == [{"provider": "city", "subject": "248289761001"}]
    taken = client.put(f"{USERS}/bob/identities/city", json={"subject": "248289761001"})
    assert taken.status_code == 409
    assert client.delete(way).json()["identities"] == []
    assert client.delete(way).status_code == 404


def test_a_one_time_password_opens_nothing_but_its_change(client):
    add(client, "ann", ("viewer", None))
    told = client.post(f"{USERS}/ann/password").json()
    assert client.get(f"{USERS}/ann").json()["password_until"] == told["until"]
    assert sign_in(client, "ann").status_code == 401  # the password before is worth nothing
    opened = sign_in(client, "ann", told["password"])
    assert opened.json()["must_change"] is True
    for method, path, body in (
        ("GET", "/api/v1/grids", None),
        ("GET", "/tiles/grids/14/13790/6142.mvt", None),
        ("GET", f"{ACCOUNT}/tokens", None),
        ("POST", f"{ACCOUNT}/tokens", {"label": "a way round"}),
        ("POST", f"{ACCOUNT}/totp", {"password": told["password"]}),
    ):
        refused = client.request(method, path, json=body)
        assert refused.status_code == 403, path
        assert "choose a password of your own first" in refused.json()["detail"]
    assert client.get(SESSION).status_code == 200
    changed = {"old": told["password"], "new": ANOTHER}
    assert client.put(f"{ACCOUNT}/password", json=changed).status_code == 204
    assert client.get("/api/v1/grids").status_code == 200
    assert client.get(SESSION).json()["must_change"] is False
    assert sign_in(client, "ann", told["password"]).status_code == 401
    assert sign_in(client, "ann", ANOTHER).json()["must_change"] is False


def test_a_one_time_password_ends_after_a_week(client):
    add(client, "ann")
    password = client.post(f"{USERS}/ann/password").json()["password"]
    with client.engine.begin() as connection:
        until = datetime.now(UTC) - timedelta(seconds=1)
        connection.execute(
            text("UPDATE account SET password_until = :until WHERE code = 'ann'"),
            {"until": until.replace(tzinfo=None)},
        )
    assert sign_in(client, "ann", password).status_code == 401


def test_a_one_time_password_is_in_no_log_and_unlike_any_other(client):
    add(client, "ann")
    made = [client.post(f"{USERS}/ann/password").json()["password"] for _ in range(5)]
    assert len(set(made)) == 5
    assert all(len(one) == 19 for one in made)
    entries = client.get("/api/v1/audit", params={"layer": "users", "code": "ann"}).text
    assert "password_until" in entries
    assert not [one for one in made if one in entries]
    assert client.post(f"{USERS}/nobody/password").status_code == 404


def test_administrators_see_sessions_without_what_opens_them(client):
    add(client, "ann")
    sign_in(client, "ann")
    cookie = client.cookies["gis_grid"]
    sign_in(client, "root")
    [told] = client.get(f"{USERS}/ann/sessions").json()
    assert told["address"] == "testclient"
    assert told["is_this"] is False
    assert told["id"] not in cookie
    assert client.delete(f"{USERS}/ann/sessions").status_code == 204
    assert client.get(f"{USERS}/ann/sessions").json() == []
    assert client.get(f"{USERS}/nobody/sessions").status_code == 404
