"""Balance as a job: ordered, watched, cancelled, and its proposals looked at."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Path, Query, Response
from pydantic import Field
from sqlalchemy.orm import Session

from api.deps import DbSession, Desks, JobRunners, Sessions
from api.rights import Access, require_inside
from api.routers.plan_doors import Number, Reading, Writing, own_plan, plan_router, seen_plan
from api.schemas import NoQuery
from api.schemas_jobs import (
    JobOut,
    JobProgress,
    Jobs,
    ProposalChange,
    ProposalChanges,
    ProposalOut,
)
from gis_grid.errors import NotFoundError
from gis_grid.plan.stages import require_editable
from gis_grid.plan.work import Formula
from gis_grid.services.planning.balancing import SHARES, BalanceOrder
from gis_grid.services.planning.job_words import told_step
from gis_grid.services.planning.proposing import changes_of
from gis_grid.storage.plans.jobs import LOST_AFTER, Job, JobStore
from gis_grid.storage.plans.plans import PlanStore

JobNumber = Annotated[int, Path(ge=1, le=2**53, description="Number of the job.")]

router = plan_router()


class ProposalQuery(NoQuery):
    """How a proposal is shown."""

    shapes: bool = Field(default=True, description="Whether to send the moved blocks as features.")


@router.post(
    "/plans/{number}/balances", status_code=HTTPStatus.ACCEPTED, summary="Order a balance of a plan"
)
def order_balance(
    number: Number,
    wanted: BalanceOrder,
    sessions: Sessions,
    access: Writing,
    runner: JobRunners,
    response: Response,
) -> JobOut:
    """Even the work of a plan out, from scratch or by a small change: several proposals.

    The work goes on when the answer is given; look at `Location` for how far it is. A plan has one
    balance at a time. Locked grids stay as they are.

    Example: `POST /api/v1/plans/1/balances` with `{"mode": "small_change", "most_moved": 0.05}`
    """
    Formula(wanted.factors or {})  # refuses what is no factor before anybody waits
    with sessions.begin() as session:
        plan = own_plan(session, number, access)
        require_editable(plan.stage)
        job = runner.order(session, number, wanted, author=access.principal.code)
        told = _told(session, job)
    runner.start(job.number)
    response.headers["Location"] = f"/api/v1/jobs/{job.number}"
    return told


@router.get("/plans/{number}/balances", summary="List the balances of a plan")
def list_balances(number: Number, session: DbSession, access: Reading) -> Jobs:
    """Return the balances of a plan, the last first.

    Example: `GET /api/v1/plans/1/balances`
    """
    seen_plan(session, number, access)
    return Jobs(jobs=[_told(session, job) for job in JobStore(session).of(number)])


@router.get("/jobs/{number}", summary="Say how far a job is")
def get_job(number: JobNumber, sessions: Sessions, access: Reading, runner: JobRunners) -> JobOut:
    """Return state and progress of a job, and the proposals that it has found so far.

    Example: `GET /api/v1/jobs/1`
    """
    with sessions.begin() as session:
        job = _seen_job(session, number, access)
        is_lost = job.is_going and datetime.now(UTC) - job.seen_at > LOST_AFTER
        told = _told(session, job)
    if not is_lost:
        return told
    runner.forget_lost()
    with sessions.begin() as session:
        return _told(session, JobStore(session).get(number))


@router.delete("/jobs/{number}", summary="Cancel a job")
def cancel_job(number: JobNumber, session: DbSession, access: Writing) -> JobOut:
    """Stop a job that has not ended; proposals that it has found stay.

    Example: `DELETE /api/v1/jobs/1`
    """
    store = JobStore(session)
    plan = PlanStore(session).get(store.get(number).plan)
    require_inside(access, plan.area_code, f"job {number}")
    return _told(session, store.cancel(number, now=datetime.now(UTC)))


@router.get("/jobs/{number}/proposals/{which}", summary="Get what a proposal moves")
def get_proposal(
    number: JobNumber,
    which: Annotated[int, Path(ge=1, le=100, description="Number of the proposal.")],
    query: Annotated[ProposalQuery, Query()],
    sessions: Sessions,
    access: Reading,
    desk: Desks,
) -> ProposalChanges:
    """Return the blocks that a proposal moves, with their old and new grid.

    To take it, take the step `{"do": "adopt", "job": 1, "proposal": 2}`.

    Example: `GET /api/v1/jobs/1/proposals/2`
    """
    with sessions.begin() as session:
        job = _seen_job(session, number, access)
        kept = JobStore(session).proposal(number, which)
    with desk.look(job.plan) as (_, held):
        found = changes_of(held.state, kept, shapes=query.shapes)
    return ProposalChanges(
        job=number,
        number=which,
        figures=ProposalOut(number=which, **kept.figures),
        fits=found.reason is None,
        reason=found.reason,
        codes=list(found.codes),
        changes=[ProposalChange.model_validate(one) for one in found.changes],
        features=[dict(one) for one in found.features],
    )


def _seen_job(session: Session, number: int, access: Access) -> Job:
    job = JobStore(session).get(number)
    if PlanStore(session).get(job.plan).area_code not in access.area:
        message = f"there is no job {number}"
        raise NotFoundError(message)
    return job


def _told(session: Session, job: Job) -> JobOut:
    values = {name: getattr(job, name) for name in JobOut.model_fields if hasattr(job, name)}
    asked = BalanceOrder.model_validate(dict(job.asked))
    at = min(job.done // SHARES + 1, asked.proposals)
    zh, en = told_step(job.said, proposal=at, of=asked.proposals)
    found = JobStore(session).figures(job.number)
    about = {
        "kind": "balance",
        "asked": asked,
        "progress": JobProgress(
            done=job.done, of=job.total, share=job.done / max(job.total, 1), zh=zh, en=en
        ),
        "proposals": [ProposalOut(number=number, **figures) for number, figures in found],
    }
    return JobOut(**(values | about))
