"""``gis-grid find``: what a text means in the city of a database."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from gis_grid.geo.datum import Datum
from gis_grid.services.searching.find import LIMIT, MOST, find
from gis_grid.services.searching.showing import Found
from gis_grid.settings import Settings
from gis_grid.storage.database import opened, require_schema, sessions

TextArgument = Annotated[
    list[str],
    typer.Argument(metavar="TEXT", help="Code, name, number, address, coordinates or H3 cell."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the results as JSON.")]
Most = Annotated[int, typer.Option("--limit", min=1, max=MOST, help="Most results.")]
Database = Annotated[
    str | None, typer.Option("--database", metavar="URL", help="Database; else the setting.")
]

NOTHING = 1
"""Exit code when nothing fits."""

_DATUMS = {Datum.WGS84: "WGS-84", Datum.GCJ02: "GCJ-02", Datum.BD09: "BD-09"}


def find_(
    text: TextArgument, *, as_json: AsJson = False, limit: Most = LIMIT, database: Database = None
) -> None:
    """Find a grid, house, facility, camera, place or street by a text, the likeliest first."""
    with opened(database or Settings().database_url) as engine:
        require_schema(engine)
        with sessions(engine).begin() as session:
            found = find(session, " ".join(text), limit=limit)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
    else:
        for one in found:
            typer.echo(_line(one))
    if not found:
        typer.echo("nothing fits; try less of it, or a code", err=True)
        raise typer.Exit(NOTHING)


def _line(one: Found) -> str:
    where = "no place" if one.lon is None or one.lat is None else f"{one.lon:.6f},{one.lat:.6f}"
    parts = [one.kind, one.name, one.code if one.layer else "", one.note, where]
    if one.datum is not None:
        parts.append(f"read as {_DATUMS[Datum(one.datum)]}")
        if one.apart_m:
            parts.append(f"{one.apart_m:,.0f} m from WGS-84")
    if one.unmatched:
        parts.append(f"without {one.unmatched}")
    return "\t".join(" ".join(part.split()) for part in parts if part)
