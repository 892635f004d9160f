from datetime import UTC, datetime

import pytest

from tests import drawn


def test_the_city_says_where_it_lies_and_how_it_is_cut(client):
    told = client.get("/api/v1/city").json()
    assert told["name"] == "画市"
    assert told["ground"] == "subarea"
    assert told["levels"][0]["key"] == "city"
    assert told["bounds"] == pytest.approx(
        [drawn.WEST, drawn.SOUTH, drawn.WEST + 3 * drawn.SIDE, drawn.SOUTH + 3 * drawn.SIDE]
    )
    assert told["generation"]["name"] == "初稿"


def test_nothing_is_known_of_an_empty_database(empty_client):
    told = empty_client.get("/api/v1/city").json()
    assert (told["name"], told["bounds"], told["generation"]) == (None, None, None)
    sums = empty_client.get("/api/v1/overview").json()
    assert (sums["ground_grids"], sums["ground_households"], sums["states"]) == (0, None, {})
    heat = empty_client.get("/api/v1/heat").json()
    assert (heat["features"], heat["total"], heat["until"]) == ([], 0, None)
    assert empty_client.get("/api/v1/queue").json()["numberMatched"] == 0


def test_sums_are_those_of_the_lists(client):
    told = client.get("/api/v1/overview").json()
    assert told["layers"]["facilities"] == len(client.get("/api/v1/facilities").json()["features"])
    assert told["states"] == {"reported": 8}
    assert (told["ground_grids"], told["ground_inhabited"]) == (9, 9)
    assert told["ground_households"] == 90
    assert told["overdue"] == 0  # none has a time limit
    assert datetime.fromisoformat(told["at"]) <= datetime.now(UTC)


def test_heat_counts_every_incident(client):
    answer = client.get("/api/v1/heat")
    told = answer.json()
    assert answer.headers["content-type"].startswith("application/geo+json")
    assert [one["properties"]["count"] for one in told["features"]] == [8]
    assert told["breaks"] == [8]
    assert (told["total"], told["hidden"], told["doubted"]) == (8, 0, 0)
    again = client.get("/api/v1/heat", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_the_queue_holds_open_incidents_by_their_time_limit(client):
    told = client.get("/api/v1/queue?limit=3").json()
    assert told["numberMatched"] == 8
    assert [one["id"] for one in told["features"]] == ["i0", "i1", "i2"]
    assert client.get("/api/v1/queue?limit=0").status_code == 422
    assert client.get("/api/v1/queue?state=open").status_code == 422


def test_categories_have_names_in_both_languages(client):
    told = client.get("/api/v1/categories").json()
    assert told["facilities"]["0101"]["zh"] == "上水井盖"
    assert set(told) == {"facilities", "incidents", "places"}
    assert all(one["zh"] and one["en"] for names in told.values() for one in names.values())
