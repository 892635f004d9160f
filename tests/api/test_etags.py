"""The tag of an answer changes with what the answer depends on, and with nothing else."""

import functools
import time
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from api import app
from api.live import LiveRouting
from gis_grid.settings import Settings
from gis_grid.storage.database import sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore
from tests import drawn
from tests.signed import signed_in

WHERE = dict(zip(("lon", "lat"), drawn.middle("A"), strict=True))


@pytest.fixture
def client(engine, database_url, tmp_path, monkeypatch):
    """Give a client of a service on the drawn city that looks for changes all the time."""
    drawn.store(engine)
    monkeypatch.setattr(app, "LiveRouting", functools.partial(LiveRouting, poll_s=0))
    settings = Settings(database_url=database_url, cache_dir=tmp_path / "cache")
    with TestClient(app.create_app(settings), raise_server_exceptions=False) as client:
        yield signed_in(client, database_url)


def get(client, path="route", held=None, **query):
    headers = {"If-None-Match": held} if held else {}
    query = query or (WHERE if path == "route" else {})
    return client.get(f"/api/v1/{path}", params=query, headers=headers)


def upsert(engine, name, frame):
    with sessions(engine).begin() as session:
        LayerStore(session).upsert(name, frame)


def publish(engine, names):
    with sessions(engine).begin() as session:
        when = drawn.START + timedelta(days=1)
        GenerationStore(session).publish(drawn.grids(names), name="二稿", valid_from=when)


def until_changed(client, tag, **query):
    """Return the first answer with another tag."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        answer = get(client, held=tag, **query)
        if answer.status_code == 200:
            return answer
        time.sleep(0.02)
    return pytest.fail(f"{tag} never changed")


def wait_until(is_so):
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_held_answer_is_not_sent_again(client):
    answer = get(client)
    tag = answer.headers["etag"]
    assert tag.startswith('W/"1-')
    assert answer.headers["cache-control"] == "private, no-cache"
    for held in (tag, tag.removeprefix("W/"), f'"x", {tag}', "*"):
        again = get(client, held=held)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    for held in ('"x"', 'W/"1-0"'):
        assert get(client, held=held).status_code == 200


def test_officers_change_without_a_new_generation(client, engine):
    first = get(client)
    assert [post["code"] for post in first.json()["officers"]] == ["o1"]
    row = {"code": "o0", "name": "x", "role": "网格长", "area_code": "A"}
    upsert(engine, "officers", drawn.layer("officers", [row]))
    then = until_changed(client, first.headers["etag"])
    assert [post["code"] for post in then.json()["officers"]] == ["o0", "o1"]
    assert then.json()["generation"] == 1


def test_a_generation_changes_every_tag(client, engine):
    first, grid = get(client), get(client, "grids/A")
    publish(engine, {"A": "新名"})
    then = until_changed(client, first.headers["etag"])
    assert (then.json()["generation"], then.json()["grid_name"]) == (2, "新名")
    assert then.headers["etag"].startswith('W/"2-')
    after = get(client, "grids/A", held=grid.headers["etag"])
    assert after.json()["properties"]["name"] == "新名"


def test_incidents_change_nothing(client, engine):
    first = get(client)
    row = {"code": "new", "state": "reported", "reported_at": drawn.START, "category": "0501"}
    upsert(engine, "incidents", drawn.points("incidents", [(row, "A")]))
    time.sleep(0.1)
    get(client)
    time.sleep(0.1)
    assert get(client, held=first.headers["etag"]).status_code == 304


def test_a_facility_is_tagged_by_what_it_is_now(client, engine):
    first = get(client, facility_code="f1")
    tag = first.headers["etag"]
    assert get(client, held=tag, facility_code="f1").status_code == 304
    row = {"code": "f1", "category": "0101", "maintainer": "养护队"}
    upsert(engine, "facilities", drawn.points("facilities", [(row, "A")]))
    then = get(client, held=tag, facility_code="f1")
    assert then.json()["facility"]["maintainer"] == "养护队"
    assert get(client, held=tag, facility_code="none").status_code == 404


def test_a_batch_is_tagged_too(client, engine):
    body = {"points": [drawn.middle("A")]}

    def tag(**more):
        return client.post("/api/v1/route", json=body | more).headers["etag"]

    plain, told = tag(), tag(explain=True)
    assert (plain, told) == (tag(), tag(explain=True))
    assert plain != told
    row = {"code": "o0", "name": "x", "area_code": "A"}
    upsert(engine, "officers", drawn.layer("officers", [row]))
    wait_until(lambda: tag(explain=True) != told)
    assert tag() == plain
    publish(engine, {"A": "新名"})
    wait_until(lambda: tag() != plain)


@pytest.mark.parametrize("path", ["grids", "grids/A"])
def test_grids_depend_on_their_generation_only(client, engine, path):
    first = get(client, path)
    tag = first.headers["etag"]
    row = {"code": "o0", "name": "x", "area_code": "A"}
    upsert(engine, "officers", drawn.layer("officers", [row]))
    assert get(client, path, held=tag).status_code == 304
    assert get(client, path, held='"other"').json() == first.json()
    assert "etag" not in get(client, "officers").headers


def test_a_moment_is_tagged(client, engine):
    publish(engine, {"A": "新名"})
    at = {"at": (drawn.START + timedelta(hours=1)).isoformat()}
    told = get(client, **WHERE, **at)
    assert (told.json()["generation"], told.json()["grid_name"]) == (1, "网格A")
    assert get(client, held=told.headers["etag"], **WHERE, **at).status_code == 304
    points = {"points": [drawn.middle("A")]} | at
    assert client.post("/api/v1/route", json=points).json()["generation"] == 1
