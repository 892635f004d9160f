"""Generations under load: no request fails, and every answer fits the generation that it names."""

import contextlib
import functools
import threading
import time
from datetime import timedelta

import geopandas as gpd
import numpy as np
import pytest
import shapely
from fastapi.testclient import TestClient

from api import app
from api.live import PAST, LiveRouting
from api.live_tiles import LiveTiles
from gis_grid.errors import StorageError
from gis_grid.router.special import SpecialIndex
from gis_grid.services.publishing import publish_grids
from gis_grid.settings import Settings
from gis_grid.storage.database import sessions
from gis_grid.storage.special import SpecialStore
from tests import drawn
from tests.redrawn import merged, moved_border, renumbered
from tests.signed import signed_in

PLANS = [drawn.grids, moved_border, merged, renumbered, drawn.grids]
"""The grids of generation 1, 2 and so on."""

DAY = timedelta(days=1)
POLL_S = 0.05
USERS = 3
ROUND = 8 * USERS
"""Answers after which every user has asked everything of the generation that is current."""


def start_of(generation):
    return drawn.START + (generation - 1) * DAY


def publish(engine, generation):
    publish_grids(
        engine,
        PLANS[generation - 1](),
        name=f"第{generation}稿",
        valid_from=start_of(generation),
        based_on=generation - 1,
    )


@pytest.fixture
def city(engine):
    drawn.store(engine)
    return engine


@pytest.fixture
def client(city, database_url, tmp_path, monkeypatch):
    """Give a client of a service that looks for a new generation often."""
    often = functools.partial(LiveRouting, poll_s=POLL_S)
    monkeypatch.setattr(app, "LiveRouting", often)
    settings = Settings(database_url=database_url, cache_dir=tmp_path / "cache")
    with TestClient(app.create_app(settings), raise_server_exceptions=False) as client:
        yield signed_in(client, database_url)


def owner(generation, lon, lat):
    """Return the ground grid of a point on no border, by trying all shapes of a generation."""
    grids = PLANS[generation - 1]()
    ground = grids[grids["level"] == "subarea"]
    hits = ground["code"][shapely.contains_xy(ground.geometry.to_numpy(), lon, lat)]
    return hits.iloc[0] if len(hits) else None


def ask(client, rng, asked):
    """Send one request of each kind and keep what was asked and answered."""
    lon, lat = (float(low + rng.uniform(-5e-4, 6.5e-3)) for low in (drawn.WEST, drawn.SOUTH))
    where = {"lon": lon, "lat": lat}
    get = functools.partial(client.get, "/api/v1/route")
    asked.append(("now", where, get(params=where)))
    asked.append(("facility", where, get(params={"facility_code": "f3"})))
    then = {"at": start_of(1).isoformat()}
    asked.append(("then", where, get(params=where | then)))
    points = {"points": [[lon, lat], [lon, lat]]}
    asked.append(("many", where, client.post("/api/v1/route", json=points)))


@contextlib.contextmanager
def asking(client):
    """Let users ask all the time; give what was asked and answered so far, and what broke."""
    asked, failures, is_over = [], [], threading.Event()

    def user(seed):
        rng = np.random.default_rng(seed)
        try:
            while not is_over.is_set():
                ask(client, rng, asked)
        except Exception as error:  # noqa: BLE001 - told to the test
            failures.append(error)

    users = [threading.Thread(target=user, args=(seed,)) for seed in range(USERS)]
    for thread in users:
        thread.start()
    try:
        yield asked, failures
    finally:
        is_over.set()
        for thread in users:
            thread.join()


@pytest.mark.slow
def test_publishing_fails_no_request_and_every_answer_fits_its_generation(city, client):
    with asking(client) as (asked, failures):
        for generation in range(1, len(PLANS) + 1):
            if generation > 1:
                publish(city, generation)
            wait_for(client, generation)
            enough = len(asked) + ROUND
            while len(asked) < enough and not failures:
                time.sleep(0.01)
    assert failures == []
    assert {answer.status_code for _, _, answer in asked} == {200}
    for kind, where, answer in asked:
        require_fit(kind, where, answer.json())
    now = {answer.json()["generation"] for kind, _, answer in asked if kind == "now"}
    assert now == {1, 2, 3, 4, 5}


def wait_for(client, generation):
    deadline = time.monotonic() + 60
    lon, lat = drawn.middle("E")
    while time.monotonic() < deadline:
        told = client.get("/api/v1/route", params={"lon": lon, "lat": lat}).json()
        if told["generation"] == generation:
            return
        time.sleep(0.02)
    pytest.fail(f"generation {generation} was never answered")


def require_fit(kind, where, told):
    generation = told["generation"]
    assert 1 <= generation <= len(PLANS)
    if kind == "then":
        assert generation == 1
    if kind == "facility":
        return
    wanted = owner(generation, **where)
    if kind == "many":
        assert told["grid_code"] == [wanted, wanted]
    elif wanted is not None:  # outside the nearest one answers, and says so
        assert told["grid_code"] == wanted
        assert told["chain"][0]["code"] == wanted
        assert told["chain"][-1]["code"] == "c"


def test_a_moment_is_answered_by_the_grids_of_its_time(city, client):
    for generation in range(2, len(PLANS) + 1):
        publish(city, generation)
    lon, lat = drawn.middle("E")
    for generation in (4, 1, 2, 3, 5, 1):
        at = (start_of(generation) + DAY / 2).isoformat()
        told = client.get("/api/v1/route", params={"lon": lon, "lat": lat, "at": at}).json()
        assert (told["generation"], told["grid_code"]) == (generation, owner(generation, lon, lat))


@pytest.mark.parametrize(
    ("at", "status"),
    [("2020-01-01T00:00:00Z", 404), ("2026-01-01T00:00:00", 422), ("yesterday", 422)],
)
def test_refuses_moments_without_grids_or_time_zone(client, at, status):
    answer = client.get("/api/v1/route", params={"lon": 123, "lat": 41, "at": at})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_few_generations_of_the_past_are_kept(city, tmp_path):
    for generation in range(2, len(PLANS) + 1):
        publish(city, generation)
    live = LiveRouting(city, cache_dir=tmp_path)
    now = live.current()
    then = [live.at(start_of(generation)) for generation in (1, 2, 3)]
    assert [routing.generation.number for routing in then] == [1, 2, 3]
    assert live.at(start_of(3)) is then[2]
    assert live.at(start_of(1)) is not then[0]
    assert PAST == 2
    assert live.at(start_of(5) + DAY) is now
    assert live.at(None).generation.number == 5
    live.close()


def put_special(city, letter, start):
    """Lay a special grid over one ground grid."""
    rows = {
        "code": ["campus"],
        "name": [f"画大学{letter}"],
        "priority": [0.0],
        "tolerance_m": [0.0],
    }
    frame = gpd.GeoDataFrame(rows, geometry=[drawn.BOXES[letter]], crs="EPSG:4326")
    with sessions(city).begin() as session:
        SpecialStore(session).put(frame, valid_from=start)


def who(client, letter, **more):
    lon, lat = drawn.middle(letter)
    return client.get("/api/v1/route", params={"lon": lon, "lat": lat, **more})


def wait_until(client, letter, method):
    until = time.monotonic() + 60
    while who(client, letter).json()["method"] != method:
        assert time.monotonic() < until, f"{letter} is never routed by {method}"
        time.sleep(POLL_S)


def test_special_grids_of_the_database_are_taken_over_and_have_their_time(city, client):
    plain = who(client, "A")
    assert plain.json()["method"] == "polygon"
    put_special(city, "A", start_of(1) + DAY)
    wait_until(client, "A", "special")
    first = who(client, "A")
    assert (first.json()["grid_code"], first.json()["grid_name"]) == ("campus", "画大学A")
    assert first.json()["generation"] == 1
    assert first.headers["etag"] != plain.headers["etag"]
    put_special(city, "B", start_of(1) + 2 * DAY)
    wait_until(client, "B", "special")
    days = [(0.5, "A", "A"), (1.5, "A", "campus"), (1.5, "B", "B"), (2.5, "A", "A")]
    for day, letter, code in [*days, (2.5, "B", "campus"), *days]:
        at = (start_of(1) + day * DAY).isoformat()
        assert who(client, letter, at=at).json()["grid_code"] == code


def test_a_file_of_special_grids_goes_before_those_of_the_database(city, tmp_path):
    put_special(city, "A", start_of(1))
    market = gpd.GeoDataFrame({"code": ["market"]}, geometry=[drawn.BOXES["B"]], crs="EPSG:4326")
    live = LiveRouting(city, cache_dir=tmp_path, special=SpecialIndex.build(market))
    for held in (live.current(), live.at(start_of(1) + DAY)):
        assert held.guide.atlas.special.codes.tolist() == ["market"]
    live.close()


def test_a_service_builds_ahead_what_the_first_would_wait_for(city, database_url, tmp_path):
    settings = Settings(database_url=database_url, cache_dir=tmp_path)
    with TestClient(app.create_app(settings, is_ahead=True)) as client:
        routing, tiles = client.app_state["routing"], client.app_state["tiles"]
        until = time.monotonic() + 60
        while not tiles.has_begun and time.monotonic() < until:
            time.sleep(0.02)
        assert tiles.has_begun
        assert routing.held().generation.number == 1


def test_a_map_that_is_closed_prepares_nothing_more(city):
    tiles = LiveTiles(city)
    tiles.close()
    tiles.prepare()
    assert not tiles.has_begun


def test_what_is_closed_builds_nothing_more(city, tmp_path):
    live = LiveRouting(city, cache_dir=tmp_path)
    live.close()
    with pytest.raises(StorageError, match="ask again"):
        live.current()


def test_a_service_without_a_city_starts_ahead_all_the_same(engine, database_url, tmp_path):
    settings = Settings(database_url=database_url, cache_dir=tmp_path)
    with TestClient(app.create_app(settings, is_ahead=True)) as client:
        assert client.get("/api/v1/health").json()["generation"] is None
