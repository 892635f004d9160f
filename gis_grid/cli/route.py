"""``gis-grid route``: which grid owns each point of a file."""

import json
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer

from gis_grid.cli.bars import bar
from gis_grid.cli.moments import typed_moment
from gis_grid.errors import InputError
from gis_grid.geo.datum import Datum
from gis_grid.router import Router
from gis_grid.router.special import SpecialIndex
from gis_grid.services.route_file import run
from gis_grid.services.route_file.answers import Over
from gis_grid.services.route_file.cluster import route_on_cluster
from gis_grid.services.route_file.job import Places, Summary
from gis_grid.services.route_file.points import Wanted
from gis_grid.services.special_file import special_grids
from gis_grid.settings import Settings

_NOT_ON_A_CLUSTER = (
    "the database keeps special grids, which a cluster cannot lay over the others; "
    "leave --engine spark out, or export the grids and name them with --grids"
)


class Engine(StrEnum):
    """What does the work."""

    HERE = "here"
    SPARK = "spark"


def route(  # noqa: PLR0913 - one option each
    points: Annotated[
        Path,
        typer.Argument(
            allow_dash=True,
            help="CSV (also .gz), Parquet, GeoJSON, GeoPackage, Shapefile or XLSX; - is CSV from "
            "standard input.",
        ),
    ],
    *,
    out: Annotated[
        Path,
        typer.Option(
            "-o",
            "--out",
            allow_dash=True,
            help="CSV (also .gz), Parquet, GeoJSON or GeoPackage; - is CSV to standard output.",
        ),
    ],
    grids: Annotated[
        Path | None,
        typer.Option(help="File of polygons; without it the grids of the database are used."),
    ] = None,
    code: Annotated[
        str | None, typer.Option(help="Column of the grids' codes [default: by its name]")
    ] = None,
    lon: Annotated[
        str | None, typer.Option(help="Column of the longitude [default: by its name]")
    ] = None,
    lat: Annotated[
        str | None, typer.Option(help="Column of the latitude [default: by its name]")
    ] = None,
    datum: Annotated[Datum, typer.Option(help="Datum of the points.")] = Datum.WGS84,
    grids_datum: Annotated[Datum, typer.Option(help="Datum of the grids.")] = Datum.WGS84,
    encoding: Annotated[
        str | None, typer.Option(help="Encoding of the points [default: detected]")
    ] = None,
    database: Annotated[
        str | None, typer.Option(metavar="URL", help="Database, when no --grids are given.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="MOMENT",
            help="Route by the grids that were valid then, like 2026-06-01T00:00+08:00.",
        ),
    ] = None,
    special: Annotated[
        Path | None,
        typer.Option(
            help="File of special grids (polygons and lines with code, priority, tolerance_m): "
            "they go before the others [default: those of the database, without --grids]."
        ),
    ] = None,
    nearest_limit_m: Annotated[
        float,
        typer.Option(
            "--nearest-limit",
            metavar="METRES",
            min=0,
            max=10_000,
            help="A point so near to a grid goes to it, by method nearest, when no grid holds it.",
        ),
    ] = 0.0,
    engine: Annotated[
        Engine, typer.Option(help="This process, or a Spark cluster: Parquet or CSV to a folder.")
    ] = Engine.HERE,
    master: Annotated[
        str, typer.Option(help="Spark cluster: spark://host:7077, yarn, local[2] ...")
    ] = "local[*]",
    rejects: Annotated[
        Path | None,
        typer.Option(
            help="Where rows without a usable point are listed [default: OUT's .rejects.csv]."
        ),
    ] = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Exit with 0 although rows had no usable point.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Add to every row of a file which grid owns its point.

    Rows come back once, in order, unchanged, then grid_code, method (polygon, special, nearest or
    outside), distance_to_border_m and cell (H3, resolution 12). A point on a border has exactly one
    owner. Rows without a usable point are listed with number, reason and value; then the exit code
    is 1. From CSV or Parquet to CSV or Parquet a run that was killed goes on when it is started
    again.
    """
    started = time.perf_counter()
    if engine is Engine.SPARK:
        _require_none(special, nearest_limit_m)
    over = special_grids(special)
    if grids is None:
        router, kept = _stored(database, at)
        over = over or kept
        if engine is Engine.SPARK and over is not None:
            raise InputError(_NOT_ON_A_CLUSTER)
    else:
        _require_alone(database, at)
        router = run.router_from_file(grids, code=code, datum=grids_datum)
    wanted = Wanted(lon=lon, lat=lat, encoding=encoding)
    routing = time.perf_counter()
    if engine is Engine.SPARK:
        summary = route_on_cluster(router, points, out, master=master, wanted=wanted, datum=datum)
    else:
        places = Places.beside(out, rejects)
        pa.set_memory_pool(pa.system_memory_pool())  # its own pool keeps what was freed
        with bar("routing") as progress:
            summary = run.route_file(
                router,
                points,
                places,
                wanted=wanted,
                datum=datum,
                over=Over(special=over, nearest_limit_m=nearest_limit_m),
                progress=progress,
            )
    ended = time.perf_counter()
    seconds = {"grids_s": routing - started, "rows_s": ended - routing}
    _tell(summary, seconds, as_json=as_json, err=not as_json or str(out) == "-")
    if engine is Engine.HERE and summary.without_point and not keep_going:
        raise typer.Exit(1)


def _require_none(special: Path | None, nearest_limit_m: float) -> None:
    for option, is_given in (("--special", special), ("--nearest-limit", nearest_limit_m)):
        if is_given:
            msg = f"{option} works in this process only; leave it out with --engine spark"
            raise InputError(msg)


def _require_alone(database: str | None, at: str | None) -> None:
    for option, value in (("--database", database), ("--at", at)):
        if value is not None:
            msg = f"give either --grids or {option}, not both"
            raise InputError(msg)


def _stored(database: str | None, at: str | None) -> tuple[Router, SpecialIndex | None]:
    # 57 MB of libraries, which a run over a file of grids need not hold
    from gis_grid.services.routing import current_router  # noqa: PLC0415
    from gis_grid.services.special_sets import stored_special  # noqa: PLC0415
    from gis_grid.storage.database import opened, sessions  # noqa: PLC0415
    from gis_grid.storage.special import SpecialStore  # noqa: PLC0415

    settings = Settings()
    moment = None if at is None else typed_moment(at)
    with opened(database or settings.database_url) as engine:
        router, _ = current_router(engine, cache_dir=settings.cache_dir, at=moment)
        with sessions(engine)() as session:
            special = stored_special(session, SpecialStore(session).number(moment))
    return router, special


def _tell(summary: Summary, seconds: dict[str, float], *, as_json: bool, err: bool) -> None:
    rate = (summary.rows - summary.resumed) / max(seconds["rows_s"], 1e-9)
    if as_json:
        more = {"resumed": summary.resumed, "rejects": summary.rejects}
        told = {**summary.as_dict(), **more, **seconds, "points_per_s": rate}
        typer.echo(json.dumps(told), err=err)
        return
    lines = [
        f"rows             {summary.rows:>12,}",
        f"routed           {summary.routed:>12,}",
        f"outside          {summary.outside:>12,}",
        f"without a point  {summary.without_point.total():>12,}",
        *(f"  {reason:<15}{count:>12,}" for reason, count in summary.without_point.most_common()),
        f"points a second  {rate:>12,.0f}",
    ]
    if summary.resumed:
        lines.append(f"went on after    {summary.resumed:>12,} rows of a run that was killed")
    if summary.rejects:
        lines.append(f"rows without a point are listed in {summary.rejects}")
    typer.echo("\n".join(lines), err=err)
