"""Signing in and out."""

from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus

import anyio.to_thread
from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session, sessionmaker

from api.deps import DbSession, Sessions
from api.identity import InSession, Live, SignedIn, hand_out, require_own_page
from api.problems import responses
from api.rights import OPEN, OWN
from api.schemas_accounts import GrantOut, Me, SessionOut, SignIn
from gis_grid.services.accounts.recognising import Recognised
from gis_grid.services.accounts.signing_in import Given, sign_in
from gis_grid.storage.accounts.grids import grid_names
from gis_grid.storage.accounts.sessions import SessionStore
from gis_grid.storage.accounts.users import UserStore

router = APIRouter(
    prefix="/session",
    tags=["session"],
    responses=responses(HTTPStatus.SERVICE_UNAVAILABLE),
)


@router.post(
    "",
    summary="Sign in",
    dependencies=[OPEN],
    responses=responses(
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
    ),
)
async def open_session(
    given: SignIn, request: Request, response: Response, live: Live, sessions: Sessions
) -> SessionOut:
    """Open a session with a name and a password; the answer brings its cookie.

    Whatever is wrong, the answer is the same 401. When only the code of an authenticator is
    missing, its `type` is `urn:gis-grid:second-factor`. After too many wrong tries it is a 429
    that says how long to wait. A session that the browser had before ends.

    Example: `POST /api/v1/session` with `{"name": "duty-chief", "password": "…"}`
    """
    require_own_page(request)
    typed = Given(
        name=given.name,
        password=given.password.get_secret_value(),
        totp=given.totp.get_secret_value(),
        address=address_of(request),
    )
    before = request.cookies.get(live.cookie_name)
    opening = partial(sign_in, sessions, live.seal, typed, now=datetime.now(UTC), instead_of=before)
    opened = await anyio.to_thread.run_sync(opening, limiter=live.hashing)
    hand_out(response, live, opened.cookie)
    found = await live.by_cookie(opened.cookie, is_write=True)
    assert found is not None  # noqa: S101 - it was opened just now
    return await anyio.to_thread.run_sync(_told, sessions, found)


@router.get(
    "",
    summary="Say who is signed in",
    dependencies=[OWN],
    responses=responses(HTTPStatus.UNAUTHORIZED),
)
def get_session(who: SignedIn, session: DbSession) -> SessionOut:
    """Return the account that asks, its roles, and the token that its writes have to carry.

    Example: `GET /api/v1/session`
    """
    return told_session(session, who)


@router.delete(
    "",
    summary="Sign out",
    dependencies=[OWN],
    status_code=HTTPStatus.NO_CONTENT,
    responses=responses(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN),
)
def close_session(who: InSession, response: Response, live: Live, session: DbSession) -> None:
    """End the session, for every cookie of it, and take the cookie away.

    Example: `DELETE /api/v1/session`
    """
    SessionStore(session).end(who.session_id or "", now=datetime.now(UTC))
    hand_out(response, live, "")


def told_session(session: Session, who: Recognised) -> SessionOut:
    """Return who asks, with the present names of the grids of their roles."""
    me = who.principal
    held = me.grants if me.limit is None else me.limit
    names = grid_names(session, {one.grid_code for one in held if one.grid_code is not None})
    roles = [GrantOut.of(grant, names.get(grant.grid_code or "")) for grant in held]
    return SessionOut(
        user=Me(code=me.code, name=me.name, roles=roles),
        has_totp=UserStore(session).get(me.code).has_totp,
        must_change=who.must_change,
        csrf=who.csrf,
    )


def address_of(request: Request) -> str:
    """Return from where a request comes."""
    return request.client.host if request.client else ""


def _told(sessions: sessionmaker[Session], who: Recognised) -> SessionOut:
    with sessions.begin() as session:
        return told_session(session, who)
