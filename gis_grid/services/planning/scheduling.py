"""Plans that are published at a moment to come, by whichever process notices first.

A generation begins only when it is published, so nothing has to know of grids that are not valid
yet. At its moment a plan is published as by hand: in one transaction, which begins by holding the
row of the plan. Whoever waits for that row finds the plan published, and does nothing.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis_grid.accounts.audit import Actor
from gis_grid.errors import ConflictError, InputError, NotFoundError, StaleError
from gis_grid.grid.generations import require_aware
from gis_grid.plan.stages import Stage
from gis_grid.services.planning.desk import Desk, Held
from gis_grid.services.planning.publication import Done, publication_of, published
from gis_grid.storage.acting import acting
from gis_grid.storage.database import sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.plans.plans import Plan, PlanStore
from gis_grid.storage.plans.schedules import Schedule, ScheduleStore

VIA = "schedule"
"""What the audit log says of how somebody published who is not there at that moment."""

LATEST = timedelta(days=3660)


def schedule_plan(session: Session, plan: Plan, held: Held, wanted: Schedule) -> Plan:
    """Let a plan be published at a moment to come; another moment that it had is forgotten.

    What would stop it today is said today: the grids of the plan are made and thrown away.

    Parameters
    ----------
    session
        The transaction; whoever opened it commits.
    plan, held
        The plan, held in this transaction, and its draft.
    wanted
        When, under which name, and who asks.

    Raises
    ------
    InputError
        The moment has no time zone, is not in the future, or is more than ten years away.
    ConflictError, GeometryError
        The plan could not be published now, or another one has that moment.
    """
    require_aware(wanted.effective_from, "moment of a publication")
    if not wanted.asked_at < wanted.effective_from <= wanted.asked_at + LATEST:
        message = f"{wanted.effective_from.isoformat()} is not in the ten years to come; "
        message += "to publish at once, use the plan's publication"
        raise InputError(message)
    publication_of(session, plan, held)
    ScheduleStore(session).put(plan.number, wanted)
    return PlanStore(session).get(plan.number)


def cancel_schedule(session: Session, plan: Plan) -> Plan:
    """Forget when a held plan was to be published; it stays approved.

    Raises
    ------
    ConflictError
        It has no such moment: nobody gave it one, or it was published at it.
    """
    if plan.schedule is None:
        message = f"plan {plan.number} is {plan.stage} and waits for no moment"
        if plan.stage == Stage.PUBLISHED:
            message += f"; generation {plan.published_as} is undone by publishing the one before"
        raise ConflictError(message)
    ScheduleStore(session).cancel(plan.number, plan.schedule)
    return PlanStore(session).get(plan.number)


def next_moment(engine: Engine) -> datetime | None:
    """Return when a plan is to be published next; None when none is.

    Raises
    ------
    StorageError
        The database cannot be read.
    """
    with sessions(engine).begin() as session:
        waiting = ScheduleStore(session).waiting()
    return waiting[0][0] if waiting else None


def publish_due(
    engine: Engine, desk: Desk, *, now: datetime, publish: Callable[..., Done]
) -> dict[int, Done]:
    """Publish every plan whose moment has come, each in a transaction of its own, once.

    A plan that cannot be published stays approved and says why; it is not tried again until
    somebody gives it another moment. The generation begins at the moment that was asked for, also
    when nobody was there to notice it.

    Parameters
    ----------
    engine, desk
        A database with a city, and the drafts of this process.
    now
        The time, with a time zone.
    publish
        Makes grids the current ones.

    Returns
    -------
    mapping of plan to what its publication did
        Only those that were published here, and not by somebody else meanwhile.

    Raises
    ------
    StorageError
        The database cannot do this now; what was not published waits for the next call.
    """
    with sessions(engine).begin() as session:
        due = [number for moment, number in ScheduleStore(session).waiting() if moment <= now]
    done = {}
    for number in due:
        made = _publish_one(engine, desk, number, now=now, publish=publish)
        if made is not None:
            done[number] = made
    return done


def _publish_one(
    engine: Engine, desk: Desk, number: int, *, now: datetime, publish: Callable[..., Done]
) -> Done | None:
    make = sessions(engine)
    with make.begin() as session:
        seen = GenerationStore(session).number()
        wanted = _waiting(PlanStore(session).get(number), now)
    if wanted is None:
        return None
    with acting(Actor(who=wanted.asked_by, via=VIA)):
        try:
            with desk.look(number) as (_, held), make.begin() as session:
                plan = PlanStore(session).hold(number)
                if _waiting(plan, now) != wanted:
                    return None  # somebody else published, cancelled or moved it
                done, _ = published(
                    session,
                    plan,
                    held,
                    name=wanted.name,
                    valid_from=wanted.effective_from,
                    now=now,
                    publish=publish,
                )
        except StaleError:
            return None  # the next call sees it as it is
        except (ConflictError, InputError, NotFoundError) as error:
            with make.begin() as session:
                _hold_up(session, number, wanted, str(error), seen)
            return None
    return done


def _waiting(plan: Plan, now: datetime) -> Schedule | None:
    """Return the schedule of a plan that is to be published now; None when it is not."""
    found = plan.schedule
    if found is None or found.problem is not None or found.effective_from > now:
        return None
    return found


def _hold_up(session: Session, number: int, wanted: Schedule, why: str, seen: int) -> None:
    """Write down why a plan was not published, unless that may have passed already."""
    plan = PlanStore(session).hold(number)
    is_another = GenerationStore(session).number() != seen
    if plan.schedule == wanted and not is_another:
        ScheduleStore(session).hold_up(number, wanted, why)
