"""When approved plans are to be published: asked for, cancelled, carried out or held up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from gis_grid.accounts.audit import Change
from gis_grid.errors import ConflictError
from gis_grid.storage.audit import record
from gis_grid.storage.plans.tables import schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A publication at a moment to come."""

    effective_from: datetime
    """When the grids of the plan are to be valid, with a time zone."""

    name: str
    """What people will call the generation."""

    asked_by: str
    """Whose doing the publication is, for the audit log too."""

    asked_at: datetime
    problem: str | None = None
    """Why it was not published at its moment; None while it waits."""


class ScheduleStore:
    """The schedules of one session; whoever changes one holds its plan. It never commits."""

    def __init__(self, session: Session) -> None:
        """Keep the session."""
        self._session = session

    def waiting(self) -> list[tuple[datetime, int]]:
        """Return moment and plan of every publication to come, the next one first."""
        kept = schedule.c
        rows = self._session.execute(
            select(kept.effective_from, kept.plan)
            .where(kept.problem.is_(None))
            .order_by(kept.effective_from)
        )
        return [(moment, number) for moment, number in rows]

    def put(self, number: int, wanted: Schedule) -> None:
        """Let a held plan be published at a moment; another moment that it had is forgotten.

        Raises
        ------
        ConflictError
            Another plan is to be published at the same moment.
        """
        kept = schedule.c
        other = select(kept.plan).where(
            kept.effective_from == wanted.effective_from, kept.plan != number
        )
        if (taken := self._session.scalar(other)) is not None:
            message = f"plan {taken} is to be published at {wanted.effective_from.isoformat()} "
            message += "already, and a moment has one generation; choose another minute"
            raise ConflictError(message)
        self._session.execute(delete(schedule).where(kept.plan == number))
        values = {name: getattr(wanted, name) for name in Schedule.__dataclass_fields__}
        self._session.execute(insert(schedule).values(plan=number, **values))
        self._record(number, None, _told(wanted))

    def cancel(self, number: int, held: Schedule) -> None:
        """Forget the moment of a held plan."""
        self._session.execute(delete(schedule).where(schedule.c.plan == number))
        self._record(number, _told(held), {"effective_from": None})

    def hold_up(self, number: int, held: Schedule, problem: str) -> None:
        """Write down why a held plan was not published at its moment; it is not tried again."""
        waiting = update(schedule).where(schedule.c.plan == number)
        self._session.execute(waiting.values(problem=problem))
        self._record(number, _told(held), {"problem": problem})

    def _record(
        self, number: int, before: Mapping[str, Any] | None, after: Mapping[str, Any]
    ) -> None:
        change = Change(
            action="change", layer="plans", code=str(number), before=before, after=after
        )
        record(self._session, change)


def schedule_of(row: Mapping[Any, Any]) -> Schedule | None:
    """Return the schedule in a row of plans, whose columns begin with ``schedule_``."""
    if row["schedule_effective_from"] is None:
        return None
    return Schedule(**{name: row[f"schedule_{name}"] for name in Schedule.__dataclass_fields__})


def _told(held: Schedule) -> dict[str, Any]:
    return {"effective_from": held.effective_from.isoformat(), "name": held.name}
