"""How many rows a statement changed."""

from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import UpdateBase


def changed(session: Session, statement: UpdateBase) -> int:
    """Run an update or a delete and return how many rows it found."""
    return session.connection().execute(statement).rowcount
