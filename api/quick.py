"""A short way for the request that is asked most: one look-up whose answer is all in memory.

FastAPI takes as long to find the route, its dependencies and its parameters as the look-up does.
Here the same parts are asked directly. Whatever is out of the ordinary - an unknown cookie, a wrong
parameter, ground outside the area - goes the long way, so that it is answered in one place.
"""

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from fastapi import Request, Response
from pydantic import ValidationError
from starlette.types import ASGIApp, Receive, Scope, Send

from api.routers.route import PointQuery, point_answer
from gis_grid.accounts.areas import Area
from gis_grid.accounts.permissions import Action
from gis_grid.errors import GisGridError
from gis_grid.services.accounts.recognising import Recognised

if TYPE_CHECKING:
    from api.live import LiveRouting
    from api.live_areas import LiveAreas
    from api.live_identity import LiveIdentity

PATH = "/api/v1/route"


class QuickMiddleware:
    """Answers a look-up itself when it can at once, and lets everything else pass."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        is_look_up = scope["type"] == "http" and scope["path"] == PATH and scope["method"] == "GET"
        answer = _answer(Request(scope)) if is_look_up else None
        await (answer or self._app)(scope, receive, send)


def _answer(request: Request) -> Response | None:
    """Return the answer; None when it takes the long way to find one."""
    routing: LiveRouting = request.state.routing
    query, area = _query(request.scope["query_string"]), _area(request)
    held = routing.held()
    if query is None or area is None or held is None:
        return None
    try:
        return point_answer(request, query, held, None, "", area)
    except GisGridError:
        return None  # said the long way


def _query(given: bytes) -> PointQuery | None:
    """Return what is asked if it is simple and right."""
    pairs = parse_qsl(given.decode("latin-1"), keep_blank_values=True)
    words = dict(pairs)
    if len(words) != len(pairs) or "" in words.values():
        return None
    try:
        query = PointQuery.model_validate(words)
    except ValidationError:
        return None
    return query if query.is_quick else None


def _area(request: Request) -> Area | None:
    """Return where the caller may read grids, if that is known and not nowhere."""
    areas: LiveAreas = request.state.areas
    who = _recognised(request)
    if who is None or who.must_change or who.cookie is not None:
        return None
    area = areas.at_once(who.principal, Action.READ, "grids")
    return None if area is None or area.is_nowhere else area


def _recognised(request: Request) -> Recognised | None:
    live: LiveIdentity = request.state.identity
    given = request.headers.get("authorization")
    if given is None:
        cookie = request.cookies.get(live.cookie_name)
        return live.at_once(cookie) if cookie else None
    scheme, _, text = given.partition(" ")
    return live.at_once(text.strip()) if scheme.lower() == "bearer" else None
