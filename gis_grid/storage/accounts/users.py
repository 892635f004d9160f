"""Users and their grants in the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from gis_grid.accounts.principals import Grant
from gis_grid.accounts.roles import Role
from gis_grid.accounts.users import User
from gis_grid.errors import ConflictError, NotFoundError
from gis_grid.storage.accounts import versions
from gis_grid.storage.accounts.changing import changed
from gis_grid.storage.accounts.recorded import record_account, record_columns, record_grant
from gis_grid.storage.accounts.tables import ANYWHERE, account, grant, identity
from gis_grid.storage.database import begin_to_write


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a sign-in is checked against; its `repr` shows none of it."""

    code: str
    is_disabled: bool
    password_hash: str | None = field(repr=False)
    password_until: datetime | None
    totp_secret: str | None = field(repr=False)
    totp_pending: str | None = field(repr=False)
    totp_step: int | None = field(repr=False)


class UserStore:
    """The users of one session of the database. It never commits."""

    def __init__(self, session: Session) -> None:
        """Keep the session."""
        self._session = session

    def hold(self) -> None:
        """Change accounts one at a time until this transaction ends.

        So two administrators cannot take the last rights from each other.

        Raises
        ------
        StorageError
            Somebody takes longer than we wait.
        """
        begin_to_write(self._session.connection())
        versions.count(self._session)

    def add(self, code: str, *, name: str, now: datetime) -> None:
        """Add an account that cannot sign in yet.

        Raises
        ------
        ConflictError
            There is one of this name.
        """
        if self._session.scalar(select(account.c.code).where(account.c.code == code)):
            msg = f"there is an account {code} already"
            raise ConflictError(msg)
        self._session.execute(
            insert(account).values(code=code, name=name, is_disabled=False, created_at=now)
        )
        record_account(self._session, "add", code, name=name)

    def get(self, code: str) -> User:
        """Return a user.

        Raises
        ------
        NotFoundError
            There is none of this name.
        """
        found = self._users(code)
        if not found:
            raise _unknown(code)
        return found[0]

    def all(self) -> list[User]:
        """Return every user, by code."""
        return self._users()

    def credentials(self, code: str) -> Credentials | None:
        """Return what a sign-in is checked against; None when there is no such account."""
        columns = account.c
        row = self._session.execute(
            select(
                *(columns.code, columns.is_disabled, columns.password_hash),
                *(columns.password_until, columns.totp_secret),
                *(columns.totp_pending, columns.totp_step),
            ).where(columns.code == code)
        ).mappings()
        found = row.one_or_none()
        return None if found is None else Credentials(**found)

    def set(self, code: str, **values: str | int | bool | datetime | None) -> None:
        """Change columns of an account.

        Raises
        ------
        NotFoundError
            There is none of this name.
        """
        kept = select(*(account.c[name] for name in values)).where(account.c.code == code)
        before = self._session.execute(kept).mappings().one_or_none()
        if before is None:
            raise _unknown(code)
        self._session.execute(update(account).where(account.c.code == code).values(**values))
        record_columns(self._session, code, dict(before), values)

    def take_step(self, code: str, step: int) -> bool:
        """Use up a time step of the authenticator; False when it or a later one was used before."""
        columns = account.c
        is_new = columns.totp_step.is_(None) | (columns.totp_step < step)
        taken = update(account).where(columns.code == code, is_new).values(totp_step=step)
        return changed(self._session, taken) == 1

    def grant(self, code: str, given: Grant, *, now: datetime, by: str) -> bool:
        """Keep a grant; False when it is there already."""
        if self._session.execute(select(grant.c.role).where(*_same(code, given))).first():
            return False
        self._session.execute(
            insert(grant).values(
                account_code=code,
                role=given.role.value,
                grid_code=given.grid_code or ANYWHERE,
                generation=given.generation or 0,
                granted_at=now,
                granted_by=by,
            )
        )
        record_grant(self._session, "grant", code, given)
        return True

    def revoke(self, code: str, given: Grant) -> bool:
        """Forget a grant; False when there is none."""
        is_gone = changed(self._session, delete(grant).where(*_same(code, given))) == 1
        if is_gone:
            record_grant(self._session, "revoke", code, given)
        return is_gone

    def link(self, code: str, *, provider: str, subject: str) -> None:
        """Let a subject of an OpenID provider sign in as this account.

        Raises
        ------
        ConflictError
            It signs in as another account.
        """
        owner = self.linked(provider=provider, subject=subject)
        if owner is None:
            row = {"provider": provider, "subject": subject, "account_code": code}
            self._session.execute(insert(identity).values(row))
            record_account(self._session, "link", code, provider=provider, subject=subject)
        elif owner != code:
            msg = f"{subject!r} of provider {provider} signs in as {owner} already"
            raise ConflictError(msg)

    def unlink(self, code: str, *, provider: str) -> int:
        """Let no subject of a provider sign in as this account; return how many did."""
        mine = (identity.c.account_code == code, identity.c.provider == provider)
        gone = changed(self._session, delete(identity).where(*mine))
        if gone:
            record_account(self._session, "unlink", code, provider=provider)
        return gone

    def linked(self, *, provider: str, subject: str) -> str | None:
        """Return the account that a subject of a provider signs in as; None when it is nobody's."""
        them = (identity.c.provider == provider, identity.c.subject == subject)
        return self._session.scalar(select(identity.c.account_code).where(*them))

    def _users(self, code: str | None = None) -> list[User]:
        columns = account.c
        statement = select(
            *(columns.code, columns.name, columns.is_disabled, columns.created_at),
            columns.password_hash.is_not(None).label("has_password"),
            columns.totp_secret.is_not(None).label("has_totp"),
            columns.password_until,
        ).order_by(columns.code)
        if code is not None:
            statement = statement.where(columns.code == code)
        grants, identities = self._grants(code), self._identities(code)
        return [
            User(
                **row,
                grants=grants.get(row["code"], ()),
                identities=identities.get(row["code"], ()),
            )
            for row in self._session.execute(statement).mappings()
        ]

    def _grants(self, code: str | None) -> dict[str, tuple[Grant, ...]]:
        columns = grant.c
        statement = select(
            columns.account_code, columns.role, columns.grid_code, columns.generation
        ).order_by(columns.account_code, columns.role, columns.grid_code, columns.generation)
        if code is not None:
            statement = statement.where(columns.account_code == code)
        rows: Iterable[Sequence[Any]] = self._session.execute(statement)
        return {
            owner: tuple(_grant(*row[1:]) for row in mine)
            for owner, mine in groupby(rows, key=_first)
        }

    def _identities(self, code: str | None) -> dict[str, tuple[tuple[str, str], ...]]:
        columns = identity.c
        statement = select(columns.account_code, columns.provider, columns.subject).order_by(
            columns.account_code, columns.provider, columns.subject
        )
        if code is not None:
            statement = statement.where(columns.account_code == code)
        rows: Iterable[Sequence[Any]] = self._session.execute(statement)
        return {
            owner: tuple((row[1], row[2]) for row in mine)
            for owner, mine in groupby(rows, key=_first)
        }


def _first(row: Sequence[Any]) -> str:
    return str(row[0])


def _grant(role: str, grid_code: str, generation: int) -> Grant:
    if grid_code == ANYWHERE:
        return Grant(Role(role))
    return Grant(Role(role), grid_code, generation)


def _same(code: str, given: Grant) -> tuple[Any, ...]:
    return (
        grant.c.account_code == code,
        grant.c.role == given.role.value,
        grant.c.grid_code == (given.grid_code or ANYWHERE),
        grant.c.generation == (given.generation or 0),
    )


def _unknown(code: str) -> NotFoundError:
    return NotFoundError(f"there is no account {code}")
