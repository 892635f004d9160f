"""The audit log in the database: written with the change itself, in one transaction."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, event, insert, select, update
from sqlalchemy.orm import Session, SessionTransaction

from gis_grid.accounts.audit import Actor, Anchor, Change, Entry, Values, broken, canonical
from gis_grid.errors import InputError
from gis_grid.grid.generations import require_aware
from gis_grid.storage.acting import actor
from gis_grid.storage.audit_tables import audit, audit_end
from gis_grid.storage.database import begin_to_write

AT_ONCE = 5_000
"""Entries that are read or written at a time."""

_WAITING = "audit"
_COLUMNS = (
    *(audit.c.number, audit.c.at, audit.c.who, audit.c.via, audit.c.address),
    *(audit.c.request_id, audit.c.action, audit.c.layer, audit.c.code),
    *(audit.c.before, audit.c.after, audit.c.hash),
)


def record(session: Session, *changes: Change) -> None:
    """Let changes be written to the log when the transaction of the session commits.

    They are written last of all, so that two who write the log wait for each other only as long as
    a commit takes. Without a commit, nothing was done and nothing is written.
    """
    if changes:
        session.connection()  # begins a transaction, so that a rollback is heard
        now = datetime.now(UTC)
        waiting = session.info.setdefault(_WAITING, [])
        waiting.extend((now, actor(), change) for change in changes)


@event.listens_for(Session, "before_commit")
def _write_down(session: Session) -> None:
    if session.in_nested_transaction():
        return
    waiting = session.info.pop(_WAITING, None)
    if waiting:
        _append(session.connection(), waiting)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _previous: SessionTransaction) -> None:
    session.info.pop(_WAITING, None)


def _append(connection: Connection, waiting: list[tuple[datetime, Actor, Change]]) -> None:
    begin_to_write(connection)
    held = select(audit_end.c.number, audit_end.c.hash).with_for_update()
    number, before = connection.execute(held).one()
    rows = []
    for at, who, change in waiting:
        number += 1
        entry = Entry(number=number, at=at, actor=who, change=change).sealed(before)
        before = entry.hash
        rows.append(_row(entry))
    for start in range(0, len(rows), AT_ONCE):
        connection.execute(insert(audit), rows[start : start + AT_ONCE])
    connection.execute(update(audit_end).values(number=number, hash=before))


def _row(entry: Entry) -> dict[str, Any]:
    row = entry.document() | {"at": entry.at, "hash": entry.hash}
    for name in ("before", "after"):
        row[name] = None if row[name] is None else canonical(row[name])
    return row


def _entry(row: Row[*tuple[Any, ...]]) -> Entry:
    number, at, who, via, address, request_id, action, layer, code, before, after, seal = row
    return Entry(
        number=number,
        at=at,
        actor=Actor(who=who, via=via, address=address, request_id=request_id),
        change=Change(
            action=action,
            layer=layer,
            code=code,
            before=_values(before),
            after=_values(after),
        ),
        hash=seal,
    )


def _values(text: str | None) -> Values | None:
    """Read JSON; what somebody wrote over it shows as it is."""
    try:
        read = None if text is None else json.loads(text)
    except ValueError:
        return {"unreadable": text}
    return read if read is None or isinstance(read, dict) else {"unreadable": text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries are meant; None is any."""

    who: str | None = None
    action: str | None = None
    layer: str | None = None
    code: str | None = None
    since: datetime | None = None
    """First moment, with a time zone."""

    until: datetime | None = None
    """First moment that is too late."""

    def apply(self, statement: Select[Any]) -> Select[Any]:
        """Return the statement for these entries only.

        Raises
        ------
        InputError
            A moment has no time zone.
        """
        for name in ("who", "action", "layer", "code"):
            if (value := getattr(self, name)) is not None:
                statement = statement.where(audit.c[name] == value)
        for moment in (self.since, self.until):
            if moment is not None:
                require_aware(moment, "moment")
        if self.since is not None:
            statement = statement.where(audit.c.at >= self.since)
        return statement if self.until is None else statement.where(audit.c.at < self.until)


EVERY = Wanted()


class AuditStore:
    """The audit log of one session, to read."""

    def __init__(self, session: Session) -> None:
        """Keep the session."""
        self._session = session

    def page(
        self, wanted: Wanted = EVERY, *, before: int | None = None, limit: int = 100
    ) -> list[Entry]:
        """Return the newest entries that fit, newest first.

        Parameters
        ----------
        wanted
            Which are meant.
        before
            Only entries with a smaller number: the last one of the page before.
        limit
            At most so many, 1 or more.

        Raises
        ------
        InputError
            `limit` is below 1, or a moment has no time zone.
        """
        if limit < 1:
            msg = f"limit {limit} is too small; ask for 1 or more"
            raise InputError(msg)
        statement = wanted.apply(select(*_COLUMNS))
        if before is not None:
            statement = statement.where(audit.c.number < before)
        found = self._session.execute(statement.order_by(audit.c.number.desc()).limit(limit))
        return [_entry(row) for row in found]

    def all(self, wanted: Wanted = EVERY) -> Iterator[Entry]:
        """Yield every entry that fits, oldest first, read in parts.

        Raises
        ------
        InputError
            A moment has no time zone.
        """
        last = 0
        statement = wanted.apply(select(*_COLUMNS)).order_by(audit.c.number).limit(AT_ONCE)
        while True:
            part = self._session.execute(statement.where(audit.c.number > last)).fetchall()
            yield from map(_entry, part)
            if len(part) < AT_ONCE:
                return
            last = part[-1][0]

    def end(self) -> Anchor:
        """Return where the log says that it ends; to be kept outside, too."""
        row = self._session.execute(select(audit_end.c.number, audit_end.c.hash)).one_or_none()
        return Anchor() if row is None else Anchor(number=row[0], hash=row[1])

    def broken(self, anchors: Iterable[Anchor] = ()) -> str | None:
        """Return what is wrong first in the log; None when nothing is.

        Parameters
        ----------
        anchors
            Ends of the log that were kept outside, in any order.
        """
        end = self.end()
        found = broken(self.all(), (end, *anchors))
        if found is not None:
            return found
        extra = select(audit.c.number).where(audit.c.number > end.number).limit(1)
        number = self._session.scalar(extra)
        return None if number is None else f"entry {number} was added past the end of the log"
