"""API tokens in the database: the hash of each secret, never the secret."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from gis_grid.accounts.principals import Grant
from gis_grid.accounts.roles import Role
from gis_grid.accounts.tokens import Token
from gis_grid.storage.accounts import versions
from gis_grid.storage.accounts.changing import changed
from gis_grid.storage.accounts.recorded import record_token
from gis_grid.storage.accounts.tables import token as kept

NOTED = timedelta(minutes=1)
"""How often at most the use of a token is written down."""

_SHOWN = (
    *(kept.c.id, kept.c.account_code, kept.c.label, kept.c.scope, kept.c.is_read_only),
    *(kept.c.created_at, kept.c.expires_at, kept.c.last_used_at, kept.c.revoked_at),
)


class TokenStore:
    """The tokens of accounts. It never commits."""

    def __init__(self, session: Session) -> None:
        """Keep the session of the database."""
        self._session = session

    def add(self, token: Token, *, secret_hash: str) -> None:
        """Keep a new token."""
        self._session.execute(
            insert(kept).values(
                id=token.id,
                account_code=token.account_code,
                label=token.label,
                secret_hash=secret_hash,
                scope=None if token.limit is None else [_written(one) for one in token.limit],
                is_read_only=token.is_read_only,
                created_at=token.created_at,
                expires_at=token.expires_at,
            )
        )
        record_token(
            self._session,
            "add",
            token.id,
            account=token.account_code,
            label=token.label,
            scope=None if token.limit is None else [_written(one) for one in token.limit],
            is_read_only=token.is_read_only,
            expires_at=token.expires_at.isoformat(),
        )

    def get(self, number: str) -> tuple[Token, str] | None:
        """Return a token and the hash of its secret; None when there is none."""
        statement = select(*_SHOWN, kept.c.secret_hash).where(kept.c.id == number)
        row = self._session.execute(statement).mappings().one_or_none()
        return None if row is None else (_token(dict(row)), row["secret_hash"])

    def all(self, account_code: str | None = None) -> list[Token]:
        """Return the tokens of an account, or of every one, the newest first."""
        statement = select(*_SHOWN).order_by(kept.c.created_at.desc(), kept.c.id)
        if account_code is not None:
            statement = statement.where(kept.c.account_code == account_code)
        return [_token(dict(row)) for row in self._session.execute(statement).mappings()]

    def revoke(self, number: str, *, now: datetime) -> bool:
        """Make a token worthless; False when there is none or it is already."""
        return self._revoke((kept.c.id == number,), now=now) == 1

    def revoke_all(self, account_code: str, *, now: datetime) -> int:
        """Make every token of an account worthless; return how many."""
        return self._revoke((kept.c.account_code == account_code,), now=now)

    def used(self, number: str, *, now: datetime) -> None:
        """Write down that a token was used, at most once a minute."""
        last = kept.c.last_used_at
        is_old = last.is_(None) | (last < now - NOTED)
        self._session.execute(
            update(kept).where(kept.c.id == number, is_old).values(last_used_at=now)
        )

    def _revoke(self, which: Sequence[Any], *, now: datetime) -> int:
        open_ones = (*which, kept.c.revoked_at.is_(None))
        found = self._session.execute(select(kept.c.id, kept.c.account_code).where(*open_ones))
        owners = {row[0]: row[1] for row in found}
        statement = update(kept).where(*open_ones).values(revoked_at=now)
        revoked = changed(self._session, statement)
        if revoked:
            versions.count(self._session)
        for number, owner in owners.items():
            record_token(self._session, "revoke", number, account=owner)
        return revoked


def _written(grant: Grant) -> list[str | int | None]:
    return [grant.role.value, grant.grid_code, grant.generation]


def _token(row: dict[str, Any]) -> Token:
    row.pop("secret_hash", None)
    scope = row.pop("scope")
    limit = None if scope is None else tuple(Grant(Role(one[0]), *one[1:]) for one in scope)
    return Token(**row, limit=limit)
