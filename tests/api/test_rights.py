"""No route without a declared right, and none that forgets its area."""

import itertools
from pathlib import Path

import pytest
from fastapi import APIRouter
from fastapi.routing import iter_route_contexts
from starlette.routing import Route

from api.app import create_app
from api.rights import Right, declared, open_to_all
from gis_grid.settings import Settings

ROOT = Path(__file__).resolve().parents[2]

OPEN = {
    "/",
    "/signin",
    "/planner",
    "/dispatch",
    "/overview",
    "/admin",
    "/account",
    "/static/{path:path}",
    "/openapi.json",
    "/api/v1/openapi.json",
    "/api/v1/health",
    "/api/v1/session",
    "/api/v1/session/providers",
    "/api/v1/session/oidc/{provider}/login",
    "/api/v1/session/oidc/{provider}/callback",
    "/api/v1/public/grids",
}
"""What a stranger may ask for: pages without data, signing in, and the public view."""


def routes(app):
    for one in iter_route_contexts(app.routes):
        for method in sorted(one.methods or ()):
            if method != "HEAD":
                yield method, one.path, one


def without_right(app):
    return [
        (method, path)
        for method, path, one in routes(app)
        if not isinstance(one.original_route, Route) or hasattr(one, "dependant")
        if not list(declared(one.dependant))
    ]


@pytest.fixture
def app():
    return create_app(Settings(database_url="sqlite://"))


def test_every_route_declares_what_it_needs(app):
    assert without_right(app) == []


def test_a_new_route_without_a_right_is_found(app):
    router = APIRouter()
    router.add_api_route("/leak", lambda: "everything")
    app.include_router(router, prefix="/api/v1")
    assert without_right(app) == [("GET", "/api/v1/leak")]


def test_strangers_may_ask_for_this_and_nothing_else(app):
    found = {
        path
        for _, path, one in routes(app)
        if not hasattr(one, "dependant") or open_to_all in declared(one.dependant)
    }
    assert found <= OPEN
    assert {"/api/v1/health", "/openapi.json", "/signin"} <= found


def test_a_right_is_named_once(app):
    for method, path, one in routes(app):
        if hasattr(one, "dependant"):
            rights = [right for right in declared(one.dependant) if isinstance(right, Right)]
            assert len(set(rights)) <= 1, (method, path)


def test_nothing_in_the_web_reads_everywhere_by_itself():
    """EVERYWHERE belongs to rights; a router that names it would go round them."""
    files = itertools.chain(ROOT.glob("api/routers/*.py"), ROOT.glob("api/*.py"))
    allowed = {"live_areas.py"}
    found = [path.name for path in files if "EVERYWHERE" in path.read_text(encoding="utf-8")]
    assert set(found) <= allowed
