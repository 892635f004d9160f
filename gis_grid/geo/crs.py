"""Which coordinate reference system data is in, and how to change it."""

import math
from functools import lru_cache
from typing import TypeAlias, TypeVar

import geopandas as gpd
import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from gis_grid.errors import CrsError, InputError

LONLAT = "EPSG:4326"
"""What gis_grid keeps inside: WGS-84 degrees, longitude first."""

Floats: TypeAlias = npt.NDArray[np.float64]
Layer = TypeVar("Layer", gpd.GeoSeries, gpd.GeoDataFrame)

_FIRST_ZONE_EPSG = 4534  # CGCS2000 / 3-degree Gauss-Kruger CM 75E; the next 20 follow, 3 degrees on
_ZONE_DEG = 3.0
_WEST_DEG, _EAST_DEG = 73.5, 136.5
_SOUTH_DEG, _NORTH_DEG = 3.0, 54.0
_PSEUDO_MERCATOR = "Popular Visualisation Pseudo Mercator"


def metric_epsg(*, lon: float, lat: float) -> int:
    """Choose the metric CRS for a city at `lon`, `lat`.

    In China that is the CGCS2000 3-degree Gauss-Krüger zone whose central meridian is nearest, in
    the form without zone number in the easting (EPSG 4534 to 4554); a tie goes east. Elsewhere it
    is the UTM zone on WGS-84. China is taken as 73.5..136.5 E, 3..54 N, so its neighbours get a
    CGCS2000 zone too, which serves them as well.

    Parameters
    ----------
    lon, lat
        Any point in the city, in degrees.

    Returns
    -------
    int
        EPSG code; distances from its central meridian stay within 1.5 degrees in China.

    Raises
    ------
    InputError
        The point is NaN or not on Earth.

    Examples
    --------
    >>> metric_epsg(lon=118.78, lat=32.04), metric_epsg(lon=-71.06, lat=42.36)
    (4549, 32619)
    >>> metric_epsg(lon=73.5, lat=39.0), metric_epsg(lon=136.5, lat=39.0)
    (4534, 4554)
    >>> metric_epsg(lon=4549000.0, lat=32.04)
    Traceback (most recent call last):
    gis_grid.errors.InputError: no metric CRS for lon 4549000.0, lat 32.04; both must be degrees
    """
    if not (abs(lon) <= 180 and abs(lat) <= 90):  # noqa: PLR2004 - the globe
        msg = f"no metric CRS for lon {lon}, lat {lat}; both must be degrees"
        raise InputError(msg)
    if _WEST_DEG <= lon <= _EAST_DEG and _SOUTH_DEG <= lat <= _NORTH_DEG:
        zone = math.floor((min(lon, math.nextafter(_EAST_DEG, 0)) - _WEST_DEG) / _ZONE_DEG)
        return _FIRST_ZONE_EPSG + zone
    return (32601 if lat >= 0 else 32701) + min(math.floor((lon + 180) / 6), 59)


def require_crs(layer: gpd.GeoSeries | gpd.GeoDataFrame, name: str = "layer") -> CRS:
    """Return the CRS of `layer`, or stop when it states none.

    Parameters
    ----------
    layer
        Geometry in any CRS.
    name
        What the caller calls it; used in the message.

    Raises
    ------
    CrsError
        `layer` has no CRS.

    Examples
    --------
    >>> require_crs(gpd.GeoSeries([], crs="EPSG:4490")).to_epsg()
    4490
    >>> require_crs(gpd.GeoSeries([None]), "grids")
    Traceback (most recent call last):
    gis_grid.errors.CrsError: grids has no CRS; set the one it was measured in with `.set_crs()`
    """
    if layer.crs is None:
        msg = f"{name} has no CRS; set the one it was measured in with `.set_crs()`"
        raise CrsError(msg)
    return CRS.from_user_input(layer.crs)


def require_lonlat(layer: gpd.GeoSeries | gpd.GeoDataFrame, name: str = "layer") -> None:
    """Stop unless `layer` is in EPSG:4326, the CRS that gis_grid keeps inside.

    OGC:CRS84 is the same thing with its axes named in our order, so it passes.

    Raises
    ------
    CrsError
        `layer` has no CRS or another one, EPSG:4490 included.

    Examples
    --------
    >>> require_lonlat(gpd.GeoSeries([], crs="EPSG:4326"))
    >>> require_lonlat(gpd.GeoSeries([None], crs="EPSG:4549"), "grids")
    Traceback (most recent call last):
    gis_grid.errors.CrsError: grids is in EPSG:4549; bring it to EPSG:4326 with `to_lonlat` first
    """
    crs = require_crs(layer, name)
    if not crs.equals(_crs(LONLAT), ignore_axis_order=True):
        msg = f"{name} is in {_label(crs)}; bring it to {LONLAT} with `to_lonlat` first"
        raise CrsError(msg)


def require_metric(layer: gpd.GeoSeries | gpd.GeoDataFrame, name: str = "layer") -> None:
    """Stop unless coordinates are true metres in a projected CRS.

    Web Mercator (EPSG:3857) is refused: its metre is 1.2 to 1.7 times too long in China.

    Raises
    ------
    CrsError
        `layer` has no CRS, or one in degrees or feet, or Web Mercator.

    Examples
    --------
    >>> require_metric(gpd.GeoSeries([], crs="EPSG:4549"))
    >>> require_metric(gpd.GeoSeries([None], crs="EPSG:4326"), "grids")
    Traceback (most recent call last):
    gis_grid.errors.CrsError: grids is in EPSG:4326; project it to metres with `to_metric` first
    """
    crs = require_crs(layer, name)
    if not _is_metric(crs):
        msg = f"{name} is in {_label(crs)}; project it to metres with `to_metric` first"
        raise CrsError(msg)


def require_same_crs(
    one: gpd.GeoSeries | gpd.GeoDataFrame,
    other: gpd.GeoSeries | gpd.GeoDataFrame,
    *,
    names: tuple[str, str] = ("layer", "other layer"),
) -> None:
    """Stop unless both layers state the same CRS.

    Raises
    ------
    CrsError
        Either has no CRS, or they differ.

    Examples
    --------
    >>> one = gpd.GeoSeries([None], crs="EPSG:4549")
    >>> require_same_crs(one, one)
    >>> require_same_crs(one, gpd.GeoSeries([], crs="EPSG:4326"), names=("grids", "points"))
    Traceback (most recent call last):
    gis_grid.errors.CrsError: grids is in EPSG:4549 but points is in EPSG:4326; project one of them
    """
    crs, other_crs = require_crs(one, names[0]), require_crs(other, names[1])
    if not crs.equals(other_crs, ignore_axis_order=True):
        msg = (
            f"{names[0]} is in {_label(crs)} but {names[1]} is in {_label(other_crs)};"
            " project one of them"
        )
        raise CrsError(msg)


def to_lonlat(layer: Layer, name: str = "layer") -> Layer:
    """Bring `layer` from the CRS that it states to EPSG:4326.

    CGCS2000 (EPSG:4490) keeps its numbers: the two differ by centimetres. GCJ-02 and BD-09 are not
    CRSs that a file can state; for them see `gis_grid.geo.datum`.

    Parameters
    ----------
    layer
        Geometry of any type in any CRS that pyproj knows. Missing and empty geometry is kept.
    name
        What the caller calls it; used in the message.

    Returns
    -------
    GeoSeries or GeoDataFrame
        A new layer with the same index and columns.

    Raises
    ------
    CrsError
        `layer` has no CRS, or one without a place on Earth.

    Examples
    --------
    >>> import shapely
    >>> points = gpd.GeoSeries([shapely.Point(500000, 0), None, shapely.Point()], crs="EPSG:4549")
    >>> to_lonlat(points).tolist()
    [<POINT (120 0)>, None, <POINT EMPTY>]
    """
    crs = require_crs(layer, name)
    if not (crs.is_geographic or crs.is_projected):
        msg = f"{name} is in {_label(crs)}, which is not a place on Earth; state a geographic CRS"
        raise CrsError(msg)
    return layer.to_crs(LONLAT)


def to_metric(layer: Layer, *, epsg: int, name: str = "layer") -> Layer:
    """Project `layer` to the metric CRS `epsg`, usually the one of `metric_epsg`.

    Returns
    -------
    GeoSeries or GeoDataFrame
        A new layer with the same index and columns; easting first. Missing and empty is kept.

    Raises
    ------
    CrsError
        `layer` has no CRS, or `epsg` is unknown or not metric.

    Examples
    --------
    >>> import shapely
    >>> points = gpd.GeoSeries([shapely.Point(120, 0), None, shapely.Point()], crs="EPSG:4326")
    >>> to_metric(points, epsg=4549).tolist()
    [<POINT (500000 0)>, None, <POINT EMPTY>]
    >>> to_metric(points, epsg=3857)
    Traceback (most recent call last):
    gis_grid.errors.CrsError: EPSG:3857 is not a metric CRS; choose one with `metric_epsg`
    """
    require_crs(layer, name)
    return layer.to_crs(_metric(epsg))


def project(*, lon: npt.ArrayLike, lat: npt.ArrayLike, epsg: int) -> tuple[Floats, Floats]:
    """Project degrees to metres.

    Parameters
    ----------
    lon, lat
        Degrees in EPSG:4326; they broadcast.
    epsg
        A metric CRS.

    Returns
    -------
    x_m, y_m : float64 arrays of the broadcast shape
        Easting and northing. NaN where either coordinate is missing or cannot be projected.

    Raises
    ------
    CrsError
        `epsg` is unknown or not metric.

    Examples
    --------
    >>> x_m, y_m = project(lon=[120.0, 120.0, float("nan")], lat=[0.0, 91.0, 32.0], epsg=4549)
    >>> x_m.tolist(), y_m.tolist()
    ([500000.0, nan, nan], [0.0, nan, nan])
    >>> project(lon=[], lat=[], epsg=4549)[0].shape
    (0,)
    """
    return _transform(_transformer(epsg, inverse=False), lon, lat)


def unproject(*, x_m: npt.ArrayLike, y_m: npt.ArrayLike, epsg: int) -> tuple[Floats, Floats]:
    """Bring metres back to degrees; the inverse of `project`.

    Returns
    -------
    lon, lat : float64 arrays of the broadcast shape
        Degrees in EPSG:4326. NaN where either coordinate is missing or cannot be brought back.

    Raises
    ------
    CrsError
        `epsg` is unknown or not metric.

    Examples
    --------
    >>> lon, lat = unproject(x_m=[500000.0, float("nan")], y_m=[0.0, 0.0], epsg=4549)
    >>> lon.round(9).tolist(), lat.tolist()
    ([120.0, nan], [0.0, nan])
    """
    return _transform(_transformer(epsg, inverse=True), x_m, y_m)


def _transform(
    transformer: Transformer, first: npt.ArrayLike, second: npt.ArrayLike
) -> tuple[Floats, Floats]:
    one, two = np.broadcast_arrays(np.asarray(first, float), np.asarray(second, float))
    x, y = (np.asarray(axis, float) for axis in transformer.transform(one, two))
    lost = ~(np.isfinite(x) & np.isfinite(y))
    return np.where(lost, np.nan, x), np.where(lost, np.nan, y)


@lru_cache(maxsize=64)
def _transformer(epsg: int, *, inverse: bool) -> Transformer:
    ends = (_metric(epsg), _crs(LONLAT)) if inverse else (_crs(LONLAT), _metric(epsg))
    return Transformer.from_crs(*ends, always_xy=True)


def _metric(epsg: int) -> CRS:
    crs = _crs(f"EPSG:{epsg}")
    if not _is_metric(crs):
        msg = f"EPSG:{epsg} is not a metric CRS; choose one with `metric_epsg`"
        raise CrsError(msg)
    return crs


@lru_cache(maxsize=64)
def _crs(text: str) -> CRS:
    try:
        return CRS.from_user_input(text)
    except CRSError as error:
        msg = f"{text} is not a CRS that pyproj knows; choose one with `metric_epsg`"
        raise CrsError(msg) from error


def _is_metric(crs: CRS) -> bool:
    if not crs.is_projected or any(axis.unit_name != "metre" for axis in crs.axis_info[:2]):
        return False
    operation = crs.coordinate_operation
    return operation is None or operation.method_name != _PSEUDO_MERCATOR


def _label(crs: CRS) -> str:
    return crs.to_string() if crs.to_epsg() else crs.name
