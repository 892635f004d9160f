"""Signing in with a name and a password, and opening a session."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from gis_grid.accounts.lockout import PER_ACCOUNT, PER_ADDRESS, neighbourhood
from gis_grid.accounts.names import account_code
from gis_grid.errors import CodeError, IdentityError, LockedError, SecondFactorError
from gis_grid.services.accounts import passwords, totp
from gis_grid.services.accounts.seal import Seal, digest
from gis_grid.storage.accounts.sessions import SessionStore
from gis_grid.storage.accounts.tries import Keys, TryStore
from gis_grid.storage.accounts.users import Credentials, UserStore

WRONG = "the name, the password or the code is wrong"
"""The one answer to every wrong try: it does not tell which accounts there are."""

_TRIES_KEPT = timedelta(seconds=max(PER_ACCOUNT.forget_s, PER_ADDRESS.forget_s))
_SESSIONS_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody typed, and from where."""

    name: str
    password: str = field(repr=False)
    totp: str = field(default="", repr=False)
    """Code of the authenticator, or a recovery code; empty when none was typed."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A new session."""

    account_code: str
    session_id: str
    cookie: str = field(repr=False)
    csrf: str = field(repr=False)


def sign_in(
    maker: sessionmaker[Session],
    seal: Seal,
    given: Given,
    *,
    now: datetime,
    instead_of: str | None = None,
) -> Opened:
    """Open a session for whoever gives the right name, password and code.

    Every try is counted before it is made, for the account and for the address, whether there is
    such an account or not, and the work is the same for both.

    Parameters
    ----------
    maker
        Of sessions of the database. Several transactions are made: a failure is counted for good
        although it raises.
    seal
        From `make_seal`.
    given
        What was typed.
    now
        With a time zone.
    instead_of
        Cookie that the browser had before; its session ends.

    Raises
    ------
    LockedError
        There were too many wrong tries; nothing was checked.
    SecondFactorError
        Name and password are right and a code is needed, too; not counted as a failure.
    IdentityError
        Something is wrong; which thing is not said.
    StorageError
        The database cannot do this now.
    """
    code = _code(given.name)
    with maker.begin() as session:
        keys = _keys(session, seal, code, given.address)
    with maker.begin() as session:
        left_s = TryStore(session).begin(keys, now=now)
    if left_s:
        message = f"too many wrong tries; try again in {left_s} seconds"
        raise LockedError(message, retry_after_s=left_s)
    with maker.begin() as session:
        known = UserStore(session).credentials(code)
    is_right, better = passwords.check(given.password, known.password_hash if known else None)
    if known is None or known.is_disabled or not is_right or _is_over(known, now):
        raise IdentityError(WRONG)
    _second_factor(maker, known, keys, given, now=now)
    with maker.begin() as session:
        tries = TryStore(session)
        tries.succeeded(keys[0][0])
        tries.take_back(keys[1][0])
        if better is not None:
            UserStore(session).set(code, password_hash=better)
        _tidy(session, now=now)
        close_session(session, seal, instead_of, now=now)
        return open_session(session, seal, code, address=given.address, now=now)


def open_session(session: Session, seal: Seal, code: str, *, address: str, now: datetime) -> Opened:
    """Open a session of an account whose owner has shown who they are."""
    word = secrets.token_urlsafe(24)
    key = digest(word)
    SessionStore(session).open(key, account_code=code, address=address, now=now)
    return Opened(
        account_code=code,
        session_id=key,
        cookie=seal.signed("session", word, 0),
        csrf=seal.csrf(key),
    )


def close_session(session: Session, seal: Seal, cookie: str | None, *, now: datetime) -> None:
    """End the session of a cookie; one that is none or was forged ends nothing."""
    read = seal.read(cookie, "session") if cookie else None
    if read is not None:
        SessionStore(session).end(digest(read[0]), now=now)


def forget_failures(session: Session, seal: Seal, code: str) -> None:
    """Let an account try again at once, because an administrator says so."""
    for address in {"", *SessionStore(session).addresses(code)}:
        TryStore(session).succeeded(_keys(session, seal, code, address)[0][0])


def _tidy(session: Session, *, now: datetime) -> None:
    """Remove what nobody asks for any more."""
    TryStore(session).forget(before=now - _TRIES_KEPT)
    SessionStore(session).forget(before=now - _SESSIONS_KEPT)


def _code(name: str) -> str:
    try:
        return account_code(name)
    except CodeError:
        return f"!{name[:256]}"  # of no account; counted and checked like any other


def _is_over(known: Credentials, now: datetime) -> bool:
    return known.password_until is not None and now >= known.password_until


def _keys(session: Session, seal: Seal, code: str, address: str) -> Keys:
    """Return what tries are counted by.

    From where somebody has signed in to the account before, tries are counted for themselves: who
    guesses elsewhere, however long, does not keep its owner out here.
    """
    here = neighbourhood(address)
    usual = {neighbourhood(one) for one in SessionStore(session).addresses(code)}
    mine = ("tries at home", f"{code}\0{here}") if here in usual else ("tries of account", code)
    return (
        (seal.hashed(*mine), PER_ACCOUNT),
        (seal.hashed("tries from address", here), PER_ADDRESS),
    )


def _second_factor(
    maker: sessionmaker[Session], known: Credentials, keys: Keys, given: Given, *, now: datetime
) -> None:
    if known.totp_secret is None:
        return
    with maker.begin() as session:
        if given.totp and not totp.takes(session, known, given.totp, now=now):
            raise IdentityError(WRONG)
        if not given.totp:
            for key, _ in keys:
                TryStore(session).take_back(key)
    if not given.totp:
        message = "a code of the authenticator is needed, too"
        raise SecondFactorError(message)
