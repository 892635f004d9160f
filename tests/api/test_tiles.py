import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import mercantile
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.problems import MEDIA_TYPE as PROBLEM
from api.routers.tiles import MEDIA_TYPE
from gis_grid.accounts.roles import Role
from gis_grid.storage.database import open_engine
from gis_grid.values.tiles import TILE_LAYERS
from tests import drawn
from tests.api.conftest import BOTH, new_database, served
from tests.signed import bearer, token
from tests.tiled import decoded

LON, LAT = drawn.WEST + 1.5 * drawn.SIDE, drawn.SOUTH + 1.5 * drawn.SIDE
CODES = {name: set(frame["code"]) for name, frame in drawn.frames().items()}
CODES |= {"grids": set(drawn.grids()["code"]), "walls": set(), "special": set()}
CODES |= {"grid_labels": CODES["grids"], "views": CODES["cameras"]}


@pytest.fixture(scope="module", params=BOTH)
def viewer(request, tmp_path_factory):
    """Give a client of the drawn city, and the headers of who may see the grid A."""
    folder = tmp_path_factory.mktemp("viewer")
    with new_database(request, folder) as url:
        engine = open_engine(url)
        drawn.store(engine)
        engine.dispose()
        with served(url, folder) as client:
            yield client, bearer(token(url, (Role.VIEWER, "A"), code="viewer"))


def everywhere(client, layer, zoom, headers=None):
    """Return the codes of all features in the tiles of the drawn city."""
    box = (drawn.WEST, drawn.SOUTH, drawn.WEST + 3 * drawn.SIDE, drawn.SOUTH + 3 * drawn.SIDE)
    return {
        feature["properties"]["code"]
        for tile in mercantile.tiles(*box, zoom)
        for feature in features(
            client.get(f"/tiles/{layer}/{zoom}/{tile.x}/{tile.y}.mvt", headers=headers), layer
        )
    }


def test_a_tile_holds_only_what_its_reader_may_see(viewer):
    client, headers = viewer
    assert everywhere(client, "facilities", 14) == {"f1", "f2", "f3"}
    assert everywhere(client, "facilities", 14, headers) == {"f1", "f2"}
    assert everywhere(client, "grids", 14, headers) == {"A"}
    assert everywhere(client, "cameras", 15) == {"k1"}
    assert everywhere(client, "streets", 14, headers) == {"r1"}


def test_a_token_is_of_what_its_reader_may_see(viewer):
    client, headers = viewer
    everything, mine = described(client), described(client, headers)
    assert set(everything) == set(mine)
    z, x, y = square(14).split("/")
    address = mine["facilities"]["url"].format(z=z, x=x, y=y)
    assert mine["facilities"]["token"] != everything["facilities"]["token"]
    assert mine["streets"]["token"] == everything["streets"]["token"]
    assert "immutable" in client.get(address, headers=headers).headers["cache-control"]
    assert "immutable" not in client.get(address).headers["cache-control"]


def test_strangers_see_no_tile(viewer):
    client, _ = viewer
    nobody = {"Authorization": ""}
    for path in ("/api/v1/tiles", f"/tiles/grids/{square(14)}.mvt"):
        assert client.get(path, headers=nobody).status_code == 401


def square(zoom, lon=LON, lat=LAT):
    tile = mercantile.tile(lon, lat, zoom)
    return f"{zoom}/{tile.x}/{tile.y}"


def features(answer, layer):
    assert answer.status_code in {200, 204}, answer.text
    if answer.status_code == 204:
        assert answer.content == b""
        return []
    assert answer.headers["content-type"] == MEDIA_TYPE
    return decoded(answer.content, layer)


def described(client, headers=None):
    answer = client.get("/api/v1/tiles", headers=headers)
    assert answer.status_code == 200, answer.text
    return {layer["name"]: layer for layer in answer.json()["layers"]}


def test_says_what_tiles_there_are(client):
    answer = client.get("/api/v1/tiles").json()
    layers = {layer["name"]: layer for layer in answer["layers"]}
    assert list(layers) == list(TILE_LAYERS)
    assert answer["generation"] == 1
    assert answer["extent"] == 4096
    assert layers["facilities"]["counted_below_zoom"] == 14
    assert {level["level"] for level in answer["levels"]} == set(drawn.grids()["level"])
    for layer in layers.values():
        assert layer["url"] == f"/tiles/{layer['name']}/{{z}}/{{x}}/{{y}}.mvt?g={layer['token']}"


def test_an_empty_database_has_tiles_without_anything(empty_client):
    answer = empty_client.get("/api/v1/tiles").json()
    assert (answer["generation"], answer["levels"]) == (None, [])
    for layer in answer["layers"]:
        assert empty_client.get(layer["url"].format(z=15, x=1, y=1)).status_code == 204


@pytest.mark.parametrize("layer", [*TILE_LAYERS])
def test_draws_what_is_there_with_the_fields_it_names(client, layer):
    told = described(client)[layer]
    box = (drawn.WEST, drawn.SOUTH, drawn.WEST + 3 * drawn.SIDE, drawn.SOUTH + 3 * drawn.SIDE)
    found = []
    for tile in mercantile.tiles(*box, 16):
        found += features(client.get(told["url"].format(z=16, x=tile.x, y=tile.y)), layer)
    missing = CODES["cameras"] if layer == "views" else set()  # it has no field of view
    assert {one["properties"]["code"] for one in found} == CODES[layer] - missing
    for one in found:
        assert set(one["properties"]) <= set(told["fields"])


def test_the_first_zoom_of_a_layer_is_its_first(client):
    for name, told in described(client).items():
        zoom = told["min_zoom"] - 1
        if zoom >= 0:
            assert client.get(f"/tiles/{name}/{square(zoom)}.mvt").status_code == 204


def test_a_tile_is_kept_for_ever_under_its_token_only(client):
    told = described(client)["grids"]
    z, x, y = square(14).split("/")
    with_token = client.get(told["url"].format(z=z, x=x, y=y))
    without = client.get(f"/tiles/grids/{z}/{x}/{y}.mvt")
    another = client.get(f"/tiles/grids/{z}/{x}/{y}.mvt?g=1")
    assert with_token.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert without.headers["cache-control"] == another.headers["cache-control"]
    assert without.headers["cache-control"] == "private, no-cache"
    assert with_token.headers["etag"] == without.headers["etag"]
    assert with_token.content == without.content


def test_what_the_client_has_is_not_sent_again(client):
    address = f"/tiles/grids/{square(14)}.mvt"
    tag = client.get(address).headers["etag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_large_tiles_are_packed_for_those_who_can_unpack(client):
    address = f"/tiles/grids/{square(14)}.mvt"
    with client.stream("GET", address, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        packed = b"".join(answer.iter_raw())
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(packed) == plain.content
    assert "accept-encoding" in plain.headers["vary"].lower()


def test_incidents_are_counted_by_state_when_seen_from_afar(client):
    [one] = features(client.get(f"/tiles/incidents/{square(12)}.mvt"), "incidents")
    assert one["properties"] == {"count": 8, "reported": 8}
    close = features(client.get(f"/tiles/incidents/{square(15)}.mvt"), "incidents")
    assert {f["properties"]["state"] for f in close} == {"reported"}
    assert len(close) == 8


def test_many_may_ask_at_once(client):
    address = f"/tiles/streets/{square(13)}.mvt"
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.get(address), range(16)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


LAYERS = st.sampled_from([*TILE_LAYERS, "blocks", "officers", "nothing", "'; --", ""])
NUMBERS = st.one_of(
    st.integers(-5, 30),
    st.integers(),
    st.integers(2**60, 10**80),
    st.floats(),
    st.sampled_from(["NaN", "inf", "-0", "1e3", "0x10", "٣", " 1", "1.0", "", "%00", "..", "null"]),
    st.text(max_size=4),
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LAYERS, NUMBERS, NUMBERS, NUMBERS)
def test_no_address_breaks_it(client, layer, z, x, y):
    path = "/".join(quoted(part) for part in (layer, z, x, y))
    answer = client.get(f"/tiles/{path}.mvt")
    assert answer.status_code in {200, 204, 307, 404, 405, 422}, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == PROBLEM
        assert json.loads(answer.content)["detail"]


def quoted(part):
    return quote(str(part), safe="")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([*TILE_LAYERS]), st.integers(0, 22), st.data())
def test_every_tile_of_the_world_can_be_asked_for(client, layer, zoom, data):
    last = 2**zoom - 1
    edges = st.sampled_from([0, last, last // 2])
    x, y = (data.draw(edges | st.integers(0, last)) for _ in "xy")
    features(client.get(f"/tiles/{layer}/{zoom}/{x}/{y}.mvt"), layer)


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("grids/23/0/0", 422, "less than or equal to 22"),
        ("grids/-1/0/0", 422, "greater than or equal to 0"),
        ("grids/NaN/0/0", 422, "valid integer"),
        ("grids/3/8/0", 404, "at zoom 3 x and y are 0 to 7"),
        ("grids/3/0/-1", 404, "at zoom 3 x and y are 0 to 7"),
        (f"grids/3/{10**40}/0", 404, "at zoom 3"),
        ("officers/3/0/0", 404, "choose one of grids, grid_labels"),
    ],
)
def test_a_wrong_address_is_told_what_is_wrong(client, path, status, words):
    answer = client.get(f"/tiles/{path}.mvt")
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert words in answer.json()["detail"]


def test_unknown_parameters_are_refused(client):
    assert client.get(f"/tiles/grids/{square(3)}.mvt?generation=1").status_code == 422
