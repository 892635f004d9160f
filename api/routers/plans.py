"""Plans: begun, looked at, described, discussed, copied and brought to their next stage."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import Field

from api.deps import DbSession
from api.problems import responses
from api.rights import require_inside
from api.routers.plan_doors import (
    MaySee,
    Number,
    Reading,
    SeenDrafts,
    Writing,
    etag,
    own_plan,
    plan_router,
    seen_plan,
    step_of,
    told_plan,
)
from api.schemas import NoQuery
from api.schemas_plans import (
    BrokenOut,
    CommentOut,
    Comments,
    NewComment,
    NewCopy,
    NewPlan,
    NewStage,
    Numbers,
    PlanChange,
    PlanOut,
    Plans,
)
from gis_grid.plan.stages import Stage
from gis_grid.plan.state import PlanState
from gis_grid.services.planning.dropping import require_quiet
from gis_grid.services.planning.judging import PlanSettings, judge, known
from gis_grid.services.planning.starting import begin
from gis_grid.storage.kinship import current_kin
from gis_grid.storage.plans.comments import Comment, CommentStore
from gis_grid.storage.plans.plans import Plan, PlanStore

router = plan_router("/plans")


@router.get("", summary="List plans")
def plans(session: DbSession, access: Reading, _: Annotated[NoQuery, Query()]) -> Plans:
    """Return the plans of the area of who asks, the one changed last first.

    Example: `GET /api/v1/plans`
    """
    found = [plan for plan in PlanStore(session).all() if plan.area_code in access.area]
    return Plans(plans=[told_plan(plan) for plan in found])


@router.post("", status_code=HTTPStatus.CREATED, summary="Begin a plan")
def add_plan(wanted: NewPlan, session: DbSession, access: Writing, response: Response) -> PlanOut:
    """Lay out the blocks of a grid and begin a draft with the grids as they are.

    Example: `POST /api/v1/plans` with `{"title": "秋季调整", "area_code": "219901001000"}`
    """
    require_inside(access, wanted.area_code, f"grid {wanted.area_code}")
    wanted.settings.limits()
    now, store = datetime.now(UTC), PlanStore(session)
    begun = begin(session, wanted.area_code)
    plan = store.add(
        title=wanted.title,
        area_code=wanted.area_code,
        generation=begun.generation,
        start_digest=store.keep_start(begun.start, now=now),
        settings=wanted.settings.model_dump(mode="json"),
        author=access.principal.code,
        now=now,
    )
    response.headers["Location"] = f"/api/v1/plans/{plan.number}"
    return told_plan(plan)


@router.get("/{number}", summary="Get a plan")
def plan(number: Number, session: DbSession, access: Reading, response: Response) -> PlanOut:
    """Return a plan; its ETag is the number of its last step.

    Example: `GET /api/v1/plans/1`
    """
    found = seen_plan(session, number, access)
    response.headers["ETag"] = etag(found)
    return told_plan(found)


@router.patch("/{number}", summary="Give a plan another title or other settings")
def change_plan(number: Number, wanted: PlanChange, session: DbSession, access: Writing) -> PlanOut:
    """Change the title or the settings; the steps stay.

    Example: `PATCH /api/v1/plans/1` with `{"title": "冬季调整"}`
    """
    held = own_plan(session, number, access)
    settings = dict(held.settings)
    if wanted.settings is not None:
        wanted.settings.limits()
        settings = wanted.settings.model_dump(mode="json")
    changed = PlanStore(session).describe(
        held, title=wanted.title or held.title, settings=settings, now=datetime.now(UTC)
    )
    return told_plan(changed)


@router.post("/{number}/copies", status_code=HTTPStatus.CREATED, summary="Copy a plan")
def copy_plan(number: Number, wanted: NewCopy, session: DbSession, access: Writing) -> PlanOut:
    """Begin another draft where a plan stands now, with all its steps.

    Example: `POST /api/v1/plans/1/copies` with `{"title": "另一稿"}`
    """
    own_plan(session, number, access)
    author, now = access.principal.code, datetime.now(UTC)
    made = PlanStore(session).copy(number, title=wanted.title, author=author, now=now)
    return told_plan(made)


@router.put(
    "/{number}/stage",
    summary="Bring a plan to its next stage",
    responses=responses(HTTPStatus.PRECONDITION_FAILED),
)
def move_plan(
    number: Number,
    wanted: NewStage,
    session: DbSession,
    access: Writing,
    seen: MaySee = None,
) -> PlanOut:
    """Send a draft to review, approve it, take it back, drop it or take it up again.

    A draft that somebody else works on is not dropped: when a balance is going on, or their last
    step is not ten minutes old. With `If-Match` nothing is done when steps were taken since. A plan
    that is to be published at a moment to come stays approved until that is cancelled.

    Example: `PUT /api/v1/plans/1/stage` with `{"stage": "review"}`
    """
    held, store, now = own_plan(session, number, access), PlanStore(session), datetime.now(UTC)
    if seen is not None:
        store.require_step(held, step_of(seen))
    if wanted.stage == Stage.DROPPED:
        require_quiet(session, held, author=access.principal.code, now=now)
    return told_plan(store.move(held, wanted.stage, now=now))


class NumbersQuery(NoQuery):
    """Of which moment."""

    at: Literal["now", "start"] = Field(
        default="now",
        description="As the plan is now, or as it began: the grids that it is to replace.",
    )


@router.get("/{number}/numbers", summary="Say what a plan is worth")
def plan_numbers(
    number: Number,
    query: Annotated[NumbersQuery, Query()],
    session: DbSession,
    access: Reading,
    drafts: SeenDrafts,
) -> Numbers:
    """Return the numbers of each grid, how even work and households are, and broken rules.

    The start is judged by the settings of today, so that before and after can be compared.

    Example: `GET /api/v1/plans/1/numbers?at=start`
    """
    codes, above, _ = current_kin(session)
    parents = dict(zip(codes, above, strict=True))
    with drafts.look(number, access) as (plan, held):
        if query.at == "now":
            return _told_numbers(held.state, plan, parents, step=plan.step)
        start = held.beginning()
    return _told_numbers(start, plan, parents, step=0)


def _told_numbers(
    state: PlanState, plan: Plan, parents: Mapping[str, str | None], *, step: int
) -> Numbers:
    judged = judge(state, PlanSettings.model_validate(dict(plan.settings)), parents=parents)
    return Numbers(
        step=step,
        grids={code: dict(values) for code, values in judged.grids.items()},
        spread={name: dict(values) for name, values in judged.spread.items()},
        spread_within={
            code: {name: dict(values) for name, values in figures.items()}
            for code, figures in judged.spread_within.items()
        },
        communities=dict(judged.communities),
        broken=[
            BrokenOut(
                rule=one.rule,
                grid_code=one.code,
                value=known(one.value),
                limit=known(one.limit),
                said=one.said,
                blocks=[state.code(block) for block in one.blocks],
            )
            for one in judged.broken
        ],
    )


@router.get("/{number}/comments", summary="List what was said of a plan")
def comments(number: Number, session: DbSession, access: Reading) -> Comments:
    """Return the comments on a plan, the first said first.

    Example: `GET /api/v1/plans/1/comments`
    """
    seen_plan(session, number, access)
    return Comments(comments=[_told_comment(one) for one in CommentStore(session).of(number)])


@router.post(
    "/{number}/comments", status_code=HTTPStatus.CREATED, summary="Say something of a plan"
)
def add_comment(
    number: Number, wanted: NewComment, session: DbSession, access: Writing
) -> CommentOut:
    """Add a comment on a plan, on one of its grids, or on a place.

    Example: `POST /api/v1/plans/1/comments` with `{"text": "这里应沿河"}`
    """
    own_plan(session, number, access)
    said = Comment(at=datetime.now(UTC), author=access.principal.code, **wanted.model_dump())
    return _told_comment(CommentStore(session).add(number, said))


def _told_comment(said: Comment) -> CommentOut:
    told: dict[str, Any] = asdict(said)
    return CommentOut(**told)
