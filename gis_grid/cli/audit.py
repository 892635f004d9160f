"""``gis-grid audit``: take the audit log away."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from gis_grid.cli.db import DatabaseOption
from gis_grid.cli.moments import typed_moment
from gis_grid.errors import FileError, InputError
from gis_grid.services.auditing import MEDIA_TYPES, lines_of
from gis_grid.settings import Settings
from gis_grid.storage import database
from gis_grid.storage.audit import AuditStore, Wanted

app = typer.Typer(
    help="The log of who did what; gis-grid doctor --audit verifies it.",
    no_args_is_help=True,
    add_completion=False,
)


@app.callback()
def _group() -> None:
    """Take no options: there is one command yet."""


@app.command()
def export(  # noqa: PLR0913 - the filters of the log
    *,
    output: Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="- is a pipe.")] = (
        "-"
    ),
    form: Annotated[
        str | None, typer.Option("--format", help="csv or jsonl [default: by the file's name].")
    ] = None,
    who: Annotated[str | None, typer.Option(help="Account.")] = None,
    layer: Annotated[str | None, typer.Option(help="Layer, users, tokens, settings.")] = None,
    code: Annotated[str | None, typer.Option(help="Key of the row.")] = None,
    since: Annotated[str | None, typer.Option(help="2026-11-21T00:00:00+08:00")] = None,
    until: Annotated[str | None, typer.Option(help="First moment that is too late.")] = None,
    url: DatabaseOption = None,
) -> None:
    """Write the entries that fit, oldest first; personal data is in none of them."""
    form = form or (Path(output).suffix.removeprefix(".") if output != "-" else "jsonl")
    first = None if since is None else typed_moment(since, "--since")
    late = None if until is None else typed_moment(until, "--until")
    wanted = Wanted(who=who, layer=layer, code=code, since=first, until=late)
    if form not in MEDIA_TYPES:
        message = f"format {form!r} is unknown; use --format {' or '.join(MEDIA_TYPES)}"
        raise InputError(message)
    with database.opened(url or Settings().database_url) as engine:
        database.require_schema(engine)
        with database.sessions(engine)() as session:
            lines = lines_of(AuditStore(session).all(wanted), form)
            if output == "-":
                sys.stdout.writelines(lines)
                return
            try:
                with Path(output).open("w", encoding="utf-8") as file:
                    file.writelines(lines)
            except OSError as error:
                message = f"cannot write {output}: {error.strerror}"
                raise FileError(message) from error
