import time
from datetime import timedelta

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.live import LiveRouting
from gis_grid.geo.datum import from_wgs84
from gis_grid.storage.database import sessions
from gis_grid.storage.generations import GenerationStore
from tests import drawn

INSIDE = st.tuples(st.floats(122.999, 123.008), st.floats(40.999, 41.008))


def owner(lon, lat):
    """Return the grid by trying every box: its west and south border belong to it."""
    for letter, box in drawn.BOXES.items():
        west, south, east, north = box.bounds
        if west <= lon < east and south <= lat < north:
            return letter
    return None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(point=INSIDE)
def test_equals_the_drawing(client, point):
    lon, lat = point
    query = {"lon": lon, "lat": lat, "nearest_limit_m": 0}
    answer = client.get("/api/v1/route", params=query).json()
    if answer["grid_code"]:
        assert shapely.dwithin(drawn.BOXES[answer["grid_code"]], shapely.Point(lon, lat), 1e-12)
    else:
        assert owner(lon, lat) is None


def test_explains_itself(client):
    lon, lat = drawn.middle("E")
    answer = client.get("/api/v1/route", params={"lon": lon, "lat": lat}).json()
    assert answer["method"] == "polygon"
    assert answer["grid_name"] == "网格E"
    assert answer["level"] == "subarea"
    assert [link["code"] for link in answer["chain"]] == ["E", "w", "s", "d", "c"]
    assert [link["level"] for link in answer["chain"]][-1] == "city"
    assert answer["generation"] == 1
    assert answer["distance_to_border_m"] == pytest.approx(84, abs=1)
    assert len(answer["cell"]) == 15


def test_outside_is_an_answer(client):
    answer = client.get("/api/v1/route", params={"lon": 0, "lat": 0})
    assert answer.status_code == 200
    told = answer.json()
    assert told["method"] == "outside"
    assert [told[name] for name in ("grid_code", "grid_name", "level", "confidence")] == [None] * 4
    assert told["chain"] == told["officers"] == told["alternates"] == []
    assert (told["building"], told["entrance"], told["facility"]) == (None, None, None)
    assert told["distance_to_border_m"] > 1e6
    assert told["generation"] == 1


@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09"])
def test_a_point_in_another_datum_is_moved_first(client, datum):
    lon, lat = from_wgs84(lon=[drawn.middle("B")[0]], lat=[drawn.middle("B")[1]], datum=datum)
    query = {"lon": lon[0], "lat": lat[0], "datum": datum}
    answer = client.get("/api/v1/route", params=query).json()
    assert answer["grid_code"] == "B"
    assert (answer["lon"], answer["lat"]) == pytest.approx(drawn.middle("B"), abs=1e-6)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"lon": 1},
        {"lon": "nan", "lat": 0},
        {"lon": "inf", "lat": 0},
        {"lon": "1e308", "lat": 0},
        {"lon": 200, "lat": 0},
        {"lon": 0, "lat": -90.001},
        {"lon": 0, "lat": 0, "datum": "mars"},
        {"lon": 0, "lat": 0, "extra": 1},
        {"lon": "1,2", "lat": 0},
        {"facility_code": "f1", "lon": 1},
        {"facility_code": ""},
        {"facility_code": "f\0"},
        {"lon": 0, "lat": 0, "accuracy_m": -1},
        {"lon": 0, "lat": 0, "accuracy_m": "nan"},
        {"lon": 0, "lat": 0, "accuracy_m": 1e9},
        {"lon": 0, "lat": 0, "nearest_limit_m": -1},
        {"lon": 0, "lat": 0, "nearest_limit_m": "inf"},
    ],
)
def test_refuses(client, query):
    answer = client.get("/api/v1/route", params=query)
    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_many_points_at_once_are_routed_like_one(client):
    points = [drawn.middle(letter) for letter in "IAE"] + [(0.0, 0.0)]
    answer = client.post("/api/v1/route", json={"points": points}).json()
    assert answer["grid_code"] == ["I", "A", "E", None]
    assert answer["generation"] == 1
    for point, cell, border_m in zip(
        points, answer["cell"], answer["distance_to_border_m"], strict=True
    ):
        one = client.get("/api/v1/route", params={"lon": point[0], "lat": point[1]}).json()
        assert one["cell"] == cell
        assert one["distance_to_border_m"] == border_m


def test_no_points_are_no_answers(client):
    answer = client.post("/api/v1/route", json={"points": []}).json()
    assert answer["grid_code"] == answer["cell"] == answer["distance_to_border_m"] == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"points": [[1]]}',
        b'{"points": [[1, 2, 3]]}',
        b'{"points": [["x", 2]]}',
        b'{"points": [[1' + b"0" * 400 + b", 2]]}",
        b'{"points": [], "datum": "x"}',
        b'{"points": [], "more": 1}',
        b'{"points": [], "accuracy_m": -1}',
        b'{"points": [], "explain": 7}',
        b"\xff\xfe",
    ],
)
def test_refuses_bodies(client, body):
    answer = client.post(
        "/api/v1/route", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


def test_refuses_too_many_points(client):
    answer = client.post("/api/v1/route", json={"points": [[0, 0]] * 10_001})
    assert answer.status_code == 422


def test_points_that_are_no_numbers_are_outside(client):
    body = b'{"points": [[NaN, 1], [1, Infinity], [999, 1]]}'
    answer = client.post(
        "/api/v1/route", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.json()["grid_code"] == [None, None, None]
    assert answer.json()["cell"] == [None, None, None]


def test_without_grids_there_is_nothing_to_route_by(empty_client):
    answer = empty_client.get("/api/v1/route", params={"lon": 123, "lat": 41})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_new_generation_is_swapped_in(engine, tmp_path):
    drawn.store(engine)
    live = LiveRouting(engine, cache_dir=tmp_path, poll_s=0)
    assert live.current().generation.number == 1
    with sessions(engine).begin() as session:
        moved = drawn.grids({"E": "新名"})
        GenerationStore(session).publish(
            moved, name="二稿", valid_from=drawn.START + timedelta(days=1)
        )
    until = time.monotonic() + 60
    while (held := live.current()).generation.number == 1 and time.monotonic() < until:
        time.sleep(0.02)  # every answer meanwhile is that of the first one
    live.close()
    assert held.generation.number == 2
    assert held.names["E"].name == "新名"
    lon, lat = drawn.middle("E")
    assert held.router.locate_many(lon=np.array([lon]), lat=np.array([lat])).code.tolist() == ["E"]
