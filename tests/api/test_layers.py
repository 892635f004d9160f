import itertools
import json

import pytest
import shapely

from gis_grid.values.layers import LAYERS
from tests import drawn

CODES = {name: frame["code"].tolist() for name, frame in drawn.frames().items()}
CODES["grids"] = sorted(drawn.grids()["code"])


def codes(answer):
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/geo+json"
    return [feature["id"] for feature in answer.json()["features"]]


@pytest.mark.parametrize("layer", LAYERS)
def test_lists_every_layer_in_order_of_code(client, layer):
    answer = client.get(f"/api/v1/{layer}")
    assert codes(answer) == sorted(CODES.get(layer, []))
    assert answer.json()["numberReturned"] == len(CODES.get(layer, []))
    assert answer.json()["generation"] == 1
    assert "link" not in answer.headers


@pytest.mark.parametrize("layer", LAYERS)
def test_an_empty_database_lists_nothing(empty_client, layer):
    answer = empty_client.get(f"/api/v1/{layer}")
    assert codes(answer) == []
    assert answer.json()["generation"] is None


@pytest.mark.parametrize("layer", sorted(CODES))
def test_one_feature_is_as_it_is_in_the_list(client, layer):
    first = client.get(f"/api/v1/{layer}", params={"limit": 1}).json()["features"][0]
    answer = client.get(f"/api/v1/{layer}/{first['id']}")
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.json() == first


def test_pages_join_to_the_whole_without_repeats(client):
    found, address = [], "/api/v1/grids?limit=4"
    while address:
        answer = client.get(address)
        found += codes(answer)
        following = [link["href"] for link in answer.json()["links"] if link["rel"] == "next"]
        assert answer.links.get("next", {}).get("url") == (following or [None])[0]
        address = following[0] if following else None
    assert found == CODES["grids"]


def test_the_last_page_that_is_just_full_has_no_next(client):
    answer = client.get("/api/v1/grids", params={"limit": len(CODES["grids"])})
    assert codes(answer) == CODES["grids"]
    assert [link["rel"] for link in answer.json()["links"]] == ["self"]


def box(letter, inset=0.0002):
    west, south, east, north = drawn.BOXES[letter].bounds
    return f"{west + inset},{south + inset},{east - inset},{north - inset}"


@pytest.mark.parametrize("letter", drawn.BOXES)
def test_a_box_finds_the_grid_that_is_drawn_there(client, letter):
    answer = client.get("/api/v1/grids", params={"bbox": box(letter), "level": "subarea"})
    assert codes(answer) == [letter]


@pytest.mark.parametrize(
    ("layer", "query", "found"),
    [
        ("grids", {"level": "community"}, ["e", "w"]),
        ("grids", {"level": "nowhere"}, []),
        ("grids", {"at": "2025-12-31T23:59:59Z"}, []),
        ("grids", {"at": "2026-01-01T08:00:00+08:00", "level": "city"}, ["c"]),
        ("facilities", {"category": "0118"}, ["f2", "f3"]),
        ("facilities", {"category": "0118", "grid": "A"}, ["f2"]),
        ("facilities", {"grid": "A"}, ["f1", "f2"]),
        ("facilities", {"bbox": box("E")}, ["f3"]),
        ("cameras", {"grid": "A"}, []),
        ("incidents", {"grid": "E", "limit": 2, "after": "i5"}, ["i6", "i7"]),
        ("landcover", {"category": "green"}, []),
        ("officers", {"after": "a"}, ["o1"]),
    ],
)
def test_filters(client, layer, query, found):
    assert codes(client.get(f"/api/v1/{layer}", params=query)) == found


@pytest.mark.parametrize(
    ("layer", "query"),
    [
        ("buildings", {"level": "subarea"}),
        ("cameras", {"category": "x"}),
        ("streets", {"grid": "A"}),
        ("officers", {"bbox": "0,0,1,1"}),
        ("grids", {"Level": "city"}),
        ("facilities", {"at": "2026-01-01T00:00:00Z"}),
    ],
)
def test_a_filter_that_does_not_fit_is_refused_not_ignored(client, layer, query):
    answer = client.get(f"/api/v1/{layer}", params=query)
    assert answer.status_code == 422
    assert next(iter(query)) in answer.json()["errors"][0]["pointer"]


def test_personal_data_is_nowhere(client):
    for path in ("/api/v1/officers", "/api/v1/officers/o1", "/api/v1/layers", "/overview"):
        text = client.get(path).text
        assert "不可公开" not in text
        assert "duty_phone" not in text
    properties = client.get("/api/v1/officers/o1").json()["properties"]
    assert properties == {"code": "o1", "role": "网格员", "area_code": "A"}


def test_a_feature_says_what_was_stored(client):
    feature = client.get("/api/v1/facilities/f2").json()
    lon, lat = drawn.middle("A")
    assert feature["geometry"] == {"type": "Point", "coordinates": [lon, lat]}
    properties = feature["properties"]
    assert list(properties) == [field.name for field in LAYERS["facilities"].fields]
    assert properties["state"] == "intact"
    assert properties["painted_number"] is None
    assert properties["cell"].startswith("8c")


def test_instants_are_in_utc(client):
    properties = client.get("/api/v1/incidents/i0").json()["properties"]
    assert properties["reported_at"] == "2026-01-01T00:00:00Z"
    assert properties["closed_at"] is None


def test_geometry_is_kept(client):
    feature = client.get("/api/v1/grids/E").json()
    assert shapely.equals(shapely.from_geojson(json.dumps(feature["geometry"])), drawn.BOXES["E"])


def test_hostile_text_stays_text(client):
    answer = client.get("/api/v1/buildings/b1")
    assert answer.json()["properties"]["name"] == drawn.HOSTILE


def test_a_grid_of_before_can_be_asked_for(client):
    before = {"at": "2025-06-01T00:00:00Z"}
    assert client.get("/api/v1/grids/E", params=before).status_code == 404
    now = {"at": "2026-06-01T00:00:00Z"}
    assert client.get("/api/v1/grids/E", params=now).json()["id"] == "E"


def test_every_layer_has_a_singular():
    names = [layer.singular for layer in LAYERS.values()]
    assert all(one != other for one, other in itertools.combinations(names, 2))
