"""Everything that can be typed into a write: SQL and markup stay what they are, text."""

import copy
import json
from collections.abc import Iterator
from http import HTTPStatus

import pytest

from gis_grid.storage.database import open_engine, sessions
from gis_grid.storage.layers import LayerStore
from tests import drawn
from tests.api.conftest import BOTH, new_database, served
from tests.api.test_attacks import INJECTIONS, MARKUP, SPOKEN
from tests.api.test_matrix import BASE, BODIES, HERE, INSIDE, WRITES, Side, address, new_plans

USERS = {
    "POST /api/v1/session": {"name": "ann", "password": "x", "totp": "y"},
    "POST /api/v1/users": {"code": "x", "name": "x", "roles": []},
    "PATCH /api/v1/users/{code}": {"name": "x", "password": "first of all 1"},
    "POST /api/v1/users/{code}/roles": {"role": "viewer", "grid_code": "w"},
    "PUT /api/v1/users/{code}/identities/{provider}": {"subject": "x"},
    "POST /api/v1/users/{code}/tokens": {"label": "x"},
    "PUT /api/v1/account/password": {"old": "x", "new": "y"},
    "POST /api/v1/account/totp": {"password": "x"},
    "PUT /api/v1/account/totp": {"code": "x"},
    "POST /api/v1/account/totp/removal": {"password": "x"},
    "POST /api/v1/account/tokens": {"label": "x"},
    "POST /api/v1/generations/{number}/revert": {"name": "x"},
    "POST /api/v1/plans/import": {"format": "gis-grid-plan", "version": 1, "title": "x"},
}
"""Bodies of routes about accounts and of files; others are of the matrix of rights."""

HASHED = {"password", "old", "new"}
"""Each is hashed before anything else is done with it, which takes its time: a few will do."""

TYPED = [*INJECTIONS, MARKUP, drawn.HOSTILE, "{{7*7}}${7*7}", "\u202egnp.exe", "a\x00b", "\ud800"]


@pytest.fixture(scope="module", params=BOTH)
def service(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("typed")
    with new_database(request, folder) as url:
        engine = open_engine(url)
        drawn.store(engine)
        with sessions(engine).begin() as session:
            side = Side("inside", "A", HERE, INSIDE | BASE, *new_plans(session, HERE))
        with served(url, folder) as client:
            yield client, side, engine
        engine.dispose()


def texts(body, at=()) -> Iterator[tuple]:
    """Yield where in a body a text stands."""
    if isinstance(body, dict):
        for name, value in body.items():
            yield from texts(value, (*at, name))
    elif isinstance(body, list):
        for place, value in enumerate(body):
            yield from texts(value, (*at, place))
    elif isinstance(body, str):
        yield at


def put(body, at, text):
    made = copy.deepcopy(body)
    inner = made
    for name in at[:-1]:
        inner = inner[name]
    inner[at[-1]] = text
    return made


def bodies(client, side):
    for path, verbs in client.app.openapi()["paths"].items():
        for verb, what in verbs.items():
            name = f"{verb.upper()} {path}"
            if verb.upper() in WRITES and "requestBody" in what:
                known = name in BODIES or name in USERS
                assert known, f"{name} takes a body: add one to BODIES of test_matrix.py"
                yield name, BODIES[name](side) if name in BODIES else USERS[name]


@pytest.mark.slow
def test_what_is_typed_stays_a_text(service):
    client, side, engine = service
    before = rows(engine)
    asked = 0
    for name, body in bodies(client, side):
        method, _, path = name.partition(" ")
        where = address(path, side).replace("/users/A", "/users/tester")
        for at in texts(body):
            for text in TYPED[:: 6 if at[-1] in HASHED else 1]:
                headers = {"If-Match": '"0"', "Content-Type": "application/json"}
                sent = dumped(put(body, at, text))
                answer = client.request(method, where, content=sent, headers=headers)
                asked += 1
                assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, (name, at, text)
                assert "html" not in answer.headers.get("content-type", "")
                said = answer.text.lower()
                assert not [word for word in SPOKEN if word in said], (name, at, answer.text)
    assert asked > 15 * len(TYPED)
    assert rows(engine) == before
    shown = client.get(f"/api/v1/plans/{side.plan}/comments").json()["comments"]
    assert {MARKUP, "'; DROP TABLE incident; --"} <= {one["text"] for one in shown}


def dumped(body):
    """Return JSON in ASCII, so that lone surrogates can be sent as well."""
    return json.dumps(body).encode()


def rows(engine):
    with sessions(engine).begin() as session:
        return {
            name: sorted(LayerStore(session).read(name)["code"])
            for name in ("grids", "incidents", "facilities", "officers", "buildings")
        }
