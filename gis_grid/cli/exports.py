"""``gis-grid export``: layers of the database into files."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gis_grid.cli.bars import bar
from gis_grid.cli.moments import typed_moment
from gis_grid.errors import InputError
from gis_grid.geo.datum import Datum
from gis_grid.services.exporting import export_all, export_layer
from gis_grid.settings import Settings
from gis_grid.storage.database import open_engine


class Format(StrEnum):
    """Formats that hold every layer."""

    GPKG = "gpkg"
    GEOJSON = "geojson"
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


Layer = Annotated[str | None, typer.Argument(metavar="LAYER", help="Layer to write.")]
Output = Annotated[
    Path | None,
    typer.Option("-o", "--output", help="File: .gpkg .shp .geojson .csv .xlsx .parquet"),
]
All = Annotated[Path | None, typer.Option("--all", metavar="DIR", help="Every layer, into here.")]
FormatOption = Annotated[Format, typer.Option("--format", help="Format of --all.")]
DatumOption = Annotated[
    Datum, typer.Option("--datum", help="Datum of the coordinates; a shifted one is named inside.")
]
At = Annotated[
    str | None, typer.Option("--at", help="Grids at this moment, like 2026-01-01T08:00+08:00.")
]
Private = Annotated[bool, typer.Option("--private", help="With personal data (names, phones).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")]
Database = Annotated[
    str | None, typer.Option("--database", metavar="URL", help="Database; else the setting.")
]


def export(  # noqa: PLR0913 - the options of a command
    layer: Layer = None,
    *,
    output: Output = None,
    all_: All = None,
    format_: FormatOption = Format.GPKG,
    datum: DatumOption = Datum.WGS84,
    at: At = None,
    private: Private = False,
    as_json: AsJson = False,
    database: Database = None,
) -> None:
    """Write a layer, or all of them, to files; a file appears when it is complete."""
    _require_target(layer, output, all_)
    moment = None if at is None else typed_moment(at)
    engine = open_engine(database or Settings().database_url)
    try:
        if all_ is not None:
            counts = export_all(
                engine, all_, ending=f".{format_.value}", datum=datum, private=private
            )
        elif layer is not None and output is not None:
            with bar(f"export {layer}") as progress:
                count = export_layer(
                    engine,
                    layer,
                    output,
                    datum=datum,
                    at=moment,
                    private=private,
                    progress=progress,
                )
            counts = {layer: count}
        else:  # pragma: no cover - refused above
            counts = {}
    finally:
        engine.dispose()
    if as_json:
        typer.echo(json.dumps(counts))
        return
    for name, count in counts.items():
        typer.echo(f"{name}: {count:,} written to {output or all_}")


def _require_target(layer: str | None, output: Path | None, folder: Path | None) -> None:
    if folder is None and (layer is None or output is None):
        message = "say what and where: LAYER -o FILE, or --all DIR"
        raise InputError(message)
    if folder is not None and (layer is not None or output is not None):
        message = "--all DIR writes every layer; leave LAYER and -o out"
        raise InputError(message)
