"""``gis-grid special``: the special grids (专属网格) that a city keeps in its database."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gis_grid.cli.db import DatabaseOption
from gis_grid.cli.moments import typed_moment
from gis_grid.geo.datum import Datum
from gis_grid.services.special_sets import export_special, keep_special
from gis_grid.settings import Settings
from gis_grid.storage import database
from gis_grid.storage.special import SpecialStore

app = typer.Typer(
    help="Special grids (专属网格): campuses, markets, street sections over the others.",
    no_args_is_help=True,
    add_completion=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]


@app.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            help="Polygons and lines with code and, as wanted, name, priority and tolerance_m."
        ),
    ],
    *,
    datum: Annotated[Datum, typer.Option(help="What the degrees really are.")] = Datum.WGS84,
    as_json: AsJson = False,
    url: DatabaseOption = None,
) -> None:
    """Make the special grids of a file those of the city, from now on.

    They replace the ones before as a whole; a file without rows ends them. A running service takes
    them over within two seconds, and routes for a moment before now by what was valid then.
    """
    now = datetime.now(UTC)
    with database.opened(url or Settings().database_url) as engine:
        database.require_schema(engine)
        number, count = keep_special(engine, file, now=now, datum=datum)
    if as_json:
        typer.echo(json.dumps({"set": number, "rows": count}))
        return
    typer.echo(f"{count:,} special grids are valid now (set {number})")


@app.command("list")
def list_(*, as_json: AsJson = False, url: DatabaseOption = None) -> None:
    """Show the special grids that are valid now, by code."""
    with database.opened(url or Settings().database_url) as engine:
        database.require_schema(engine)
        with database.sessions(engine)() as session:
            store = SpecialStore(session)
            frame = store.get(store.number())
    rows = frame.drop(columns="geometry").to_dict("records")
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        reach = f", {row['tolerance_m']:g} m to both sides" if row["tolerance_m"] else ""
        name = row["name"] or "no name"
        typer.echo(f"{row['code']}  {name}  (priority {row['priority']:g}{reach})")


@app.command("export")
def export(
    file: Annotated[
        Path, typer.Argument(help="File: .gpkg .geojson .parquet, or .csv .xlsx with WKT.")
    ],
    *,
    at: Annotated[
        str | None,
        typer.Option("--at", help="Those valid at this moment, like 2026-01-01T08:00+08:00."),
    ] = None,
    datum: Annotated[
        Datum, typer.Option(help="Datum of the coordinates; a shifted one is named inside.")
    ] = Datum.WGS84,
    as_json: AsJson = False,
    url: DatabaseOption = None,
) -> None:
    """Write the special grids to a file, which `import` takes again."""
    moment = None if at is None else typed_moment(at)
    with database.opened(url or Settings().database_url) as engine:
        count = export_special(engine, file, at=moment, datum=datum)
    if as_json:
        typer.echo(json.dumps({"rows": count}))
        return
    typer.echo(f"{count:,} special grids written to {file}")
