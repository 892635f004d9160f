"""Long work on plans in the database: who works at what, how far it is, and what was found."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.orm import Session

from gis_grid.accounts.audit import Change
from gis_grid.errors import ConflictError, NotFoundError, StorageError
from gis_grid.plan.arrays import Ints
from gis_grid.storage.audit import record
from gis_grid.storage.database import begin_to_write
from gis_grid.storage.plans.tables import job, plan, proposal

LAYER = "jobs"
"""What jobs are called in the audit log."""

LOST_AFTER = timedelta(seconds=60)
"""Nobody works any more at a job of which nothing was heard for so long."""


class JobState(StrEnum):
    """How far a job has come."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


GOING = (JobState.QUEUED, JobState.RUNNING)
_IS_GOING = job.c.state.in_([state.value for state in GOING])


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Long work on a plan."""

    number: int
    plan: int
    state: JobState
    asked: Mapping[str, Any]
    made_by: str
    made_at: datetime
    ended_at: datetime | None
    step: int | None
    """The step of the plan that the work is about; None before it begins."""

    done: int
    total: int
    said: str
    """What is being done."""

    problem: str | None
    runner: str
    """Which process looks after it."""

    seen_at: datetime
    """When that process was heard of last."""

    @property
    def is_going(self) -> bool:
        """Return whether it has not ended."""
        return self.state in GOING


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A proposal that was found for a plan as it was at a step."""

    number: int
    figures: Mapping[str, Any]
    before: Ints
    """Grid of each block number at the step, -1 for none."""

    after: Ints
    """Grid that the proposal gives it."""

    alive: Ints
    """Blocks that were not cut."""

    grids: int
    """How many grid numbers were in use; those from here on are new."""

    codes: Mapping[int, str]
    """Codes of new grids."""

    ground: str
    """Digest of the blocks that were cut at the step."""


_FIELDS = [job.c[name] for name in Job.__dataclass_fields__]


class JobStore:
    """The jobs of one session. It never commits; whoever opened the session does."""

    def __init__(self, session: Session) -> None:
        """Keep the session."""
        self._session = session

    def add(
        self, number: int, asked: Mapping[str, Any], *, total: int, runner: str, author: str,
        now: datetime,
    ) -> Job:  # fmt: skip
        """Queue work on a plan.

        Raises
        ------
        NotFoundError
            There is no such plan.
        ConflictError
            Work on the plan is going on already.
        """
        begin_to_write(self._session.connection())
        held = select(plan.c.number).where(plan.c.number == number).with_for_update()
        if self._session.scalar(held) is None:
            message = f"there is no plan {number}"
            raise NotFoundError(message)
        going = self._session.scalar(select(job.c.number).where(job.c.plan == number, _IS_GOING))
        if going is not None:
            message = f"job {going} works on plan {number} already; wait for it or cancel it"
            raise ConflictError(message)
        values = {"plan": number, "asked": dict(asked), "total": total, "runner": runner}
        statement = insert(job).values(
            **values,
            state=JobState.QUEUED.value,
            made_by=author,
            made_at=now,
            done=0,
            said="waiting",
            seen_at=now,
        )
        made = self._session.execute(statement.returning(job.c.number)).scalar_one()
        self._record("add", made, after={"plan": number, "asked": dict(asked)})
        return self.get(made)

    def get(self, number: int) -> Job:
        """Return a job.

        Raises
        ------
        NotFoundError
            There is none of this number.
        """
        row = self._session.execute(select(*_FIELDS).where(job.c.number == number)).mappings()
        found = row.one_or_none()
        if found is None:
            message = f"there is no job {number}"
            raise NotFoundError(message)
        return _job(found)

    def of(self, number: int) -> list[Job]:
        """Return the jobs of a plan, the last first."""
        order = select(*_FIELDS).where(job.c.plan == number).order_by(job.c.number.desc())
        return [_job(row) for row in self._session.execute(order).mappings()]

    def begin(self, number: int, *, now: datetime) -> bool:
        """Say that the work begins; False when it was cancelled before."""
        values = {"state": JobState.RUNNING.value, "seen_at": now, "said": "reading"}
        return self._change(number, JobState.QUEUED, values)

    def tell(self, number: int, *, done: int, said: str, step: int | None = None) -> bool:
        """Say how far the work is; False when it is not wanted any more."""
        values: dict[str, Any] = {"done": done, "said": said}
        return self._change(
            number, JobState.RUNNING, values if step is None else {**values, "step": step}
        )

    def beat(self, runner: str, *, now: datetime) -> None:
        """Say that a process still looks after its jobs."""
        mine = update(job).where(job.c.runner == runner, _IS_GOING)
        self._session.execute(mine.values(seen_at=now))

    def end(
        self, number: int, state: JobState, *, now: datetime, problem: str | None = None
    ) -> bool:
        """Let a job that has not ended end; False when it had."""
        values = {"state": state.value, "ended_at": now, "problem": problem}
        begin_to_write(self._session.connection())
        ended = update(job).where(job.c.number == number, _IS_GOING).values(**values)
        if self._session.connection().execute(ended).rowcount != 1:
            return False
        about = {"state": state.value} | ({"problem": problem} if problem else {})
        self._record("change", number, after=about)
        return True

    def cancel(self, number: int, *, now: datetime) -> Job:
        """Stop a job.

        Raises
        ------
        NotFoundError
            There is none of this number.
        ConflictError
            It has ended already.
        """
        if not self.end(number, JobState.CANCELLED, now=now):
            found = self.get(number)
            message = f"job {number} is {found.state}; there is nothing to cancel"
            raise ConflictError(message)
        return self.get(number)

    def fail_lost(self, problem: str, *, now: datetime, runners: frozenset[str]) -> list[int]:
        """Mark jobs failed whose process is among `runners`, or was not heard of for a minute."""
        silent: ColumnElement[bool] = job.c.seen_at < now - LOST_AFTER
        lost = select(job.c.number).where(
            and_(_IS_GOING, or_(job.c.runner.in_(sorted(runners)), silent))
        )
        found = list(self._session.scalars(lost.order_by(job.c.number)))
        return [one for one in found if self.end(one, JobState.FAILED, now=now, problem=problem)]

    def runners(self) -> frozenset[str]:
        """Return the processes that look after a job."""
        return frozenset(self._session.scalars(select(job.c.runner).where(_IS_GOING).distinct()))

    def keep(self, number: int, found: Kept) -> None:
        """Keep a proposal of a job."""
        self._session.execute(
            insert(proposal).values(
                job=number, number=found.number, figures=dict(found.figures), content=_pack(found)
            )
        )

    def figures(self, number: int) -> list[tuple[int, Mapping[str, Any]]]:
        """Return number and figures of the proposals of a job, in order."""
        columns = (proposal.c.number, proposal.c.figures)
        rows = select(*columns).where(proposal.c.job == number).order_by(proposal.c.number)
        return [(row.number, row.figures) for row in self._session.execute(rows)]

    def proposal(self, number: int, which: int) -> Kept:
        """Return a proposal of a job.

        Raises
        ------
        NotFoundError
            The job found none of this number.
        StorageError
            It cannot be read.
        """
        row = self._session.execute(
            select(proposal.c.figures, proposal.c.content).where(
                proposal.c.job == number, proposal.c.number == which
            )
        ).one_or_none()
        if row is None:
            message = f"job {number} has no proposal {which}"
            raise NotFoundError(message)
        return _unpack(which, row.figures, row.content)

    def _change(self, number: int, state: JobState, values: Mapping[str, Any]) -> bool:
        changed = update(job).where(job.c.number == number, job.c.state == state.value)
        return self._session.connection().execute(changed.values(**values)).rowcount == 1

    def _record(self, action: str, number: int, after: Mapping[str, Any]) -> None:
        change = Change(action=action, layer=LAYER, code=str(number), before=None, after=after)
        record(self._session, change)


def _job(row: Mapping[Any, Any]) -> Job:
    return Job(**{**row, "state": JobState(row["state"])})


def _pack(found: Kept) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        before=found.before,
        after=found.after,
        alive=found.alive,
        grids=np.array(found.grids),
        new=np.array([*found.codes], np.int64),
        codes=np.array([*found.codes.values()], np.str_),
        ground=np.array(found.ground),
    )
    return buffer.getvalue()


def _unpack(number: int, figures: Mapping[str, Any], content: bytes) -> Kept:
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return Kept(
                number=number,
                figures=figures,
                before=arrays["before"],
                after=arrays["after"],
                alive=arrays["alive"],
                grids=int(arrays["grids"]),
                codes=dict(zip(arrays["new"].tolist(), arrays["codes"].tolist(), strict=True)),
                ground=str(arrays["ground"]),
            )
    except (KeyError, ValueError, EOFError, OSError) as error:
        message = f"proposal {number} cannot be read: {error}; ask for new proposals"
        raise StorageError(message) from error
