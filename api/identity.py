"""Who asks: what a request says of itself by a cookie or an API token, and whether it is true."""

from typing import Annotated

from fastapi import Depends, Request, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.live_identity import LiveIdentity
from gis_grid.accounts.principals import Principal
from gis_grid.errors import DeniedError, IdentityError
from gis_grid.services.accounts.recognising import Recognised
from gis_grid.services.accounts.seal import is_same

CSRF_HEADER = "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

_HAND_OUT = "hand_out_cookie"
_SIGN_IN = "sign in first: POST /api/v1/session, or send an API token"


async def live(request: Request) -> LiveIdentity:
    """Return what recognises people."""
    found: LiveIdentity = request.state.identity
    return found


Live = Annotated[LiveIdentity, Depends(live)]


async def identified(request: Request, live: Live) -> Recognised | None:
    """Return who asks; None when nobody has signed in.

    A token in the ``Authorization`` header goes before a cookie. A write by cookie must come from
    our own pages and carry the token that belongs to the session: no other page knows it.

    Raises
    ------
    IdentityError
        There is a token and it is worth nothing.
    DeniedError
        A write by cookie does not show that one of our pages made it.
    StorageError
        The database cannot be read.
    """
    is_write = request.method not in SAFE
    given = request.headers.get("authorization")
    if given is not None:
        return await _by_token(live, given, is_write=is_write)
    cookie = request.cookies.get(live.cookie_name)
    if not cookie:
        return None
    found = await live.by_cookie(cookie, is_write=is_write)
    if found is not None:
        if is_write:
            require_own_page(request)
            _require_csrf(request, found)
        if found.cookie is not None:
            setattr(request.state, _HAND_OUT, cookie_header(live, found.cookie))
    return found


def require_own_page(request: Request) -> None:
    """Raise when a browser says that another site's page makes it send this.

    Raises
    ------
    DeniedError
        It is another site.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        message = "another site's page asked for this; use our own pages or an API token"
        raise DeniedError(message)


def hand_out(response: Response, live: LiveIdentity, cookie: str) -> None:
    """Let a response bring a cookie of a session; an empty one takes it away."""
    response.headers.append("set-cookie", cookie_header(live, cookie))


def cookie_header(live: LiveIdentity, cookie: str, *, name: str | None = None) -> str:
    """Return the header that keeps a cookie in a browser, where no script can read it."""
    made = Response()
    made.set_cookie(
        name or live.cookie_name,
        cookie,
        max_age=int(live.rules.most.total_seconds()) if cookie else 0,
        path="/",
        httponly=True,
        secure=live.is_https,
        samesite="lax",
    )
    return made.headers["set-cookie"]


async def signed_in(who: Annotated[Recognised | None, Depends(identified)]) -> Recognised:
    """Return who asks.

    Raises
    ------
    IdentityError
        Nobody has signed in.
    """
    if who is None:
        raise IdentityError(_SIGN_IN)
    return who


async def in_session(who: Annotated[Recognised, Depends(signed_in)]) -> Recognised:
    """Return who asks, when it is a person at a browser rather than a machine with a token.

    Raises
    ------
    DeniedError
        It is a token: one cannot make another, or change a password.
    """
    if who.session_id is None:
        message = "an API token cannot do this; sign in with a browser"
        raise DeniedError(message)
    return who


async def principal(who: Annotated[Recognised, Depends(signed_in)]) -> Principal:
    """Return the principal who asks."""
    return who.principal


Identified = Annotated[Recognised | None, Depends(identified)]
"""Who asks, or None; for what strangers may see, too."""

SignedIn = Annotated[Recognised, Depends(signed_in)]
InSession = Annotated[Recognised, Depends(in_session)]


class CookieMiddleware:
    """Brings the exchanged cookie of a session with whatever the response is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the header when `identified` left one."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_on(message: Message) -> None:
            header = scope.get("state", {}).get(_HAND_OUT)
            if header is not None and message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if "set-cookie" not in headers:  # the endpoint opens or ends the session itself
                    headers.append("set-cookie", header)
            await send(message)

        await self._app(scope, receive, send_on)


async def _by_token(live: LiveIdentity, given: str, *, is_write: bool) -> Recognised:
    scheme, _, text = given.partition(" ")
    found = None
    if scheme.lower() == "bearer":
        found = await live.by_token(text.strip(), is_write=is_write)
    if found is None:
        message = "this API token is unknown, expired or revoked; send it as: Bearer gg_…"
        raise IdentityError(message)
    return found


def _require_csrf(request: Request, found: Recognised) -> None:
    if not is_same(request.headers.get(CSRF_HEADER, ""), found.csrf or ""):
        message = f"the header {CSRF_HEADER} is missing or wrong; GET /api/v1/session tells it"
        raise DeniedError(message)
