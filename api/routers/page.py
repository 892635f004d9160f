"""The first map of the city."""

import hashlib
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api.deps import Page
from api.problems import responses
from api.rights import require
from gis_grid.accounts.permissions import Action

router = APIRouter(tags=["map"], dependencies=[require(Action.READ, "settings")])

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""The browser itself refuses whatever the page might want from outside."""


@router.get(
    "/",
    summary="Show the city on one map",
    response_class=HTMLResponse,
    responses=responses(HTTPStatus.SERVICE_UNAVAILABLE),
)
def show_city(request: Request, page: Page) -> Response:
    """Return one HTML page that asks for nothing else; drawn anew when the city has changed.

    Example: `GET /`
    """
    drawn = page.current()
    tag = f'"{hashlib.sha256(drawn.html).hexdigest()[:24]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "no-cache",
        "Content-Security-Policy": POLICY,
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return HTMLResponse(drawn.gzipped, headers=headers | {"Content-Encoding": "gzip"})
    return HTMLResponse(drawn.html, headers=headers)
