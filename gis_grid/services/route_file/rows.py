"""Some rows of a file of points, in the form in which they were read, ready for any other form."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from gis_grid.errors import InputError
from gis_grid.geo.crs import LONLAT
from gis_grid.services.route_file.answers import (
    Answers,
    Degrees,
    Reason,
    arrays_of,
    columns_of,
    csv_line,
    endings,
    points_of,
)
from gis_grid.services.route_file.text import Plain
from gis_grid.services.route_file.words import joined, octets, without_empty

Places = NDArray[np.int64]


class Rows(Protocol):
    """Rows and the places in them."""

    def degrees(self) -> Degrees:
        """Return the coordinates."""

    def text(self, answers: Answers, delimiter: str) -> bytes:
        """Return the rows as lines of CSV in UTF-8, the answers added."""

    def frame(self, answers: Answers) -> gpd.GeoDataFrame:
        """Return the rows as features, the answers added."""

    def table(self, answers: Answers) -> pa.Table:
        """Return the rows as an Arrow table, the answers added."""

    def said(self, places: Places) -> list[str]:
        """Return what some rows say about their point: the reason why it is none."""


def numbers(words: Sequence[str | None]) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Return texts as numbers, and for each a `Reason` why it is none.

    Examples
    --------
    >>> values, reasons = numbers(["1.5", "", None, "one"])
    >>> values.tolist(), [Reason(reason).name for reason in reasons]
    ([1.5, nan, nan, nan], ['NONE', 'NO_COORDINATES', 'NO_COORDINATES', 'NOT_A_NUMBER'])
    """
    values = np.full(len(words), np.nan)
    reasons = np.zeros(len(words), np.int8)
    for row, word in enumerate(words):
        if word is None or not word.strip():
            reasons[row] = Reason.NO_COORDINATES
            continue
        try:
            values[row] = float(word)
        except ValueError:
            reasons[row] = Reason.NOT_A_NUMBER
    return values, reasons


def _numbers_in(
    words: "pa.ChunkedArray[Any]",
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Return texts as numbers as `numbers` does, faster where all are plain ones."""
    filled = without_empty(words)
    try:
        values = filled.cast(pa.float64()).to_numpy()
    except pa.ArrowInvalid:
        return numbers(words.to_pylist())
    absent = filled.is_null().to_numpy()
    return values, np.where(absent, Reason.NO_COORDINATES, Reason.NONE).astype(np.int8)


def _both(
    lon: tuple[NDArray[np.float64], NDArray[np.int8]],
    lat: tuple[NDArray[np.float64], NDArray[np.int8]],
) -> Degrees:
    reason = np.where(lon[1] == Reason.NONE, lat[1], lon[1])
    return Degrees(lon=lon[0], lat=lat[0], reason=reason)


def _pairs(lon: Sequence[Any], lat: Sequence[Any]) -> list[str]:
    return [f"{_word(x) or ''}, {_word(y) or ''}" for x, y in zip(lon, lat, strict=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainRows:
    """Lines of a CSV file that are a row each; what they say is never touched."""

    rows: Plain

    def degrees(self) -> Degrees:
        """Return the coordinates."""
        lon, lat = self.rows.words
        return _both(_numbers_in(lon), _numbers_in(lat))

    def text(self, answers: Answers, delimiter: str) -> bytes:
        """Return the lines as they were read, the answers added."""
        added = endings(answers, delimiter)
        return octets(joined(self.rows.lines, added, by=delimiter))

    def frame(self, answers: Answers) -> gpd.GeoDataFrame:
        """Return the values as text, with points in WGS-84."""
        columns = self._columns().to_pandas().assign(**columns_of(answers))
        return gpd.GeoDataFrame(columns, geometry=points_of(answers), crs=LONLAT)

    def table(self, answers: Answers) -> pa.Table:
        """Return the values as text."""
        return _with_answers(self._columns(), answers)

    def said(self, places: Places) -> list[str]:
        """Return the two texts."""
        lon, lat = (column.take(places).to_pylist() for column in self.rows.words)
        return _pairs(lon, lat)

    def _columns(self) -> pa.Table:
        table = self.rows.columns()
        columns = [without_empty(column) for column in table.columns]
        return pa.table(columns, names=list(self.rows.heading.columns))


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRows:
    """Rows of a CSV file, some of them odd; what they say is never touched."""

    heading: Sequence[str]
    lines_read: Sequence[str]
    fields: Sequence[Sequence[str]]
    places: tuple[int, int]

    def degrees(self) -> Degrees:
        """Return the coordinates; a row with too few or too many values has none."""
        lon, lat = self.places
        found = _both(
            numbers([_at(row, lon) for row in self.fields]),
            numbers([_at(row, lat) for row in self.fields]),
        )
        uneven = np.array([len(row) != len(self.heading) for row in self.fields], bool)
        found.lon[uneven] = np.nan
        found.reason[uneven] = Reason.UNEVEN_ROW
        return found

    def text(self, answers: Answers, delimiter: str) -> bytes:
        """Return the lines as they were read, the answers added."""
        width = len(self.heading)
        added: list[Any] = endings(answers, delimiter).to_pylist()
        return "".join(
            line + delimiter * (width - len(row) + 1) + more
            if len(row) <= width
            else _joined(row, width, delimiter) + delimiter + more
            for line, row, more in zip(self.lines_read, self.fields, added, strict=True)
        ).encode()

    def frame(self, answers: Answers) -> gpd.GeoDataFrame:
        """Return the values as text, with points in WGS-84."""
        columns = {**self._columns(), **columns_of(answers)}
        return gpd.GeoDataFrame(columns, geometry=points_of(answers), crs=LONLAT)

    def table(self, answers: Answers) -> pa.Table:
        """Return the values as text."""
        texts = {name: pa.array(column, pa.string()) for name, column in self._columns().items()}
        return _with_answers(pa.table(texts), answers)

    def said(self, places: Places) -> list[str]:
        """Return the lines."""
        return [self.lines_read[place] for place in places]

    def _columns(self) -> dict[str, list[str | None]]:
        return {
            name: [_at(row, place) or None for row in self.fields]
            for place, name in enumerate(self.heading)
        }


def _at(row: Sequence[str], place: int) -> str | None:
    return row[place] if place < len(row) else None


def _joined(row: Sequence[str], width: int, delimiter: str) -> str:
    """Keep surplus values in the last column, so that nothing is lost and columns stay aligned."""
    return csv_line([*row[: width - 1], delimiter.join(row[width - 1 :])], delimiter)


def _with_answers(table: pa.Table, answers: Answers) -> pa.Table:
    for name, column in arrays_of(answers).items():
        table = table.append_column(name, column)
    return table


def _as_text(columns: Sequence[Sequence[Any]], answers: Answers, delimiter: str) -> bytes:
    added: list[Any] = endings(answers, delimiter).to_pylist()
    return "".join(
        csv_line(values, delimiter) + delimiter + more
        for *values, more in zip(*columns, added, strict=True)
    ).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrowRows:
    """Rows of a Parquet file; types stay what they are."""

    rows: pa.Table
    lon: str
    lat: str
    geometry: str | None = None

    def degrees(self) -> Degrees:
        """Return the coordinates from the geometry when it is one, else from two columns."""
        if self.geometry is not None:
            shapes = shapely.from_wkb(self.rows.column(self.geometry).to_numpy())
            return degrees_of_shapes(shapes)
        lon, lat = self.rows.column(self.lon), self.rows.column(self.lat)
        return _both(_numbers_of(lon), _numbers_of(lat))

    def text(self, answers: Answers, delimiter: str) -> bytes:
        """Return the rows as CSV; geometry is WKT."""
        columns = [
            _words(column, is_geometry=name == self.geometry)
            for name, column in zip(self.rows.column_names, self.rows.columns, strict=True)
        ]
        return _as_text(columns, answers, delimiter)

    def frame(self, answers: Answers) -> gpd.GeoDataFrame:
        """Return the rows as features, their geometry or points in WGS-84."""
        kept = self.rows.drop_columns([self.geometry] if self.geometry else [])
        columns = kept.to_pandas().assign(**columns_of(answers))
        return gpd.GeoDataFrame(columns, geometry=points_of(answers), crs=LONLAT)

    def table(self, answers: Answers) -> pa.Table:
        """Return the rows with the answers; the file's own metadata is kept."""
        return _with_answers(self.rows, answers)

    def said(self, places: Places) -> list[str]:
        """Return the two values, or the geometry as WKT."""
        some = self.rows.take(places)
        if self.geometry is not None:
            return _words(some.column(self.geometry), is_geometry=True)
        return _pairs(some.column(self.lon).to_pylist(), some.column(self.lat).to_pylist())


def _numbers_of(
    column: "pa.ChunkedArray[Any]",
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return _numbers_in(column)
    try:
        values = column.cast(pa.float64(), safe=False).to_numpy()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        msg = f"a coordinate column holds {column.type}, not numbers; name another"
        raise InputError(msg) from error
    return values, np.where(np.isnan(values), Reason.NO_COORDINATES, Reason.NONE).astype(np.int8)


def _words(column: "pa.ChunkedArray[Any]", *, is_geometry: bool) -> list[Any]:
    if is_geometry:
        shapes = shapely.from_wkb(column.to_numpy())
        return ["" if shape is None else shape.wkt for shape in shapes]
    return column.to_pylist()


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameRows:
    """Features of a GeoPackage, GeoJSON, Shapefile or sheet."""

    rows: pd.DataFrame
    shapes: NDArray[np.object_] | None
    crs: str | None
    lon: str
    lat: str

    def degrees(self) -> Degrees:
        """Return the coordinates from the geometry when there is one, else from two columns."""
        if self.shapes is not None:
            placed = gpd.GeoSeries(self.shapes, crs=self.crs).to_crs(LONLAT)
            return degrees_of_shapes(placed.to_numpy())
        words = ([_word(value) for value in self.rows[name]] for name in (self.lon, self.lat))
        lon, lat = (numbers(column) for column in words)
        return _both(lon, lat)

    def text(self, answers: Answers, delimiter: str) -> bytes:
        """Return the features as CSV; geometry is WKT in the last of their columns."""
        columns = [[_word(value) or "" for value in self.rows[name]] for name in self.rows]
        if self.shapes is not None:
            columns.append(["" if shape is None else shape.wkt for shape in self.shapes])
        return _as_text(columns, answers, delimiter)

    def frame(self, answers: Answers) -> gpd.GeoDataFrame:
        """Return the features with the answers, in the CRS of the file."""
        columns = self.rows.assign(**columns_of(answers))
        if self.shapes is not None:
            return gpd.GeoDataFrame(columns, geometry=self.shapes, crs=self.crs)
        return gpd.GeoDataFrame(columns, geometry=points_of(answers), crs=LONLAT)

    def table(self, answers: Answers) -> pa.Table:
        """Return the features as an Arrow table with WKB geometry."""
        return pa.table(self.frame(answers).to_arrow(index=False, geometry_encoding="WKB"))

    def said(self, places: Places) -> list[str]:
        """Return the geometry as WKT, or the two values."""
        if self.shapes is not None:
            return ["" if shape is None else shape.wkt for shape in self.shapes[places]]
        some = self.rows.iloc[places]
        return _pairs(list(some[self.lon]), list(some[self.lat]))


def _word(value: Any) -> str | None:  # noqa: ANN401 - any cell of a table
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124 - NaN
        return None
    return str(value)


def degrees_of_shapes(found: NDArray[np.object_]) -> Degrees:
    """Return the coordinates of points; anything else has none."""
    shapes: NDArray[np.object_] = np.array(found, dtype=object)
    kinds = shapely.get_type_id(shapes)
    absent = (kinds < 0) | shapely.is_empty(shapes)
    other = np.where(kinds == 0, Reason.NONE, Reason.NOT_A_POINT)
    reason = np.where(absent, Reason.NO_COORDINATES, other).astype(np.int8)
    shapes[reason != Reason.NONE] = None
    return Degrees(lon=shapely.get_x(shapes), lat=shapely.get_y(shapes), reason=reason)
