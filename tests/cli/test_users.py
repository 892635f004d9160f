import io
import json
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.live_identity import LOOK_S
from gis_grid.cli.app import main
from gis_grid.settings import Settings
from gis_grid.storage.database import opened
from tests import databases, drawn

PASSWORD = "first of all 1"
GIS_GRID = [sys.executable, "-c", "from gis_grid.cli.app import main; main()"]


@pytest.fixture(scope="module")
def city(tmp_path_factory, sqlite_template):
    folder = tmp_path_factory.mktemp("city")
    with opened(databases.sqlite_database(folder, sqlite_template)) as engine:
        drawn.store(engine)
    return folder / "test.db"


@pytest.fixture
def url(tmp_path, city):
    return databases.sqlite_database(tmp_path, city)


@pytest.fixture
def run(monkeypatch, capsys, url):
    """Run `gis-grid user`; give its exit code and what it said on both streams."""

    def run(*words, typed=""):
        monkeypatch.setattr(sys, "argv", ["gis-grid", "user", *words, "--database", url])
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as stopped:
            main()
        said = capsys.readouterr()
        return SimpleNamespace(code=stopped.value.code or 0, out=said.out, err=said.err)

    return run


def in_json(answer):
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


def roles(answer):
    return [(one["role"], one["grid_code"]) for one in in_json(answer)["roles"]]


def test_there_is_nobody_at_first(run):
    assert in_json(run("list", "--json")) == []


def test_makes_the_first_administrator(run):
    made = run("add", "Root", "--admin", "--password-stdin", "--json", typed=f"{PASSWORD}\n")
    assert roles(made) == [("administrator", None)]
    assert in_json(run("list", "--json"))[0]["has_password"] is True
    assert "root" in run("list").out


def test_grants_and_revokes(run):
    assert roles(run("add", "ann", "--no-password", "--role", "viewer@w", "--json")) == [
        ("viewer", "w")
    ]
    assert roles(run("grant", "ann", "planner", "e", "--json")) == [
        ("planner", "e"),
        ("viewer", "w"),
    ]
    assert roles(run("grant", "ann", "leader", "--json"))[0] == ("leader", None)
    assert roles(run("revoke", "ann", "viewer", "w", "--json")) == [
        ("leader", None),
        ("planner", "e"),
    ]


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (("add", "ann"), "", "there is nobody to ask for a password; use --password-stdin"),
        (("add", "ann", "--password-stdin"), "short\n", "this password has 5 characters"),
        (("add", "a b", "--no-password"), "", "'a b' cannot be the name of an account"),
        (("add", "ann", "--no-password", "--role", "king"), "", "role 'king' is unknown"),
        (("add", "ann", "--no-password", "--role", "viewer@x"), "", "there is no grid x"),
        (("grant", "nobody", "viewer"), "", "there is no account nobody"),
        (("revoke", "root", "viewer"), "", "root is not viewer in the whole city"),
        (("revoke", "root", "administrator"), "", "nobody would be left"),
        (("disable", "root"), "", "nobody would be left"),
        (("disable", "nobody"), "", "there is no account nobody"),
        (("password", "nobody", "--password-stdin"), PASSWORD, "there is no account nobody"),
        (("token", "root", "--label", "x", "--days", "400"), "", "a token of 400 days"),
        (("token", "root", "--label", "x", "--role", "planner"), "", "a token cannot be planner"),
        (("token", "root", "--revoke", "x"), "", "there is no token x"),
    ],
)
def test_refuses_in_one_line(run, words, typed, said):
    run("add", "root", "--admin", "--no-password")
    before = in_json(run("list", "--json"))
    refused = run(*words, typed=typed)
    assert refused.code == 2
    assert refused.err.count("\n") == 1
    assert refused.err.startswith("error: ")
    assert said in refused.err
    assert in_json(run("list", "--json")) == before


def test_a_password_is_never_an_option(run):
    assert run("add", "ann", "--password", PASSWORD).code == 2
    assert in_json(run("list", "--json")) == []


def test_makes_lists_and_revokes_tokens(run):
    run("add", "hotline", "--no-password", "--role", "integration")
    made = in_json(run("token", "hotline", "--label", "12345", "--days", "30", "--json"))
    (token,) = made["tokens"]
    assert made["secret"].startswith(f"gg_{token['id']}_")
    assert token["is_read_only"] is True
    listed = run("token", "hotline")
    assert token["id"] in listed.out
    assert made["secret"] not in listed.out
    revoked = in_json(run("token", "hotline", "--revoke", token["id"], "--json"))
    assert revoked["tokens"][0]["revoked_at"]
    assert "revoked" in run("token", "hotline").out


def test_what_is_done_here_holds_in_a_running_service(run, url):
    """The command is another process than the service."""
    run("add", "root", "--admin", "--password-stdin", typed=PASSWORD)
    run("add", "ann", "--password-stdin", typed=PASSWORD)
    with TestClient(create_app(Settings(database_url=url))) as client:

        def sign_in():
            return client.post("/api/v1/session", json={"name": "ann", "password": PASSWORD})

        sign_in()
        assert client.get("/api/v1/session").status_code == 200
        done = subprocess.run(
            [*GIS_GRID, "user", "disable", "ann", "--database", url],
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        time.sleep(LOOK_S)
        assert client.get("/api/v1/session").status_code == 401
        for _ in range(6):
            assert sign_in().status_code in {401, 429}
        run("enable", "ann")
        assert sign_in().status_code == 429
        run("password", "ann", "--password-stdin", typed="second to none 2")
        assert client.post("/api/v1/session", json={"name": "ann", "password": "second to none 2"}).status_code == 200  # noqa: E501  # fmt: skip


def test_links_an_identity(run):
    run("add", "ann", "--no-password")
    assert in_json(run("link", "ann", "city", "248289761001", "--json"))["identities"] == [
        ["city", "248289761001"]
    ]
    assert "signs in by: city" in run("enable", "ann").out
