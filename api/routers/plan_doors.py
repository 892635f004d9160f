"""What the routers of plans share: who may come to a plan, which step they saw, how it is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path
from sqlalchemy.orm import Session, sessionmaker

from api.deps import Desks, Sessions
from api.problems import responses
from api.rights import Access, require, require_inside
from api.schemas_plans import PlanOut, ScheduleOut
from gis_grid.accounts.permissions import Action
from gis_grid.errors import NotFoundError
from gis_grid.services.planning.desk import Desk, Held
from gis_grid.services.planning.judging import PlanSettings
from gis_grid.storage.plans.plans import Plan, PlanStore

Reading = Annotated[Access, require(Action.READ, "plans")]
Writing = Annotated[Access, require(Action.WRITE, "plans")]
Publishing = Annotated[Access, require(Action.PUBLISH, "plans")]
Taking = Annotated[Access, require(Action.EXPORT, "plans")]
Number = Annotated[int, Path(ge=1, le=2**53, description="Number of the plan.")]

_TAG = r'^"[0-9]{1,9}"$'
Seen = Annotated[
    str,
    Header(
        alias="If-Match",
        pattern=_TAG,
        description="The ETag of the plan that the step is meant for: its last step, in quotes.",
        examples=['"47"'],
    ),
]
MaySee = Annotated[
    str | None,
    Header(
        alias="If-Match",
        pattern=_TAG,
        description="The ETag of the plan as it was seen: nothing is done to a later one.",
    ),
]


def plan_router(prefix: str = "", *more: HTTPStatus) -> APIRouter:
    """Return a router of plans, with the problems that all of them have and some more."""
    problems = (
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
        *more,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.SERVICE_UNAVAILABLE,
    )
    return APIRouter(prefix=prefix, tags=["plans"], responses=responses(*problems))


def told_plan(plan: Plan) -> PlanOut:
    """Return a plan as it is told."""
    apart = {"settings", "schedule"}
    values = {name: getattr(plan, name) for name in PlanOut.model_fields if name not in apart}
    waits = plan.schedule
    return PlanOut(
        settings=PlanSettings.model_validate(dict(plan.settings)),
        schedule=ScheduleOut.model_validate(waits, from_attributes=True) if waits else None,
        **values,
    )


def etag(plan: Plan) -> str:
    """Return the tag of a plan at its step."""
    return f'"{plan.step}"'


def step_of(seen: str) -> int:
    """Return the step in a tag that `etag` made."""
    return int(seen.strip('"'))


def seen_plan(session: Session, number: int, access: Access) -> Plan:
    """Return a plan that somebody may read.

    Raises
    ------
    NotFoundError
        There is none, or it lies outside the area of who asks.
    """
    plan = PlanStore(session).get(number)
    if plan.area_code not in access.area:
        message = f"there is no plan {number}"
        raise NotFoundError(message)
    return plan


class Drafts:
    """The drafts of the desk, each shown only to those who may read its plan."""

    def __init__(self, sessions: sessionmaker[Session], desk: Desk) -> None:
        self._sessions = sessions
        self._desk = desk

    @contextmanager
    def look(self, number: int, access: Access) -> Iterator[tuple[Plan, Held]]:
        """Give a plan and its draft as they are now; nobody changes the draft meanwhile.

        It is asked first who may read it: a draft that is not in memory is long to read.

        Raises
        ------
        NotFoundError
            There is no such plan, or it lies outside the area of who asks.
        """
        with self._sessions.begin() as session:
            seen_plan(session, number, access)
        with self._desk.look(number) as found:
            yield found


async def _drafts(sessions: Sessions, desk: Desks) -> Drafts:
    return Drafts(sessions, desk)


SeenDrafts = Annotated[Drafts, Depends(_drafts)]


def own_plan(session: Session, number: int, access: Access) -> Plan:
    """Return a plan that somebody may change, held until the transaction ends.

    Raises
    ------
    NotFoundError
        There is none.
    DeniedError
        It lies outside the area of who asks.
    """
    plan = PlanStore(session).hold(number)
    require_inside(access, plan.area_code, f"plan {number}")
    return plan
