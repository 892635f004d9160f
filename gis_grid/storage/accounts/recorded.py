"""Changes of accounts for the audit log: what changed, never a secret or its hash."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gis_grid.accounts.audit import Change
from gis_grid.accounts.principals import Grant
from gis_grid.storage.audit import record

HIDDEN = "secret"
"""Stands for a value that is in no log."""

SHOWN = 12
"""Digits of the hash of a session that the log shows."""

_SHOWN = frozenset({"name", "is_disabled", "password_until"})
_UNTOLD = frozenset({"totp_step", "totp_pending"})
"""Columns that move by signing in, or hold what counts only once it is confirmed."""


def record_account(session: Session, action: str, code: str, **after: object) -> None:
    """Record what was done to an account."""
    record(session, Change(action=action, layer="users", code=code, after=after))


def record_columns(
    session: Session, code: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Record the columns of an account that became others."""
    names = [name for name in after if name not in _UNTOLD and before[name] != after[name]]
    if names:
        was, now = (
            {name: _told(name, values[name]) for name in names} for values in (before, after)
        )
        record(session, Change(action="change", layer="users", code=code, before=was, after=now))


def record_grant(session: Session, action: str, code: str, given: Grant) -> None:
    """Record a role that was granted or revoked."""
    place = {"role": given.role.value, "grid": given.grid_code, "generation": given.generation}
    before, after = (place, None) if action == "revoke" else (None, place)
    change = Change(action=action, layer="users", code=code, before=before, after=after)
    record(session, change)


def record_token(session: Session, action: str, number: str, **values: object) -> None:
    """Record a token that was made or revoked."""
    record(session, Change(action=action, layer="tokens", code=number, after=values))


def record_session(session: Session, action: str, account_code: str, key: str) -> None:
    """Record that somebody signed in, or that a session ended; `key` is its hash."""
    after = {"session": key[:SHOWN]}
    change = Change(action=action, layer="sessions", code=account_code, after=after)
    record(session, change)


def _told(name: str, value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if name in _SHOWN or value is None else HIDDEN
