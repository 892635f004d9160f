"""What administrators do with accounts: add, grant, revoke, disable, set passwords, link."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gis_grid.accounts.names import account_code, require_password
from gis_grid.accounts.principals import Grant
from gis_grid.accounts.roles import Role
from gis_grid.accounts.users import User
from gis_grid.errors import ConflictError, InputError, NotFoundError
from gis_grid.services.accounts import passwords, totp
from gis_grid.storage.accounts.grids import grid_names
from gis_grid.storage.accounts.sessions import SessionStore
from gis_grid.storage.accounts.tokens import TokenStore
from gis_grid.storage.accounts.users import UserStore
from gis_grid.storage.generations import GenerationStore

LONGEST_NAME = 100
ONE_TIME = timedelta(days=7)
ONE_TIME_LETTERS = 16
PLAIN_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters that nobody mistakes for others when they are read out: 79 bits in sixteen."""


def add_user(
    session: Session, code: str, *, name: str = "", password: str | None = None, now: datetime
) -> User:
    """Add an account; without a password only a token or an OpenID provider signs it in.

    Raises
    ------
    CodeError
        `code` cannot be the name of an account.
    InputError
        The password is not good enough, or the shown name is longer than 100 characters.
    ConflictError
        There is such an account.
    """
    code = account_code(code)
    kept = None if password is None else passwords.hashed(require_password(password, code=code))
    users = UserStore(session)
    users.hold()
    users.add(code, name=_shown(name) or code, now=now)
    if kept is not None:
        users.set(code, password_hash=kept)
    return users.get(code)


def rename(session: Session, code: str, name: str) -> User:
    """Give an account another shown name.

    Raises
    ------
    InputError
        It is empty or longer than 100 characters.
    NotFoundError
        There is no such account.
    """
    shown = _shown(name)
    if not shown:
        msg = "the shown name of an account cannot be empty"
        raise InputError(msg)
    users = UserStore(session)
    users.hold()
    users.set(code, name=shown)
    return users.get(code)


def grant_role(
    session: Session, code: str, role: Role, grid_code: str | None, *, now: datetime, by: str
) -> User:
    """Grant a role on a grid of the current generation, or in the whole city.

    Granting what is granted already does nothing.

    Raises
    ------
    NotFoundError
        There is no such account, or the current generation has no such grid.
    """
    users = UserStore(session)
    users.hold()
    users.get(code)
    users.grant(code, _on(session, role, grid_code), now=now, by=by)
    return users.get(code)


def revoke_role(session: Session, code: str, role: Role, grid_code: str | None) -> User:
    """Take a role on a grid away, in whichever generation it was granted.

    Raises
    ------
    NotFoundError
        There is no such account, or it does not hold this role there.
    ConflictError
        Nobody would be left who may administer the whole city.
    """
    users = UserStore(session)
    users.hold()
    held = [one for one in users.get(code).grants if (one.role, one.grid_code) == (role, grid_code)]
    if not held:
        where = "in the whole city" if grid_code is None else f"on grid {grid_code}"
        msg = f"{code} is not {role.value} {where}"
        raise NotFoundError(msg)
    had = _has_administrator(users)
    for one in held:
        users.revoke(code, one)
    _require_administrator(users, had=had)
    return users.get(code)


def set_disabled(session: Session, code: str, *, is_disabled: bool, now: datetime) -> User:
    """Let nobody sign in as an account, or let them again; its sessions and tokens end at once.

    Raises
    ------
    NotFoundError
        There is no such account.
    ConflictError
        Nobody would be left who may administer the whole city.
    """
    users = UserStore(session)
    users.hold()
    had = _has_administrator(users)
    users.set(code, is_disabled=is_disabled)
    _require_administrator(users, had=had)
    if is_disabled:
        SessionStore(session).end_all(code, now=now)
        TokenStore(session).revoke_all(code, now=now)
    return users.get(code)


def set_password(
    session: Session,
    code: str,
    password: str,
    *,
    now: datetime,
    until: datetime | None = None,
    keep_session: str = "",
) -> User:
    """Give an account another password; all its sessions end, except one that is named.

    Parameters
    ----------
    session
        Of the database.
    code
        Whose it is.
    password
        As it was typed.
    now
        With a time zone.
    until
        Until when it opens sessions, in which it can only be changed; None for good.
    keep_session
        The session that goes on.

    Raises
    ------
    InputError
        The password is not good enough.
    NotFoundError
        There is no such account.
    """
    kept = passwords.hashed(require_password(password, code=code))
    users = UserStore(session)
    users.hold()
    users.set(code, password_hash=kept, password_until=until)
    SessionStore(session).end_all(code, now=now, but=keep_session)
    return users.get(code)


def give_one_time_password(session: Session, code: str, *, now: datetime) -> str:
    """Give an account a password that nobody chose; it holds for a week, and is told once.

    Whoever signs in with it can do nothing but choose another one.

    Raises
    ------
    NotFoundError
        There is no such account.
    """
    word = "".join(secrets.choice(PLAIN_LETTERS) for _ in range(ONE_TIME_LETTERS))
    password = "-".join(word[at : at + 4] for at in range(0, ONE_TIME_LETTERS, 4))
    set_password(session, code, password, now=now, until=now + ONE_TIME)
    return password


def remove_totp(session: Session, code: str) -> User:
    """Let an account that lost its authenticator sign in with the password alone.

    Raises
    ------
    NotFoundError
        There is no such account.
    """
    users = UserStore(session)
    users.hold()
    totp.remove(session, code)
    return users.get(code)


def link_identity(session: Session, code: str, *, provider: str, subject: str) -> User:
    """Let a subject of an OpenID provider sign in as an account.

    Raises
    ------
    InputError
        The subject is empty.
    NotFoundError
        There is no such account.
    ConflictError
        The subject signs in as another account.
    """
    if not subject.strip():
        msg = "the subject of a provider cannot be empty"
        raise InputError(msg)
    users = UserStore(session)
    users.hold()
    users.get(code)
    users.link(code, provider=provider, subject=subject)
    return users.get(code)


def unlink_identity(session: Session, code: str, *, provider: str, now: datetime) -> User:
    """Let nobody of a provider sign in as an account; its sessions end.

    Raises
    ------
    NotFoundError
        There is no such account, or nobody of the provider is linked to it.
    """
    users = UserStore(session)
    users.hold()
    users.get(code)
    if not users.unlink(code, provider=provider):
        msg = f"nobody of provider {provider} signs in as {code}"
        raise NotFoundError(msg)
    SessionStore(session).end_all(code, now=now)
    return users.get(code)


def _on(session: Session, role: Role, grid_code: str | None) -> Grant:
    if grid_code is None:
        return Grant(role)
    generations = GenerationStore(session)
    generations.hold()
    if grid_code not in grid_names(session, [grid_code]):
        msg = f"there is no grid {grid_code} in the current generation to grant {role.value} on"
        raise NotFoundError(msg)
    return Grant(role, grid_code, generations.number())


def _shown(name: str) -> str:
    shown = " ".join(name.split())
    if len(shown) > LONGEST_NAME:
        msg = f"the shown name has {len(shown)} characters; use at most {LONGEST_NAME}"
        raise InputError(msg)
    return shown


def _has_administrator(users: UserStore) -> bool:
    return any(user.is_administrator for user in users.all())


def _require_administrator(users: UserStore, *, had: bool) -> None:
    if had and not _has_administrator(users):
        msg = "nobody would be left who may administer the whole city; make somebody else one first"
        raise ConflictError(msg)
