"""The short way of a look-up answers what the long way answers, and nothing else."""

import math

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.app import create_app
from api.quick import PATH
from gis_grid.accounts.roles import Role
from gis_grid.settings import Settings
from gis_grid.storage.database import open_engine
from tests import drawn
from tests.api.conftest import BOTH, new_database
from tests.signed import bearer, token

LON, LAT = drawn.middle("E")


class Watched:
    """A service that says which way its last answer came."""

    def __init__(self, app):
        self.app = app
        self.was_quick = None

    async def __call__(self, scope, receive, send):
        await self.app(scope, receive, send)
        self.was_quick = "endpoint" not in scope  # the long way finds one


@pytest.fixture(scope="module", params=BOTH)
def served(request, tmp_path_factory):
    """Give a client, its service, and tokens of an administrator and of the officer of one grid."""
    folder = tmp_path_factory.mktemp("quick")
    with new_database(request, folder) as url:
        engine = open_engine(url)
        drawn.store(engine)
        engine.dispose()
        tokens = [token(url), token(url, (Role.OFFICER, "E"), code="officer")]
        watched = Watched(create_app(Settings(database_url=url, cache_dir=folder)))
        with TestClient(watched, raise_server_exceptions=False) as client:
            yield client, watched, tokens


def both_ways(served, who, query):
    """Ask twice; return the answers, the second of which came the long way."""
    client, watched, tokens = served
    headers = bearer(tokens[who])
    client.get(PATH, params={"lon": LON, "lat": LAT}, headers=headers)  # now all is in memory
    first = client.get(PATH, params=query, headers=headers)
    was_quick = watched.was_quick
    twice = {**query, "lat": [query["lat"]] * 2}  # means the same and is nothing for the short way
    second = client.get(PATH, params=twice, headers=headers)
    assert not watched.was_quick
    return first, second, was_quick


def told(answer):
    """Return all of an answer but its number."""
    headers = {name: text for name, text in answer.headers.items() if name != "x-request-id"}
    body = answer.json()
    for name in ("instance", "request_id"):  # a problem names its address and its number
        body.pop(name, None)
    return answer.status_code, headers if answer.status_code == 200 else None, body


NEAR = st.floats(-0.02, 0.02)
QUERIES = st.fixed_dictionaries(
    {"lon": NEAR.map(lambda d: LON + d), "lat": NEAR.map(lambda d: LAT + d)},
    optional={
        "datum": st.sampled_from(["wgs84", "gcj02", "bd09", "mars"]),
        "accuracy_m": st.floats(-5, 900),
        "nearest_limit_m": st.sampled_from([0, 50, 1e4, math.inf]),
        "at": st.sampled_from(["2026-06-01T00:00:00+08:00", "yesterday"]),
        "facility_code": st.sampled_from(["", "F1", "nowhere"]),
        "wrong": st.just("1"),
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(query=QUERIES, who=st.sampled_from([0, 1]))
def test_both_ways_answer_the_same(served, query, who):
    first, second, _ = both_ways(served, who, query)
    assert told(first) == told(second)


@pytest.mark.parametrize("extra", [{}, {"accuracy_m": 30}, {"datum": "gcj02"}])
def test_a_plain_look_up_takes_the_short_way(served, extra):
    first, second, was_quick = both_ways(served, 0, {"lon": LON, "lat": LAT, **extra})
    assert was_quick
    assert first.status_code == second.status_code == 200


@pytest.mark.parametrize(
    "extra",
    [{"accuracy_m": 501}, {"accuracy_m": -1}, {"datum": ""}, {"lon": ["1", "2"]}, {"wrong": "1"}],
)
def test_what_is_out_of_the_ordinary_takes_the_long_way(served, extra):
    _, _, was_quick = both_ways(served, 0, {"lon": LON, "lat": LAT, **extra})
    assert not was_quick


@pytest.mark.parametrize("headers", [{}, bearer("gg_nobody"), {"Authorization": "Basic eDp5"}])
def test_strangers_are_refused_the_long_way(served, headers):
    client, watched, _ = served
    answer = client.get(PATH, params={"lon": LON, "lat": LAT}, headers=headers)
    assert (answer.status_code, watched.was_quick) == (401, False)


def test_somebody_elses_ground_is_refused_the_long_way(served):
    lon, lat = drawn.middle("A")
    first, second, was_quick = both_ways(served, 1, {"lon": lon, "lat": lat})
    assert (first.status_code, was_quick) == (404, False)
    assert told(first) == told(second)


def test_a_tag_that_is_held_is_answered_at_once(served):
    client, watched, tokens = served
    headers, query = bearer(tokens[0]), {"lon": LON, "lat": LAT}
    first = client.get(PATH, params=query, headers=headers)
    again = client.get(
        PATH, params=query, headers=headers | {"If-None-Match": first.headers["etag"]}
    )
    assert (again.status_code, again.content, watched.was_quick) == (304, b"", True)


def test_a_post_is_none_of_its_business(served):
    client, watched, tokens = served
    points = {"points": [[LON, LAT]]}
    answer = client.post(PATH, json=points, headers=bearer(tokens[0]))
    assert (answer.json()["grid_code"], watched.was_quick) == (["E"], False)
