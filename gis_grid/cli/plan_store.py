"""``gis-grid plan``: plans of the database as files, and their publication."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from gis_grid.cli.moments import typed_moment
from gis_grid.cli.plan_options import AsJson, KeepGoing
from gis_grid.errors import FileError, InputError
from gis_grid.services.planning.assigning import Assignment
from gis_grid.services.planning.desk import Desk
from gis_grid.services.planning.handing_out import PlanFormat, handed_out
from gis_grid.services.planning.publication import (
    published,
    reversal_of,
)
from gis_grid.services.planning.scheduling import cancel_schedule, schedule_plan
from gis_grid.services.planning.taking_in import about_of, assignment_of, take_in
from gis_grid.services.publishing import Published, publish_in
from gis_grid.settings import Settings
from gis_grid.storage.acting import actor
from gis_grid.storage.database import opened, require_schema, sessions
from gis_grid.storage.plans.plans import Plan, PlanStore
from gis_grid.storage.plans.schedules import Schedule

LEFT_OUT = 1
"""Exit code when rows of a table were not taken."""

Database = Annotated[
    str | None, typer.Option("--database", metavar="URL", help="Database; else the setting.")
]
Number = Annotated[int, typer.Argument(min=1, help="Number of the plan.")]
Name = Annotated[str, typer.Option("--name", help="What people call the generation.")]


@contextmanager
def _engine(database: str | None) -> Iterator[Engine]:
    with opened(database or Settings().database_url) as engine:
        require_schema(engine)
        yield engine


def list_(*, as_json: AsJson = False, database: Database = None) -> None:
    """List the plans of the database, the one changed last first."""
    with _engine(database) as engine, sessions(engine).begin() as session:
        plans = PlanStore(session).all()
    if as_json:
        told = [
            {
                "number": one.number,
                "title": one.title,
                "stage": one.stage.value,
                "area_code": one.area_code,
                "area_name": one.area_name,
                "effective_from": _waits_until(one),
                "step": one.step,
                "changed_at": one.changed_at.isoformat(),
            }
            for one in plans
        ]
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for one in plans:
        when = f"{one.changed_at:%Y-%m-%d %H:%M}"
        typer.echo(
            f"{one.number:>5}  {one.stage:<9}  {when}  step {one.step:>4}  {one.area_code}  "
            f"{one.title}{_told_schedule(one)}"
        )


def _waits_until(plan: Plan) -> str | None:
    waits = plan.schedule
    return waits.effective_from.isoformat() if waits and waits.problem is None else None


def _told_schedule(plan: Plan) -> str:
    if plan.schedule is None:
        return ""
    if plan.schedule.problem is not None:
        return f"  (not published: {plan.schedule.problem})"
    return f"  (to be published at {_waits_until(plan)})"


def export(
    number: Number,
    *,
    out: Annotated[Path, typer.Option("-o", "--out", help="File to write.")],
    format_: Annotated[
        PlanFormat | None, typer.Option("--format", help="Kind of file [default: by its ending]")
    ] = None,
    database: Database = None,
) -> None:
    """Write a plan to a file: all of it, its grids and blocks, who has which block, the gazette."""
    how = format_ or _by_ending(out)
    with _engine(database) as engine, Desk(engine, at_once=1).look(number) as (plan, held):
        content = handed_out(how, plan, held.beginning(), held.state, held.draft.log)
    try:
        out.write_bytes(content)
    except OSError as error:
        message = f"cannot write {out}: {error.strerror}"
        raise FileError(message) from error
    typer.echo(f"plan {number} at step {plan.step} written to {out}")


def _by_ending(out: Path) -> PlanFormat:
    # the longest ending first: .gazette.csv is one of .csv, too
    for one in sorted(PlanFormat, key=lambda one: -len(one.ending)):
        if out.name.lower().endswith(one.ending):
            return one
    if out.suffix.lower() == ".json":
        return PlanFormat.PLAN
    message = f"{out} is of an unknown kind; known endings: "
    message += " ".join(one.ending for one in PlanFormat)
    raise InputError(message)


def import_(
    file: Annotated[
        Path,
        typer.Argument(
            help="A plan file, or with --onto a table (.csv, .xlsx) or a map (.gpkg, .zip)."
        ),
    ],
    *,
    onto: Annotated[
        int | None,
        typer.Option(min=1, help="Take a table or a map as one step of this plan."),
    ] = None,
    layer: Annotated[
        str | None,
        typer.Option(
            help="Layer of a map, by default blocks, grids or the only one; or sheet of a "
            "workbook, by default the first."
        ),
    ] = None,
    keep_going: KeepGoing = False,
    as_json: AsJson = False,
    database: Database = None,
) -> None:
    """Make a draft of a plan file, or put blocks into the grids that a table or a map names."""
    try:
        content = file.read_bytes()
    except OSError as error:
        message = f"cannot read {file}: {error.strerror}"
        raise FileError(message) from error
    author, now = actor().who, datetime.now(UTC)
    with _engine(database) as engine:
        if onto is not None:
            found = _take_step(engine, content, onto, layer)
            _tell_step(found, as_json=as_json)
            if found.rejects and not keep_going:
                raise typer.Exit(LEFT_OUT)
            return
        about, document = about_of(content)
        with sessions(engine).begin() as session:
            plan = take_in(session, about, document, author=author, now=now)
    if as_json:
        typer.echo(json.dumps({"plan": plan.number, "steps": plan.step}))
    else:
        typer.echo(f"plan {plan.number}: {plan.title}, {plan.step} steps")


def _take_step(engine: Engine, content: bytes, number: int, layer: str | None) -> Assignment:
    desk = Desk(engine, at_once=1)
    with desk.look(number) as (plan, held):
        found = assignment_of(held, content, layer=layer)
    if found.edit.ops:
        author, now = actor().who, datetime.now(UTC)
        desk.do(number, lambda _, __: found.edit, seen=plan.step, author=author, now=now)
    return found


def _tell_step(found: Assignment, *, as_json: bool) -> None:
    if as_json:
        told = {
            "moved": found.moved,
            "unchanged": found.unchanged,
            "untouched": found.untouched,
            "rejects": [asdict(one) for one in found.rejects],
            "doubts": [asdict(one) for one in found.doubts],
        }
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    typer.echo(
        f"{found.moved:,} blocks moved, {found.unchanged:,} were there already, "
        f"{found.untouched:,} are not in the file"
    )
    for one in found.rejects:
        typer.echo(f"row {one.row}: {one.field} {one.value!r}: {one.reason}", err=True)
    for doubt in found.doubts:
        typer.echo(f"block {doubt.block}: {doubt.reason}", err=True)


def publish(
    number: Number,
    *,
    name: Name,
    effective_from: Annotated[
        str | None,
        typer.Option(
            "--effective-from",
            metavar="MOMENT",
            help="A moment to come at which the service publishes it, such as "
            "2027-03-01T00:00+08:00.",
        ),
    ] = None,
    database: Database = None,
) -> None:
    """Make the grids of an approved plan the current ones; everything follows, or nothing."""
    now = datetime.now(UTC)
    moment = None if effective_from is None else typed_moment(effective_from, "--effective-from")
    with _engine(database) as engine:
        desk = Desk(engine, at_once=1)
        with desk.look(number) as (_, held), sessions(engine).begin() as session:
            plan = PlanStore(session).hold(number)
            if moment is None:
                done, _ = published(
                    session, plan, held, name=name, valid_from=now, now=now, publish=publish_in
                )
                said = _said(done)
            else:
                asked = Schedule(
                    effective_from=moment, name=name, asked_by=actor().who, asked_at=now
                )
                schedule_plan(session, plan, held, asked)
                said = f"plan {number} will be published at {moment.isoformat()} by the service"
    typer.echo(said)


def cancel(number: Number, *, database: Database = None) -> None:
    """Do not publish a plan at the moment that was given to it; it stays approved."""
    with _engine(database) as engine, sessions(engine).begin() as session:
        cancel_schedule(session, PlanStore(session).hold(number))
    typer.echo(f"plan {number} stays approved and is published when somebody says so")


def revert(
    generation: Annotated[int, typer.Argument(min=1, help="The current generation.")],
    *,
    name: Name,
    database: Database = None,
) -> None:
    """Undo a publication: the grids of the generation before become the current ones again."""
    now = datetime.now(UTC)
    with _engine(database) as engine, sessions(engine).begin() as session:
        store = PlanStore(session)
        plan = store.published_as(generation)
        found = reversal_of(session, generation)
        done = publish_in(session, found.grids, name=name, valid_from=now, based_on=found.based_on)
        if plan is not None:
            store.withdraw(plan, now=now)
    typer.echo(_said(done))


def _said(done: Published) -> str:
    moved = {layer: one.moved for layer, one in done.rerouted.items() if one.moved}
    told = ", ".join(f"{count:,} {layer}" for layer, count in moved.items()) or "nothing"
    return f"generation {done.generation.number} is current; {told} got another grid"


def add_to(app: typer.Typer) -> None:
    """Hang these commands on ``gis-grid plan``."""
    commands: dict[str, Callable[..., None]] = {
        "list": list_,
        "export": export,
        "import": import_,
        "publish": publish,
        "cancel": cancel,
        "revert": revert,
    }
    for name, command in commands.items():
        app.command(name)(command)
