"""Signing in with a real provider in a process of its own, which also lies in every way we know."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.app import create_app
from gis_grid.accounts.roles import Role
from gis_grid.services.accounts import users
from gis_grid.settings import Settings
from gis_grid.storage.database import open_engine, sessions
from tests import databases, oidc_provider

CALLBACK = "/api/v1/session/oidc/city/callback"
LOGIN = "/api/v1/session/oidc/city/login"
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def provider():
    with oidc_provider.running() as running:
        yield running


@pytest.fixture(scope="module")
def url(tmp_path_factory, sqlite_template):
    return databases.sqlite_database(tmp_path_factory.mktemp("oidc"), sqlite_template)


@pytest.fixture(scope="module")
def served(provider, url, tmp_path_factory):
    """Give two services on one database: one links by hand, the other makes accounts."""
    folder = tmp_path_factory.mktemp("settings")
    (folder / "secret").write_text(oidc_provider.SECRET + "\n")
    common = f"""
issuer = "{provider.issuer}"
client_id = "{oidc_provider.CLIENT}"
client_secret_file = "secret"
"""
    (folder / "oidc.toml").write_text(f"""
[city]
name = "统一身份认证"
redirect_uri = "http://127.0.0.1/api/v1/session/oidc/city/callback"
{common}
[auto]
redirect_uri = "http://127.0.0.1/api/v1/session/oidc/auto/callback"
auto_provision = true
auto_roles = ["viewer"]
{common}""")
    engine = open_engine(url)
    with sessions(engine).begin() as session:
        users.add_user(session, "ann", now=NOW)
        users.link_identity(session, "ann", provider="city", subject="248289761001")
        users.add_user(session, "gone", now=NOW)
        users.link_identity(session, "gone", provider="city", subject="gone")
        users.set_disabled(session, "gone", is_disabled=True, now=NOW)
    engine.dispose()
    app = create_app(Settings(database_url=url, oidc_file=folder / "oidc.toml"))
    with TestClient(app, follow_redirects=False) as client:
        yield client


@pytest.fixture
def client(served, provider):
    served.cookies.clear()
    provider.tell(sub="248289761001", lie="")
    yield served
    provider.tell(sub="248289761001", lie="")


def begun(client, **query):
    answer = client.get(LOGIN, params=query)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def came_back(client, provider, **query):
    """Sign in over there and come back; return our answer."""
    back = urlsplit(provider.sign_in(begun(client, **query)))
    return client.get(back.path, params=parse_qs(back.query))


def who(client):
    answer = client.get("/api/v1/session")
    return answer.json()["user"]["code"] if answer.status_code == 200 else None


def test_signs_a_linked_person_in(client, provider):
    answer = came_back(client, provider, back="/dispatch?tab=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/dispatch?tab=1")
    assert who(client) == "ann"


def test_lists_the_providers(client):
    listed = client.get("/api/v1/session/providers").json()
    assert listed[0] == {"key": "city", "name": "统一身份认证", "login": LOGIN}
    assert [one["key"] for one in listed] == ["city", "auto"]


def test_asks_with_pkce_state_and_nonce(client, provider):
    asked = parse_qs(urlsplit(begun(client)).query)
    again = parse_qs(urlsplit(begun(client)).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == ["openid"]
    for name in ("code_challenge", "state", "nonce"):
        assert len(asked[name][0]) >= 43
        assert asked[name] != again[name]


@pytest.mark.parametrize("lie", [*oidc_provider.LIES, "no token"])
def test_believes_no_lie(client, provider, lie):
    provider.tell(lie=lie)
    answer = came_back(client, provider)
    assert answer.status_code == 401, lie
    assert "provider city sent " in answer.json()["detail"]
    assert who(client) is None
    provider.tell(lie="")
    assert came_back(client, provider).status_code == 303  # the same way without the lie


def test_a_code_and_its_state_are_taken_once(client, provider):
    back = urlsplit(provider.sign_in(begun(client)))
    flow = client.cookies["gis_grid_flow"]
    assert client.get(CALLBACK, params=parse_qs(back.query)).status_code == 303
    client.cookies.clear()
    client.cookies["gis_grid_flow"] = flow
    again = client.get(CALLBACK, params=parse_qs(back.query))
    assert again.status_code == 401
    assert "begin again" in again.json()["detail"]
    assert who(client) is None


def test_a_used_code_is_refused_by_the_provider(client, provider):
    back = parse_qs(urlsplit(provider.sign_in(begun(client))).query)
    assert client.get(CALLBACK, params=back).status_code == 303
    client.cookies.clear()
    mine = parse_qs(urlsplit(begun(client)).query)["state"]
    stolen = client.get(CALLBACK, params={"code": back["code"], "state": mine})
    assert stolen.status_code == 401
    assert "did not take the code" in stolen.json()["detail"]


def test_a_code_of_another_sign_in_fails_by_pkce(client, provider):
    """Somebody who gets hold of a code cannot use it in a sign-in of their own."""
    theirs = parse_qs(urlsplit(provider.sign_in(begun(client))).query)
    mine = parse_qs(urlsplit(begun(client)).query)["state"]
    answer = client.get(CALLBACK, params={"code": theirs["code"], "state": mine})
    assert answer.status_code == 401
    assert who(client) is None


@pytest.mark.parametrize("cookie", [None, "", "forged", "of another sign-in"])
def test_an_answer_belongs_to_the_browser_that_began(client, provider, cookie):
    """Nobody is signed in as somebody else by following a link."""
    back = urlsplit(provider.sign_in(begun(client)))
    right = client.cookies["gis_grid_flow"]
    if cookie == "of another sign-in":
        begun(client)
    else:
        client.cookies.clear()
        if cookie is not None:
            client.cookies["gis_grid_flow"] = cookie
    answer = client.get(CALLBACK, params=parse_qs(back.query))
    assert answer.status_code == 401
    assert who(client) is None
    client.cookies.clear()
    client.cookies["gis_grid_flow"] = right
    assert client.get(CALLBACK, params=parse_qs(back.query)).status_code == 303  # not used up


def test_an_answer_of_another_provider_is_refused(client, provider):
    back = parse_qs(urlsplit(provider.sign_in(begun(client))).query)
    mixed = client.get("/api/v1/session/oidc/auto/callback", params=back)
    assert mixed.status_code == 401
    back = parse_qs(urlsplit(provider.sign_in(begun(client))).query)
    other = client.get(CALLBACK, params=back | {"iss": "https://evil.example"})
    assert other.status_code == 401
    assert "somebody else" in other.json()["detail"]
    assert who(client) is None


def test_a_sign_in_does_not_wait_for_ever(client, provider, url):
    back = urlsplit(provider.sign_in(begun(client)))
    engine = open_engine(url)
    with engine.begin() as connection:
        old = (datetime.now(UTC) - timedelta(minutes=11)).strftime("%Y-%m-%d %H:%M:%S.%f")
        connection.execute(text("UPDATE sign_in_flow SET started_at = :old"), {"old": old})
    engine.dispose()
    assert client.get(CALLBACK, params=parse_qs(back.query)).status_code == 401


@pytest.mark.parametrize(("subject", "said"), [("gone", "disabled"), ("stranger", "linked to")])
def test_who_has_no_account_stays_out(client, provider, subject, said):
    provider.tell(sub=subject)
    answer = came_back(client, provider)
    assert answer.status_code == 401
    assert said in answer.json()["detail"]
    assert who(client) is None


def test_a_browser_is_sent_to_the_sign_in_page(client, provider):
    provider.tell(lie="none")
    back = parse_qs(urlsplit(provider.sign_in(begun(client))).query)
    answer = client.get(CALLBACK, params=back, headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/signin?refused=provider%20city%20sent")


def test_makes_accounts_only_where_the_administrator_says_so(client, provider):
    provider.tell(sub="a new one")
    address = client.get("/api/v1/session/oidc/auto/login").headers["location"]
    back = parse_qs(urlsplit(provider.sign_in(address)).query)
    answer = client.get("/api/v1/session/oidc/auto/callback", params=back)
    assert answer.status_code == 303, answer.text
    me = client.get("/api/v1/session").json()["user"]
    assert me["code"].startswith("auto-")
    assert [one["role"] for one in me["roles"]] == [Role.VIEWER]
    first = me["code"]
    client.cookies.clear()
    address = client.get("/api/v1/session/oidc/auto/login").headers["location"]
    back = parse_qs(urlsplit(provider.sign_in(address)).query)
    client.get("/api/v1/session/oidc/auto/callback", params=back)
    assert who(client) == first  # the same person, the same account


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example", "x"])
def test_sends_nobody_elsewhere_in_the_end(client, provider, back):
    assert came_back(client, provider, back=back).headers["location"] == "/"


def test_an_unknown_provider_is_not_there(client):
    for path in ("login", "callback?" + urlencode({"state": "x", "code": "y"})):
        assert client.get(f"/api/v1/session/oidc/nope/{path}").status_code == 404


def test_an_impostor_is_not_asked(provider, url, tmp_path):
    """The provider's description must name itself; one at another address is not believed."""
    file = tmp_path / "oidc.toml"
    file.write_text(f"""
[city]
issuer = "{provider.issuer}"
client_id = "x"
redirect_uri = "http://127.0.0.1{CALLBACK}"
""")
    provider.tell(lie="discovery")
    app = create_app(Settings(database_url=url, oidc_file=file))
    with TestClient(app, follow_redirects=False) as client:
        refused = client.get(LOGIN)
        provider.tell(lie="")
        assert refused.status_code == 401
        assert "calls itself something else" in refused.json()["detail"]
        assert client.get(LOGIN).status_code == 303
