"""Dropping a draft: not while somebody else works on it."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gis_grid.errors import ConflictError
from gis_grid.storage.plans.jobs import JobStore
from gis_grid.storage.plans.plans import Plan, PlanStore

QUIET = timedelta(minutes=10)
"""So long after their last step somebody is still taken to work on a plan."""


def require_quiet(session: Session, plan: Plan, *, author: str, now: datetime) -> None:
    """Stop when a balance of a plan is going on, or somebody else has just taken a step of it.

    Parameters
    ----------
    session
        The transaction that holds the plan.
    plan
        Which is to be dropped.
    author, now
        Who wants that, and when.

    Raises
    ------
    ConflictError
        It names the job, or who took which step when.
    """
    going = [job for job in JobStore(session).of(plan.number) if job.is_going]
    if going:
        message = f"job {going[0].number} of {going[0].made_by} works on plan {plan.number}; "
        message += "wait for it or cancel it"
        raise ConflictError(message)
    for last in PlanStore(session).entries(plan.number, after=plan.step - 1):
        if last.author != author and now - last.at < QUIET:
            message = f"{last.author} works on plan {plan.number}: step {last.number}, "
            message += f"{last.title}, at {last.at.isoformat(timespec='seconds')}; ask them, or "
            message += f"wait until {(last.at + QUIET).isoformat(timespec='seconds')}"
            raise ConflictError(message)
