"""Plans as files, out and in."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import Field
from sqlalchemy.orm import Session, sessionmaker
from starlette.concurrency import run_in_threadpool

from api.deps import Desks, Sessions
from api.problems import responses
from api.rights import Access, require, require_inside
from api.routers.plan_steps import told_entry
from api.routers.plans import Number, Writing, etag, own_plan, seen_plan, told_plan
from api.schemas import NoQuery
from api.schemas_plans import ImportOut, RejectOut
from gis_grid.accounts.permissions import Action
from gis_grid.errors import InputError
from gis_grid.services.planning.desk import Desk
from gis_grid.services.planning.handing_out import PlanFormat, handed_out
from gis_grid.services.planning.taking_in import (
    MOST_REJECTS,
    about_of,
    assignment_of,
    take_in,
)
from gis_grid.storage.plans.plans import PlanStore

Taking = Annotated[Access, require(Action.EXPORT, "plans")]

router = APIRouter(
    prefix="/plans",
    tags=["plans"],
    responses=responses(
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
        HTTPStatus.PRECONDITION_FAILED,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.SERVICE_UNAVAILABLE,
    ),
)


class ExportQuery(NoQuery):
    """Which kind of file."""

    format: PlanFormat = Field(default=PlanFormat.PLAN, description="Kind of file.")


class ImportQuery(NoQuery):
    """What a file is for."""

    onto: int | None = Field(
        default=None,
        ge=1,
        le=2**53,
        description="The body is a CSV table of block and grid, to be one step of this plan; "
        "otherwise it is a plan file.",
    )


@router.get(
    "/{number}/export",
    summary="Get a plan as a file",
    response_class=Response,
    responses={200: {"content": {one.media_type.split(";")[0]: {} for one in PlanFormat}}},
)
def export_plan(
    number: Number,
    query: Annotated[ExportQuery, Query()],
    sessions: Sessions,
    access: Taking,
    desk: Desks,
) -> Response:
    """Return the plan file, a GeoPackage, Shapefiles, who has which block, or the gazette.

    Example: `GET /api/v1/plans/1/export?format=gpkg`
    """
    with sessions.begin() as session:
        seen = seen_plan(session, number, access)
        start = PlanStore(session).start(seen.start_digest).state()
    with desk.look(number) as (plan, held):
        state, log = held.state.copy(), [*held.draft.log]
    how = query.format
    name = f"plan-{number}-step-{plan.step}{how.ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "ETag": etag(plan)}
    content = handed_out(how, plan, start, state, log)
    return Response(content, media_type=how.media_type, headers=headers)


@router.post(
    "/import",
    status_code=HTTPStatus.CREATED,
    summary="Take a plan in from a file",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"type": "object"}},
                "text/csv": {"schema": {"type": "string"}},
            },
        }
    },
)
async def import_plan(
    request: Request,
    query: Annotated[ImportQuery, Query()],
    sessions: Sessions,
    access: Writing,
    desk: Desks,
    seen: Annotated[
        str | None,
        Header(
            alias="If-Match",
            pattern=r'^"[0-9]{1,9}"$',
            description="With `onto`: the ETag of the plan that the table is meant for.",
        ),
    ] = None,
) -> ImportOut:
    """Make a draft of a plan file, or take a table of blocks and grids onto a plan as one step.

    A table has the columns block and grid (地块, 网格); an empty grid takes the block out of the
    plan. Rows that cannot be taken are listed with their reason, the others are taken.

    Example: `POST /api/v1/plans/import?onto=1` with `If-Match: "3"` and `block,grid` lines
    """
    body = await request.body()
    if query.onto is None:
        return await run_in_threadpool(_new_draft, body, sessions, access)
    if seen is None:
        message = 'say which step of the plan the table is meant for: If-Match: "3"'
        raise InputError(message)
    step = int(seen.strip('"'))
    return await run_in_threadpool(_one_step, body, query.onto, step, (sessions, access, desk))


def _new_draft(body: bytes, sessions: sessionmaker[Session], access: Access) -> ImportOut:
    about, document = about_of(body)
    require_inside(access, about.area_code, f"grid {about.area_code}")
    with sessions.begin() as session:
        author, now = access.principal.code, datetime.now(UTC)
        plan = take_in(session, about, document, author=author, now=now)
        told = told_plan(plan)
    return ImportOut(plan=told, entry=None, moved=0, unchanged=0, rejected=0, rejects=[])


def _one_step(
    body: bytes, number: int, seen: int, what: tuple[sessionmaker[Session], Access, Desk]
) -> ImportOut:
    sessions, access, desk = what
    with sessions.begin() as session:
        PlanStore(session).require_step(own_plan(session, number, access), seen)
    with desk.look(number) as (plan, held):
        found = assignment_of(held, body)
    entry = None
    if found.edit.ops:
        author, now = access.principal.code, datetime.now(UTC)
        # the plan is at the step that was seen when the edit was made, or it is refused
        taken = desk.do(number, lambda _, __: found.edit, seen=seen, author=author, now=now)
        plan, entry = taken.plan, told_entry(taken.entry)
    return ImportOut(
        plan=told_plan(plan),
        entry=entry,
        moved=found.moved,
        unchanged=found.unchanged,
        rejected=len(found.rejects),
        rejects=[
            RejectOut.model_validate(one, from_attributes=True)
            for one in found.rejects[:MOST_REJECTS]
        ],
    )
