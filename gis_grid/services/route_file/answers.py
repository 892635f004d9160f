"""What is said about each row: owner, method, distance to the border, cell."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_grid.geo.datum import Datum, to_wgs84
from gis_grid.router import Router
from gis_grid.router.cells import encode, is_on_earth, to_words

COLUMNS = ("grid_code", "method", "distance_to_border_m", "cell")
"""Added after the columns of the input, in this order."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Degrees:
    """The coordinates of some rows as they were read."""

    lon: Floats
    lat: Floats
    reason: NDArray[np.object_]
    """Why a row has no point, one word; empty where it has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """One answer for each row."""

    lon: Floats
    """Longitude in WGS-84; NaN without a point."""

    lat: Floats
    code: NDArray[np.object_]
    """Code of the owner, None without one."""

    method: NDArray[np.object_]
    """``polygon``, ``outside``, or empty without a point."""

    border_m: Floats
    cell: NDArray[np.object_]
    """Hexadecimal word of the H3 cell of resolution 12, empty without a point."""

    reason: NDArray[np.object_]


def answer(router: Router, degrees: Degrees, datum: Datum) -> Answers:
    """Route some rows."""
    known = is_on_earth(lon=degrees.lon, lat=degrees.lat)
    reason = degrees.reason.copy()
    reason[~known & (reason == "")] = "out_of_range"
    lon, lat = np.where(known, degrees.lon, np.nan), np.where(known, degrees.lat, np.nan)
    if datum is not Datum.WGS84:
        lon[known], lat[known] = to_wgs84(lon=lon[known], lat=lat[known], datum=datum)
    found = router.locate_many(lon=lon, lat=lat)
    method = np.where(found.index >= 0, "polygon", np.where(known, "outside", "")).astype(object)
    return Answers(
        lon=lon,
        lat=lat,
        code=found.code,
        method=method,
        border_m=router.distance_to_border_m(lon=lon, lat=lat, index=found.index),
        cell=to_words(encode(lon=lon, lat=lat)),
        reason=reason,
    )


def points_of(answers: Answers) -> NDArray[np.object_]:
    """Return the places as points in WGS-84, None without one."""
    points = np.full(answers.lon.shape, None, object)
    known = ~np.isnan(answers.lon)
    points[known] = shapely.points(answers.lon[known], answers.lat[known])
    return points


def border_words(border_m: Floats) -> list[str]:
    """Return distances as text, to the millimetre; empty where there is none."""
    return [f"{metres:.3f}" if metres < np.inf else "" for metres in border_m.tolist()]
