"""Files of blocks, grids and lines, read onto one metric plane; bad rows are kept aside."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis_grid.errors import FileError, InputError
from gis_grid.exchange.batch import Batch, Problem, Shapes
from gis_grid.exchange.convert import numbers
from gis_grid.exchange.geometry import middle_of
from gis_grid.exchange.mapping import ColumnMap, guess_map
from gis_grid.exchange.placing import describe, frame_of, place
from gis_grid.exchange.sources import Opening, open_source
from gis_grid.geo.crs import LONLAT, metric_epsg, to_metric
from gis_grid.geo.datum import Datum
from gis_grid.values.layers import GRIDS, Layer

_ROWS = 100_000
_AREAL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How a file is to be read."""

    crs: str | None = None
    """CRS of its coordinates; by default the one that it states."""

    datum: Datum = Datum.WGS84
    encoding: str | None = None
    layer: str | None = None
    epsg: int | None = None
    """Metric plane to bring it to; by default the one of where it lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The good rows of a file, and what was wrong with the others."""

    path: Path
    table: pd.DataFrame
    """Attributes as they are in the file, on a new index."""

    lonlat: Shapes
    """Geometry in WGS-84 degrees."""

    metric: Shapes
    """The same on the plane `epsg`."""

    epsg: int
    code: str | None
    """The column that holds the code, when one was found."""

    problems: tuple[Problem, ...]
    raw: Batch = field(repr=False)
    """All rows, for the file of rejects."""

    rows: npt.NDArray[np.int64] = field(repr=False)
    """Number of each good row in the file."""

    @property
    def codes(self) -> list[str]:
        """Return the code of each row; the number of the row where it has none."""
        if self.code is None:
            return [str(row) for row in self.rows]
        texts = self.table[self.code]
        pairs = zip(texts, self.rows, strict=True)
        return [str(row) if pd.isna(text) else str(text) for text, row in pairs]

    def series(self) -> gpd.GeoSeries:
        """Return the metric geometry with its CRS."""
        return gpd.GeoSeries(self.metric, crs=self.epsg)

    def without(self, bad: npt.NDArray[np.bool_], problems: Sequence[Problem]) -> "Given":
        """Return the rows without bad ones, and the problems with new ones."""
        return Given(
            path=self.path,
            table=self.table[~bad].reset_index(drop=True),
            lonlat=self.lonlat[~bad],
            metric=self.metric[~bad],
            epsg=self.epsg,
            code=self.code,
            problems=(*self.problems, *problems),
            raw=self.raw,
            rows=self.rows[~bad],
        )


def read_shapes(
    path: Path, how: How | None = None, *, of: Layer = GRIDS, areal: bool = True
) -> Given:
    """Read a file of features.

    Parameters
    ----------
    path
        GeoPackage, Shapefile, GeoJSON, Parquet, CSV or XLSX (with WKT or lon and lat).
    how
        CRS, datum and the like, where the file leaves a choice.
    of
        The layer whose names its columns may have.
    areal
        Whether every row must be a valid polygon.

    Returns
    -------
    Given
        Rows that have no place, one that cannot be read or (with `areal`) no valid polygon are in
        `problems`.

    Raises
    ------
    FileError, CrsError
        The file cannot be read, states no CRS, or holds nothing.
    """
    want = how or How()
    source = open_source(path, Opening(encoding=want.encoding, layer=want.layer))
    mapping = guess_map(of, source.columns, stated=ColumnMap(), has_geometry=source.has_geometry)
    frame = frame_of(source, crs=want.crs, datum=want.datum)
    raw = _joined(list(source.read(_ROWS)), source.columns, has_geometry=source.has_geometry)
    placed = place(raw, mapping, frame)
    problems = [*raw.unreadable, *placed.problems]
    bad = placed.wrong.copy()
    problems += _unfit(raw, placed.shapes, bad, areal=areal)
    lonlat = placed.shapes[~bad]
    if not len(lonlat):
        message = f"{path} holds no row with a usable place"
        raise FileError(message)
    middle = middle_of(lonlat) or (0.0, 0.0)
    epsg = want.epsg or metric_epsg(lon=middle[0], lat=middle[1])
    metric = to_metric(gpd.GeoSeries(lonlat, crs=LONLAT), epsg=epsg).to_numpy()
    return Given(
        path=path,
        table=raw.table[~bad].reset_index(drop=True),
        lonlat=lonlat,
        metric=np.asarray(metric, object),
        epsg=epsg,
        code=mapping.columns.get("code"),
        problems=tuple(problems),
        raw=raw,
        rows=raw.rows[~bad],
    )


def weigh(given: Given, column: str) -> tuple[Given, npt.NDArray[np.float64]]:
    """Read a column of weights; rows whose weight is no number of 0 or more are taken out.

    An empty weight counts 0.

    Raises
    ------
    InputError
        There is no such column, or no row of it is a weight.
    """
    values, bad = numbers(given.table[require_column(given, column)])
    bad = bad | np.isinf(values) | (values < 0)
    if len(bad) and bad.all():
        first = str(given.table[column].iloc[0])[:40]
        message = f"column {column!r} of {given.path} holds no weight: row {given.rows[0]} has "
        message += f"{first!r}, where a number of 0 or more is needed; name another column"
        raise InputError(message)
    problems = [
        Problem(
            row=int(given.rows[at]),
            field=column,
            value=str(given.table[column].iloc[at])[:80],
            reason="bad_weight",
            hint="a weight is a number of 0 or more",
        )
        for at in np.flatnonzero(bad)
    ]
    return given.without(bad, problems), np.nan_to_num(values[~bad])


def require_column(given: Given, column: str) -> str:
    """Return the name of a column that the file has.

    Raises
    ------
    InputError
        It has no such column.
    """
    if column not in given.table.columns:
        there = ", ".join(str(name) for name in given.table.columns) or "none"
        message = f"{given.path} has no column {column!r}; it has {there}"
        raise InputError(message)
    return column


def _joined(batches: list[Batch], columns: Sequence[str], *, has_geometry: bool) -> Batch:
    tables = [batch.table for batch in batches if len(batch.rows)]
    empty = pd.DataFrame(columns=list(columns))
    shapes = [batch.shapes for batch in batches if batch.shapes is not None]
    return Batch(
        rows=np.concatenate([np.empty(0, np.int64), *(batch.rows for batch in batches)]),
        table=pd.concat(tables, ignore_index=True) if tables else empty,
        shapes=np.concatenate([np.empty(0, object), *shapes]) if has_geometry else None,
        unreadable=tuple(problem for batch in batches for problem in batch.unreadable),
    )


def _unfit(raw: Batch, shapes: Shapes, bad: npt.NDArray[np.bool_], *, areal: bool) -> list[Problem]:
    """Note rows without a usable shape, and mark them as bad."""
    absent = shapely.is_missing(shapes) & ~bad
    faults = {"no_geometry": (absent, "the row has no place")}
    if areal:
        flat = ~absent & ~bad & (shapely.get_dimensions(shapes) != _AREAL)
        twisted = ~absent & ~bad & ~flat & ~shapely.is_valid(shapes)
        faults["not_a_polygon"] = (flat, "a block or grid is a polygon")
        faults["invalid_polygon"] = (twisted, "its border crosses itself; mend it where it does")
    found = []
    for reason, (is_so, hint) in faults.items():
        found += [
            Problem(
                row=int(raw.rows[at]),
                field="geometry",
                value=describe(shapes[at]),
                reason=reason,
                hint=hint,
            )
            for at in np.flatnonzero(is_so)
        ]
        bad[is_so] = True
    return found
