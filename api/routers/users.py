"""Accounts, as administrators of the whole city see and change them."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from sqlalchemy.orm import Session

from api.deps import DbSession
from api.identity import SAFE, Live, SignedIn
from api.problems import responses
from api.rights import MethodRight
from api.routers.account import made_token
from api.schemas_accounts import (
    GrantIn,
    MadeToken,
    NewToken,
    NewUser,
    OneTimePassword,
    OpenSessionOut,
    SubjectIn,
    TokenOut,
    UserChange,
    UserOut,
)
from gis_grid.accounts.permissions import Action
from gis_grid.accounts.principals import Grant, Principal
from gis_grid.accounts.roles import Role
from gis_grid.accounts.users import User
from gis_grid.errors import DeniedError
from gis_grid.services.accounts import own, signing_in, tokens, users
from gis_grid.storage.accounts.grids import grid_names
from gis_grid.storage.accounts.sessions import SessionStore
from gis_grid.storage.accounts.tokens import TokenStore
from gis_grid.storage.accounts.users import UserStore

_UNFIT = HTTPStatus.UNPROCESSABLE_ENTITY
Code = Annotated[str, Path(max_length=256, examples=["dispatch-2"])]
Number = Annotated[str, Path(max_length=64)]
Provider = Annotated[str, Path(max_length=64)]


async def _administrator(who: SignedIn, request: Request) -> Principal:
    everywhere = Grant(Role.ADMINISTRATOR)
    me = who.principal
    if everywhere not in me.grants or (me.limit is not None and everywhere not in me.limit):
        message = "only an administrator of the whole city may do this"
        raise DeniedError(message)
    if me.is_read_only and request.method not in SAFE:
        message = "this API token may only read"
        raise DeniedError(message)
    return me


Administrator = Annotated[Principal, Depends(_administrator)]

router = APIRouter(
    prefix="/users",
    tags=["users"],
    dependencies=[Depends(MethodRight(Action.WRITE, "users"))],
    responses=responses(
        HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE
    ),
)


@router.get("", summary="List the accounts")
def list_users(session: DbSession) -> list[UserOut]:
    """Return every account with its roles, by code.

    Example: `GET /api/v1/users`
    """
    return _told(session, *UserStore(session).all())


@router.post(
    "",
    summary="Add an account",
    status_code=HTTPStatus.CREATED,
    responses=responses(_UNFIT, HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND),
)
def add_user(new: NewUser, session: DbSession, by: Administrator) -> UserOut:
    """Add an account with its roles; without a password only a provider or a token signs it in.

    Example: `POST /api/v1/users` with `{"code": "dispatch-2", "roles": [{"role": "dispatcher"}]}`
    """
    now = datetime.now(UTC)
    password = new.password.get_secret_value() if new.password else None
    user = users.add_user(session, new.code, name=new.name, password=password, now=now)
    for one in new.roles:
        user = users.grant_role(session, user.code, one.role, one.grid_code, now=now, by=by.code)
    return _told(session, user)[0]


@router.get("/{code}", summary="Show an account", responses=responses(HTTPStatus.NOT_FOUND, _UNFIT))
def get_user(code: Code, session: DbSession) -> UserOut:
    """Return an account with its roles.

    Example: `GET /api/v1/users/dispatch-2`
    """
    return _told(session, UserStore(session).get(code))[0]


@router.patch(
    "/{code}",
    summary="Change an account",
    responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, _UNFIT),
)
def change_user(code: Code, change: UserChange, session: DbSession, live: Live) -> UserOut:
    """Change the shown name or the password, or disable it: sessions and tokens end at once.

    A new password also ends the waiting after wrong ones. The last administrator stays.

    Example: `PATCH /api/v1/users/dispatch-2` with `{"is_disabled": true}`
    """
    now = datetime.now(UTC)
    user = UserStore(session).get(code)
    if change.name is not None:
        user = users.rename(session, code, change.name)
    if change.password is not None:
        password = change.password.get_secret_value()
        user = users.set_password(session, code, password, now=now)
        signing_in.forget_failures(session, live.seal, code)
    if change.is_disabled is not None:
        user = users.set_disabled(session, code, is_disabled=change.is_disabled, now=now)
    return _told(session, user)[0]


@router.post(
    "/{code}/password",
    summary="Give an account a one-time password",
    responses=responses(HTTPStatus.NOT_FOUND, _UNFIT),
)
def give_password(code: Code, session: DbSession, live: Live) -> OneTimePassword:
    """Make a password that holds for a week; the answer tells it, once. Sessions end.

    Whoever signs in with it can do nothing but choose another one.

    Example: `POST /api/v1/users/dispatch-2/password`
    """
    now = datetime.now(UTC)
    password = users.give_one_time_password(session, code, now=now)
    signing_in.forget_failures(session, live.seal, code)
    return OneTimePassword(password=password, until=now + users.ONE_TIME)


@router.post(
    "/{code}/roles",
    summary="Grant a role",
    responses=responses(HTTPStatus.NOT_FOUND, _UNFIT),
)
def grant_role(code: Code, given: GrantIn, session: DbSession, by: Administrator) -> UserOut:
    """Grant a role on a grid and everything below it, in every generation that follows.

    Example: `POST /api/v1/users/dispatch-2/roles` with `{"role": "dispatcher", "grid_code": "s"}`
    """
    now = datetime.now(UTC)
    user = users.grant_role(session, code, given.role, given.grid_code, now=now, by=by.code)
    return _told(session, user)[0]


@router.delete(
    "/{code}/roles/{role}",
    summary="Revoke a role",
    responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, _UNFIT),
)
def revoke_role(
    code: Code,
    role: Role,
    session: DbSession,
    grid_code: Annotated[str | None, Query(max_length=64)] = None,
) -> UserOut:
    """Take a role away on one grid, or without `grid_code` the one in the whole city.

    Example: `DELETE /api/v1/users/dispatch-2/roles/dispatcher?grid_code=s`
    """
    return _told(session, users.revoke_role(session, code, role, grid_code))[0]


@router.delete(
    "/{code}/totp",
    summary="Remove the authenticator of an account",
    responses=responses(HTTPStatus.NOT_FOUND, _UNFIT),
)
def remove_user_totp(code: Code, session: DbSession) -> UserOut:
    """Let an account that lost its authenticator sign in with the password alone.

    Example: `DELETE /api/v1/users/dispatch-2/totp`
    """
    return _told(session, users.remove_totp(session, code))[0]


@router.get(
    "/{code}/sessions",
    summary="List the sessions of an account",
    responses=responses(HTTPStatus.NOT_FOUND, _UNFIT),
)
def list_user_sessions(
    code: Code, session: DbSession, live: Live, who: SignedIn
) -> list[OpenSessionOut]:
    """Return the sessions of an account that are open, the last used first.

    Example: `GET /api/v1/users/dispatch-2/sessions`
    """
    UserStore(session).get(code)
    found = own.open_sessions(session, code, now=datetime.now(UTC), rules=live.rules)
    return [OpenSessionOut.of(one, who.session_id) for one in found]


@router.delete(
    "/{code}/sessions",
    summary="End the sessions of an account",
    status_code=HTTPStatus.NO_CONTENT,
    responses=responses(HTTPStatus.NOT_FOUND, _UNFIT),
)
def end_user_sessions(code: Code, session: DbSession) -> None:
    """Sign an account out everywhere.

    Example: `DELETE /api/v1/users/dispatch-2/sessions`
    """
    UserStore(session).get(code)
    SessionStore(session).end_all(code, now=datetime.now(UTC))


@router.put(
    "/{code}/identities/{provider}",
    summary="Link an account to a person of an OpenID provider",
    responses=responses(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, _UNFIT),
)
def link_identity(code: Code, provider: Provider, given: SubjectIn, session: DbSession) -> UserOut:
    """Let a subject of a provider sign in as this account.

    Example: `PUT /api/v1/users/dispatch-2/identities/city` with `{"subject": "248289761001"}`
    """
    return _told(
        session, users.link_identity(session, code, provider=provider, subject=given.subject)
    )[0]


@router.delete(
    "/{code}/identities/{provider}",
    summary="Unlink an account from an OpenID provider",
    responses=responses(HTTPStatus.NOT_FOUND, _UNFIT),
)
def unlink_identity(code: Code, provider: Provider, session: DbSession) -> UserOut:
    """Let nobody of a provider sign in as this account; its sessions end.

    Example: `DELETE /api/v1/users/dispatch-2/identities/city`
    """
    now = datetime.now(UTC)
    return _told(session, users.unlink_identity(session, code, provider=provider, now=now))[0]


@router.get(
    "/{code}/tokens",
    summary="List the API tokens of an account",
    responses=responses(HTTPStatus.NOT_FOUND, _UNFIT),
)
def list_user_tokens(code: Code, session: DbSession) -> list[TokenOut]:
    """Return the tokens of an account, also revoked and expired ones, the newest first.

    Example: `GET /api/v1/users/hotline/tokens`
    """
    UserStore(session).get(code)
    return [TokenOut.of(token) for token in TokenStore(session).all(code)]


@router.post(
    "/{code}/tokens",
    summary="Make an API token for an account",
    status_code=HTTPStatus.CREATED,
    responses=responses(HTTPStatus.NOT_FOUND, _UNFIT),
)
def make_user_token(code: Code, wanted: NewToken, session: DbSession) -> MadeToken:
    """Make a token that acts for a machine's account; the answer holds its secret, once.

    Example: `POST /api/v1/users/hotline/tokens` with `{"label": "hotline 12345"}`
    """
    return made_token(session, code, wanted)


@router.delete(
    "/{code}/tokens/{number}",
    summary="Revoke an API token of an account",
    status_code=HTTPStatus.NO_CONTENT,
    responses=responses(HTTPStatus.NOT_FOUND, _UNFIT),
)
def revoke_user_token(code: Code, number: Number, session: DbSession) -> None:
    """Make a token worthless at once.

    Example: `DELETE /api/v1/users/hotline/tokens/0123456789ab`
    """
    tokens.revoke_token(session, number, now=datetime.now(UTC), account_code=code)


def _told(session: Session, *found: User) -> list[UserOut]:
    """Return accounts with the present names of the grids of their roles."""
    grids = {one.grid_code for user in found for one in user.grants if one.grid_code is not None}
    names = grid_names(session, grids)
    return [UserOut.of(user, names) for user in found]
