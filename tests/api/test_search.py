import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_grid.storage.database import open_engine
from tests import named
from tests.api.conftest import BOTH, new_database, served


@pytest.fixture(scope="module", params=BOTH)
def named_client(request, tmp_path_factory):
    """Give a client of a service that holds the named city; nobody writes."""
    folder = tmp_path_factory.mktemp("named")
    with new_database(request, folder) as url:
        engine = open_engine(url)
        named.store(engine)
        engine.dispose()
        with served(url, folder) as client:
            yield client


def search(client, text, **more):
    return client.get("/api/v1/search", params={"q": text, **more})


def test_answers_what_a_text_means(named_client):
    body = search(named_client, "灯杆 0307").json()
    first = body["results"][0]
    assert first == {
        "kind": "facility",
        "layer": "facilities",
        "code": "2101010118000307",
        "name": "路灯 望溪路-0307",
        "note": "河东区望溪路",
        "lon": pytest.approx(123.003),
        "lat": pytest.approx(41.005),
        "bbox": None,
        "category": "0118",
        "level": None,
        "datum": None,
        "apart_m": None,
        "unmatched": None,
    }


def test_every_result_can_be_fetched(named_client):
    for text in ("望溪路", "德平苑", "幼儿园", "长柏", "i1", "0307", "德平苑2号楼1单元"):
        for one in search(named_client, text, limit=50).json()["results"]:
            got = named_client.get(f"/api/v1/{one['layer']}/{one['code']}")
            assert got.status_code == 200, one


def test_states_the_datum_of_coordinates(named_client):
    results = search(named_client, "41.003,123.003").json()["results"]
    assert [(one["datum"], one["layer"]) for one in results] == [
        ("wgs84", None),
        ("gcj02", None),
        ("bd09", None),
    ]


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({}, "#/query/q"),
        ({"q": ""}, "#/query/q"),
        ({"q": "x" * 201}, "#/query/q"),
        ({"q": "a\0b"}, "#/query/q"),
        ({"q": "a", "limit": 0}, "#/query/limit"),
        ({"q": "a", "limit": 51}, "#/query/limit"),
        ({"q": "a", "near": "here"}, "#/query/near"),
    ],
)
def test_refuses_what_it_does_not_understand(named_client, params, says):
    answer = named_client.get("/api/v1/search", params=params)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in answer.json()["detail"]


@settings(max_examples=60)
@given(st.text(min_size=1, max_size=210) | st.text("0123456789,.°'\" NE号楼单元-%_<>", min_size=1))
def test_any_text_gives_a_list_or_a_problem(named_client, text):
    answer = search(named_client, text.encode("utf-8", "replace").decode())
    assert answer.status_code in {200, 422}
    if answer.status_code == 200:
        assert isinstance(answer.json()["results"], list)
    else:
        assert answer.json()["status"] == 422


def test_bytes_that_are_no_text_are_no_failure(named_client):
    assert named_client.get("/api/v1/search?q=%ff%fe%ed%a0%80").status_code in {200, 422}


def test_answers_the_chain_of_a_grid(named_client):
    chain = named_client.get("/api/v1/chains/A").json()
    assert [(one["code"], one["level"]) for one in chain] == [
        ("A", "subarea"),
        ("w", "community"),
        ("s", "subdistrict"),
        ("d", "district"),
        ("c", "city"),
    ]
    assert chain[0]["name"] == "长柏花园第1网格"


def test_a_grid_that_is_not_there_has_no_chain(named_client):
    answer = named_client.get("/api/v1/chains/nobody")
    assert answer.status_code == 404
    assert "nobody" in answer.json()["detail"]


def test_an_empty_city_finds_nothing_but_coordinates(empty_client):
    assert search(empty_client, "望溪路").json() == {"results": []}
    assert len(search(empty_client, "123.0,41.0").json()["results"]) == 3
