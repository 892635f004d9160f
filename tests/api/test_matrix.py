"""Every role on every route, inside and outside its area: generated from the API description."""

import re
import sys
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import geopandas as gpd
import pytest
import shapely
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from api.app import create_app
from api.rights import MethodRight, Right, TileRight, declared, open_to_all
from api.schemas_jobs import ProposalOut
from gis_grid.accounts.permissions import CITY_WIDE, READING, Action, allowed, has_no_place
from gis_grid.accounts.roles import Role
from gis_grid.plan.stages import Stage
from gis_grid.settings import Settings
from gis_grid.storage.database import open_engine, sessions
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.plans.jobs import JobStore
from gis_grid.storage.plans.plans import PlanStore
from gis_grid.storage.special import SpecialStore
from gis_grid.values.layers import LAYERS
from gis_grid.values.tiles import TILE_LAYERS
from tests import databases, drawn, planned
from tests.api.test_rights import OPEN
from tests.signed import bearer, token
from tests.storage.plans.test_jobs import KEPT
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
SPECIAL = {"special": "t1"}
"""Lies over the grids and belongs to none, so it is on both sides."""

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


def far_campus():
    """Return a special grid that owns nothing of the drawn city."""
    rows = {"code": ["t1"], "name": ["x"], "priority": [0.0], "tolerance_m": [0.0]}
    return gpd.GeoDataFrame(rows, geometry=[shapely.box(124, 42, 124.01, 42.01)], crs=4326)


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
        SpecialStore(session).put(far_campus(), valid_from=drawn.START)
        sides = (
            Side("inside", "A", HERE, INSIDE | BASE | SPECIAL, *new_plans(session, HERE)),
            Side("outside", "C", THERE, OUTSIDE | BASE | SPECIAL, *new_plans(session, THERE)),
        )
    engine.dispose()
    tokens = {role: token(url, (role, HERE), code=role.value) for role in Role}
    chief = token(url, (Role.ADMINISTRATOR, None), code="chief")
    app = create_app(Settings(database_url=url, cache_dir=folder / "cache"))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield app, client, tokens, chief, sides


def new_plans(session, area_code):
    """Return the numbers of a draft, of a plan that is approved, and of a job on the draft."""
    plans, now = PlanStore(session), planned.NOW
    start = plans.keep_start(planned.start(), now=now)
    about = {"title": "秋季调整", "area_code": area_code, "generation": 1, "start_digest": start}
    about |= {"settings": {"households": [300, 500]}, "author": "ann", "now": now}
    draft, approved = (plans.add(**about).number for _ in range(2))
    for stage in (Stage.REVIEW, Stage.APPROVED):
        plans.move(plans.hold(approved), stage, now=now)
    jobs = JobStore(session)
    asked = {"mode": "small_change", "proposals": 1}
    job = jobs.add(draft, asked, total=200, runner="h:1:a", author="ann", now=now).number
    jobs.keep(job, replace(KEPT, figures=FIGURES))
    return draft, approved, job


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


FILLERS = {
    "layer": "incidents",
    "z": "14",
    "x": "13790",
    "y": "6142",
    "role": "viewer",
    "provider": "city",
    "which": "1",
}
"""What a parameter of a path is, where it does not matter on which side it lies."""

QUERIES = {
    "/api/v1/route": lambda side: dict(zip(("lon", "lat"), drawn.middle(side.grid), strict=True)),
    "/api/v1/search": lambda side: {"q": side.grid},
    "/api/v1/branches": lambda side: {"parent": side.area},
    "/api/v1/plans/{number}/blocks": lambda _: {"bbox": "120,40,126,42"},
    "/tiles/blocks/{z}/{x}/{y}.mvt": lambda side: {"plan": side.plan},
    "/api/v1/plans/{number}/changes": lambda _: {"since": 0},
    "/api/v1/plans/{number}/steps": lambda _: {"since": 0},
    "/api/v1/plans/{number}/comparison": lambda _: {"with": "current"},
    "/api/v1/plans/{number}/export": lambda _: {"format": "plan"},
}
"""What must be asked of a route that is read."""

BODIES = {
    "POST /api/v1/route": lambda side: {"points": [drawn.middle(side.grid)]},
    "POST /api/v1/plans": lambda side: {"title": "x", "area_code": side.area},
    "PATCH /api/v1/plans/{number}": lambda _: {"title": "y"},
    "POST /api/v1/plans/{number}/comments": lambda _: {"text": "z"},
    "POST /api/v1/plans/{number}/copies": lambda _: {"title": "z"},
    "POST /api/v1/plans/{number}/previews": lambda _: BRUSH,
    "POST /api/v1/plans/{number}/steps": lambda _: BRUSH,
    "POST /api/v1/plans/{number}/undo": lambda _: None,
    "POST /api/v1/plans/{number}/redo": lambda _: None,
    "PUT /api/v1/plans/{number}/stage": lambda _: {"stage": "review"},
    "POST /api/v1/plans/{number}/balances": lambda _: {"mode": "small_change"},
    "POST /api/v1/plans/{number}/publication": lambda _: {"name": "x"},
    "PUT /api/v1/plans/{number}/schedule": lambda _: {
        "name": "x",
        "effective_from": (datetime.now(UTC) + timedelta(days=9)).isoformat(),
    },
}
"""A body that a route takes, so that only the rights can refuse it; of users' routes none is
needed, for here nobody is an administrator of the whole city."""

ELSEWHERE = {
    "POST /api/v1/plans/import": "tests/api/test_plan_files.py",
    "POST /api/v1/generations/{number}/revert": "tests/api/test_plan_publication.py",
}
"""Routes whose two sides need a file or a publication of their own, and the test that has them;
here only those are asked who may do it nowhere."""

BRUSH = {"do": "move_blocks", "blocks": ["B000001"], "to": "g1"}
IN_TURN = {HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED}
"""What a plan answers somebody who may, when others have changed it before."""


FIGURES = dict.fromkeys(ProposalOut.model_fields, 0) | {"unsplittable": []}
del FIGURES["number"]


@dataclass(frozen=True)
class Side:
    """One side of the border of the area of whoever asks."""

    name: str
    grid: str
    area: str
    codes: dict
    plan: int
    approved: int
    """A plan that nobody may balance any more: here no job shall begin."""

    job: int


HOW = """
{what} is not in the matrix of rights yet. In tests/api/test_matrix.py say
* what its path parameter {{{name}}} is: a code of INSIDE and OUTSIDE, or an entry of FILLERS,
* what it must be asked, in QUERIES, and a body that it takes, in BODIES (both know the side),
so that its inside cell answers 2xx and its outside cell 403, 404 or nothing of the other side.
"""


def address(path, side):
    """Fill in a path: the code of a feature on one side, a plan on one side, or what is known."""
    layer = path.split("/")[3] if path.startswith("/api/v1/") else ""

    def fill(found):
        name = found[1]
        if name == "number" and layer == "plans":
            return str(side.approved if path.endswith("/balances") else side.plan)
        if name == "number" and layer == "jobs":
            return str(side.job)
        if name in {"code", "number", "grid_code"}:
            return side.codes.get("officers" if layer == "contacts" else layer, side.grid)
        if name not in FILLERS:
            pytest.fail(HOW.format(what=path, name=name))
        return FILLERS[name]

    return re.sub(r"{(\w+)}", fill, path)


def show(who, cells):
    """Print the figures; pytest shows them with -s."""
    sys.stdout.write(f"\n{who}: {', '.join(f'{cell} {n}' for cell, n in sorted(cells.items()))}")


def status(client, method, path, side, headers=None):
    """Ask for a route on one side."""
    body = BODIES.get(f"{method} {path}", lambda _: {})(side) if method in WRITES else None
    return client.request(
        method,
        address(path, side),
        headers={"If-Match": '"0"'} | (headers or {}),
        params=QUERIES.get(path, lambda _: None)(side) if method == "GET" else None,
        follow_redirects=False,
        **({} if body is None else {"json": body}),
    )


HIDES = re.compile(r"{(code|number)}|^/api/v1/route$|^/api/v1/branches$|previews$|^/tiles/blocks/")
"""Reading one thing outside the area is a 404; a list, tile or sum leaves it out."""


def test_strangers_get_nothing_but_what_is_open(service):
    app, client, _, _, (inside, _) = service
    cells = Counter()
    for method, path, rights in operations(app):
        answer = status(client, method, path, inside)
        is_open = open_to_all in rights
        if is_open:
            assert path in OPEN, path
            assert answer.status_code < 500, (method, path, answer.text)
        else:
            assert answer.status_code == HTTPStatus.UNAUTHORIZED, (method, path, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
        cells["open" if is_open else "401"] += 1
    show("strangers", cells)
    assert cells["401"] > cells["open"]


@pytest.mark.parametrize("role", Role)
def test_each_role_on_each_route_inside_and_outside(service, role):
    app, client, tokens, _, sides = service
    cells = Counter()
    for method, path, rights in operations(app):
        found = {right for right in rights if isinstance(right, Right)}
        if not found:
            cells[own_or_open(client, method, path, rights, sides[0], tokens[role])] += 1
            continue
        [right] = found
        for side in sides:
            answer = status(client, method, path, side, bearer(tokens[role]))
            wanted = expected(role, method, path, right, side.name)
            require(answer, wanted, f"{method} {path}", f"{role} {side.name}")
            cells[f"{side.name} {wanted}"] += 1
    show(role, cells)
    assert sum(cells.values()) >= 2 * 40


def require(answer, wanted, what, who):
    """Raise unless a cell of the matrix answers as it must."""
    got = answer.status_code
    if wanted == "done" and got == HTTPStatus.UNPROCESSABLE_ENTITY:
        pytest.fail(HOW.format(what=what, name="…") + answer.text)
    is_right = got == wanted or (wanted == "done" and (got < 400 or got in IN_TURN))
    is_right |= wanted == "elsewhere" and got not in {200, 201, 401} and got < 500
    assert is_right, f"{who} {what}: {got} instead of {wanted}: {answer.text[:200]}"


def own_or_open(client, method, path, rights, side, key):
    """Ask for what needs no right; a token may not do what a person must."""
    if open_to_all in rights:
        return "open"
    answer = status(client, method, path, side, bearer(key))
    got = answer.status_code
    is_told = (method, path) == ("GET", "/api/v1/session")
    wanted = {200} if is_told else {403, 422}  # a body that is none is told before who asks
    assert got in wanted, (method, path, answer.text)
    return f"own {got}"


def expected(role, method, path, right, side):
    """Return the status of a cell, or ``done``."""
    action = Action.READ if isinstance(right, MethodRight) and method == "GET" else right.action
    resource = "incidents" if isinstance(right, TileRight) else right.resource
    if resource in CITY_WIDE or not allowed(role, action, resource):
        return 403
    if f"{method} {path}" in ELSEWHERE:
        return "elsewhere"
    if side == "inside" or has_no_place(resource):
        return "done"
    is_of_one = HIDES.search(path) and (method == "GET" or path.endswith("previews"))
    if is_of_one:
        return 404
    return "done" if action in READING else 403


def test_a_route_that_is_not_in_the_matrix_says_what_to_add(service):
    sides = service[4]
    with pytest.raises(pytest.fail.Exception, match=r"path parameter \{job\} is"):
        address("/api/v1/jobs/{job}", sides[0])


@pytest.mark.parametrize("layer", OUTSIDE)
def test_nothing_outside_is_in_a_list_a_search_or_a_sum(service, layer):
    _, client, tokens, chief, _ = service
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
    _, client, tokens, chief, _ = service
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
    _, client, tokens, chief, _ = service
    for path in ("/api/v1/users", "/api/v1/audit", "/api/v1/audit/state", "/api/v1/audit/export"):
        assert client.get(path, headers=bearer(tokens[Role.ADMINISTRATOR])).status_code == 403
        assert client.get(path, headers=bearer(chief)).status_code == 200


def test_every_layer_is_on_both_sides():
    assert set(INSIDE) | set(BASE) == set(LAYERS)
