"""From what a file says about a place to a geometry in lon, lat, or the reason why not."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from gis_grid.errors import CrsError, FileError
from gis_grid.exchange.batch import Batch, Problem, Shapes, Source
from gis_grid.exchange.convert import as_text, numbers
from gis_grid.exchange.mapping import ColumnMap
from gis_grid.geo.crs import LONLAT
from gis_grid.geo.datum import Datum, shapes_to_wgs84

Flags = npt.NDArray[np.bool_]

_HALF_TURN_DEG, _QUARTER_TURN_DEG = 180.0, 90.0
_LEAST_METRES, _MOST_METRES = 1e3, 1e8
_VALUE_CHARS = 80

HINTS = {
    "bad_number": "a coordinate must be a number",
    "bad_wkt": "the text is not WKT",
    "broken_geometry": "the bytes are not a geometry",
    "not_finite": "a coordinate is infinite or not a number",
    "metres_not_degrees": "these look like metres; give their CRS with --crs EPSG:…",
    "swapped_lon_lat": "lon and lat look swapped; map them with --map lon=… --map lat=…",
    "out_of_range": "lon must be within ±180 and lat within ±90 degrees",
    "outside_crs": "the coordinates lie outside the area of the CRS",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """In which system the coordinates of a file are."""

    crs: str = LONLAT
    """CRS of the file's coordinates."""

    datum: Datum = Datum.WGS84
    """What the degrees really are: Chinese maps shift theirs."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Geometries of a batch and what was wrong with them."""

    shapes: Shapes
    """In WGS-84 lon, lat; None where nothing was given or something was wrong, shape ``(n,)``."""

    wrong: Flags
    """Where something was wrong, shape ``(n,)``."""

    problems: list[Problem] = field(default_factory=list)
    """What was wrong, a problem for each such row."""


def frame_of(source: Source, *, crs: str | None, datum: Datum) -> Frame:
    """Decide in which system the coordinates of a file are.

    What the user says wins over what the file says. Columns of numbers or WKT in a table are
    degrees unless the user says otherwise.

    Raises
    ------
    CrsError
        The file has geometry without a CRS and none was given, or there is no such CRS.
    """
    stated = crs or source.crs
    if stated is None and source.has_geometry and datum is Datum.WGS84:
        message = f"{source.path} states no CRS; give it with --crs, for instance --crs EPSG:4549"
        raise CrsError(message)
    try:
        named = pyproj.CRS.from_user_input(stated or LONLAT)
    except CRSError as error:
        message = f"there is no CRS {stated!r}; write it like EPSG:4549"
        raise CrsError(message) from error
    return Frame(crs=LONLAT if _is_lonlat(named) else named.to_string(), datum=datum)


def _is_lonlat(crs: pyproj.CRS) -> bool:
    return crs.equals(pyproj.CRS(LONLAT), ignore_axis_order=True)


def place(batch: Batch, mapping: ColumnMap, frame: Frame) -> Placed:
    """Read the geometries of a batch in lon, lat.

    Parameters
    ----------
    batch
        Raw rows.
    mapping
        Which columns hold lon and lat, or WKT, when the file has no geometry of its own.
    frame
        In which system the coordinates are.

    Returns
    -------
    Placed
        n geometries without heights. Missing and empty ones are None and not wrong. Wrong are:
        unreadable ones, coordinates that are infinite, NaN, beyond the globe, or outside the area
        where the CRS can be converted.
    """
    raw, problems = _raw_shapes(batch, mapping)
    shapes = shapely.force_2d(raw)
    shapes[shapely.is_empty(shapes)] = None
    wrong = np.zeros(len(shapes), dtype=bool)
    wrong[np.isin(batch.rows, [problem.row for problem in problems])] = True
    _refuse(batch, shapes, wrong, problems, "not_finite", ~_finite(shapes))
    if frame.crs == LONLAT:
        for reason, is_so in _degree_faults(shapes).items():
            _refuse(batch, shapes, wrong, problems, reason, is_so)
    else:
        shapes = _to_lonlat(shapes, frame.crs)
        _refuse(batch, shapes, wrong, problems, "outside_crs", ~_on_globe(shapes))
    if frame.datum is not Datum.WGS84:
        shapes = shapes_to_wgs84(shapes, datum=frame.datum)
    return Placed(shapes, wrong, problems)


def _raw_shapes(batch: Batch, mapping: ColumnMap) -> tuple[Shapes, list[Problem]]:
    if "lon" in mapping.columns and "lat" in mapping.columns:
        return _from_lonlat(batch, mapping)
    if "wkt" in mapping.columns:
        return _from_wkt(batch, mapping.columns["wkt"])
    if batch.shapes is not None:
        return batch.shapes.copy(), []
    return np.full(len(batch.rows), None, dtype=object), []


def _from_lonlat(batch: Batch, mapping: ColumnMap) -> tuple[Shapes, list[Problem]]:
    lon, bad_lon = numbers(batch.table[mapping.columns["lon"]])
    lat, bad_lat = numbers(batch.table[mapping.columns["lat"]])
    problems: list[Problem] = []
    for name, bad in (("lon", bad_lon), ("lat", bad_lat & ~bad_lon)):
        given = batch.table[mapping.columns[name]]
        problems += [
            Problem(
                row=int(batch.rows[at]),
                field=name,
                value=str(given.iloc[at])[:_VALUE_CHARS],
                reason="bad_number",
                hint=HINTS["bad_number"],
            )
            for at in np.flatnonzero(bad)
        ]
    shapes = np.full(len(lon), None, dtype=object)
    given_both = ~(np.isnan(lon) | np.isnan(lat))
    shapes[given_both] = shapely.points(lon[given_both], lat[given_both])
    return shapes, problems


def _from_wkt(batch: Batch, column: str) -> tuple[Shapes, list[Problem]]:
    texts = as_text(batch.table[column])
    given = texts.notna().to_numpy()
    shapes = np.full(len(texts), None, dtype=object)
    shapes[given] = shapely.from_wkt(texts[given].to_numpy(dtype=object), on_invalid="ignore")
    problems = [
        Problem(
            row=int(batch.rows[at]),
            field=column,
            value=str(texts.iloc[at])[:_VALUE_CHARS],
            reason="bad_wkt",
            hint=HINTS["bad_wkt"],
        )
        for at in np.flatnonzero(given & pd.isna(shapes))
    ]
    return shapes, problems


def _finite(shapes: Shapes) -> Flags:
    coordinates, which = shapely.get_coordinates(shapes, return_index=True)
    finite = np.ones(len(shapes), dtype=bool)
    finite[which[~np.isfinite(coordinates).all(axis=1)]] = False
    return finite


def _degree_faults(shapes: Shapes) -> dict[str, Flags]:
    """Tell why coordinates cannot be degrees, by what they look like instead."""
    west, south, east, north = (np.nan_to_num(side) for side in shapely.bounds(shapes).T)
    x, y = np.maximum(abs(west), abs(east)), np.maximum(abs(south), abs(north))
    beyond = (x > _HALF_TURN_DEG) | (y > _QUARTER_TURN_DEG)
    largest = np.maximum(x, y)
    metres = beyond & (largest > _LEAST_METRES) & (largest < _MOST_METRES)
    swapped = beyond & (x <= _QUARTER_TURN_DEG) & (y <= _HALF_TURN_DEG)
    return {
        "metres_not_degrees": metres,
        "swapped_lon_lat": swapped,
        "out_of_range": beyond & ~metres & ~swapped,
    }


def _on_globe(shapes: Shapes) -> Flags:
    west, south, east, north = shapely.bounds(shapes).T
    inside = (west >= -_HALF_TURN_DEG) & (east <= _HALF_TURN_DEG)
    inside &= (south >= -_QUARTER_TURN_DEG) & (north <= _QUARTER_TURN_DEG)
    return np.asarray(inside | pd.isna(shapes))


def _to_lonlat(shapes: Shapes, crs: str) -> Shapes:
    change = pyproj.Transformer.from_crs(crs, LONLAT, always_xy=True)

    def convert(coordinates: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(change.transform(coordinates[:, 0], coordinates[:, 1]))

    return np.asarray(shapely.transform(shapes, convert), dtype=object)


def _refuse(
    batch: Batch,
    shapes: Shapes,
    wrong: Flags,
    problems: list[Problem],
    reason: str,
    is_so: Flags,
) -> None:
    """Note a fault and take the shapes out."""
    fresh = is_so & ~wrong
    problems.extend(
        Problem(
            row=int(batch.rows[at]),
            field="geometry",
            value=describe(shapes[at]),
            reason=reason,
            hint=HINTS[reason],
        )
        for at in np.flatnonzero(fresh)
    )
    wrong[fresh] = True
    shapes[fresh] = None


def describe(shape: BaseGeometry | None) -> str:
    """Return a short text of a geometry for a report.

    Examples
    --------
    >>> describe(shapely.Point(118.7, 32)), describe(None)
    ('POINT (118.7 32)', '')
    """
    if shape is None:
        return ""
    text = shapely.to_wkt(shape, rounding_precision=7)
    return text if len(text) <= _VALUE_CHARS else f"{text[: _VALUE_CHARS - 1]}…"


def require_place_columns(source: Source, mapping: ColumnMap, *, needed: bool) -> None:
    """Raise when a layer of places comes without any.

    Raises
    ------
    FileError
        There is no geometry and neither lon/lat nor WKT columns are known.
    """
    mapped = set(mapping.columns)
    half = {"lon", "lat"} & mapped
    if len(half) == 1:
        message = f"{source.path}: lon and lat go together; only {half.pop()} is mapped"
        raise FileError(message)
    if needed and not source.has_geometry and not half and "wkt" not in mapped:
        message = (
            f"{source.path} has no geometry and no known lon/lat or WKT column; name them with "
            f"--map lon=… --map lat=… (columns: {', '.join(source.columns)})"
        )
        raise FileError(message)
