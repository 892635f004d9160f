"""Recognising who asks by a session cookie or an API token."""

import logging
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from gis_grid.accounts.principals import Principal
from gis_grid.accounts.sessions import Held, SessionRules, Verdict, ends_at, judge
from gis_grid.accounts.tokens import Token, TokenText
from gis_grid.errors import StorageError
from gis_grid.services.accounts.seal import Seal, digest, is_same
from gis_grid.storage.accounts.sessions import SessionStore
from gis_grid.storage.accounts.tokens import NOTED, TokenStore
from gis_grid.storage.accounts.users import UserStore
from gis_grid.storage.database import in_passing

log = logging.getLogger(__name__)

VIA = 12
"""Length of the public number of a session: the start of its hash."""

_HAND_OUT = frozenset({Verdict.DUE, Verdict.LATE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """Who asks, and until when nothing else has to be looked up."""

    principal: Principal
    until: datetime
    """Look again at this moment at the latest."""

    session_id: str | None = None
    """The session; None for a token."""

    must_change: bool = False
    """The session was opened with a one-time password, which has to be changed first."""

    csrf: str | None = field(default=None, repr=False)
    """What a write has to carry; None for a token, which no browser sends by itself."""

    cookie: str | None = field(default=None, repr=False)
    """What to hand out instead of the cookie that was sent; None to leave it."""


def by_cookie(
    maker: sessionmaker[Session], seal: Seal, cookie: str, *, now: datetime, rules: SessionRules
) -> Recognised | None:
    """Return who holds a cookie; None when it is forged, over or of a disabled account.

    A cookie that was exchanged long ago and comes back ends its session for all who hold it.

    Raises
    ------
    StorageError
        The database cannot do this now.
    """
    read = seal.read(cookie, "session")
    if read is None:
        return None
    word, turn = read
    key = digest(word)
    with maker.begin() as session:
        store = SessionStore(session)
        found = store.get(key)
        if found is None:
            return None
        code, held = found
        verdict = judge(held, turn, now=now, rules=rules)
        if verdict is Verdict.REPLAYED:
            log.warning("session %s of %s ended: an old cookie came back", key[:VIA], code)
            store.end(key, now=now)
        if verdict not in {Verdict.GOOD, *_HAND_OUT}:
            return None
        user = UserStore(session).get(code)
        if user.is_disabled:
            return None
    present = _present(maker, key, held, verdict, now=now, rules=rules)
    return Recognised(
        principal=Principal(code=code, name=user.name, grants=user.grants, via=key[:VIA]),
        until=min(ends_at(held, rules), max(now, held.turned_at + rules.turn), now + rules.touch),
        session_id=key,
        must_change=user.password_until is not None,
        csrf=seal.csrf(key),
        cookie=seal.signed("session", word, present) if present != turn else None,
    )


def _present(
    maker: sessionmaker[Session],
    key: str,
    held: Held,
    verdict: Verdict,
    *,
    now: datetime,
    rules: SessionRules,
) -> int:
    """Write down that the session is used, exchange its cookie when due; return its turn.

    Where somebody else writes for long, both are left to a later request.
    """
    is_due = verdict is Verdict.DUE
    if not is_due and now - held.seen_at < rules.touch:
        return held.turn
    try:
        with in_passing(maker) as session:
            store = SessionStore(session)
            if is_due:
                store.turn(key, turn=held.turn, now=now)  # or somebody else did it just now
            else:
                store.touch(key, now=now)
    except StorageError as error:
        log.info("the use of session %s is not written down: %s", key[:VIA], error)
        return held.turn
    return held.turn + is_due


def by_token(maker: sessionmaker[Session], text: str, *, now: datetime) -> Recognised | None:
    """Return whom a token acts for; None when it is unknown, revoked, expired or of a disabled one.

    Raises
    ------
    StorageError
        The database cannot do this now.
    """
    given = TokenText.read(text)
    if given is None:
        return None
    with maker.begin() as session:
        store = TokenStore(session)
        token, kept = store.get(given.id) or (None, secrets.token_hex(32))
        if not is_same(digest(given.secret), kept) or token is None or not token.is_valid(now):
            return None
        user = UserStore(session).get(token.account_code)
        if user.is_disabled:
            return None
    _note_use(maker, token, now=now)
    principal = Principal(
        code=user.code,
        name=user.name,
        grants=user.grants,
        limit=token.limit,
        kind="token",
        via=token.id,
        is_read_only=token.is_read_only,
    )
    return Recognised(principal=principal, until=min(token.expires_at, now + timedelta(minutes=1)))


def _note_use(maker: sessionmaker[Session], token: Token, *, now: datetime) -> None:
    """Write down that a token is used, unless somebody else writes for long."""
    if token.last_used_at is not None and now - token.last_used_at < NOTED:
        return
    try:
        with in_passing(maker) as session:
            TokenStore(session).used(token.id, now=now)
    except StorageError as error:
        log.info("the use of token %s is not written down: %s", token.id, error)
