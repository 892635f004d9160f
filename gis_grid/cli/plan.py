"""``gis-grid plan``: blocks, balance, check and metrics on plain files, plans of the database."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from gis_grid.cli.bars import bar
from gis_grid.cli.plan_options import (
    AsJson,
    Crs,
    DatumOption,
    Encoding,
    KeepGoing,
    LayerName,
    Output,
    Rejects,
    how,
    share,
    tell_rejects,
)
from gis_grid.cli.plan_store import add_to
from gis_grid.geo.datum import Datum
from gis_grid.services.plan_files.balancing import Order, balance_file, check_file, measure_file
from gis_grid.services.plan_files.laying_out import lay_out_files
from gis_grid.services.plan_files.reading import read_shapes
from gis_grid.services.plan_files.writing import write_rejects, write_shapes, writer_of

WRONG = 1
"""Exit code when something is wrong with the grids, or rows were refused."""

app = typer.Typer(
    help="Blocks, balanced grids, checks and numbers of plain files; plans of the database.",
    no_args_is_help=True,
    add_completion=False,
)

Source = Annotated[
    Path, typer.Argument(help="GeoPackage, Shapefile, GeoJSON, Parquet, CSV or XLSX.")
]
Weight = Annotated[str, typer.Option("--weight", metavar="COLUMN", help="What is to be even.")]
File = Annotated[Path | None, typer.Option(metavar="FILE")]


@app.command("balance")
def balance_(  # noqa: PLR0913 - the options of a command
    blocks: Source,
    *,
    weight: Weight,
    out: Output,
    count: Annotated[
        int | None, typer.Option(min=1, help="How many grids to make from scratch.")
    ] = None,
    within: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="No grid crosses its values.")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="COLUMN", help="The grids to begin with: change little."),
    ] = None,
    max_moved: Annotated[
        str, typer.Option(metavar="SHARE", help="With --from: the most that may move.")
    ] = "5%",
    people: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="What moving counts [default: the weight]"),
    ] = None,
    tolerance: Annotated[
        str, typer.Option(metavar="SHARE", help="How far from even a grid may be.")
    ] = "2%",
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same grids.")] = 0,
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend overlaps and unmatched edges first.")
    ] = False,
    crs: Crs = None,
    datum: DatumOption = Datum.WGS84,
    encoding: Encoding = None,
    layer_name: LayerName = None,
    rejects: Rejects = None,
    keep_going: KeepGoing = False,
    as_json: AsJson = False,
) -> None:
    """Add a column ``grid`` to blocks: grids of even weight that hang together.

    Either from scratch (--count) or, from the grids there are (--from), by a change that moves no
    more than --max-moved. Grids that stay more than 5 % off are listed with the block that keeps
    them from it.
    """
    writer_of(out)
    order = Order(
        weight=weight,
        count=count,
        within=within,
        start=start,
        most_moved=share(max_moved, "--max-moved"),
        people=people,
        tolerance=share(tolerance, "--tolerance"),
        seed=seed,
        repair=repair,
    )
    given = read_shapes(blocks, how(crs, datum, encoding, layer_name))
    with bar("balance") as progress:
        found = balance_file(given, order, progress=lambda _, done, of: progress(done, of))
    write_shapes(found.frame, out)
    summary = found.summary()
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False))
    else:
        _say_balance(summary, out)
    _end(write_rejects(found.given, rejects), keep_going=keep_going)


@app.command()
def check(  # noqa: PLR0913 - the options of a command
    grids: Source,
    *,
    gap: Annotated[
        float, typer.Option(min=0, metavar="M", help="Open slits up to this width are gaps.")
    ] = 1.0,
    crs: Crs = None,
    datum: DatumOption = Datum.WGS84,
    encoding: Encoding = None,
    layer_name: LayerName = None,
    as_json: AsJson = False,
) -> None:
    """Look for gaps, overlaps, unmatched edges and broken grids; exit with 1 when there are any."""
    given = read_shapes(grids, how(crs, datum, encoding, layer_name))
    found = check_file(given, gap_width_m=gap)
    document = found.document()
    if as_json:
        typer.echo(json.dumps(document, ensure_ascii=False))
    else:
        _say_check(document, found.report.summary)
        for problem in given.problems:
            typer.echo(f"row {problem.row}: {problem.reason} {problem.value}: {problem.hint}")
    if not found.is_clean:
        raise typer.Exit(WRONG)


@app.command()
def metrics(  # noqa: PLR0913 - the options of a command
    grids: Source,
    *,
    weight: Annotated[
        list[str], typer.Option("--weight", metavar="COLUMN", help="Part of the work; repeatable.")
    ],
    by: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="The rows are blocks, this is their grid."),
    ] = None,
    crs: Crs = None,
    datum: DatumOption = Datum.WGS84,
    encoding: Encoding = None,
    layer_name: LayerName = None,
    rejects: Rejects = None,
    keep_going: KeepGoing = False,
    as_json: AsJson = False,
) -> None:
    """Measure grids: work, minutes on foot (estimated), compactness, pieces, and how even it is."""
    given = read_shapes(grids, how(crs, datum, encoding, layer_name))
    found = measure_file(given, weight, by=by)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        _say_metrics(found)
    _end(write_rejects(given, rejects), keep_going=keep_going)


@app.command("blocks")
def blocks_(  # noqa: PLR0913 - the options of a command
    *,
    out: Output,
    grids: File = None,
    streets: File = None,
    walls: File = None,
    gates: File = None,
    water: File = None,
    compounds: File = None,
    communities: File = None,
    buildings: File = None,
    facilities: File = None,
    cameras: File = None,
    incidents: File = None,
    years: Annotated[float, typer.Option(min=0.01, help="Time the incidents are from.")] = 1.0,
    minutes: Annotated[float, typer.Option(min=0, help="Work that an incident takes.")] = 30.0,
    crs: Crs = None,
    datum: DatumOption = Datum.WGS84,
    encoding: Encoding = None,
    keep_going: KeepGoing = False,
    as_json: AsJson = False,
) -> None:
    """Make blocks of streets, walls, water, compounds and grids, with what is in each.

    Files are those of ``gis-grid export`` or others with such columns. Grids are kept exactly:
    the blocks of a grid are its ground.
    """
    writer_of(out)
    named = {
        "grids": grids,
        "streets": streets,
        "walls": walls,
        "gates": gates,
        "water": water,
        "compounds": compounds,
        "communities": communities,
        "buildings": buildings,
        "facilities": facilities,
        "cameras": cameras,
        "incidents": incidents,
    }
    files = {kind: path for kind, path in named.items() if path is not None}
    with bar("blocks") as progress:
        found = lay_out_files(
            files,
            how(crs, datum, encoding, None),
            years=years,
            minutes=minutes,
            progress=lambda _, done, of: progress(done, of),
        )
    rows = write_shapes(found.frame, out)
    rejected = {kind: len(one.problems) for kind, one in found.given.items()}
    if as_json:
        typer.echo(json.dumps({"blocks": rows, "rejected": rejected}))
    else:
        typer.echo(f"{rows:,} blocks written to {out}")
    paths = [write_rejects(one) for one in found.given.values()]
    _end(next((path for path in paths if path), None), keep_going=keep_going)


add_to(app)


def _end(rejects: Path | None, *, keep_going: bool) -> None:
    if rejects is not None:
        tell_rejects(rejects)
        if not keep_going:
            raise typer.Exit(WRONG)


def _say_balance(summary: dict[str, Any], out: Path) -> None:
    lines = [
        f"blocks             {summary['blocks']:>12,}",
        f"grids              {summary['grids']:>12,}",
        f"largest deviation  {summary['largest_deviation']:>12.1%}",
        f"mean deviation     {summary['mean_deviation']:>12.1%}",
        f"compactness        {summary['polsby_popper']:>12.2f}",
    ]
    if summary["cv_before"] is not None:
        lines.append(f"uneven (CV)        {summary['cv_before']:>6.3f} -> {summary['cv']:.3f}")
        lines.append(f"moved              {summary['moved_share'] or 0:>12.1%}")
    if summary["crossings"]:
        lines.append(f"joined over what is not walkable: {summary['crossings']:,} pairs of blocks")
    lines += [f"  {one['deviation']:+.0%}: {one['said']}" for one in summary["unsplittable"][:20]]
    typer.echo("\n".join([*lines, f"written to {out}"]))


def _say_check(document: dict[str, Any], summary: str) -> None:
    typer.echo(summary)
    for issue in document["issues"]:
        grids = ", ".join(issue["grids"])
        where = f"at {issue['lon']}, {issue['lat']}"
        typer.echo(f"  {issue['kind']} of {grids} {where}: {issue['area_m2']:.2f} m²")
    for one in document["broken"]:
        typer.echo(f"  grid {one['grid']} is in {one['pieces']} pieces")


def _say_metrics(found: dict[str, Any]) -> None:
    even = found["spread"]["work"]
    typer.echo(
        f"{even['count']:,} grids; work: mean {even['mean']:,.1f}, CV {even['cv']:.3f}, "
        f"Gini {even['gini']:.3f}, largest to smallest {even['ratio']:.2f}, "
        f"P90/P10 {even['p90_p10']:.2f}"
    )
    for row in found["grids"]:
        typer.echo(
            f"  {row['grid']}  work {row['work']:,.1f}  {row['area_m2'] / 1e4:,.1f} ha  "
            f"compactness {row['polsby_popper'] or 0:.2f}  pieces {row['pieces']:.0f}"
        )
