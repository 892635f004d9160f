"""The steps of a plan: shown, tried, taken, taken back; every one is kept before it is answered."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import AfterValidator, Field

from api.deps import Desks, Sessions
from api.rights import Access, require_inside
from api.routers.plan_doors import (
    Number,
    Reading,
    Seen,
    SeenDrafts,
    Writing,
    etag,
    plan_router,
    step_of,
    told_plan,
)
from api.schemas import NoQuery, checked_bbox, parse_bbox
from api.schemas_plans import (
    ChangedOut,
    Entries,
    EntryOut,
    GridEffect,
    PreviewOut,
    TakenOut,
)
from gis_grid.errors import InputError
from gis_grid.plan.log import Entry
from gis_grid.plan.ops import Rename
from gis_grid.services.planning.desk import Desk, Taken
from gis_grid.services.planning.judging import PlanSettings
from gis_grid.services.planning.previews import Numbers, preview, told_effects
from gis_grid.services.planning.telling import (
    Changed,
    blocks_within,
    changed_by,
    grids_within,
    told_blocks,
    told_grids,
)
from gis_grid.services.planning.wishes import AnyWish
from gis_grid.storage.plans.plans import PlanStore

MOST_BLOCKS = 20_000
"""Blocks in one answer."""

router = plan_router("/plans/{number}", HTTPStatus.PRECONDITION_FAILED)

Bbox = Annotated[
    str,
    AfterValidator(checked_bbox),
    Field(
        description="west,south,east,north in degrees.",
        examples=["123.01,41.10,123.03,41.12"],
        pattern=r"^-?[0-9.]+(,-?[0-9.]+){3}$",
        max_length=100,
    ),
]


class BlocksQuery(NoQuery):
    """Which blocks."""

    bbox: Bbox


class GridsQuery(NoQuery):
    """Which grids."""

    bbox: Bbox | None = None


class SinceQuery(NoQuery):
    """From which step on."""

    since: int = Field(ge=0, description="The last step that is known already.")


@router.get("/grids", summary="Get the grids of a plan")
def plan_grids(
    number: Number,
    query: Annotated[GridsQuery, Query()],
    access: Reading,
    drafts: SeenDrafts,
    response: Response,
) -> dict[str, Any]:
    """Return grids as GeoJSON features with their sums; the ETag is the plan's last step.

    `total` counts all grids of the plan, also those outside the box.

    Example: `GET /api/v1/plans/1/grids?bbox=123.01,41.10,123.03,41.12`
    """
    with drafts.look(number, access) as (plan, held):
        response.headers["ETag"] = etag(plan)
        living = held.state.living_grids()
        found = living if query.bbox is None else grids_within(held, parse_bbox(query.bbox))
        features = told_grids(held.state, found)
    return {"type": "FeatureCollection", "total": len(living), "features": features}


@router.get("/blocks", summary="Get the blocks of a plan in a box")
def plan_blocks(
    number: Number,
    query: Annotated[BlocksQuery, Query()],
    access: Reading,
    drafts: SeenDrafts,
    response: Response,
) -> dict[str, Any]:
    """Return blocks as GeoJSON features with their grid and weights.

    Example: `GET /api/v1/plans/1/blocks?bbox=123.01,41.10,123.03,41.12`
    """
    with drafts.look(number, access) as (plan, held):
        response.headers["ETag"] = etag(plan)
        found = blocks_within(held, parse_bbox(query.bbox))
        if len(found) > MOST_BLOCKS:
            message = f"{len(found):,} blocks are too many for one answer; ask for a smaller box"
            raise InputError(message)
        return {"type": "FeatureCollection", "features": told_blocks(held.state, found)}


@router.get("/changes", summary="Get what steps changed")
def plan_changes(
    number: Number,
    query: Annotated[SinceQuery, Query()],
    access: Reading,
    drafts: SeenDrafts,
    response: Response,
) -> ChangedOut:
    """Return what has changed since a step, as it is now.

    Example: `GET /api/v1/plans/1/changes?since=46`
    """
    with drafts.look(number, access) as (plan, held):
        response.headers["ETag"] = etag(plan)
        return _told_changed(changed_by(held.draft, held.draft.log[query.since :]))


@router.get("/steps", summary="List the steps of a plan")
def plan_steps(
    number: Number,
    query: Annotated[SinceQuery, Query()],
    access: Reading,
    drafts: SeenDrafts,
) -> Entries:
    """Return who did what and when, after a step.

    Example: `GET /api/v1/plans/1/steps?since=0`
    """
    with drafts.look(number, access) as (_, held):
        return Entries(
            entries=[told_entry(entry) for entry in held.draft.log[query.since :]],
            undoable=held.draft.undoable,
            redoable=held.draft.redoable,
        )


@router.post("/previews", summary="Say what a step would do")
def preview_step(
    number: Number, wish: AnyWish, sessions: Sessions, access: Writing, drafts: SeenDrafts
) -> PreviewOut:
    """Return what a step would do; the plan stays as it is.

    Example: `POST /api/v1/plans/1/previews` with
    `{"do": "merge", "grids": ["219901001001002"], "into": "219901001001001"}`
    """
    with drafts.look(number, access) as (plan, held), sessions.begin() as session:
        settings = PlanSettings.model_validate(dict(plan.settings))
        found = preview(held, wish.edit(held, session), settings)
    return PreviewOut(
        effects=[GridEffect.model_validate(one, from_attributes=True) for one in found.effects],
        broken=list(found.broken),
        parts=[dict(one) for one in found.parts],
        metrics={"before": _plain(found.before), "after": _plain(found.after)},
    )


@router.post("/steps", summary="Take a step")
def take_step(  # noqa: PLR0913, PLR0917 - what FastAPI injects
    number: Number,
    wish: AnyWish,
    seen: Seen,
    sessions: Sessions,
    access: Writing,
    desk: Desks,
    response: Response,
) -> TakenOut:
    """Do something to a plan; it is kept before this is answered.

    Example: `POST /api/v1/plans/1/steps` with `If-Match: "0"` and
    `{"do": "move_blocks", "blocks": ["B000001"], "to": "219901001001001"}`
    """
    _require_own(sessions, number, access)
    taken = desk.do(number, wish.edit, seen=step_of(seen), author=access.principal.code, now=_now())
    return _told(desk, taken, response)


@router.post("/undo", summary="Take the last step back")
def undo_step(
    number: Number,
    seen: Seen,
    sessions: Sessions,
    access: Writing,
    desk: Desks,
    response: Response,
) -> TakenOut:
    """Take back the last step that was not taken back; there is no limit.

    Example: `POST /api/v1/plans/1/undo` with `If-Match: "47"`
    """
    _require_own(sessions, number, access)
    taken = desk.undo(number, seen=step_of(seen), author=access.principal.code, now=_now())
    return _told(desk, taken, response)


@router.post("/redo", summary="Take a step again")
def redo_step(
    number: Number,
    seen: Seen,
    sessions: Sessions,
    access: Writing,
    desk: Desks,
    response: Response,
) -> TakenOut:
    """Take again the step that was taken back last.

    Example: `POST /api/v1/plans/1/redo` with `If-Match: "48"`
    """
    _require_own(sessions, number, access)
    taken = desk.redo(number, seen=step_of(seen), author=access.principal.code, now=_now())
    return _told(desk, taken, response)


def _require_own(sessions: Sessions, number: int, access: Access) -> None:
    with sessions.begin() as session:
        require_inside(access, PlanStore(session).get(number).area_code, f"plan {number}")


def _now() -> datetime:
    return datetime.now(UTC)


def _told(desk: Desk, taken: Taken, response: Response) -> TakenOut:
    response.headers["ETag"] = etag(taken.plan)
    with desk.look(taken.plan.number) as (_, held):
        state = held.state
        names = {
            op.grid: op.before or op.after or ""
            for op in held.draft.ops_of(taken.entry)
            if isinstance(op, Rename)
        }
        return TakenOut(
            plan=told_plan(taken.plan),
            entry=told_entry(taken.entry),
            effects=[
                GridEffect.model_validate(one, from_attributes=True)
                for one in told_effects(state, taken.effect, names)
            ],
            changed=_told_changed(changed_by(held.draft, [taken.entry])),
        )


def told_entry(entry: Entry) -> EntryOut:
    """Return a step as it is told."""
    return EntryOut.model_validate(entry, from_attributes=True)


def _told_changed(changed: Changed) -> ChangedOut:
    return ChangedOut(
        grids=[dict(one) for one in changed.grids],
        grids_gone=list(changed.grids_gone),
        blocks=[dict(one) for one in changed.blocks],
        blocks_gone=list(changed.blocks_gone),
    )


def _plain(grids: Numbers) -> dict[str, dict[str, float | None]]:
    return {code: dict(values) for code, values in grids.items()}
