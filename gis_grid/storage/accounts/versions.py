"""The counter that tells every process that something was taken away from an account."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gis_grid.storage import tables

_TOPIC = "accounts"


def number(session: Session) -> int:
    """Return the counter: another number after every change of users, grants, sessions, tokens."""
    counter = select(tables.version.c.number).where(tables.version.c.topic == _TOPIC)
    found: int = session.scalars(counter).one()
    return found


def count(session: Session) -> None:
    """Move the counter, in the transaction of the change."""
    counter = tables.version.c.number
    statement = update(tables.version).where(tables.version.c.topic == _TOPIC)
    session.execute(statement.values(number=counter + 1))
