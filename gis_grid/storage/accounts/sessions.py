"""Sessions in the database: which are open, and which cookie of each is the present one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.orm import Session

from gis_grid.accounts.sessions import Held
from gis_grid.storage.accounts import versions
from gis_grid.storage.accounts.changing import changed
from gis_grid.storage.accounts.recorded import SHOWN, record_session
from gis_grid.storage.accounts.tables import session as kept
from gis_grid.storage.acting import recognise


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A session that has not been ended, as its owner and administrators see it."""

    id: str
    account_code: str
    opened_at: datetime
    seen_at: datetime
    address: str


class SessionStore:
    """The sessions of accounts, by the hash of what their cookie holds. It never commits."""

    def __init__(self, session: Session) -> None:
        """Keep the session of the database."""
        self._session = session

    def open(self, key: str, *, account_code: str, address: str, now: datetime) -> None:
        """Keep a new session."""
        self._session.execute(
            insert(kept).values(
                id=key,
                account_code=account_code,
                turn=0,
                opened_at=now,
                turned_at=now,
                seen_at=now,
                address=address,
            )
        )
        recognise(account_code, key[:SHOWN])
        record_session(self._session, "sign_in", account_code, key)

    def get(self, key: str) -> tuple[str, Held] | None:
        """Return the account of a session and what is held of it; None when there is none."""
        columns = kept.c
        row = self._session.execute(
            select(
                *(columns.account_code, columns.turn, columns.opened_at),
                *(columns.turned_at, columns.seen_at, columns.ended_at),
            ).where(columns.id == key)
        ).one_or_none()
        if row is None:
            return None
        code, turn, opened_at, turned_at, seen_at, ended_at = row
        return code, Held(
            turn=turn, opened_at=opened_at, turned_at=turned_at, seen_at=seen_at, ended_at=ended_at
        )

    def turn(self, key: str, *, turn: int, now: datetime) -> bool:
        """Exchange the cookie of `turn` for the next one; False when somebody else just did."""
        mine = (kept.c.id == key, kept.c.turn == turn)
        values = {"turn": turn + 1, "turned_at": now, "seen_at": now}
        return changed(self._session, update(kept).where(*mine).values(values)) == 1

    def touch(self, key: str, *, now: datetime) -> None:
        """Write down that something was asked; a clock that went back changes nothing."""
        mine = (kept.c.id == key, kept.c.seen_at < now)
        self._session.execute(update(kept).where(*mine).values(seen_at=now))

    def end(self, key: str, *, now: datetime) -> bool:
        """End a session; False when there is none or it has ended."""
        return self._end(kept.c.id == key, now=now) == 1

    def end_all(self, account_code: str, *, now: datetime, but: str = "") -> int:
        """End every session of an account except one; return how many."""
        return self._end((kept.c.account_code == account_code) & (kept.c.id != but), now=now)

    def of(self, account_code: str) -> list[OpenSession]:
        """Return the sessions of an account that nobody has ended, the last used first."""
        columns = kept.c
        rows = self._session.execute(
            select(
                *(columns.id, columns.account_code, columns.opened_at),
                *(columns.seen_at, columns.address),
            )
            .where(columns.account_code == account_code, columns.ended_at.is_(None))
            .order_by(columns.seen_at.desc(), columns.id)
        )
        return [OpenSession(**row) for row in rows.mappings()]

    def addresses(self, account_code: str) -> set[str]:
        """Return from where somebody has signed in to an account in the last weeks."""
        mine = select(kept.c.address).where(kept.c.account_code == account_code).distinct()
        return set(self._session.scalars(mine))

    def forget(self, *, before: datetime) -> int:
        """Remove sessions that were last used before a moment; return how many."""
        return changed(self._session, delete(kept).where(kept.c.seen_at < before))

    def _end(self, which: ColumnElement[bool], *, now: datetime) -> int:
        open_ones = (which, kept.c.ended_at.is_(None))
        found = self._session.execute(select(kept.c.id, kept.c.account_code).where(*open_ones))
        owners = {row[0]: row[1] for row in found}
        statement = update(kept).where(*open_ones).values(ended_at=now)
        ended = changed(self._session, statement)
        if ended:
            versions.count(self._session)
        for key, owner in owners.items():
            record_session(self._session, "sign_out", owner, key)
        return ended
