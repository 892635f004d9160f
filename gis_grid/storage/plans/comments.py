"""What planners and reviewers say of a plan."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from gis_grid.accounts.audit import Change
from gis_grid.errors import InputError, NotFoundError
from gis_grid.storage.audit import record
from gis_grid.storage.plans.tables import comment, plan

LONGEST = 4_000
"""Characters of a comment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What somebody said of a plan, of one of its grids, or of a place."""

    at: datetime
    author: str
    text: str
    grid_code: str | None = None
    lon: float | None = None
    lat: float | None = None
    id: int = 0
    """Given when it is kept."""


_NAMES = ("at", "author", "text", "grid_code", "lon", "lat")


class CommentStore:
    """The comments of one session. It never commits; whoever opened the session does."""

    def __init__(self, session: Session) -> None:
        """Keep the session."""
        self._session = session

    def add(self, number: int, said: Comment) -> Comment:
        """Keep a comment on a plan and return it with its id.

        Raises
        ------
        NotFoundError
            There is no such plan.
        InputError
            It has no words or too many.
        """
        if not 0 < len(said.text.strip()) <= LONGEST:
            message = f"a comment has 1 to {LONGEST} characters, not {len(said.text.strip())}"
            raise InputError(message)
        if self._session.scalar(select(plan.c.number).where(plan.c.number == number)) is None:
            message = f"there is no plan {number}"
            raise NotFoundError(message)
        values = {name: getattr(said, name) for name in _NAMES}
        statement = insert(comment).values(plan=number, **values).returning(comment.c.id)
        kept = replace(said, id=self._session.execute(statement).scalar_one())
        after: dict[str, int | str] = {"comment": kept.id, "text": kept.text.strip()}
        if kept.grid_code is not None:
            after["grid_code"] = kept.grid_code
        change = Change(action="comment", layer="plans", code=str(number), after=after)
        record(self._session, change)
        return kept

    def of(self, number: int) -> list[Comment]:
        """Return the comments on a plan, the first said first."""
        columns = (comment.c.id, *(comment.c[name] for name in _NAMES))
        rows = self._session.execute(
            select(*columns).where(comment.c.plan == number).order_by(comment.c.id)
        )
        return [Comment(**row) for row in rows.mappings()]
