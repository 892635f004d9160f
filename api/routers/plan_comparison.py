"""Two plans beside each other, so that somebody can decide."""

from dataclasses import asdict
from typing import Annotated

from fastapi import Query
from pydantic import Field
from sqlalchemy.orm import Session

from api.deps import Sessions
from api.rights import Access
from api.routers.plan_doors import Drafts, Number, Reading, SeenDrafts, plan_router
from api.schemas import NoQuery
from api.schemas_plans import (
    ComparisonOut,
    GazetteOut,
    MovedGround,
    MovedThings,
    ShareOut,
    SideOut,
)
from gis_grid.plan.compare import SMALL, Comparison
from gis_grid.plan.state import PlanState
from gis_grid.services.planning.comparing import (
    Other,
    Side,
    compared,
    current_of,
    plan_of,
    shares_of,
    start_of,
)
from gis_grid.services.planning.judging import PlanSettings, known
from gis_grid.storage.plans.plans import Plan

router = plan_router("/plans/{number}")


class ComparisonQuery(NoQuery):
    """With what a plan is compared."""

    other: str = Field(
        default="start",
        alias="with",
        pattern=r"^(start|current|[1-9][0-9]{0,14})$",
        description="The grids that it began with, those that are current now, or another plan.",
        examples=["current"],
    )
    shapes: bool = Field(default=True, description="Whether to send the moved blocks as features.")


@router.get("/comparison", summary="Compare a plan with another one")
def compare_plan(
    number: Number,
    query: Annotated[ComparisonQuery, Query()],
    sessions: Sessions,
    access: Reading,
    drafts: SeenDrafts,
) -> ComparisonOut:
    """Return the numbers of both, what moves, what becomes of each old grid, and what follows.

    Last year's incidents, open ones, facilities and cameras are counted anew by their points.

    Example: `GET /api/v1/plans/1/comparison?with=current`
    """
    with drafts.look(number, access) as (plan, held):
        new, start = held.state.copy(), held.beginning()
    settings = PlanSettings.model_validate(dict(plan.settings))
    with sessions.begin() as session:
        other = _other(session, drafts, (plan, start), query.other, access)
        found = compared(session, other, new, settings, shapes=query.shapes)
    return ComparisonOut(
        step=plan.step,
        old=_side(found.old, other.plan, other.said),
        new=_side(found.new, plan.number, plan.title),
        shares=[ShareOut(**one) for one in shares_of(found.comparison, least=SMALL)],
        moved=_moved(found.comparison),
        gazette=[
            GazetteOut(**asdict(row) | {"households": known(row.households)})
            for row in found.gazette
        ],
        follows=[MovedThings(**asdict(one)) for one in found.follows],
        features=[dict(one) for one in found.blocks],
    )


def _other(
    session: Session, drafts: Drafts, mine: tuple[Plan, PlanState], name: str, access: Access
) -> Other:
    plan, start = mine
    if name == "start":
        return start_of(plan, start)
    if name == "current":
        return current_of(session, plan, start)
    with drafts.look(int(name), access) as (other, held):
        return plan_of(plan, other, held.state.copy(), held.first_grids)


def _side(side: Side, number: int | None, said: str) -> SideOut:
    return SideOut(
        plan=number,
        said=said,
        spread={name: dict(values) for name, values in side.spread.items()},
        grids={code: dict(values) for code, values in side.grids.items()},
    )


def _moved(found: Comparison) -> MovedGround:
    return MovedGround(
        blocks=len(found.moved_blocks),
        area_m2=found.moved_area_m2,
        amounts=dict(zip(found.names, found.moved, strict=True)),
        whole=dict(zip(found.names, found.whole, strict=True)),
    )
