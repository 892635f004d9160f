"""Routing every row of a file."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

from gis_grid.errors import InputError
from gis_grid.exchange.names import ALIASES
from gis_grid.exchange.sources import open_source
from gis_grid.geo.crs import to_lonlat
from gis_grid.geo.datum import Datum, shapes_to_wgs84
from gis_grid.router import Router
from gis_grid.services.route_file.answers import COLUMNS, answer
from gis_grid.services.route_file.points import Wanted, open_points
from gis_grid.services.route_file.sinks import open_sink

Progress = Callable[[int, int | None], None]
"""Called with the rows done and, when it is known, the rows there are."""


@dataclass(slots=True, kw_only=True)
class Summary:
    """What became of the rows of a file."""

    rows: int = 0
    routed: int = 0
    outside: int = 0
    without_point: Counter[str] = field(default_factory=Counter)
    """Rows without a usable point, by reason."""

    def as_dict(self) -> dict[str, Any]:
        """Return the counts for JSON."""
        return {
            "rows": self.rows,
            "routed": self.routed,
            "outside": self.outside,
            "without_point": dict(sorted(self.without_point.items())),
        }


def route_file(
    router: Router,
    points: Path,
    out: Path,
    *,
    wanted: Wanted,
    datum: Datum = Datum.WGS84,
    progress: Progress | None = None,
) -> Summary:
    """Write every row of `points` to `out`, in order, with its owner.

    Parameters
    ----------
    router
        The grids.
    points
        CSV (also ``.gz``), Parquet, GeoJSON, GeoPackage, Shapefile or XLSX; ``-`` is CSV from
        standard input.
    out
        CSV (also ``.gz``), Parquet, GeoJSON or GeoPackage; ``-`` is CSV to standard output. CSV
        and Parquet need memory for one batch of rows only.
    wanted
        Columns and encoding, where they are not to be guessed.
    datum
        Datum of the points.
    progress
        Told after each batch.

    Returns
    -------
    Summary
        Every row is counted once.

    Raises
    ------
    FileError
        A file cannot be read or written; `out` is as it was then.
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
    summary = Summary()
    with open_sink(out, opened) as sink:
        for rows in opened.read():
            answers = answer(router, rows.degrees(), datum)
            sink.write(rows, answers)
            summary.rows += len(answers.lon)
            summary.routed += int((answers.method == "polygon").sum())
            summary.outside += int((answers.method == "outside").sum())
            summary.without_point.update(answers.reason[answers.reason != ""].tolist())
            if progress:
                progress(summary.rows, opened.rows)
    return summary


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
