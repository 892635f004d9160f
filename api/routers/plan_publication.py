"""Publishing a plan: its grids become the current ones, and everything follows, at one moment."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path

from api.deps import Desks, Sessions
from api.problems import responses
from api.rights import Access, require, require_inside
from api.routers.plans import Number, own_plan, told_plan
from api.schemas_plans import NewPublication, NewReversal, PublicationOut, Rerouted
from gis_grid.accounts.permissions import Action
from gis_grid.services.planning.publication import (
    mark_published,
    publication_of,
    require_effective,
    reversal_of,
)
from gis_grid.services.publishing import Published, publish_in
from gis_grid.storage.plans.plans import Plan, PlanStore

GenerationNumber = Annotated[int, Path(ge=1, le=2**31 - 1, description="The current generation.")]
Publishing = Annotated[Access, require(Action.PUBLISH, "plans")]

router = APIRouter(
    prefix="/plans/{number}",
    tags=["plans"],
    responses=responses(
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.SERVICE_UNAVAILABLE,
    ),
)


reverting = APIRouter(prefix="/generations/{number}", tags=["plans"], responses=router.responses)


@router.post("/publication", status_code=HTTPStatus.CREATED, summary="Publish a plan")
def publish_plan(
    number: Number, wanted: NewPublication, sessions: Sessions, access: Publishing, desk: Desks
) -> PublicationOut:
    """Make the grids of an approved plan the current generation, in one transaction.

    Open incidents, facilities, cameras and all else that has another owner now gets it, at that
    moment: `valid_from` may lie in the past, after the start of the generation before, but not in
    the future. To undo it, see `POST /api/v1/generations/{number}/revert`.

    Example: `POST /api/v1/plans/1/publication` with `{"name": "2026 秋季"}`
    """
    now = datetime.now(UTC)
    with desk.look(number) as (_, held), sessions.begin() as session:
        plan = own_plan(session, number, access)
        found = publication_of(session, plan, held)
        done = publish_in(
            session,
            found.grids,
            name=wanted.name,
            valid_from=require_effective(wanted.valid_from, now=now),
            based_on=found.based_on,
        )
        after = mark_published(session, plan, done.generation.number, now=now)
    return _told(done, after)


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
