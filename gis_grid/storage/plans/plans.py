"""Plans in the database: every step is a row, and a plan is where its steps lead."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from gis_grid.accounts.audit import Change
from gis_grid.errors import ConflictError, NotFoundError, StaleError
from gis_grid.plan.log import Entry
from gis_grid.plan.stages import Stage, require_editable, require_next
from gis_grid.storage.audit import record
from gis_grid.storage.database import begin_to_write
from gis_grid.storage.plans.packing import Start, pack, unpack
from gis_grid.storage.plans.schedules import Schedule, schedule_of
from gis_grid.storage.plans.tables import entry, plan, schedule, start
from gis_grid.storage.tables import table_of

LAYER = "plans"
"""What plans are called in the audit log."""

TOLD = 3
"""How many of the steps that somebody else took a conflict names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan without its start and its steps."""

    number: int
    title: str
    stage: Stage
    area_code: str
    """The grid that is divided anew."""

    generation: int
    """The generation that it began with."""

    start_digest: str
    step: int
    """Number of the last step, 0 before the first."""

    settings: Mapping[str, Any]
    created_at: datetime
    created_by: str
    changed_at: datetime
    copied_from: int | None
    published_as: int | None
    area_name: str | None = None
    """What the grid is called that is divided anew; None when it has no name, or is no more."""

    schedule: Schedule | None = None
    """When it is to be published, or why it was not."""


_OWN = [name for name in Plan.__dataclass_fields__ if name in plan.c]
_FIELDS = [plan.c[name] for name in _OWN]
_SCHEDULED = [schedule.c[name].label(f"schedule_{name}") for name in Schedule.__dataclass_fields__]
_GRID = table_of["grids"]
_IS_AREA = (_GRID.c.code == plan.c.area_code) & _GRID.c.last_generation.is_(None)
_PLANS = select(*_FIELDS, _GRID.c.name.label("area_name"), *_SCHEDULED).select_from(
    plan.outerjoin(schedule, schedule.c.plan == plan.c.number).outerjoin(_GRID, _IS_AREA)
)


class PlanStore:
    """The plans of one session. It never commits; whoever opened the session does."""

    def __init__(self, session: Session) -> None:
        """Keep the session."""
        self._session = session

    def keep_start(self, made: Start, *, now: datetime) -> str:
        """Keep the start of plans and return its digest; one that is there stays."""
        content = pack(made)
        digest = hashlib.sha256(content).hexdigest()
        begin_to_write(self._session.connection())
        known = select(start.c.digest).where(start.c.digest == digest)
        if self._session.scalar(known) is None:
            self._session.execute(insert(start).values(digest=digest, content=content, made_at=now))
        return digest

    def start(self, digest: str) -> Start:
        """Return a start.

        Raises
        ------
        NotFoundError
            There is none with this digest.
        StorageError
            It cannot be read.
        """
        content = self._session.scalar(select(start.c.content).where(start.c.digest == digest))
        if content is None:
            message = f"the start {digest[:12]} of a plan is gone; take it from a backup"
            raise NotFoundError(message)
        return unpack(content)

    def add(  # noqa: PLR0913 - what a plan begins with
        self,
        *,
        title: str,
        area_code: str,
        generation: int,
        start_digest: str,
        settings: Mapping[str, Any],
        author: str,
        now: datetime,
    ) -> Plan:
        """Begin a plan."""
        return self._add(
            {
                "title": title,
                "area_code": area_code,
                "generation": generation,
                "start_digest": start_digest,
                "settings": dict(settings),
                "step": 0,
                "copied_from": None,
            },
            author=author,
            now=now,
        )

    def copy(self, number: int, *, title: str, author: str, now: datetime) -> Plan:
        """Begin another draft where a plan stands now, with all its steps.

        Raises
        ------
        NotFoundError
            There is no such plan.
        """
        old = self.get(number)
        made = self._add(
            {
                "title": title,
                "area_code": old.area_code,
                "generation": old.generation,
                "start_digest": old.start_digest,
                "settings": dict(old.settings),
                "step": old.step,
                "copied_from": number,
            },
            author=author,
            now=now,
        )
        names = [column.name for column in entry.columns if column.name != "plan"]
        taken = select(made.number, *(entry.c[name] for name in names))  # type: ignore[call-overload]
        steps = taken.where(entry.c.plan == number, entry.c.number <= old.step)
        self._session.execute(insert(entry).from_select(["plan", *names], steps))
        return made

    def _add(self, values: dict[str, Any], *, author: str, now: datetime) -> Plan:
        row = self._session.execute(
            insert(plan)
            .values(
                **values,
                stage=Stage.DRAFT.value,
                created_at=now,
                created_by=author,
                changed_at=now,
            )
            .returning(plan.c.number)
        ).scalar_one()
        about = {name: values[name] for name in ("title", "area_code", "copied_from")}
        self._record("add", row, after=about)
        return self.get(row)

    def get(self, number: int) -> Plan:
        """Return a plan.

        Raises
        ------
        NotFoundError
            There is no such plan.
        """
        row = self._session.execute(_PLANS.where(plan.c.number == number)).mappings().one_or_none()
        if row is None:
            message = f"there is no plan {number}"
            raise NotFoundError(message)
        return _plan(row)

    def hold(self, number: int) -> Plan:
        """Return a plan that nobody else changes until this transaction ends.

        Raises
        ------
        NotFoundError
            There is no such plan.
        StorageError
            Somebody takes longer than we wait.
        """
        begin_to_write(self._session.connection())
        locked = select(plan.c.number).where(plan.c.number == number).with_for_update()
        self._session.execute(locked)
        return self.get(number)  # read after the lock, with everything that belongs to it

    def all(self) -> list[Plan]:
        """Return every plan, the one changed last first."""
        order = (plan.c.changed_at.desc(), plan.c.number.desc())
        rows = self._session.execute(_PLANS.order_by(*order)).mappings()
        return [_plan(row) for row in rows]

    def entries(self, number: int, *, after: int = 0, limit: int | None = None) -> list[Entry]:
        """Return the steps of a plan after one of them, in order.

        Raises
        ------
        InputError
            A step cannot be read.
        """
        names = ("number", "kind", "of", "title", "author", "at", "ops")
        rows = self._session.execute(
            select(*(entry.c[name] for name in names))
            .where(entry.c.plan == number, entry.c.number > after)
            .order_by(entry.c.number)
            .limit(limit)
        )
        return [Entry.from_json({**row, "at": row["at"].isoformat()}) for row in rows.mappings()]

    def append(self, held: Plan, step: Entry) -> Plan:
        """Keep the next step of a plan that `hold` returned.

        Raises
        ------
        ConflictError
            The plan is no draft, or the step does not follow its last one.
        """
        require_editable(held.stage)
        if step.number != held.step + 1:
            message = f"step {step.number} does not follow step {held.step} of plan {held.number}"
            raise ConflictError(message)
        written = step.to_json()
        values = {name: written[name] for name in ("number", "kind", "of", "title", "author")}
        self._session.execute(
            insert(entry).values(plan=held.number, at=step.at, ops=written["ops"], **values)
        )
        self._change(held.number, {"step": step.number, "changed_at": step.at})
        about = {"step": step.number, "kind": step.kind, "title": step.title}
        self._record("change", held.number, after=about)
        return self.get(held.number)

    def take_in(self, held: Plan, steps: Iterable[Entry], *, now: datetime) -> Plan:
        """Keep steps that were taken elsewhere as those of a plan that has none yet.

        Raises
        ------
        ConflictError
            The plan has steps, or those given have gaps.
        """
        rows = [{**one.to_json(), "at": one.at, "plan": held.number} for one in steps]
        if held.step or [row["number"] for row in rows] != [*range(1, len(rows) + 1)]:
            message = f"plan {held.number} has steps already, or those given have gaps"
            raise ConflictError(message)
        if rows:
            self._session.execute(insert(entry), rows)
        self._change(held.number, {"step": len(rows), "changed_at": now})
        self._record("load", held.number, after={"steps": len(rows), "from": "a plan file"})
        return self.get(held.number)

    def withdraw(self, held: Plan, *, now: datetime) -> Plan:
        """Say that the generation of a published plan was undone: it is approved again.

        Raises
        ------
        ConflictError
            The plan is not published.
        """
        if held.stage != Stage.PUBLISHED:
            message = f"plan {held.number} is in stage {held.stage}; nothing of it was published"
            raise ConflictError(message)
        values = {"stage": Stage.APPROVED.value, "changed_at": now, "published_as": None}
        self._change(held.number, values)
        before = {"stage": held.stage.value, "published_as": held.published_as}
        self._record("change", held.number, before, {"stage": Stage.APPROVED.value})
        return self.get(held.number)

    def published_as(self, generation: int) -> Plan | None:
        """Return the plan whose grids became a generation; None when none did."""
        made = self._session.scalar(select(plan.c.number).where(plan.c.published_as == generation))
        return None if made is None else self.hold(made)

    def require_step(self, held: Plan, seen: int) -> None:
        """Stop when steps were taken that somebody has not seen; say who took which.

        Raises
        ------
        StaleError
            The plan is at another step.
        """
        if held.step == seen:
            return
        if seen > held.step:
            message = f"plan {held.number} is at step {held.step}, not yet at {seen}; load it anew"
            raise StaleError(message)
        missed = self.entries(held.number, after=max(seen, held.step - TOLD))
        told = "; ".join(f"{one.number} {one.author}: {one.title}" for one in missed)
        message = f"plan {held.number} is at step {held.step}, you saw {seen}; since then: {told}"
        raise StaleError(message)

    def move(
        self, held: Plan, stage: Stage, *, now: datetime, generation: int | None = None
    ) -> Plan:
        """Bring a held plan to another stage.

        Raises
        ------
        ConflictError
            This stage cannot follow the present one, or the plan is to be published at a moment to
            come.
        """
        require_next(held.stage, stage)
        waiting = held.schedule
        if waiting is not None and waiting.problem is None and stage != Stage.PUBLISHED:
            message = f"plan {held.number} is to be published at "
            message += f"{waiting.effective_from.isoformat()}; cancel that first"
            raise ConflictError(message)
        self._session.execute(delete(schedule).where(schedule.c.plan == held.number))
        values = {"stage": stage.value, "changed_at": now, "published_as": generation}
        self._change(held.number, values)
        before, after = {"stage": held.stage.value}, {"stage": stage.value}
        self._record("change", held.number, before, after)
        return self.get(held.number)

    def describe(
        self, held: Plan, *, title: str, settings: Mapping[str, Any], now: datetime
    ) -> Plan:
        """Give a held plan another title and other settings."""
        values = {"title": title, "settings": dict(settings), "changed_at": now}
        self._change(held.number, values)
        before = {"title": held.title, "settings": dict(held.settings)}
        after = {"title": title, "settings": dict(settings)}
        self._record("change", held.number, before, after)
        return self.get(held.number)

    def _record(
        self,
        action: str,
        number: int,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        change = Change(action=action, layer=LAYER, code=str(number), before=before, after=after)
        record(self._session, change)

    def _change(self, number: int, values: Mapping[str, Any]) -> None:
        self._session.execute(update(plan).where(plan.c.number == number).values(**values))

    def forget_starts(self) -> None:
        """Remove starts that no plan begins with."""
        used = select(plan.c.start_digest)
        self._session.execute(delete(start).where(start.c.digest.not_in(used)))


def _plan(row: Mapping[Any, Any]) -> Plan:
    values = {name: row[name] for name in [*_OWN, "area_name"]}
    return Plan(**{**values, "stage": Stage(row["stage"]), "schedule": schedule_of(row)})
