"""The secret of the service, shared by all its processes through the database."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from gis_grid.storage.accounts.tables import secret as kept


def shared_secret(session: Session, make: Callable[[], str]) -> str:
    """Return the secret that is kept; the first who asks makes it."""
    found: str | None = session.scalar(select(kept.c.value))
    if found is not None:
        return found
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
    session.execute(insert(kept).values(id=1, value=make()).on_conflict_do_nothing())
    made: str = session.scalars(select(kept.c.value)).one()
    return made
