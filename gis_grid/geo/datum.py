"""WGS-84, GCJ-02 and BD-09: the three datums that Chinese coordinates come in."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import shapely

from gis_grid.geo.crs import Floats
from gis_grid.geo.mainland import nearness


class Datum(StrEnum):
    """What a longitude and latitude mean."""

    WGS84 = "wgs84"
    """GPS, EXIF, OpenStreetMap; CGCS2000 differs by centimetres."""

    GCJ02 = "gcj02"
    """Amap, Tencent and other public web maps of China."""

    BD09 = "bd09"
    """Baidu: GCJ-02 moved once more."""


_FADE_DEG = 0.0105
"""Width of the belt outside mainland China in which an offset fades: wider than each offset."""

_AXIS_M = 6378245.0  # Krasovsky 1940
_ECCENTRICITY2 = 0.00669342162296594323
_BAIDU = np.pi * 3000.0 / 180.0
_BAIDU_DEG = (0.0065, 0.006)
_Step: TypeAlias = Callable[[Floats, Floats], tuple[Floats, Floats]]
_STEP_DEG = 2e-11  # the rest of the series is at most ten steps: within 1e-9 degrees
_ROUNDS = 500


def from_wgs84(
    *, lon: npt.ArrayLike, lat: npt.ArrayLike, datum: Datum | str
) -> tuple[Floats, Floats]:
    """Move WGS-84 coordinates to `datum`.

    Inside mainland China this is the published formula (as in coordtransform and gcoord). Far
    outside it is the identity. In a belt of 0.0105 degrees (about 1.1 km) along the outside of the
    border the offset fades, so that the map is continuous and has an inverse; see
    `gis_grid.geo.mainland`.

    Parameters
    ----------
    lon, lat
        Degrees in EPSG:4326; they broadcast.
    datum
        Where to go.

    Returns
    -------
    lon, lat : float64 arrays of the broadcast shape
        Degrees in `datum`; 50 to 800 m away in mainland China for GCJ-02. NaN, infinite and
        impossible coordinates come back as they are.

    Raises
    ------
    ValueError
        `datum` is not a Datum.

    Examples
    --------
    >>> lon, lat = from_wgs84(lon=[116.404, 2.35, np.nan], lat=[39.915, 48.85, 30], datum="gcj02")
    >>> lon.round(5).tolist(), lat.round(5).tolist()
    ([116.41024, 2.35, nan], [39.9164, 48.85, 30.0])
    >>> from_wgs84(lon=[], lat=[], datum=Datum.BD09)[0].shape
    (0,)
    """
    lon, lat = _pair(lon, lat)
    shape, lon, lat = lon.shape, lon.ravel(), lat.ravel()
    for step in _STEPS[Datum(datum)]:
        east, north = _faded(step, lon, lat)
        lon, lat = lon + east, lat + north
    return lon.reshape(shape), lat.reshape(shape)


def to_wgs84(
    *, lon: npt.ArrayLike, lat: npt.ArrayLike, datum: Datum | str
) -> tuple[Floats, Floats]:
    """Move coordinates in `datum` back to WGS-84; the inverse of `from_wgs84`.

    There is no closed inverse: the offset is fed back until it stops changing, to 1e-9 degrees
    (0.1 mm). The one-step inverse that is often published is metres off.

    Parameters
    ----------
    lon, lat
        Degrees in `datum`; they broadcast.
    datum
        Where they come from.

    Returns
    -------
    lon, lat : float64 arrays of the broadcast shape
        Degrees in EPSG:4326. NaN, infinite and impossible coordinates come back as they are.

    Raises
    ------
    ValueError
        `datum` is not a Datum.

    Examples
    --------
    >>> lon, lat = to_wgs84(lon=[116.41024449917, 2.35], lat=[39.91640428150, 48.85], datum="gcj02")
    >>> lon.round(9).tolist(), lat.round(9).tolist()
    ([116.404, 2.35], [39.915, 48.85])
    >>> lon, lat = to_wgs84(lon=[np.nan, np.inf], lat=[30, 30], datum="bd09")
    >>> lon.tolist(), lat.tolist()
    ([nan, inf], [30.0, 30.0])
    """
    lon, lat = _pair(lon, lat)
    shape, lon, lat = lon.shape, lon.ravel(), lat.ravel()
    for step in reversed(_STEPS[Datum(datum)]):
        lon, lat = _undone(step, lon, lat)
    return lon.reshape(shape), lat.reshape(shape)


def shapes_from_wgs84(shapes: npt.ArrayLike, *, datum: Datum | str) -> npt.NDArray[np.object_]:
    """Move every vertex of WGS-84 geometry to `datum`.

    Parameters
    ----------
    shapes
        Geometry of any type in EPSG:4326; missing and empty geometry is kept, heights are dropped.
    datum
        Where to go.

    Returns
    -------
    object array of the same shape

    Raises
    ------
    ValueError
        `datum` is not a Datum.

    Examples
    --------
    >>> shapes = [shapely.Point(116.404, 39.915), None, shapely.Polygon()]
    >>> shapely.set_precision(shapes_from_wgs84(shapes, datum="gcj02"), 1e-5).tolist()
    [<POINT (116.41 39.916)>, None, <POLYGON EMPTY>]
    """
    return _moved(shapes, from_wgs84, datum)


def shapes_to_wgs84(shapes: npt.ArrayLike, *, datum: Datum | str) -> npt.NDArray[np.object_]:
    """Move every vertex of geometry in `datum` to WGS-84; the inverse of `shapes_from_wgs84`.

    Parameters
    ----------
    shapes
        Geometry of any type; missing and empty geometry is kept, heights are dropped.
    datum
        Where it comes from.

    Returns
    -------
    object array of the same shape

    Raises
    ------
    ValueError
        `datum` is not a Datum.

    Examples
    --------
    >>> shapes = [shapely.Point(116.41024449917, 39.91640428150), None, shapely.Polygon()]
    >>> shapely.set_precision(shapes_to_wgs84(shapes, datum="gcj02"), 1e-5).tolist()
    [<POINT (116.404 39.915)>, None, <POLYGON EMPTY>]
    """
    return _moved(shapes, to_wgs84, datum)


def _moved(
    shapes: npt.ArrayLike, move: Callable[..., tuple[Floats, Floats]], datum: Datum | str
) -> npt.NDArray[np.object_]:
    shapes = np.asarray(shapes, dtype=object)
    lon, lat = shapely.get_coordinates(shapes).T
    moved = np.column_stack(move(lon=lon, lat=lat, datum=datum))
    return np.asarray(shapely.set_coordinates(shapely.force_2d(shapes), moved), dtype=object)


def _pair(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    pair = np.broadcast_arrays(np.asarray(lon, float), np.asarray(lat, float))
    return pair[0].copy(), pair[1].copy()


def _undone(step: _Step, goal_lon: Floats, goal_lat: Floats) -> tuple[Floats, Floats]:
    lon, lat = goal_lon.copy(), goal_lat.copy()
    moving = np.flatnonzero(np.isfinite(goal_lon) & np.isfinite(goal_lat))
    for _ in range(_ROUNDS):
        east, north = _faded(step, lon[moving], lat[moving])
        next_lon, next_lat = goal_lon[moving] - east, goal_lat[moving] - north
        change_deg = np.maximum(abs(next_lon - lon[moving]), abs(next_lat - lat[moving]))
        lon[moving], lat[moving] = next_lon, next_lat
        moving = moving[change_deg > _STEP_DEG]
        if moving.size == 0:
            break
    return lon, lat


def _faded(step: _Step, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return the offset of one step in degrees east and north, nothing outside the mainland."""
    east, north = np.zeros(lon.shape), np.zeros(lat.shape)
    weight = nearness(lon, lat, width_deg=_FADE_DEG)
    here = weight > 0
    full_east, full_north = step(lon[here], lat[here])
    east[here], north[here] = weight[here] * full_east, weight[here] * full_north
    return east, north


def _gcj_offset(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Evaluate the published offset; constants and order of terms as in coordtransform."""
    x, y = lon - 105.0, lat - 35.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(abs(x))
    north += _sines(x, (20, 6), (20, 2)) + _sines(y, (20, 1), (40, 1 / 3), (160, 1 / 12))
    north += _sines(y, (320, 1 / 30))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(abs(x))
    east += _sines(x, (20, 6), (20, 2), (20, 1), (40, 1 / 3), (150, 1 / 12), (300, 1 / 30))
    return _metres_to_degrees(east, north, lat)


def _sines(t: Floats, *waves: tuple[float, float]) -> Floats:
    return sum((amplitude * np.sin(t * rate * np.pi) for amplitude, rate in waves), 0.0 * t) * 2 / 3


def _metres_to_degrees(east_m: Floats, north_m: Floats, lat: Floats) -> tuple[Floats, Floats]:
    sine = np.sin(np.radians(lat))
    magic = 1.0 - _ECCENTRICITY2 * sine * sine
    meridian_m = _AXIS_M * (1.0 - _ECCENTRICITY2) / (magic * np.sqrt(magic))
    parallel_m = _AXIS_M / np.sqrt(magic) * np.cos(np.radians(lat))
    return np.degrees(east_m / parallel_m), np.degrees(north_m / meridian_m)


def _bd_offset(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Evaluate Baidu's step, which starts from GCJ-02."""
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU)
    east, north = _BAIDU_DEG
    return radius * np.cos(angle) + east - lon, radius * np.sin(angle) + north - lat


_STEPS: Mapping[Datum, tuple[_Step, ...]] = {
    Datum.WGS84: (),
    Datum.GCJ02: (_gcj_offset,),
    Datum.BD09: (_gcj_offset, _bd_offset),
}
