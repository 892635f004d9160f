"""Special grids over HTTP, on both databases."""

from datetime import timedelta

import pytest
import shapely

from gis_grid.accounts.roles import Role
from gis_grid.storage.database import open_engine, sessions
from gis_grid.storage.special import SpecialStore
from tests import drawn
from tests.api.conftest import BOTH, new_database, served
from tests.services.test_special_sets import ROAD, both
from tests.signed import bearer, token

LATER = drawn.START + timedelta(days=100)


@pytest.fixture(scope="module", params=BOTH)
def special(request, tmp_path_factory):
    """Give a client of a city with two sets, and the headers of who may see the grid A only."""
    folder = tmp_path_factory.mktemp("special")
    with new_database(request, folder) as url:
        engine = open_engine(url)
        drawn.store(engine)
        for frame, since in ((both().iloc[:1], drawn.START), (both(), LATER)):
            with sessions(engine).begin() as session:
                SpecialStore(session).put(frame, valid_from=since)
        engine.dispose()
        with served(url, folder) as client:
            yield client, bearer(token(url, (Role.VIEWER, "A"), code="viewer"))


def test_they_are_listed_a_page_at_a_time(special):
    client, _ = special
    answer = client.get("/api/v1/special?limit=2")
    assert answer.headers["content-type"] == "application/geo+json"
    first = answer.json()
    assert (first["set"], first["numberReturned"]) == (2, 2)
    assert answer.links["next"]["url"] == first["links"][1]["href"]
    last = client.get(first["links"][1]["href"]).json()
    assert [one["id"] for one in first["features"] + last["features"]] == [
        *("campus", "road", "thread")
    ]
    assert [link["rel"] for link in last["links"]] == ["self"]
    road = first["features"][1]
    assert road["geometry"]["type"] == "LineString"
    assert road["properties"] == {
        "code": "road",
        "name": "望溪路步行街",
        "priority": 2.0,
        "tolerance_m": 15.0,
    }


def test_a_moment_and_a_box_choose(special):
    client, _ = special

    def ids(**query):
        told = client.get("/api/v1/special", params=query).json()
        return [one["id"] for one in told["features"]]

    assert ids(at=drawn.START.isoformat()) == ["campus"]
    assert ids(at=(drawn.START - timedelta(days=1)).isoformat()) == []
    assert ids(bbox=",".join(map(str, ROAD.bounds))) == ["road", "thread"]
    assert ids(bbox="124,41,125,42") == []


def test_one_is_given_by_its_code(special):
    client, _ = special
    one = client.get("/api/v1/special/campus").json()
    assert (one["id"], one["properties"]["name"]) == ("campus", "画大学")
    assert shapely.from_geojson(str(one["geometry"]).replace("'", '"')).equals(drawn.BOXES["A"])
    then = {"at": drawn.START.isoformat()}
    assert client.get("/api/v1/special/campus", params=then).status_code == 200
    gone = client.get("/api/v1/special/road", params=then)
    assert gone.status_code == 404
    assert "no special grid 'road'" in gone.json()["detail"]


@pytest.mark.parametrize("path", ["special", "special?limit=2", "special/road"])
def test_what_the_client_holds_is_not_sent_again(special, path):
    client, _ = special
    tag = client.get(f"/api/v1/{path}").headers["etag"]
    held = client.get(f"/api/v1/{path}", headers={"If-None-Match": tag})
    assert (held.status_code, held.content, held.headers["etag"]) == (304, b"", tag)
    then = client.get("/api/v1/special", params={"at": drawn.START.isoformat()})
    assert then.headers["etag"] != tag


def test_they_belong_to_no_grid_so_an_area_does_not_hide_them(special):
    client, headers = special
    mine = client.get("/api/v1/special", headers=headers)
    assert len(mine.json()["features"]) == 3
    assert client.get("/api/v1/special", headers={"Authorization": ""}).status_code == 401


def test_the_layers_describe_them_and_the_search_finds_them(special):
    client, headers = special
    layers = {one["name"]: one for one in client.get("/api/v1/layers").json()}
    assert layers["special"]["title"] == {"zh": "专属网格", "en": "Special grids"}
    assert layers["special"]["geometry"] == "GEOMETRY"
    found = client.get("/api/v1/search?q=步行街", headers=headers).json()["results"]
    assert [(one["kind"], one["layer"], one["code"]) for one in found] == [
        ("special_grid", "special", "road")
    ]


@pytest.mark.parametrize("query", ["bbox=1,2,3", "at=2026-01-01", "limit=0", "grid=A", "level=x"])
def test_what_cannot_be_asked(special, query):
    client, _ = special
    answer = client.get(f"/api/v1/special?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
