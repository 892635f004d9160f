"""What people do with their own account: password, authenticator, sessions, tokens."""

from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Path
from sqlalchemy.orm import Session, sessionmaker

from api.deps import DbSession, Sessions
from api.identity import InSession, Live
from api.problems import responses
from api.rights import OWN
from api.schemas_accounts import (
    CodeIn,
    EnrolmentOut,
    MadeToken,
    NewToken,
    OpenSessionOut,
    PasswordChange,
    PasswordIn,
    RecoveryOut,
    TokenOut,
)
from gis_grid.services.accounts import own, tokens, totp
from gis_grid.storage.accounts.tokens import TokenStore

router = APIRouter(
    prefix="/account",
    tags=["account"],
    dependencies=[OWN],
    responses=responses(
        HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE
    ),
)
Number = Annotated[str, Path(max_length=64)]
_UNFIT = responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.CONFLICT)
_WAIT = responses(
    HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS
)


@router.put(
    "/password", summary="Change your password", status_code=HTTPStatus.NO_CONTENT, responses=_WAIT
)
async def change_password(
    change: PasswordChange, who: InSession, live: Live, sessions: Sessions
) -> None:
    """Give the account another password; all its other sessions end.

    Example: `PUT /api/v1/account/password` with `{"old": "…", "new": "…"}`
    """
    work = partial(
        own.change_password,
        sessions,
        live.seal,
        who.principal.code,
        old=change.old.get_secret_value(),
        new=change.new.get_secret_value(),
        now=datetime.now(UTC),
        session_id=who.session_id or "",
    )
    await anyio.to_thread.run_sync(work, limiter=live.hashing)


@router.post("/totp", summary="Begin to add an authenticator", responses=_WAIT)
async def enrol_totp(
    given: PasswordIn, who: InSession, live: Live, sessions: Sessions
) -> EnrolmentOut:
    """Return a secret for an authenticator; nothing changes until a code of it is given.

    Example: `POST /api/v1/account/totp` with `{"password": "…"}`
    """
    code = who.principal.code
    await _ask_again(given, code, live, sessions)
    made = await anyio.to_thread.run_sync(_enrolled, sessions, code)
    return EnrolmentOut(secret=made.secret, uri=made.uri)


@router.put("/totp", summary="Confirm the authenticator", responses=_UNFIT)
def confirm_totp(given: CodeIn, who: InSession, session: DbSession) -> RecoveryOut:
    """Ask for a code at every sign-in from now on; the answer holds recovery codes, once.

    Example: `PUT /api/v1/account/totp` with `{"code": "123456"}`
    """
    code = given.code.get_secret_value()
    made = totp.confirm(session, who.principal.code, code, now=datetime.now(UTC))
    return RecoveryOut(recovery_codes=list(made))


@router.post(
    "/totp/removal",
    summary="Remove the authenticator",
    status_code=HTTPStatus.NO_CONTENT,
    responses=_WAIT,
)
async def remove_totp(given: PasswordIn, who: InSession, live: Live, sessions: Sessions) -> None:
    """Ask for no codes any more.

    Example: `POST /api/v1/account/totp/removal` with `{"password": "…"}`
    """
    code = who.principal.code
    await _ask_again(given, code, live, sessions)
    await anyio.to_thread.run_sync(_removed, sessions, code)


@router.get("/sessions", summary="List your sessions")
def list_own_sessions(who: InSession, session: DbSession, live: Live) -> list[OpenSessionOut]:
    """Return the sessions of the account that are open, the last used first.

    Example: `GET /api/v1/account/sessions`
    """
    found = own.open_sessions(session, who.principal.code, now=datetime.now(UTC), rules=live.rules)
    return [OpenSessionOut.of(one, who.session_id) for one in found]


@router.delete(
    "/sessions",
    summary="End your other sessions",
    status_code=HTTPStatus.NO_CONTENT,
)
def end_own_sessions(who: InSession, session: DbSession) -> None:
    """End every session of the account but this one.

    Example: `DELETE /api/v1/account/sessions`
    """
    own.end_others(session, who.principal.code, who.session_id or "", now=datetime.now(UTC))


@router.get("/tokens", summary="List your API tokens")
def list_own_tokens(who: InSession, session: DbSession) -> list[TokenOut]:
    """Return the tokens of the account, also revoked and expired ones, the newest first.

    Example: `GET /api/v1/account/tokens`
    """
    return [TokenOut.of(token) for token in TokenStore(session).all(who.principal.code)]


@router.post(
    "/tokens",
    summary="Make an API token",
    status_code=HTTPStatus.CREATED,
    responses=responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_FOUND),
)
def make_own_token(wanted: NewToken, who: InSession, session: DbSession) -> MadeToken:
    """Make a token that acts for the account; the answer holds its secret, once.

    Example: `POST /api/v1/account/tokens` with `{"label": "notebook", "days": 30}`
    """
    return made_token(session, who.principal.code, wanted)


@router.delete(
    "/tokens/{number}",
    summary="Revoke an API token of yours",
    status_code=HTTPStatus.NO_CONTENT,
    responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY),
)
def revoke_own_token(number: Number, who: InSession, session: DbSession) -> None:
    """Make a token worthless at once.

    Example: `DELETE /api/v1/account/tokens/0123456789ab`
    """
    now = datetime.now(UTC)
    tokens.revoke_token(session, number, now=now, account_code=who.principal.code)


def made_token(session: Session, account_code: str, wanted: NewToken) -> MadeToken:
    """Make a token and return it with its secret."""
    scope = None
    if wanted.roles is not None:
        scope = [(one.role, one.grid_code) for one in wanted.roles]
    token, text = tokens.make_token(
        session,
        account_code,
        label=wanted.label,
        days=wanted.days,
        now=datetime.now(UTC),
        scope=scope,
        is_read_only=wanted.is_read_only,
    )
    return MadeToken(token=TokenOut.of(token), secret=text.written())


async def _ask_again(
    given: PasswordIn, code: str, live: Live, sessions: sessionmaker[Session]
) -> None:
    password = given.password.get_secret_value()
    asking = partial(
        own.require_password_of, sessions, live.seal, code, password, now=datetime.now(UTC)
    )
    await anyio.to_thread.run_sync(asking, limiter=live.hashing)


def _enrolled(sessions: sessionmaker[Session], code: str) -> totp.Enrolment:
    with sessions.begin() as session:
        return totp.enrol(session, code)


def _removed(sessions: sessionmaker[Session], code: str) -> None:
    with sessions.begin() as session:
        totp.remove(session, code)
