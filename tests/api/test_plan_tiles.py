"""Tiles of the blocks of a plan: the same blocks as its list, kept for one step."""

import gzip

import mercantile
import pytest
import shapely

from api.problems import MEDIA_TYPE as PROBLEM
from api.routers.tiles import MEDIA_TYPE
from gis_grid.accounts.roles import Role
from gis_grid.geo.crs import unproject
from gis_grid.storage.database import open_engine
from gis_grid.tiles.mercator import Tile, to_world
from tests import planned
from tests.api.conftest import BOTH, new_database, served
from tests.signed import bearer, token
from tests.tiled import by_code, decoded, shapes

BRUSH = {"do": "move_blocks", "blocks": ["B000001", "B000002"], "to": "g1"}


@pytest.fixture(scope="module", params=BOTH)
def client(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plan-tiles")
    with new_database(request, folder) as url:
        engine = open_engine(url)
        planned.store(engine)
        engine.dispose()
        with served(url, folder) as client:
            client.url_of_database = url
            yield client


@pytest.fixture
def number(client):
    """Return a fresh copy of the plan of square blocks."""
    return client.post("/api/v1/plans/1/copies", json={"title": "一稿"}).json()["number"]


def take(client, number, wish, seen):
    path = f"/api/v1/plans/{number}/steps"
    taken = client.post(path, json=wish, headers={"If-Match": f'"{seen}"'})
    assert taken.status_code == 200, taken.text


def listed(client, number, bbox=(120, 40, 126, 42)):
    """Return the blocks of the list by code."""
    box = ",".join(f"{one:.9f}" for one in bbox)
    found = client.get(f"/api/v1/plans/{number}/blocks?bbox={box}").json()["features"]
    return {one["id"]: one for one in found}


def squares(client, number, zoom):
    """Return the tiles of the map that the plan lies in."""
    bounds = [shapely.geometry.shape(one["geometry"]) for one in listed(client, number).values()]
    return [*mercantile.tiles(*shapely.total_bounds(bounds), zoom)]


def get(client, number, tile, headers=None, **query):
    path = f"/tiles/blocks/{tile.z}/{tile.x}/{tile.y}.mvt"
    return client.get(path, params={"plan": number} | query, headers=headers)


def require_same(client, number, square):
    """Compare a tile with the list of its box; return how many blocks it has."""
    tile = Tile(square.z, square.x, square.y)
    answer = get(client, number, square)
    found = by_code(decoded(answer.content, "blocks"))
    told = listed(client, number, tile.buffered_deg)
    assert set(found) == set(told)
    for (code, feature), drawn in zip(found.items(), shapes([*found.values()]), strict=True):
        about = told[code]["properties"]
        wanted = {"code": code, "grid_code": about["grid_code"], **about["weights"]}
        assert feature["properties"] == {k: v for k, v in wanted.items() if v is not None}
        world = shapely.transform(shapely.geometry.shape(told[code]["geometry"]), to_world)
        clipped = shapely.intersection(world, shapely.box(*tile.box))
        corner = (square.x, square.y)
        units = shapely.transform(clipped, lambda xy: (xy * 2**tile.z - corner) * 4096)  # noqa: B023
        assert shapely.hausdorff_distance(drawn, units) < 2
    return len(found)


def cut_beside_a_border():
    """Return a cut 0.8 m east of a border of tiles: parts lie in the buffer of a tile only."""
    x, y = planned.ORIGIN_M
    lon, lat = unproject(x_m=[x + 200] * 2, y_m=[y - 10, y + 310], epsg=planned.EPSG)
    border = mercantile.bounds(mercantile.tile(lon[0], lat[0], 18)).west
    line = [(border + 1e-5, north) for north in lat.tolist()]
    return {"do": "split_by_line", "grid": "g0", "line": line, "code": "x"}


@pytest.mark.parametrize("zoom", [14, 16, 18])
def test_a_tile_holds_the_blocks_that_the_list_tells_of_its_box(client, number, zoom):
    take(client, number, cut_beside_a_border(), 0)
    take(client, number, BRUSH | {"blocks": ["B000036"], "to": None}, 1)
    assert len(listed(client, number)) > planned.SIDE**2  # some were cut
    counts = [require_same(client, number, square) for square in squares(client, number, zoom)]
    assert sum(counts) > planned.SIDE**2


def test_nothing_is_drawn_far_away_or_from_afar(client, number):
    [near, *_] = squares(client, number, 13)
    for tile in (near, mercantile.Tile(0, 0, 14), mercantile.Tile(2**22 - 1, 0, 22)):
        answer = get(client, number, tile)
        assert (answer.status_code, answer.content) == (204, b"")


def test_a_tile_is_kept_for_ever_under_the_step_it_is_of(client, number):
    [tile, *_] = squares(client, number, 15)
    first = get(client, number, tile, g=0)
    assert first.headers["content-type"] == MEDIA_TYPE
    assert first.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert get(client, number, tile).headers["cache-control"] == "private, no-cache"
    assert get(client, number, tile, g=1).headers["cache-control"] == "private, no-cache"
    held = {"If-None-Match": first.headers["etag"]}
    again = get(client, number, tile, headers=held)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    take(client, number, BRUSH, 0)
    after = get(client, number, tile, headers=held, g=1)
    assert (after.status_code, "immutable" in after.headers["cache-control"]) == (200, True)
    assert after.headers["etag"] != first.headers["etag"]
    assert "immutable" not in get(client, number, tile, g=0).headers["cache-control"]
    assert (
        get(client, 1, tile).headers["etag"] != first.headers["etag"]
    )  # the plan it was copied of


def test_a_tile_is_packed_for_those_who_can_unpack(client, number):
    [tile, *_] = squares(client, number, 14)
    address = f"/tiles/blocks/{tile.z}/{tile.x}/{tile.y}.mvt?plan={number}"
    with client.stream("GET", address, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        packed = b"".join(answer.iter_raw())
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert gzip.decompress(packed) == plain.content


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("14/13790/6142.mvt", 422, "#/query/plan: Field required"),
        ("14/13790/6142.mvt?plan=x", 422, "#/query/plan: Input should be a valid integer"),
        ("14/13790/6142.mvt?plan=0", 422, "greater than or equal to 1"),
        ("14/13790/6142.mvt?plan=1&more=1", 422, "#/query/more"),
        ("14/13790/6142.mvt?plan=999999", 404, "there is no plan 999999"),
        ("23/0/0.mvt?plan=1", 422, "less than or equal to 22"),
        ("NaN/0/0.mvt?plan=1", 422, "valid integer"),
        ("3/8/0.mvt?plan=1", 404, "at zoom 3 x and y are 0 to 7"),
    ],
)
def test_a_wrong_address_is_told_what_is_wrong(client, path, status, words):
    answer = client.get(f"/tiles/blocks/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert words in answer.json()["detail"]


def test_a_plan_outside_ones_area_has_no_tiles(client, number):
    [tile, *_] = squares(client, number, 15)
    for area, wanted in (("s", 200), ("w", 404)):
        key = token(client.url_of_database, (Role.PLANNER, area), code=f"tiles-{area}")
        assert get(client, number, tile, bearer(key)).status_code == wanted
    viewer = token(client.url_of_database, (Role.VIEWER, "s"), code="tiles-viewer")
    assert get(client, number, tile, bearer(viewer)).status_code == 403
    assert client.get("/api/v1/tiles", headers=bearer(viewer)).json()["of_plans"] == []
    assert get(client, number, tile, {"Authorization": ""}).status_code == 401


def test_the_layer_is_described_with_an_address_that_works(client, number):
    [told] = client.get("/api/v1/tiles").json()["of_plans"]
    assert (told["name"], told["min_zoom"]) == ("blocks", 14)
    [tile, *_] = squares(client, number, told["min_zoom"])
    address = told["url"].format(plan=number, step=0, z=tile.z, x=tile.x, y=tile.y)
    answer = client.get(address)
    assert "immutable" in answer.headers["cache-control"]
    for feature in decoded(answer.content, told["name"]):
        assert set(told["fields"]) | {"households"} == set(feature["properties"])
