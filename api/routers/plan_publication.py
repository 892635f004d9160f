"""Publishing a plan: its grids become the current ones, and everything follows, at one moment."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Path

from api.deps import DbSession, Desks, Sessions
from api.rights import require_inside
from api.routers.plan_doors import Number, Publishing, own_plan, plan_router, told_plan
from api.schemas_plans import (
    NewPublication,
    NewReversal,
    NewSchedule,
    PlanOut,
    PublicationOut,
    Rerouted,
)
from gis_grid.services.planning.publication import published, require_effective, reversal_of
from gis_grid.services.planning.scheduling import cancel_schedule, schedule_plan
from gis_grid.services.publishing import Published, publish_in
from gis_grid.storage.plans.plans import Plan, PlanStore
from gis_grid.storage.plans.schedules import Schedule

GenerationNumber = Annotated[int, Path(ge=1, le=2**31 - 1, description="The current generation.")]

router = plan_router("/plans/{number}")
reverting = plan_router("/generations/{number}")


@router.post("/publication", status_code=HTTPStatus.CREATED, summary="Publish a plan")
def publish_plan(
    number: Number, wanted: NewPublication, sessions: Sessions, access: Publishing, desk: Desks
) -> PublicationOut:
    """Make the grids of an approved plan the current generation, in one transaction.

    Open incidents, facilities, cameras and all else that has another owner now gets it, at that
    moment: `valid_from` may lie in the past, after the start of the generation before. For a moment
    to come, see the plan's `schedule`. To undo it, see `POST /api/v1/generations/{number}/revert`.

    Example: `POST /api/v1/plans/1/publication` with `{"name": "2026 秋季"}`
    """
    now = datetime.now(UTC)
    with desk.look(number) as (_, held), sessions.begin() as session:
        done, after = published(
            session,
            own_plan(session, number, access),
            held,
            name=wanted.name,
            valid_from=require_effective(wanted.valid_from, now=now),
            now=now,
            publish=publish_in,
        )
    return _told(done, after)


@router.put("/schedule", summary="Publish a plan at a moment to come")
def put_schedule(
    number: Number, wanted: NewSchedule, sessions: Sessions, access: Publishing, desk: Desks
) -> PlanOut:
    """Let an approved plan be published at a moment; another moment that it had is forgotten.

    What would stop it today is a 409 today. At the moment the service publishes it as by hand, and
    whatever was closed until then keeps its grid. When the grids of its area have changed by then,
    the plan stays approved and its `schedule.problem` says why.

    Example: `PUT /api/v1/plans/1/schedule` with
    `{"name": "2027 春季", "effective_from": "2027-03-01T00:00:00+08:00"}`
    """
    with desk.look(number) as (_, held), sessions.begin() as session:
        asked = Schedule(
            effective_from=wanted.effective_from,
            name=wanted.name,
            asked_by=access.principal.code,
            asked_at=datetime.now(UTC),
        )
        return told_plan(schedule_plan(session, own_plan(session, number, access), held, asked))


@router.delete("/schedule", summary="Do not publish a plan at its moment")
def cancel_publication(number: Number, session: DbSession, access: Publishing) -> PlanOut:
    """Forget when a plan was to be published; it stays approved.

    Example: `DELETE /api/v1/plans/1/schedule`
    """
    return told_plan(cancel_schedule(session, own_plan(session, number, access)))


@reverting.post("/revert", status_code=HTTPStatus.CREATED, summary="Undo a publication")
def revert_generation(
    number: GenerationNumber, wanted: NewReversal, sessions: Sessions, access: Publishing
) -> PublicationOut:
    """Publish the grids of the generation before the current one again, in one transaction.

    Everything follows as for any publication; nothing is deleted. A plan whose grids they were is
    approved again.

    Example: `POST /api/v1/generations/2/revert` with `{"name": "撤销秋季调整"}`
    """
    now = datetime.now(UTC)
    with sessions.begin() as session:
        store = PlanStore(session)
        plan = store.published_as(number)
        require_inside(access, plan.area_code if plan else None, f"generation {number}")
        found = reversal_of(session, number)
        done = publish_in(
            session, found.grids, name=wanted.name, valid_from=now, based_on=found.based_on
        )
        after = store.withdraw(plan, now=now) if plan else None
    return _told(done, after)


def _told(done: Published, plan: Plan | None) -> PublicationOut:
    return PublicationOut(
        plan=told_plan(plan) if plan else None,
        generation=done.generation.number,
        lineage=len(done.lineage),
        rerouted={
            layer: Rerouted(looked_at=one.looked_at, moved=one.moved)
            for layer, one in done.rerouted.items()
        },
    )
