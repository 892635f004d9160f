"""``gis-grid import``: files of a city into the database."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gis_grid.cli.bars import bar
from gis_grid.errors import InputError
from gis_grid.exchange.instants import Clock, DayOrder
from gis_grid.exchange.mapping import ColumnMap, load_mapping, merge_maps, parse_pairs, save_mapping
from gis_grid.exchange.prepare import Reading
from gis_grid.exchange.sources import Opening
from gis_grid.exchange.tally import Summary
from gis_grid.geo.datum import Datum
from gis_grid.services.importing import ImportOptions, import_layer, import_osm
from gis_grid.settings import Settings
from gis_grid.storage.database import open_engine
from gis_grid.values.layers import LAYERS

REJECTED = 1
"""Exit code of an import that stored the good rows and left others out."""


_SHOWN = 10
"""Coverage faults that people are shown; --json has all."""


class DatumChoice(StrEnum):
    """What the degrees of a file really are."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"
    AUTO = "auto"


class OrderChoice(StrEnum):
    """What comes first in a date like 03/04/2015."""

    MONTH = "month-first"
    DAY = "day-first"


_LAYER_HELP = f"One of {', '.join(LAYERS)}; or osm for an OpenStreetMap extract."
Layer = Annotated[str, typer.Argument(metavar="LAYER", help=_LAYER_HELP)]
Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="One or more files.")]
Maps = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=COLUMN", help="Column of a field; lon, lat, wkt too."),
]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="Value of a field in every row."),
]
MappingFile = Annotated[
    Path | None, typer.Option("--mapping", help="Saved mapping (TOML or JSON) to start from.")
]
SaveMapping = Annotated[
    Path | None, typer.Option("--save-mapping", help="Save the mapping used (TOML or JSON).")
]
DatumOption = Annotated[
    DatumChoice, typer.Option("--datum", help="What the degrees really are; auto finds out.")
]
CrsOption = Annotated[
    str | None, typer.Option("--crs", help="CRS of a file that states none, like EPSG:4549.")
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="Encoding of the text; detected otherwise.")
]
LayerName = Annotated[
    str | None, typer.Option("--layer-name", help="Layer of a GeoPackage, sheet of a workbook.")
]
Timezone = Annotated[str, typer.Option("--timezone", help="Zone of times that state none.")]
DayOrderOption = Annotated[
    OrderChoice | None, typer.Option("--day-order", help="What comes first in 03/04/2015.")
]
Repair = Annotated[
    bool, typer.Option("--repair", help="Mend invalid polygons instead of refusing them.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Do everything, then undo it.")]
KeepGoing = Annotated[
    bool, typer.Option("--keep-going", help="Exit with 0 although rows were rejected.")
]
Rejects = Annotated[
    Path | None,
    typer.Option("--rejects", help="Where rejected rows go [default: NAME.rejects.csv beside]."),
]
Replace = Annotated[
    bool, typer.Option("--replace", help="Grids only: those of the files are all there are.")
]
Ground = Annotated[
    str | None, typer.Option("--ground", help="Grids only: the level that owns incidents.")
]
Generation = Annotated[
    str | None, typer.Option("--generation", help="Grids only: name of the new generation.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]
Database = Annotated[
    str | None, typer.Option("--database", metavar="URL", help="Database; else the setting.")
]


def import_(  # noqa: PLR0913 - the options of a command
    layer: Layer,
    files: Files,
    *,
    map_: Maps = None,
    set_: Sets = None,
    mapping: MappingFile = None,
    save_mapping_: SaveMapping = None,
    datum: DatumOption = DatumChoice.WGS84,
    crs: CrsOption = None,
    encoding: Encoding = None,
    layer_name: LayerName = None,
    timezone: Timezone = "Asia/Shanghai",
    day_order: DayOrderOption = None,
    repair: Repair = False,
    dry_run: DryRun = False,
    keep_going: KeepGoing = False,
    rejects: Rejects = None,
    replace: Replace = False,
    ground: Ground = None,
    generation: Generation = None,
    as_json: AsJson = False,
    database: Database = None,
) -> None:
    """Import files into the database; what is wrong is left out and written down.

    Exit code 0: everything went in. 1: rows were rejected, the good ones went in. 2: nothing went
    in, the database is as it was.
    """
    said = ColumnMap(
        columns=parse_pairs(map_ or [], what="--map"),
        constants=parse_pairs(set_ or [], what="--set"),
    )
    order: DayOrder | None = None if day_order is None else day_order.value
    reading = Reading(
        stated=merge_maps(load_mapping(mapping), said) if mapping else said,
        opening=Opening(encoding=encoding, layer=layer_name),
        crs=crs,
        datum=None if datum is DatumChoice.AUTO else Datum(datum.value),
        clock=Clock(timezone=timezone, order=order),
        repair=repair,
    )
    options = ImportOptions(
        reading=reading,
        rejects=rejects,
        dry_run=dry_run,
        replace=replace,
        ground=ground,
        generation=generation,
    )
    summaries = _run(layer, files, options, database)
    if save_mapping_ is not None:
        used = ColumnMap(columns=summaries[0].mapping, constants=summaries[0].constants)
        save_mapping(used, save_mapping_)
    _tell(summaries, as_json=as_json)
    if any(summary.rejected for summary in summaries) and not keep_going:
        raise typer.Exit(REJECTED)


def _run(
    layer: str, files: list[Path], options: ImportOptions, database: str | None
) -> list[Summary]:
    engine = open_engine(database or Settings().database_url)
    try:
        with bar(f"import {layer}") as progress:
            if layer != "osm":
                now = datetime.now(UTC)
                return [import_layer(engine, layer, files, options, now=now, progress=progress)]
            if len(files) > 1:
                message = "import one OpenStreetMap extract at a time"
                raise InputError(message)
            return import_osm(engine, files[0], options, progress=progress)
    finally:
        engine.dispose()


def _tell(summaries: list[Summary], *, as_json: bool) -> None:
    if as_json:
        documents = [summary.document() for summary in summaries]
        found = documents[0] if len(documents) == 1 else documents
        json.dump(found, sys.stdout, ensure_ascii=False, indent=2)
        typer.echo()
        return
    for summary in summaries:
        for line in lines_of(summary):
            typer.echo(line)


def lines_of(summary: Summary) -> Iterator[str]:
    """Yield what a person wants to know about an import, a line each."""
    tried = " (dry run: nothing was kept)" if summary.dry_run else ""
    yield (
        f"{summary.layer}: {summary.read:,} read, {summary.stored:,} stored, "
        f"{summary.updated:,} updated, {summary.unchanged:,} unchanged, "
        f"{summary.repeated:,} repeated, {summary.rejected:,} rejected{tried}"
    )
    for title, counts in (("rejected", summary.reasons), ("suspicious", summary.suspicious)):
        for reason, count in counts.most_common():
            yield f"  {title}: {count:,} {reason}"
    if summary.repaired:
        yield f"  repaired: {summary.repaired:,} polygons"
    if summary.routed:
        yield f"  routed: {summary.routed:,}"
    if summary.outside:
        yield f"  outside every grid: {summary.outside:,}"
    if summary.mapping or summary.constants:
        yield f"  columns: {_columns(summary)}"
    yield f"  coordinates: {summary.crs or 'none'}, datum {summary.datum}"
    yield from (f"  note: {note}" for note in summary.notes)
    yield from _details(summary)
    if summary.rejects_files:
        yield f"  rejected rows are in {', '.join(summary.rejects_files)}"


def _details(summary: Summary) -> Iterator[str]:
    for fault in summary.faults[:_SHOWN]:
        yield (
            f"  {fault['kind']} of {', '.join(fault['grids'])} "
            f"at {fault['lon']}, {fault['lat']}, {fault['area_m2']:.1f} m²"
        )
    for problem in summary.examples:
        where = f"row {problem.row}" + (f", {problem.field}" if problem.field else "")
        value = f" {problem.value!r}" if problem.value else ""
        yield f"  {where}:{value} {problem.reason}: {problem.hint}"


def _columns(summary: Summary) -> str:
    mapped = [
        f"{name}={column}{' (guessed)' if name in summary.guessed else ''}"
        for name, column in summary.mapping.items()
    ]
    return ", ".join([*mapped, *(f"{name}:={value}" for name, value in summary.constants.items())])
