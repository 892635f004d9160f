"""What is said about each row: owner, method, distance to the border, cell."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from gis_grid.geo.datum import Datum, to_wgs84
from gis_grid.router import Router
from gis_grid.router.cells import is_on_earth
from gis_grid.router.special import SpecialIndex
from gis_grid.services.route_file.words import any_has, filled, joined, padded

COLUMNS = ("grid_code", "method", "distance_to_border_m", "cell")
"""Added after the columns of the input, in this order."""

METHODS = pa.array(["", "outside", "polygon", "special", "nearest"])
POLYGON, SPECIAL, NEAREST = 2, 3, 4
HEXADECIMAL = np.array([f"{byte:02x}".encode() for byte in range(256)])
WORD = 15
"""Digits of the word of a cell."""

MM_PER_M = 1_000

Floats = NDArray[np.float64]


class Reason(IntEnum):
    """Why a row has no usable point."""

    NONE = 0
    NO_COORDINATES = 1
    NOT_A_NUMBER = 2
    UNEVEN_ROW = 3
    NOT_A_POINT = 4
    OUT_OF_RANGE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Degrees:
    """The coordinates of some rows as they were read."""

    lon: Floats
    lat: Floats
    reason: NDArray[np.int8]
    """A `Reason` for each row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """One answer for each row."""

    lon: Floats
    """Longitude in WGS-84; NaN without a point."""

    lat: Floats
    owner: NDArray[np.int32]
    """Row of the owner, -1 without one; special grids follow the others."""

    rule: NDArray[np.int8]
    """Which of `METHODS` found the owner, where there is one."""

    code: "pa.Array[Any]"
    """Code of the owner, null without one."""

    border_m: Floats
    cell: NDArray[np.int64]
    """H3 cell of resolution 12, 0 without a point."""

    reason: NDArray[np.int8]

    @property
    def method(self) -> "pa.Array[Any]":
        """Return ``special``, ``polygon``, ``nearest``, ``outside``, or empty without a point."""
        kind = np.where(self.owner >= 0, self.rule, self.reason == Reason.NONE)
        return METHODS.take(kind)

    @property
    def border(self) -> "pa.Array[Any]":
        """Return the distances, null where there is none."""
        return pa.array(self.border_m, mask=~np.isfinite(self.border_m))


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """What may own a point besides the grid that holds it."""

    special: SpecialIndex | None = None
    """Special grids; they go before the others."""

    nearest_limit_m: float = 0.0
    """How far outside all grids a point may lie and still go to the nearest one."""

    @property
    def digest(self) -> list[float | None]:
        """Return what tells it from another one."""
        return [None if self.special is None else self.special.digest, self.nearest_limit_m]


GROUND = Over()
"""Nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What answers rows: made once for a file."""

    router: Router
    datum: Datum
    codes: "pa.Array[Any]"
    over: Over = GROUND

    @classmethod
    def of(cls, router: Router, datum: Datum, over: Over = GROUND) -> "Desk":
        """Return the desk of a router, with what may own a point besides its grids."""
        more = [] if over.special is None else over.special.codes.tolist()
        codes = pa.array([*router.codes.tolist(), *more], pa.string())
        return cls(router=router, datum=datum, codes=codes, over=over)

    def answer(self, degrees: Degrees) -> Answers:
        """Route some rows."""
        known = is_on_earth(lon=degrees.lon, lat=degrees.lat)
        reason = degrees.reason.copy()
        reason[~known & (reason == Reason.NONE)] = Reason.OUT_OF_RANGE
        lon, lat = np.where(known, degrees.lon, np.nan), np.where(known, degrees.lat, np.nan)
        if self.datum is not Datum.WGS84:
            lon[known], lat[known] = to_wgs84(lon=lon[known], lat=lat[known], datum=self.datum)
        found = self.router.locate_many(lon=lon, lat=lat, cells=True)
        border_m = self.router.distance_to_border_m(lon=lon, lat=lat, index=found.index)
        owner, border_m = self._with_special(lon, lat, found.index, border_m)
        rule = np.where(owner >= len(self.router.codes), SPECIAL, POLYGON).astype(np.int8)
        near = np.flatnonzero((owner < 0) & (border_m <= self.over.nearest_limit_m))
        if self.over.nearest_limit_m > 0 and near.size:
            owner[near] = self.router.nearest_rows(lon=lon[near], lat=lat[near])
            rule[near] = NEAREST
        owners: Any = pa.array(owner, mask=owner < 0)
        return Answers(
            lon=lon,
            lat=lat,
            owner=owner,
            rule=rule,
            code=self.codes.take(owners),
            border_m=border_m,
            cell=np.zeros(len(lon), np.int64) if found.cell is None else found.cell,
            reason=reason,
        )

    def _with_special(
        self, lon: Floats, lat: Floats, owner: NDArray[np.int32], border_m: Floats
    ) -> tuple[NDArray[np.int32], Floats]:
        """Return owners and distances, those of special grids where one reaches the point."""
        special = self.over.special
        if special is None:
            return owner, border_m
        over = special.locate_many(lon=lon, lat=lat).index
        depth_m = special.distance_to_border_m(lon=lon, lat=lat, index=over)
        rows = (over + len(self.router.codes)).astype(np.int32)
        return np.where(over >= 0, rows, owner), np.where(over >= 0, depth_m, border_m)


def points_of(answers: Answers) -> NDArray[np.object_]:
    """Return the places as points in WGS-84, None without one."""
    points = np.full(answers.lon.shape, None, object)
    known = ~np.isnan(answers.lon)
    points[known] = shapely.points(answers.lon[known], answers.lat[known])
    return points


def arrays_of(answers: Answers) -> "dict[str, pa.Array[Any]]":
    """Return the answers as Arrow columns."""
    columns = (answers.code, answers.method, answers.border, cell_words(answers.cell))
    return dict(zip(COLUMNS, columns, strict=True))


def columns_of(answers: Answers) -> dict[str, Any]:
    """Return the answers as columns of a table of features."""
    return {name: column.to_pandas() for name, column in arrays_of(answers).items()}


def endings(answers: Answers, delimiter: str) -> "pa.Array[Any]":
    """Return the answers as the ends of lines of CSV, each with its line end."""
    ends = joined(cell_words(answers.cell), "", by="\n")
    code, border = quoted(answers.code, delimiter), border_words(answers.border_m)
    return joined(code, answers.method, border, ends, by=delimiter)


def quoted(codes: "pa.Array[Any]", delimiter: str) -> "pa.Array[Any]":
    """Return codes as fields of CSV; empty where there is none.

    Examples
    --------
    >>> quoted(pa.array(["a", None, "b,c"]), ",").to_pylist()
    ['a', '', '"b,c"']
    """
    plain = filled(codes)
    if not any_has(plain, f'["\r\n{delimiter}]'):
        return plain
    known: Any = plain.dictionary_encode()
    words = [csv_line([word], delimiter) if word else "" for word in known.dictionary.to_pylist()]
    return pa.array(words, pa.string()).take(known.indices)


def csv_line(values: Sequence[Any], delimiter: str) -> str:
    """Return one line of CSV without its end."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator="").writerow(values)
    return stream.getvalue()


def border_words(border_m: Floats) -> "pa.Array[Any]":
    """Return distances as text, to the millimetre; empty where there is none.

    Examples
    --------
    >>> border_words(np.array([0.0, 12.0345, np.nan, np.inf])).to_pylist()
    ['0.000', '12.034', '', '']
    """
    known = np.isfinite(border_m)
    millimetres = np.rint(np.where(known, border_m, 0.0) * MM_PER_M).astype(np.int64)
    whole = pa.array(millimetres // MM_PER_M, mask=~known).cast(pa.string())
    rest = pa.array(millimetres % MM_PER_M).cast(pa.string())
    return filled(joined(whole, padded(rest, 3), by="."))


def cell_words(cells: NDArray[np.int64]) -> "pa.Array[Any]":
    """Return the hexadecimal words of cells, empty for 0.

    Examples
    --------
    >>> cell_words(np.array([0x8C302E48D3823FF, 0])).to_pylist()
    ['8c302e48d3823ff', '']
    """
    known = cells != 0
    octets = cells[known].astype(">i8").view(np.uint8).reshape(-1, 8)
    digits = HEXADECIMAL[octets].view(np.uint8).reshape(-1, 2 * octets.shape[1])
    text = digits[:, -WORD:].tobytes()
    ends = np.concatenate([[0], np.cumsum(np.where(known, WORD, 0))]).astype(np.int32)
    return pa.StringArray.from_buffers(len(cells), pa.py_buffer(ends.tobytes()), pa.py_buffer(text))
