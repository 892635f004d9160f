"""Routing every row of a file."""

import contextlib
import ctypes
import hashlib
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

from gis_grid import __version__
from gis_grid.errors import InputError
from gis_grid.exchange.names import ALIASES
from gis_grid.exchange.sources import open_source
from gis_grid.geo.crs import to_lonlat
from gis_grid.geo.datum import Datum, shapes_to_wgs84
from gis_grid.router import Router
from gis_grid.services.route_file.answers import COLUMNS, GROUND, Desk, Over
from gis_grid.services.route_file.job import Job, Places, Summary, open_job
from gis_grid.services.route_file.points import Wanted, open_points

Progress = Callable[[int, int | None], None]
"""Called with the rows done and, when it is known, the rows there are."""

COMMIT_ROWS = 1_000_000
"""After so many rows they are made safe; a killed run does less than that again."""

HEAD_BYTES = 1 << 16


def route_file(  # noqa: PLR0913 - what a run is made of
    router: Router,
    points: Path,
    places: Places,
    *,
    wanted: Wanted,
    datum: Datum = Datum.WGS84,
    over: Over = GROUND,
    progress: Progress | None = None,
    commit_rows: int = COMMIT_ROWS,
) -> Summary:
    """Write every row of `points` to a file, in order, with its owner.

    A run that was killed goes on where it had made its rows safe, when the same rows are routed by
    the same grids to the same file in the same way; the result is the same to the byte.

    Parameters
    ----------
    router
        The grids.
    points
        CSV (also ``.gz``), Parquet, GeoJSON, GeoPackage, Shapefile or XLSX; ``-`` is CSV from
        standard input.
    places
        CSV (also ``.gz``), Parquet, GeoJSON or GeoPackage; ``-`` is CSV to standard output. From
        CSV or Parquet to CSV or Parquet takes memory for one batch of rows only, and only that
        can go on after a kill; GeoJSON and GeoPackage are kept in memory as a whole.
    wanted
        Columns and encoding, where they are not to be guessed.
    datum
        Datum of the points.
    over
        What the grids that hold a point are not alone: special grids, and the nearest one.
    progress
        Told after each batch.
    commit_rows
        How many rows are made safe at a time.

    Returns
    -------
    Summary
        Every row is counted once.

    Raises
    ------
    FileError
        A file cannot be read or written; the output is as it was then.
    InputError
        A coordinate column is missing, or the input has a column called like an answer.
    CrsError
        The geometry of the points has no CRS.
    """
    opened = open_points(points, wanted)
    taken = sorted(set(COLUMNS) & set(opened.columns))
    if taken:
        msg = f"the points have a column {taken[0]!r} already; rename it first"
        raise InputError(msg)
    same = {
        "points": fingerprint(points),
        "wanted": [wanted.lon, wanted.lat, wanted.encoding],
        "datum": datum.value,
        "grids": grids_digest(router),
        "over": over.digest,
        "names": [str(places.out), str(places.rejects)],
        "commit_rows": commit_rows,
        "version": __version__,
    }
    give_back_memory()
    with open_job(opened, places, same) as job:
        _route(job, Desk.of(router, datum, over), progress, commit_rows)
    return job.summary


def _route(job: Job, desk: Desk, progress: Progress | None, commit_rows: int) -> None:
    safe = job.summary.rows
    for rows, position in job.opened.read(job.start):
        job.write(rows, desk.answer(rows.degrees()))
        if job.can_commit and job.summary.rows - safe >= commit_rows:
            job.commit(position)
            safe = job.summary.rows
            give_back_memory()
        if progress:
            progress(job.summary.rows, job.opened.rows)


def give_back_memory() -> None:
    """Return freed memory to the system: 100 MB after a city's router was built.

    Arrow's memory is among it where Arrow takes the system's, as the command line makes it do.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):  # only glibc can
        ctypes.CDLL(None).malloc_trim(0)


def fingerprint(path: Path) -> list[Any]:
    """Return what tells a file from another and from itself after a change; none for a pipe."""
    if str(path) == "-":
        return []
    about = path.stat()
    with path.open("rb") as file:
        head = hashlib.sha256(file.read(HEAD_BYTES)).hexdigest()
    return [str(path.resolve()), about.st_size, about.st_mtime_ns, head]


def grids_digest(router: Router) -> int:
    """Return a checksum of the grids of a router."""
    checksum = zlib.crc32("\n".join(router.codes).encode())
    for array in (router.edges.ends, router.edges.weight, router.edges.first, router.edges.of_grid):
        checksum = zlib.crc32(np.ascontiguousarray(array).data, checksum)
    return checksum


def router_from_file(path: Path, *, code: str | None, datum: Datum) -> Router:
    """Build a router from a file of polygons.

    Parameters
    ----------
    path
        GeoPackage, Shapefile, GeoJSON or GeoParquet.
    code
        Column of the codes; guessed by its name when it is None.
    datum
        Datum of the polygons.

    Raises
    ------
    FileError, CrsError, GeometryError, InputError
        The file is no set of grids; the message says why.
    """
    source = open_source(path)
    if not source.has_geometry:
        msg = f"{path} has no geometry; grids are polygons"
        raise InputError(msg)
    batches = list(source.read(100_000))
    shapes = np.concatenate([np.empty(0, object), *(batch.shapes for batch in batches)])
    column = code or code_column(source.columns)
    codes: list[Any] = []
    for batch in batches:
        if column not in batch.table.columns:
            names = ", ".join(source.columns)
            msg = f"{path} has no column {column!r}; name one of: {names}"
            raise InputError(msg)
        codes.extend(batch.table[column])
    grids = gpd.GeoDataFrame({"code": codes}, geometry=list(shapes), crs=source.crs)
    placed = to_lonlat(grids, str(path))
    if datum is not Datum.WGS84:
        moved = shapes_to_wgs84(placed.geometry.to_numpy(), datum=datum)
        placed = placed.set_geometry(gpd.GeoSeries(moved, crs=placed.crs))
    return Router.build(placed, code="code")


def code_column(columns: tuple[str, ...]) -> str:
    """Return the column that looks like the code of a grid.

    Raises
    ------
    InputError
        None does.

    Examples
    --------
    >>> code_column(("名称", "编码"))
    '编码'
    """
    plain = {name.casefold(): name for name in columns}
    known = ALIASES["code"]
    found = next((plain[name.casefold()] for name in known if name.casefold() in plain), None)
    if found is None:
        msg = (
            f"no column of the grids looks like a code; name one with --code: {', '.join(columns)}"
        )
        raise InputError(msg)
    return found
