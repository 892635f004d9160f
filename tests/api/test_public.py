"""The public view: off by default, coarse, and nothing that could be taken apart."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.routers.public import MOST_A_MINUTE
from gis_grid.services.public_view import coarse, whole_months
from gis_grid.settings import Settings
from gis_grid.storage.database import sessions
from gis_grid.storage.layers import LayerStore
from tests import drawn

PATH = "/api/v1/public/grids"


def incidents(counts):
    """Return incidents of last month, so many in each grid."""
    _, until = whole_months(datetime.now(UTC), 1)
    when = until - timedelta(days=3)
    spec = [
        ({"code": f"{letter}{n}", "state": "closed", "reported_at": when}, letter)
        for letter, count in counts.items()
        for n in range(count)
    ]
    return drawn.points("incidents", spec)


@pytest.fixture
def public(engine, database_url, tmp_path):
    drawn.store(engine)
    with sessions(engine).begin() as session:
        LayerStore(session).upsert("incidents", incidents({"A": 7, "B": 6, "C": 4}))
    app = create_app(Settings(database_url=database_url, cache_dir=tmp_path, public_view=True))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_it_is_off_unless_somebody_wants_it(client):
    assert client.get(PATH).status_code == 404


def test_strangers_see_coarse_counts_of_one_level(public):
    told = public.get(PATH).json()
    assert told["level"] == "community"
    found = {one["id"]: one["properties"]["count"] for one in told["features"]}
    assert found == {"w": 20, "e": None}  # 21, eight of them the drawn ones in E, and 4
    assert "total" not in told
    assert public.get("/api/v1/incidents").status_code == 401


def test_nothing_personal_and_no_point_of_an_incident(public):
    text = public.get(PATH).text
    for secret in ("不可公开", "800", "A0", '"Point"', "officer"):
        assert secret not in text
    assert "public" in public.get(PATH).headers["cache-control"]


def test_it_takes_no_filter(public):
    for query in ("since=2026-01-01", "level=subarea", "category=0101", "bbox=0,0,1,1"):
        assert public.get(f"{PATH}?{query}").status_code == 422


def test_a_small_number_and_one_more_look_alike():
    told = [coarse(count) for count in range(200)]
    assert told[:5] == [None] * 5
    for before, after in pairwise(told[5:]):
        assert after - before in {0, 5}


def test_one_address_may_ask_so_often(public):
    statuses = [public.get(PATH).status_code for _ in range(MOST_A_MINUTE + 2)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert int(public.get(PATH).headers["retry-after"]) >= 1
