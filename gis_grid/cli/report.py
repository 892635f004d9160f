"""``gis-grid report``: maps that leave the house, one command a kind."""

import inspect
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from gis_grid.cli.bars import bar
from gis_grid.cli.moments import typed_moment
from gis_grid.errors import FileError, InputError
from gis_grid.exchange.mapping import ColumnMap, parse_pairs
from gis_grid.exchange.prepare import Reading
from gis_grid.exchange.sources import Opening
from gis_grid.geo.datum import Datum
from gis_grid.maps.output import Format, rendered
from gis_grid.maps.page import Page
from gis_grid.maps.printed.paper import Paper
from gis_grid.maps.reports.kinds import KINDS
from gis_grid.maps.reports.registry import Kind, Options
from gis_grid.services.planning.picturing import FRAMES
from gis_grid.services.report_file import page_from_file
from gis_grid.services.reporting import moment_of, page_from_database
from gis_grid.settings import Settings
from gis_grid.storage.database import open_engine

app = typer.Typer(
    help="Draw a map as one file: HTML that asks for nothing outside, PNG or PDF.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

LEFT_OUT = 1
"""Exit code when rows of a file were left out and nobody said to keep going."""

Output = Annotated[Path, typer.Option("-o", "--output", help="File: .html .png .pdf")]
Size = Annotated[Paper, typer.Option("--size", help="Sheet of PNG and PDF.")]
At = Annotated[
    str | None, typer.Option("--at", help="Grids at this moment, like 2026-01-01T08:00+08:00.")
]
Number = Annotated[int | None, typer.Option("--generation", help="Grids of this generation.")]
Database = Annotated[
    str | None, typer.Option("--database", metavar="URL", help="Database; else the setting.")
]
File = Annotated[
    Path | None, typer.Argument(metavar="FILE", help="Draw this file instead of the database.")
]
Map = Annotated[list[str] | None, typer.Option("--map", help="FILE: field=COLUMN.")]
Crs = Annotated[str | None, typer.Option("--crs", help="FILE: CRS when it states none.")]
DatumOption = Annotated[Datum, typer.Option("--datum", help="FILE: datum of its degrees.")]
Layer = Annotated[str | None, typer.Option("--layer", help="FILE: layer or sheet.")]
KeepGoing = Annotated[
    bool, typer.Option("--keep-going", help="FILE: exit with 0 when rows were left out.")
]

_SHARED: dict[str, tuple[Any, Any]] = {
    "output": (Output, inspect.Parameter.empty),
    "size": (Size, Paper.A4),
    "at": (At, None),
    "generation": (Number, None),
    "database": (Database, None),
}
_OF_FILE: dict[str, tuple[Any, Any]] = {
    "map_": (Map, None),
    "crs": (Crs, None),
    "datum": (DatumOption, Datum.WGS84),
    "layer": (Layer, None),
    "keep_going": (KeepGoing, False),
}


def command_of(kind: Kind) -> Callable[..., None]:
    """Return the command of a kind; its options are those that the kind declares."""
    own = _own_options(kind.options)
    wanted = _SHARED | (_OF_FILE if kind.from_file else {}) | own
    parameters = [_parameter("file", (File, None))] if kind.from_file else []
    parameters += [_parameter(name, about) for name, about in wanted.items()]

    def command(**given: Any) -> None:  # noqa: ANN401 - typer calls it with what is declared
        options = kind.options_of({name: _plain(given.pop(name)) for name in own})
        _run(kind, options, given)

    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in parameters}
    command.__name__ = kind.key
    command.__doc__ = f"{kind.about.en} · {kind.about.zh}"
    return command


def _parameter(name: str, about: tuple[Any, Any]) -> inspect.Parameter:
    annotation, default = about
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default
    )


def _own_options(options: type[Options]) -> dict[str, tuple[Any, Any]]:
    hints = get_type_hints(options)
    found: dict[str, tuple[Any, Any]] = {}
    for one in fields(options):
        about = one.metadata
        option = typer.Option(
            f"--{one.name}", help=about["doc"], min=about["low"], max=about["high"]
        )
        default: Any = one.default
        accepted: Any = hints[one.name]
        if about["choices"]:
            accepted = _choices(one.name, about["choices"])
            default = accepted(default)
        found[one.name] = (Annotated[accepted, option], default)
    return found


def _choices(name: str, choices: tuple[str, ...]) -> Any:  # noqa: ANN401 - a new class
    make: Any = StrEnum
    return make(name, {choice: choice for choice in choices})


def _plain(value: Any) -> Any:  # noqa: ANN401 - a value of any option
    return value.value if isinstance(value, StrEnum) else value


def _run(kind: Kind, options: Options, given: dict[str, Any]) -> None:
    how = _format(given["output"])
    if given.get("file") is not None:
        page, left_out = _from_file(kind, options, given)
    else:
        page, left_out = _from_database(kind, options, given), 0
    _write(given["output"], rendered(page, how, paper=given["size"]))
    if left_out and not given["keep_going"]:
        raise typer.Exit(LEFT_OUT)


def _from_database(kind: Kind, options: Options, given: dict[str, Any]) -> Page:
    if given["at"] is not None and given["generation"] is not None:
        message = "--at and --generation both choose the grids; give one of them"
        raise InputError(message)
    engine = open_engine(given["database"] or Settings().database_url)
    try:
        at = None if given["at"] is None else typed_moment(given["at"])
        if given["generation"] is not None:
            at = moment_of(engine, given["generation"])
        with bar(f"report {kind.key}") as progress:
            return page_from_database(
                engine,
                kind,
                options,
                now=datetime.now(UTC),
                at=at,
                progress=progress,
                frames=FRAMES,
            )
    finally:
        engine.dispose()


def _from_file(kind: Kind, options: Options, given: dict[str, Any]) -> tuple[Page, int]:
    for name in ("at", "generation", "database"):
        if given[name] is not None:
            message = f"--{name} chooses in a database; leave it out with a file"
            raise InputError(message)
    reading = Reading(
        stated=ColumnMap(columns=parse_pairs(given["map_"] or (), what="--map")),
        opening=Opening(layer=given["layer"]),
        crs=given["crs"],
        datum=given["datum"],
    )
    with bar(f"report {kind.key}") as progress:
        drawn = page_from_file(
            given["file"], kind, options, reading, now=datetime.now(UTC), progress=progress
        )
    if drawn.problems:
        first = drawn.problems[0]
        typer.echo(
            f"{len(drawn.problems):,} rows left out; the first is row {first.row}: "
            f"{first.field} {first.value!r} ({first.reason})",
            err=True,
        )
    return drawn.page, len(drawn.problems)


def _format(path: Path) -> Format:
    ending = path.suffix.lower().removeprefix(".")
    if ending not in [one.value for one in Format]:
        message = f"{path} is of an unknown kind; write .html, .png or .pdf"
        raise FileError(message)
    return Format(ending)


def _write(path: Path, content: bytes) -> None:
    """Write the file; it appears when it is complete."""
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        message = f"cannot write {path}: {error.strerror}"
        raise FileError(message) from error
    typer.echo(f"{path}: {len(content):,} bytes")


for _kind in KINDS.values():
    app.command(_kind.key)(command_of(_kind))
