"""Every role on every route, inside and outside its area: generated from the API description."""

import re
import sys
from collections import Counter
from http import HTTPStatus

import pytest
import shapely
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from api.app import create_app
from api.rights import MethodRight, Right, TileRight, declared, open_to_all
from gis_grid.accounts.permissions import CITY_WIDE, Action, allowed, has_no_place
from gis_grid.accounts.roles import Role
from gis_grid.settings import Settings
from gis_grid.storage.database import open_engine, sessions
from gis_grid.storage.layers import LayerStore
from gis_grid.values.layers import LAYERS
from gis_grid.values.tiles import TILE_LAYERS
from tests import databases, drawn
from tests.api.test_rights import OPEN
from tests.signed import bearer, token
from tests.tiled import decoded

HERE, THERE = "w", "e"
"""Two communities of the drawn city; whoever is tested works in the first."""

INSIDE = {
    "grids": "A", "facilities": "f1", "cameras": "k1", "buildings": "b1",
    "officers": "o1", "incidents": "i0", "entrances": "d1", "speakers": "s1", "places": "p2",
}  # fmt: skip
OUTSIDE = {
    "grids": "C", "facilities": "f9", "cameras": "k9", "buildings": "b9",
    "officers": "o9", "incidents": "i9", "entrances": "d9", "speakers": "s9", "places": "p1",
}  # fmt: skip
BASE = {"streets": "r1", "landcover": "l1", "walls": "w1", "gates": "g1", "ways": "v1"}
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
LINE = [(123.0, 41.0), (123.001, 41.001)]


def more():
    """Return features that the drawn city lacks: one of each layer on both sides."""
    line = [shapely.MultiLineString([LINE])]
    far = shapely.box(123.0045, 41.0005, 123.0049, 41.0009)
    yield "facilities", drawn.points("facilities", [({"code": "f9", "category": "0118"}, "C")])
    yield "cameras", drawn.points("cameras", [({"code": "k9"}, "C")])
    yield "buildings", drawn.layer("buildings", [{"code": "b9", "grid_code": "I"}], [far])
    yield "officers", drawn.layer("officers", [{"code": "o9", "name": "x", "area_code": "C"}])
    when = {"state": "reported", "reported_at": drawn.START}
    yield "incidents", drawn.points("incidents", [({"code": "i9"} | when, "C")])
    doors = [
        ({"code": "d1", "building_code": "b1"}, "G"),
        ({"code": "d9", "building_code": "b9"}, "I"),
    ]
    yield "entrances", drawn.points("entrances", doors)
    yield "speakers", drawn.points("speakers", [({"code": "s1"}, "A"), ({"code": "s9"}, "C")])
    yield "places", drawn.points("places", [({"code": "p2", "category": "market"}, "A")])
    yield "walls", drawn.layer("walls", [{"code": "w1"}], line)
    yield "gates", drawn.points("gates", [({"code": "g1"}, "C")])
    way = {"code": "v1", "from_node": 1, "to_node": 2, "length_m": 1.0}
    yield "ways", drawn.layer("ways", [way], line)


@pytest.fixture(scope="module")
def service(tmp_path_factory, sqlite_template):
    """Give the application, a client without an account, and a token of every role in HERE."""
    folder = tmp_path_factory.mktemp("matrix")
    url = databases.sqlite_database(folder, sqlite_template)
    engine = open_engine(url)
    drawn.store(engine)
    with sessions(engine).begin() as session:
        for name, frame in more():
            LayerStore(session).upsert(name, frame)
    engine.dispose()
    tokens = {role: token(url, (role, HERE), code=role.value) for role in Role}
    chief = token(url, (Role.ADMINISTRATOR, None), code="chief")
    app = create_app(Settings(database_url=url, cache_dir=folder / "cache"))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield app, client, tokens, chief


def operations(app):
    """Yield every operation of the description with what its route declares."""
    routes = {}
    for one in iter_route_contexts(app.routes):
        if hasattr(one, "dependant"):
            for method in one.methods:
                routes[method, re.sub(r":\w+}", "}", one.path)] = list(declared(one.dependant))
    for path, verbs in app.openapi()["paths"].items():
        for verb in verbs:
            yield verb.upper(), path, routes[verb.upper(), path]


def address(path, codes):
    """Fill in a path: the code of a feature on one side, anything for the rest."""
    layer = path.split("/")[3] if path.startswith("/api/v1/") else ""
    code = codes.get("officers" if layer == "contacts" else layer, codes["grids"])
    filled = path.replace("{code}", code).replace("{z}/{x}/{y}", "14/13790/6142")
    return re.sub(r"{(\w+)}", "x", filled.replace("{layer}", "incidents"))


def query(path, code):
    if path == "/api/v1/route":
        lon, lat = drawn.middle(code)
        return {"lon": lon, "lat": lat}
    return {"q": code} if path == "/api/v1/search" else {}


def show(who, cells):
    """Print the figures; pytest shows them with -s."""
    sys.stdout.write(f"\n{who}: {', '.join(f'{cell} {n}' for cell, n in sorted(cells.items()))}")


def status(client, method, path, codes, headers=None):
    body = {"json": {}} if method in WRITES else {}
    return client.request(
        method,
        address(path, codes),
        headers=headers,
        params=query(path, codes["grids"]) if method == "GET" else None,
        follow_redirects=False,
        **body,
    )


HIDES = re.compile(r"^/api/v1/(\w+)/{code}$|^/api/v1/route$")
"""Reading one thing outside the area is a 404; a list, tile or sum leaves it out."""


def test_strangers_get_nothing_but_what_is_open(service):
    app, client, _, _ = service
    cells = Counter()
    for method, path, rights in operations(app):
        answer = status(client, method, path, INSIDE | BASE)
        is_open = open_to_all in rights
        if is_open:
            assert path in OPEN, path
        else:
            assert answer.status_code == HTTPStatus.UNAUTHORIZED, (method, path, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
        cells["open" if is_open else "401"] += 1
    show("strangers", cells)
    assert cells["401"] > cells["open"]


@pytest.mark.parametrize("role", Role)
def test_each_role_on_each_route_inside_and_outside(service, role):
    app, client, tokens, _ = service
    cells = Counter()
    for method, path, rights in operations(app):
        found = [right for right in rights if isinstance(right, Right)]
        if not found:
            continue
        [right] = set(found)
        for side, codes in (("inside", INSIDE | BASE), ("outside", OUTSIDE | BASE)):
            answer = status(client, method, path, codes, bearer(tokens[role]))
            wanted = expected(role, method, path, right, side)
            got = answer.status_code
            assert wanted == got or (wanted == "done" and got not in {401, 403, 404, 500}), (
                f"{role} {method} {path} {side}: {got} instead of {wanted}: {answer.text[:200]}"
            )
            cells[f"{side} {wanted}"] += 1
    show(role, cells)
    assert sum(cells.values()) >= 2 * 40


def expected(role, method, path, right, side):
    reads = isinstance(right, MethodRight) and method == "GET"
    action = Action.READ if reads else right.action
    resource = "incidents" if isinstance(right, TileRight) else right.resource
    if resource in CITY_WIDE or not allowed(role, action, resource):
        return 403
    if side == "outside" and method == "GET" and HIDES.match(path) and not has_no_place(resource):
        return 404
    return "done"


@pytest.mark.parametrize("layer", OUTSIDE)
def test_nothing_outside_is_in_a_list_a_search_or_a_sum(service, layer):
    _, client, tokens, chief = service
    asking = [bearer(tokens[Role.VIEWER]), bearer(chief)]

    def get(path, **query):
        return [client.get(f"/api/v1/{path}", params=query, headers=who).json() for who in asking]

    mine, everything = ({one["id"] for one in told["features"]} for told in get(layer))
    assert INSIDE[layer] in mine
    assert OUTSIDE[layer] in everything - mine
    assert mine < everything
    found, _ = get("search", q=OUTSIDE[layer])
    assert OUTSIDE[layer] not in {one["code"] for one in found["results"]}
    counts = [told["layers"][layer] for told in get("overview")]
    assert counts == [len(mine), len(everything)]


def test_a_tile_holds_what_lies_inside_only(service):
    _, client, tokens, chief = service
    seen = Counter()
    for name, tile in TILE_LAYERS.items():
        found = []
        for key in (tokens[Role.VIEWER], chief):
            answer = client.get(f"/tiles/{name}/14/13790/6142.mvt", headers=bearer(key))
            assert answer.status_code in {200, 204}
            features = decoded(answer.content, name)
            found.append({one["properties"].get("code") for one in features} - {None})
        if tile.source in OUTSIDE:
            seen[name] = len(found[1] - found[0])
            assert OUTSIDE[tile.source] not in found[0], name
            assert found[0] <= found[1], name
    assert seen["grids"] > 0
    assert seen["facilities"] > 0


def test_an_administrator_of_a_part_is_none_of_the_whole(service):
    _, client, tokens, chief = service
    for path in ("/api/v1/users", "/api/v1/audit", "/api/v1/audit/state", "/api/v1/audit/export"):
        assert client.get(path, headers=bearer(tokens[Role.ADMINISTRATOR])).status_code == 403
        assert client.get(path, headers=bearer(chief)).status_code == 200


def test_every_layer_is_on_both_sides():
    assert set(INSIDE) | set(BASE) == set(LAYERS)
