"""Some rows of a file of points, in the form in which they were read, ready for any other form."""

import csv
import io
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
    COLUMNS,
    Answers,
    Degrees,
    border_words,
    points_of,
)


class Rows(Protocol):
    """Rows and the places in them."""

    def degrees(self) -> Degrees:
        """Return the coordinates."""

    def lines(self, answers: Answers, delimiter: str) -> list[str]:
        """Return the rows as lines of CSV without line ends, the answers added."""

    def frame(self, answers: Answers) -> gpd.GeoDataFrame:
        """Return the rows as features, the answers added."""

    def table(self, answers: Answers) -> pa.Table:
        """Return the rows as an Arrow table, the answers added."""


def numbers(words: Sequence[str | None]) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """Return texts as numbers, and why each is none: empty, ``no_coordinates``, ``not_a_number``.

    Examples
    --------
    >>> values, reasons = numbers(["1.5", "", None, "one"])
    >>> values.tolist(), reasons.tolist()
    ([1.5, nan, nan, nan], ['', 'no_coordinates', 'no_coordinates', 'not_a_number'])
    """
    values = np.full(len(words), np.nan)
    reasons = np.full(len(words), "", object)
    for row, word in enumerate(words):
        if word is None or not word.strip():
            reasons[row] = "no_coordinates"
            continue
        try:
            values[row] = float(word)
        except ValueError:
            reasons[row] = "not_a_number"
    return values, reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRows:
    """Lines of a CSV file; what they say is never touched."""

    heading: Sequence[str]
    lines_read: Sequence[str]
    fields: Sequence[Sequence[str]]
    lon: int
    lat: int

    def degrees(self) -> Degrees:
        """Return the coordinates; a row with too many values has none."""
        width = len(self.heading)
        lon, why_lon = numbers([_at(row, self.lon) for row in self.fields])
        lat, why_lat = numbers([_at(row, self.lat) for row in self.fields])
        uneven = np.array([len(row) != width for row in self.fields], bool)
        lon[uneven] = np.nan
        reason = np.where(why_lon == "", why_lat, why_lon)
        reason[uneven] = "uneven_row"
        return Degrees(lon=lon, lat=lat, reason=reason)

    def lines(self, answers: Answers, delimiter: str) -> list[str]:
        """Return the lines as they were read, the answers added."""
        width = len(self.heading)
        added = answer_lines(answers, delimiter)
        return [
            line + delimiter * (width - len(row) + 1) + more
            if len(row) <= width
            else _joined(row, width, delimiter) + delimiter + more
            for line, row, more in zip(self.lines_read, self.fields, added, strict=True)
        ]

    def frame(self, answers: Answers) -> gpd.GeoDataFrame:
        """Return the values as text, with points in WGS-84."""
        columns = {**self._columns(), **answer_columns(answers)}
        return gpd.GeoDataFrame(columns, geometry=points_of(answers), crs=LONLAT)

    def table(self, answers: Answers) -> pa.Table:
        """Return the values as text."""
        texts = {name: pa.array(column, pa.string()) for name, column in self._columns().items()}
        return pa.table({**texts, **answer_arrays(answers)})

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


def csv_line(values: Sequence[Any], delimiter: str) -> str:
    """Return one line of CSV without its end."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator="").writerow(values)
    return stream.getvalue()


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
        lon, why_lon = _numbers_of(self.rows.column(self.lon))
        lat, why_lat = _numbers_of(self.rows.column(self.lat))
        return Degrees(lon=lon, lat=lat, reason=np.where(why_lon == "", why_lat, why_lon))

    def lines(self, answers: Answers, delimiter: str) -> list[str]:
        """Return the rows as CSV; geometry is WKT."""
        columns = [
            _words(column, is_geometry=name == self.geometry)
            for name, column in zip(self.rows.column_names, self.rows.columns, strict=True)
        ]
        added = answer_lines(answers, delimiter)
        return [
            csv_line(values, delimiter) + delimiter + more
            for *values, more in zip(*columns, added, strict=True)
        ]

    def frame(self, answers: Answers) -> gpd.GeoDataFrame:
        """Return the rows as features, their geometry or points in WGS-84."""
        kept = self.rows.drop_columns([self.geometry] if self.geometry else [])
        columns = kept.to_pandas().assign(**answer_columns(answers))
        return gpd.GeoDataFrame(columns, geometry=points_of(answers), crs=LONLAT)

    def table(self, answers: Answers) -> pa.Table:
        """Return the rows with the answers; the file's own metadata is kept."""
        table = self.rows
        for name, column in answer_arrays(answers).items():
            table = table.append_column(name, column)
        return table


def _numbers_of(column: "pa.ChunkedArray[Any]") -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return numbers(column.to_pylist())
    try:
        values = column.cast(pa.float64(), safe=False).to_numpy()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        msg = f"a coordinate column holds {column.type}, not numbers; name another"
        raise InputError(msg) from error
    return values, np.where(np.isnan(values), "no_coordinates", "").astype(object)


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
        lon, why_lon = numbers([_word(value) for value in self.rows[self.lon]])
        lat, why_lat = numbers([_word(value) for value in self.rows[self.lat]])
        return Degrees(lon=lon, lat=lat, reason=np.where(why_lon == "", why_lat, why_lon))

    def lines(self, answers: Answers, delimiter: str) -> list[str]:
        """Return the features as CSV; geometry is WKT in the last of their columns."""
        columns = [[_word(value) or "" for value in self.rows[name]] for name in self.rows]
        if self.shapes is not None:
            columns.append(["" if shape is None else shape.wkt for shape in self.shapes])
        added = answer_lines(answers, delimiter)
        return [
            csv_line(values, delimiter) + delimiter + more
            for *values, more in zip(*columns, added, strict=True)
        ]

    def frame(self, answers: Answers) -> gpd.GeoDataFrame:
        """Return the features with the answers, in the CRS of the file."""
        columns = self.rows.assign(**answer_columns(answers))
        if self.shapes is not None:
            return gpd.GeoDataFrame(columns, geometry=self.shapes, crs=self.crs)
        return gpd.GeoDataFrame(columns, geometry=points_of(answers), crs=LONLAT)

    def table(self, answers: Answers) -> pa.Table:
        """Return the features as an Arrow table with WKB geometry."""
        return pa.table(self.frame(answers).to_arrow(index=False, geometry_encoding="WKB"))


def _word(value: Any) -> str | None:  # noqa: ANN401 - any cell of a table
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124 - NaN
        return None
    return str(value)


def degrees_of_shapes(found: NDArray[np.object_]) -> Degrees:
    """Return the coordinates of points; anything else has none."""
    shapes: NDArray[np.object_] = np.array(found, dtype=object)
    kinds = shapely.get_type_id(shapes)
    absent = (kinds < 0) | shapely.is_empty(shapes)
    reason = np.where(absent, "no_coordinates", np.where(kinds == 0, "", "not_a_point"))
    shapes[reason != ""] = None
    return Degrees(
        lon=shapely.get_x(shapes), lat=shapely.get_y(shapes), reason=reason.astype(object)
    )


def answer_columns(answers: Answers) -> dict[str, Any]:
    """Return the answers as columns of a table of features."""
    border = np.where(np.isfinite(answers.border_m), answers.border_m, np.nan)
    columns = (answers.code, answers.method, border, answers.cell)
    return dict(zip(COLUMNS, columns, strict=True))


def answer_arrays(answers: Answers) -> "dict[str, pa.Array[Any]]":
    """Return the answers as Arrow columns."""
    code, method, border, cell = answer_columns(answers).values()
    return {
        "grid_code": pa.array(code, pa.string()),
        "method": pa.array(method, pa.string()),
        "distance_to_border_m": pa.array(border, pa.float64(), from_pandas=True),
        "cell": pa.array(cell, pa.string()),
    }


def answer_lines(answers: Answers, delimiter: str) -> list[str]:
    """Return the answers as the ends of lines of CSV."""
    columns = (answers.code, answers.method, border_words(answers.border_m), answers.cell)
    quoted = {code: csv_line([code], delimiter) if code else "" for code in set(answers.code)}
    return [
        delimiter.join((quoted[code], method, border, cell))
        for code, method, border, cell in zip(*columns, strict=True)
    ]
