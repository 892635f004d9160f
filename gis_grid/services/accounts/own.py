"""What people do with their own account, for which the password is asked again."""

from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from gis_grid.accounts.lockout import PER_ACCOUNT
from gis_grid.accounts.sessions import Held, SessionRules, ends_at
from gis_grid.errors import DeniedError, LockedError
from gis_grid.services.accounts import passwords
from gis_grid.services.accounts.seal import Seal
from gis_grid.services.accounts.users import set_password
from gis_grid.storage.accounts.sessions import OpenSession, SessionStore
from gis_grid.storage.accounts.tries import TryStore
from gis_grid.storage.accounts.users import UserStore


def require_password_of(
    maker: sessionmaker[Session], seal: Seal, code: str, password: str, *, now: datetime
) -> None:
    """Raise unless it is the password of an account whose session is open.

    Wrong ones are counted for themselves: who finds an open session cannot guess the password, and
    cannot lock its owner out of signing in either.

    Raises
    ------
    DeniedError
        It is wrong.
    LockedError
        There were too many wrong tries.
    """
    key = seal.hashed("tries in a session", code)
    with maker.begin() as session:
        left_s = TryStore(session).begin([(key, PER_ACCOUNT)], now=now)
        known = UserStore(session).credentials(code)
    if left_s:
        message = f"too many wrong tries; try again in {left_s} seconds"
        raise LockedError(message, retry_after_s=left_s)
    is_right, _ = passwords.check(password, known.password_hash if known else None)
    if not is_right:
        message = "the present password is wrong"
        raise DeniedError(message)
    with maker.begin() as session:
        TryStore(session).succeeded(key)


def change_password(  # noqa: PLR0913 - who, from what, to what, when
    maker: sessionmaker[Session],
    seal: Seal,
    code: str,
    *,
    old: str,
    new: str,
    now: datetime,
    session_id: str,
) -> None:
    """Give an account another password; its sessions end except the one it is done in.

    Raises
    ------
    DeniedError, LockedError
        As `require_password_of`, about the old one.
    InputError
        The new password is not good enough.
    """
    require_password_of(maker, seal, code, old, now=now)
    with maker.begin() as session:
        set_password(session, code, new, now=now, keep_session=session_id)


def open_sessions(
    session: Session, code: str, *, now: datetime, rules: SessionRules
) -> list[OpenSession]:
    """Return the sessions of an account that still live, the last used first."""
    return [one for one in SessionStore(session).of(code) if now < ends_at(_held(one), rules)]


def end_others(session: Session, code: str, session_id: str, *, now: datetime) -> int:
    """End every session of an account but one; return how many."""
    return SessionStore(session).end_all(code, now=now, but=session_id)


def _held(one: OpenSession) -> Held:
    return Held(
        turn=0, opened_at=one.opened_at, turned_at=one.opened_at, seen_at=one.seen_at, ended_at=None
    )
