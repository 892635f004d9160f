"""The explained route over HTTP, on a drawn city with a gap, doors, posts and special grids."""

import json

import geopandas as gpd
import pytest
import shapely
from fastapi.testclient import TestClient
from pyproj import Geod

from api.app import create_app
from gis_grid.grid.levels import FIVE_LEVEL
from gis_grid.settings import Settings
from gis_grid.storage.city import City, CityStore
from gis_grid.storage.database import open_engine, sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore
from tests import drawn, stored
from tests.api.conftest import BOTH, new_database
from tests.signed import signed_in

NAMES = {"G": drawn.HOSTILE, "H": "画河北岸"}
DOORS = {"b1-1": (123.0006, 41.0005), "b1-2": (123.0008, 41.0005)}


def grids():
    """Return the drawn grids without E, a gap in the middle of community w."""
    everything = drawn.grids(NAMES)
    return everything[everything["code"] != "E"]


def store(engine):
    stored.put(engine, _fill)


def _fill(engine):
    with sessions(engine).begin() as session:
        city = City(name="画市", area_code="210000000000", scheme=FIVE_LEVEL, epsg=4550)
        CityStore(session).put(city)
        GenerationStore(session).publish(grids(), name="初稿", valid_from=drawn.START)
        layers = LayerStore(session)
        for name, frame in layers_of_the_city().items():
            layers.upsert(name, frame)


def layers_of_the_city():
    frames = {"buildings": drawn.frames()["buildings"]}
    doors = [{"code": code, "name": code[-1], "building_code": "b1"} for code in DOORS]
    frames["entrances"] = drawn.layer("entrances", doors, shapely.points(list(DOORS.values())))
    bodies = {"in_charge": "城管局", "owner": "电力公司", "maintainer": "灯杆养护队"}
    frames["facilities"] = drawn.points(
        "facilities",
        [
            ({"code": "0307", "category": "0301", "accuracy_class": "A", **bodies}, "A"),
            ({"code": "nobody", "category": "0301"}, "I"),
        ],
    )
    posts = [("o1", "网格员", "G"), ("o2", "网格长", "w"), ("o3", "楼栋长", "b1")]
    frames["officers"] = drawn.layer(
        "officers",
        [
            {"code": code, "name": "不可公开", "role": role, "area_code": area, "duty_phone": "800"}
            for code, role, area in posts
        ],
    )
    return frames


def special_file(folder):
    shapes = [
        shapely.LineString([(123.0, 41.0041), (123.006, 41.0041)]),
        shapely.box(123.0042, 41.0002, 123.0058, 41.0018),
    ]
    rows = {"code": ["road", "campus"], "name": ["画街路段", "画大学"], "priority": [2, 1]}
    frame = gpd.GeoDataFrame(rows | {"tolerance_m": [5.0, None]}, geometry=shapes, crs=4326)
    frame.to_file(folder / "special.geojson")
    return folder / "special.geojson"


@pytest.fixture(scope="module", params=BOTH)
def client(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("explained")
    with new_database(request, folder) as url:
        engine = open_engine(url)
        store(engine)
        engine.dispose()
        settings = Settings(
            database_url=url, cache_dir=folder / "cache", special_file=special_file(folder)
        )
        with TestClient(create_app(settings), raise_server_exceptions=False) as client:
            yield signed_in(client, url)


def ask(client, lon=None, lat=None, **query):
    where = {} if lon is None else {"lon": lon, "lat": lat}
    answer = client.get("/api/v1/route", params=where | query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def chain(told):
    return [link["code"] for link in told["chain"]]


def named_in_both(told):
    return all(told["grid_code"] in told[f"reason_{tongue}"] for tongue in ("zh", "en"))


def test_polygon(client):
    told = ask(client, *drawn.middle("H"), accuracy_m=10)
    assert (told["method"], told["grid_code"]) == ("polygon", "H")
    assert chain(told) == ["H", "w", "s", "d", "c"]
    assert told["confidence"] == 1.0
    assert not told["ambiguous"]
    assert named_in_both(told)
    assert "画河北岸" in told["reason_en"]


def test_an_ambiguous_point_lists_who_else_it_could_be(client):
    told = ask(client, 123.00199, 41.0010, accuracy_m=20)
    assert (told["grid_code"], told["ambiguous"]) == ("G", True)
    assert [(one["code"], one["level"]) for one in told["alternates"]] == [("H", "subarea")]
    assert told["alternates"][0]["distance_m"] == told["distance_to_border_m"]
    assert 0.5 < told["confidence"] < 0.6
    assert "H" in told["reason_zh"]
    assert told["alternates_found"] == 1


def test_nearest_then_territorial(client):
    near = ask(client, 123.0021, 41.003)
    wide = ask(client, 123.0021, 41.003, nearest_limit_m=5, accuracy_m=5)
    assert (near["method"], near["grid_code"], chain(near)[:2]) == ("nearest", "D", ["D", "w"])
    assert near["distance_to_border_m"] == pytest.approx(8.4, abs=0.1)
    assert (wide["method"], wide["grid_code"], wide["level"]) == ("territorial", "w", "community")
    assert chain(wide) == ["w", "s", "d", "c"]
    assert [post["code"] for post in wide["officers"]] == ["o2"]
    assert named_in_both(near)
    assert named_in_both(wide)


def test_outside_within_the_limit_and_beyond(client):
    assert ask(client, 123.0065, 41.001)["grid_code"] == "I"
    told = ask(client, 123.0065, 41.001, nearest_limit_m=10)
    assert (told["method"], told["grid_code"], told["chain"]) == ("outside", None, [])
    assert "不在任何网格内" in told["reason_zh"]


def test_special_polygon_and_street_section(client):
    campus = ask(client, *drawn.middle("I"))
    assert (campus["method"], campus["grid_code"]) == ("special", "campus")
    assert (campus["grid_name"], campus["level"]) == ("画大学", "special")
    assert chain(campus) == ["campus", "I", "e", "s", "d", "c"]
    assert named_in_both(campus)
    assert ask(client, 123.001, 41.00414)["grid_code"] == "road"
    assert ask(client, 123.001, 41.00420)["grid_code"] == "A"


def test_a_facility_is_its_own_place(client):
    far = ask(client, *drawn.middle("H"), facility_code="0307", accuracy_m=50)
    alone = ask(client, facility_code="0307")
    assert (far["method"], far["grid_code"], far["accuracy_m"]) == ("facility", "A", 0.5)
    assert (far["lon"], far["lat"]) == pytest.approx(drawn.middle("A"))
    assert far["facility"]["maintainer"] == "灯杆养护队"
    assert far["facility"]["distance_m"] == pytest.approx(474, abs=3)
    assert "灯杆养护队" in far["reason_zh"]
    assert alone["facility"] == far["facility"] | {"distance_m": None}
    assert alone | {"facility": None} == far | {"facility": None}


def test_an_ownerless_facility_falls_to_the_grid_that_answers_there(client):
    told = ask(client, facility_code="nobody")
    assert (told["method"], told["grid_code"], told["accuracy_m"]) == ("facility", "campus", 10)
    assert "没有登记责任单位" in told["reason_zh"]


def test_a_facility_that_nobody_knows_is_a_problem(client):
    answer = client.get("/api/v1/route", params={"facility_code": "none"})
    assert answer.status_code == 404
    assert "'none'" in answer.json()["detail"]


def test_goes_on_to_the_building_and_its_nearest_door(client):
    told = ask(client, 123.00078, 41.0007, accuracy_m=10)
    assert told["grid_code"] == "G"
    assert told["building"]["code"] == "b1"
    assert told["building"]["confidence"] == pytest.approx(0.99, abs=0.01)
    _, _, apart_m = Geod(ellps="WGS84").inv(123.00078, 41.0007, *DOORS["b1-2"])
    assert (told["entrance"]["code"], told["entrance"]["name"]) == ("b1-2", "2")
    assert told["entrance"]["distance_m"] == pytest.approx(apart_m, abs=0.01)
    assert [(one["code"], one["area_code"]) for one in told["officers"]] == [
        ("o3", "b1"),
        ("o1", "G"),
        ("o2", "w"),
    ]
    assert ask(client, 123.0012, 41.0007)["building"] is None


def test_never_says_who_is_on_duty(client):
    text = client.get("/api/v1/route", params={"lon": 123.00078, "lat": 41.0007}).text
    assert "网格员" in text
    assert "不可公开" not in text
    assert "800" not in text


def test_hostile_names_are_escaped_by_json_only(client):
    answer = client.get("/api/v1/route", params={"lon": 123.00078, "lat": 41.0007})
    assert answer.headers["content-type"] == "application/json"
    told = json.loads(answer.text)
    assert told["grid_name"] == told["building"]["name"] == drawn.HOSTILE
    assert drawn.HOSTILE in told["reason_zh"]
    assert drawn.HOSTILE in told["reason_en"]


def test_a_batch_explains_when_asked(client):
    points = [drawn.middle("H"), (123.00078, 41.0007), drawn.middle("I"), (0.0, 0.0)]
    body = {"points": points, "explain": True, "accuracy_m": 10, "nearest_limit_m": 50}
    told = client.post("/api/v1/route", json=body).json()
    singles = [ask(client, *one, accuracy_m=10, nearest_limit_m=50) for one in points]
    assert told["explained"] == singles
    assert told["grid_code"] == ["H", "G", "I", None]
    plain = client.post("/api/v1/route", json={"points": points}).json()
    assert plain["explained"] is None


def test_a_batch_explains_so_many_only(client):
    body = {"points": [[0, 0]] * 1_001, "explain": True}
    answer = client.post("/api/v1/route", json=body)
    assert answer.status_code == 422
    assert "1,000" in answer.text


def test_points_that_are_no_numbers_are_explained_as_outside(client):
    body = b'{"points": [[NaN, 1]], "explain": true, "accuracy_m": 5}'
    headers = {"Content-Type": "application/json"}
    [told] = client.post("/api/v1/route", content=body, headers=headers).json()["explained"]
    assert (told["method"], told["lon"], told["cell"]) == ("outside", None, None)


def test_a_broken_special_file_stops_the_service(tmp_path, sqlite_template):
    broken = tmp_path / "special.geojson"
    broken.write_text('{"type": "FeatureCollection", "features": []', encoding="utf-8")
    settings = Settings(database_url=f"sqlite:///{sqlite_template}", special_file=broken)
    with pytest.raises(ValueError, match=r"special\.geojson"), TestClient(create_app(settings)):
        pass
