"""Plans as files, out and in."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import Field
from sqlalchemy.orm import Session, sessionmaker
from starlette.concurrency import run_in_threadpool

from api.deps import Desks, Sessions
from api.rights import Access, require_inside
from api.routers.plan_doors import (
    MaySee,
    Number,
    SeenDrafts,
    Taking,
    Writing,
    etag,
    own_plan,
    plan_router,
    step_of,
    told_plan,
)
from api.routers.plan_steps import told_entry
from api.schemas import NoQuery, Word
from api.schemas_plans import DoubtOut, ImportOut, RejectOut
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

router = plan_router("/plans", HTTPStatus.PRECONDITION_FAILED, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


class ExportQuery(NoQuery):
    """Which kind of file."""

    format: PlanFormat = Field(default=PlanFormat.PLAN, description="Kind of file.")


class ImportQuery(NoQuery):
    """What a file is for."""

    onto: int | None = Field(
        default=None,
        ge=1,
        le=2**53,
        description="The body is a table of block and grid (CSV or XLSX), a GeoPackage or a zip of "
        "Shapefiles, to be one step of this plan; otherwise it is a plan file.",
    )
    layer: Word | None = Field(
        default=None,
        description="With `onto` and a map: its layer; by default blocks, grids or the only one. "
        "With a workbook: its sheet; by default the first.",
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
    access: Taking,
    drafts: SeenDrafts,
) -> Response:
    """Return the plan file, a GeoPackage, Shapefiles, who has which block, or the gazette.

    Example: `GET /api/v1/plans/1/export?format=gpkg`
    """
    with drafts.look(number, access) as (plan, held):
        start, state, log = held.beginning(), held.state.copy(), [*held.draft.log]
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
                PlanFormat.XLSX.media_type: {"schema": {"type": "string", "format": "binary"}},
                PlanFormat.GPKG.media_type: {"schema": {"type": "string", "format": "binary"}},
                PlanFormat.SHP.media_type: {"schema": {"type": "string", "format": "binary"}},
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
    seen: MaySee = None,
) -> ImportOut:
    """Make a draft of a plan file, or take a table or a map onto a plan as one step.

    A table (CSV, XLSX) has the columns block and grid (地块, 网格); an empty grid takes the block
    out of the plan. A map (GeoPackage, zip of Shapefiles) has areas with a column grid: each block
    goes to the grid that covers most of it, and `doubts` tells those that do not fit. Rows that
    cannot be taken are listed with their reason, the others are taken.

    Example: `POST /api/v1/plans/import?onto=1` with `If-Match: "3"` and `block,grid` lines
    """
    body = await request.body()
    if query.onto is None:
        return await run_in_threadpool(_new_draft, body, sessions, access)
    if seen is None:
        message = 'say which step of the plan the file is meant for: If-Match: "3"'
        raise InputError(message)
    step = step_of(seen)
    return await run_in_threadpool(_one_step, body, query, step, (sessions, access, desk))


def _new_draft(body: bytes, sessions: sessionmaker[Session], access: Access) -> ImportOut:
    about, document = about_of(body)
    require_inside(access, about.area_code, f"grid {about.area_code}")
    with sessions.begin() as session:
        author, now = access.principal.code, datetime.now(UTC)
        plan = take_in(session, about, document, author=author, now=now)
        told = told_plan(plan)
    return ImportOut(
        plan=told,
        entry=None,
        moved=0,
        unchanged=0,
        rejected=0,
        rejects=[],
        untouched=0,
        doubted=0,
        doubts=[],
    )


def _one_step(
    body: bytes, query: ImportQuery, seen: int, what: tuple[sessionmaker[Session], Access, Desk]
) -> ImportOut:
    sessions, access, desk = what
    number = query.onto or 0
    with sessions.begin() as session:
        PlanStore(session).require_step(own_plan(session, number, access), seen)
    with desk.look(number) as (plan, held):
        found = assignment_of(held, body, layer=query.layer)
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
        untouched=found.untouched,
        doubted=len(found.doubts),
        doubts=[
            DoubtOut.model_validate(one, from_attributes=True)
            for one in found.doubts[:MOST_REJECTS]
        ],
    )
