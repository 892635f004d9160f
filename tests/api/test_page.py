import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from gis_grid.settings import Settings
from gis_grid.storage.database import sessions
from gis_grid.storage.layers import LayerStore
from tests import drawn
from tests.signed import signed_in


def test_the_map_is_a_page(client):
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "画市" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_packed_or_not_it_is_the_same(client, coding):
    answer = client.get("/", headers={"Accept-Encoding": coding})
    assert ("content-encoding" in answer.headers) == (coding == "gzip")
    assert answer.text == client.get("/").text


def test_a_browser_that_has_it_is_told_so(client):
    first = client.get("/")
    again = client.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_an_empty_database_has_a_map_too(empty_client):
    assert "尚无网格版本" in empty_client.get("/").text


def test_it_is_drawn_anew_when_the_city_has_changed(engine, database_url, tmp_path):
    drawn.store(engine)
    app = create_app(Settings(database_url=database_url, cache_dir=tmp_path))
    with TestClient(app) as client:
        signed_in(client, database_url)
        before = client.get("/").headers["etag"]
        assert client.get("/").headers["etag"] == before
        more = drawn.frames()["cameras"].assign(code="k2")
        with sessions(engine).begin() as session:
            LayerStore(session).upsert("cameras", more)
        engine.dispose()  # the counters of PostgreSQL are told when a connection ends
        assert "k2" in client.get("/").text
