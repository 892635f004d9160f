"""Publishing a plan: its grids become the current ones, and everything follows, at one moment."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter

from api.deps import Desks, Sessions
from api.problems import responses
from api.rights import Access, require
from api.routers.plans import Number, own_plan, told_plan
from api.schemas_plans import NewPublication, PublicationOut, Rerouted
from gis_grid.accounts.permissions import Action
from gis_grid.services.planning.publication import mark_published, publication_of
from gis_grid.services.publishing import publish_in

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


@router.post("/publication", status_code=HTTPStatus.CREATED, summary="Publish a plan")
def publish_plan(
    number: Number, wanted: NewPublication, sessions: Sessions, access: Publishing, desk: Desks
) -> PublicationOut:
    """Make the grids of an approved plan the current generation, in one transaction.

    Open incidents, facilities, cameras and all else that has another owner now gets it. To undo
    it, publish the grids of the generation before.

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
            valid_from=wanted.valid_from or now,
            based_on=found.based_on,
        )
        after = mark_published(session, plan, done.generation.number, now=now)
    return PublicationOut(
        plan=told_plan(after),
        generation=done.generation.number,
        lineage=len(done.lineage),
        rerouted={
            layer: Rerouted(looked_at=one.looked_at, moved=one.moved)
            for layer, one in done.rerouted.items()
        },
    )
