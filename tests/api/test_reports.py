import asyncio
import gzip
import threading

import pytest
from fastapi.testclient import TestClient
from starlette.exceptions import HTTPException

from api.app import create_app
from api.live_reports import WAITING, LiveReports
from gis_grid.accounts.permissions import BASE_MAP, Action, allowed
from gis_grid.accounts.roles import Role
from gis_grid.maps.reports.kinds import KINDS
from gis_grid.settings import Settings
from gis_grid.storage.database import sessions
from gis_grid.storage.layers import LayerStore
from tests import asyncs, drawn
from tests.signed import signed_in


def test_the_kinds_are_listed(client):
    listed = client.get("/api/v1/reports").json()
    assert [one["kind"] for one in listed] == [*KINDS]
    assert all(one["title_zh"] and one["title_en"] and one["formats"] for one in listed)
    grids = next(one for one in listed if one["kind"] == "grids")
    assert {one["name"] for one in grids["options"]} == {"lang", "title", "level", "value"}
    for one in listed:
        assert client.get(one["href"]).status_code == 200


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_a_report_is_one_file(client, coding):
    answer = client.get("/api/v1/reports/heat?lang=en", headers={"Accept-Encoding": coding})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment; filename=heat.html;")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert ("content-encoding" in answer.headers) == (coding == "gzip")
    assert "Incidents per hexagon" in answer.text


@pytest.mark.parametrize(
    ("how", "media_type", "start"),
    [("png", "image/png", b"\x89PNG"), ("pdf", "application/pdf", b"%PDF-")],
)
def test_paper(client, how, media_type, start):
    answer = client.get(f"/api/v1/reports/cameras?format={how}&size=A5")
    assert answer.headers["content-type"] == media_type
    assert answer.content.startswith(start)


def test_who_holds_it_is_told_so(client):
    first = client.get("/api/v1/reports/grids")
    again = client.get("/api/v1/reports/grids", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize(
    ("asked", "status", "says"),
    [
        ("moon", 404, "there is nothing at"),
        ("heat?days=0", 422, "greater than or equal to 1"),
        ("heat?value=households", 422, "#/query/value"),
        ("grids?format=docx", 422, "#/query/format"),
        ("grids?value=moon", 422, "no number 'moon'"),
        ("grids?level=moon", 422, "'moon' is not in scheme"),
        ("grids?generation=99", 404, "no generation 99"),
        ("grids?generation=1&at=2026-02-01T00:00Z", 422, "both choose"),
        ("grids?title=%00", 422, "#/query/title"),
    ],
)
def test_every_failure_is_a_problem(client, asked, status, says):
    answer = client.get(f"/api/v1/reports/{asked}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in answer.json()["detail"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.key)
def test_who_may_read_its_subject_may_read_all_that_a_report_shows(kind):
    held = set(kind.needs) - BASE_MAP - {"incident_cells", "plan"}
    held |= {"plans"} if "plan" in kind.needs else set()
    held |= {"incidents"} if "incident_cells" in kind.needs else set()
    for role in Role:
        if allowed(role, Action.READ, kind.subject):
            assert all(allowed(role, Action.READ, layer) for layer in held)


def test_strangers_get_nothing_and_a_dispatcher_what_is_in_the_own_area(
    engine, database_url, tmp_path
):
    drawn.store(engine)
    app = create_app(Settings(database_url=database_url, cache_dir=tmp_path))
    with TestClient(app) as client:
        assert client.get("/api/v1/reports/grids").status_code == 401
        signed_in(client, database_url, (Role.DISPATCHER, "A"), code="here")
        near = client.get("/api/v1/reports/cameras")
        signed_in(client, database_url, (Role.DISPATCHER, "E"), code="there")
        far = client.get("/api/v1/reports/cameras")
    assert '"k1"' not in near.text
    assert '"k1"' in far.text


def test_an_empty_database_has_reports(empty_client):
    assert "尚无网格版本" in empty_client.get("/api/v1/reports/grids").text


def test_it_is_drawn_anew_when_the_city_has_changed(engine, database_url, tmp_path):
    drawn.store(engine)
    app = create_app(Settings(database_url=database_url, cache_dir=tmp_path))
    with TestClient(app) as client:
        signed_in(client, database_url)
        before = client.get("/api/v1/reports/cameras")
        assert client.get("/api/v1/reports/cameras").headers["etag"] == before.headers["etag"]
        more = drawn.frames()["cameras"].assign(code="k2")
        with sessions(engine).begin() as session:
            LayerStore(session).upsert("cameras", more)
        engine.dispose()  # the counters of PostgreSQL are told when a connection ends
        assert '"k2"' in client.get("/api/v1/reports/cameras").text


def test_the_same_report_is_drawn_once_and_too_many_are_told_to_wait(engine):
    go, drawn_ = threading.Event(), []

    def draw():
        go.wait(20)
        drawn_.append(1)
        return b"x" * 500

    async def story():
        reports = LiveReports(engine)
        same = [asyncio.create_task(reports.get("one", draw)) for _ in range(WAITING)]
        await asyncio.sleep(0.2)
        with pytest.raises(HTTPException) as refused:
            await reports.get("other", draw)
        go.set()
        found = await asyncio.gather(*same)
        reports.close()
        return refused.value, found

    refused, found = asyncs.run(story())
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "10"
    assert len(drawn_) == 1
    assert {gzip.decompress(one.body) for one in found} == {b"x" * 500}
