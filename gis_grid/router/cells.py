"""H3 cells of points: encode, parents, boundaries, integer ranges (the only user of h3).

A cell travels as int64 inside (0 means none) and as its usual hexadecimal word in files.
"""

import math
from functools import cache

import h3.api.numpy_int as h3
import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import ArrayLike, NDArray

from gis_grid.errors import InputError
from gis_grid.router import encoding
from gis_grid.router.digits import UNSURE, Bases, steps
from gis_grid.router.edges import frozen
from gis_grid.router.lattice import FRAMES, unit_rad
from gis_grid.router.threads import in_parallel

RESOLUTION = 12
"""The resolution that every point row keeps: hexagons of about 10 m edge."""

FINEST = 15
DIGIT_BITS = 3
RESOLUTION_BIT = 52

Cells = NDArray[np.int64]


def encode(*, lon: ArrayLike, lat: ArrayLike, resolution: int = RESOLUTION) -> Cells:
    """Return the H3 cell of each point.

    Equal to h3-py bit for bit, everywhere on Earth.

    Parameters
    ----------
    lon, lat
        WGS-84 degrees, shape ``(n,)``; anything that numpy makes an array of floats from.
    resolution
        H3 resolution, 0 (coarsest) to 15.

    Returns
    -------
    array of int64, shape ``(n,)``
        The cell as an integer; 0 where a coordinate is missing, infinite or out of range
        (longitude beyond ±180, latitude beyond ±90). No points give an empty array.

    Raises
    ------
    InputError
        `resolution` is not 0 to 15, or `lon` and `lat` differ in length.

    Examples
    --------
    >>> cells = encode(lon=[123.0, float("nan"), 500.0], lat=[41.1, 41.1, 41.1])
    >>> to_words(cells).tolist()
    ['8c3020a906495ff', '', '']
    """
    require_resolution(resolution)
    lons, lats = (frozen(degrees) for degrees in points(lon=lon, lat=lat))
    cells = np.empty(lons.size, np.int64)

    def work(start: int, stop: int) -> None:
        part = slice(start, stop)
        fill(lons[part], lats[part], resolution, cells[part])

    in_parallel(work, lons.size)
    return cells


def fill(lon: NDArray[np.float64], lat: NDArray[np.float64], resolution: int, out: Cells) -> None:
    """Fill `out` with the cells of points as `points` returns them; what `encode` does, serially.

    Parameters
    ----------
    lon, lat
        Read-only contiguous float64, WGS-84 degrees, shape ``(n,)``.
    resolution
        H3 resolution.
    out
        Contiguous, shape ``(n,)``.
    """
    tables = (FRAMES, _matrices(resolution), _bases(), steps())
    if encoding.encode_into((lon, lat), resolution, tables, unit_rad(resolution), out):
        unsure = np.flatnonzero(out == UNSURE)
        out[unsure] = _by_h3(lon[unsure], lat[unsure], resolution)


@cache
def _matrices(resolution: int) -> NDArray[np.float64]:
    return frozen(encoding.face_matrices(resolution))


def _by_h3(lon: NDArray[np.float64], lat: NDArray[np.float64], resolution: int) -> list[int]:
    pairs = zip(lat.tolist(), lon.tolist(), strict=True)
    return [h3.latlng_to_cell(y, x, resolution) for y, x in pairs]


@cache
def _bases() -> Bases:
    """Learn from h3-py, at points spread evenly over the Earth (a Fibonacci lattice)."""
    count = encoding.SAMPLES
    step = np.arange(count) + 0.5
    lat = np.asarray(np.degrees(np.arcsin(1 - 2 * step / count)), np.float64)
    lon = np.asarray((step * 180 * (1 + math.sqrt(5))) % 360 - 180, np.float64)
    truth = np.array(_by_h3(lon, lat, encoding.SAMPLED), np.int64)
    return encoding.learn_bases(lon, lat, truth)


def points(*, lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return coordinates as two flat float64 arrays of one length.

    Parameters
    ----------
    lon, lat
        Degrees: arrays, Series, lists, Arrow columns or single numbers. None counts as NaN.

    Returns
    -------
    two arrays of float64, shape ``(n,)``
        C-contiguous; the caller's memory for arrays, Series and Arrow columns of float64 in one
        piece without nulls.

    Raises
    ------
    InputError
        The two differ in length or are not numbers.

    Examples
    --------
    >>> points(lon=[1, None], lat=[2, 3])
    (array([ 1., nan]), array([2., 3.]))
    """
    lons, lats = _floats(lon, "lon"), _floats(lat, "lat")
    if lons.size != lats.size:
        msg = f"{lons.size} longitudes but {lats.size} latitudes; give one of each for every point"
        raise InputError(msg)
    return lons, lats


def _floats(values: ArrayLike, name: str) -> NDArray[np.float64]:
    if isinstance(values, pa.ChunkedArray):  # numpy would copy even a single chunk
        values = values.chunk(0) if values.num_chunks == 1 else values.combine_chunks()
    try:
        return np.ascontiguousarray(np.asarray(values, dtype=np.float64).ravel())
    except (TypeError, ValueError) as error:
        msg = f"{name} is not an array of numbers ({error}); give degrees as floats"
        raise InputError(msg) from error


def is_on_earth(*, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which points have both coordinates, finite and in range.

    Parameters
    ----------
    lon, lat
        WGS-84 degrees, shape ``(n,)``.

    Returns
    -------
    array of bool, shape ``(n,)``
        False for NaN, infinity, |lon| > 180 and |lat| > 90.

    Examples
    --------
    >>> is_on_earth(lon=np.array([180.0, 181.0, np.nan]), lat=np.array([-90.0, 0.0, 0.0]))
    array([ True, False, False])
    """
    return (np.abs(lon) <= 180) & (np.abs(lat) <= 90)  # noqa: PLR2004 - degrees of the globe


def require_resolution(resolution: int) -> None:
    """Refuse a resolution that H3 does not have.

    Raises
    ------
    InputError
        It is not a whole number from 0 to 15.
    """
    if resolution not in range(FINEST + 1):
        msg = f"H3 has no resolution {resolution}; give 0 (coarsest) to {FINEST}"
        raise InputError(msg)


def resolutions(cells: ArrayLike) -> NDArray[np.int64]:
    """Return the resolution of each cell; 0 for the missing cell.

    Examples
    --------
    >>> resolutions(encode(lon=[123.0], lat=[41.1], resolution=7)).tolist()
    [7]
    """
    return (np.asarray(cells, np.int64) >> RESOLUTION_BIT) & FINEST


def parents(cells: ArrayLike, resolution: int) -> Cells:
    """Return the ancestor of each cell at a coarser resolution, by bit arithmetic.

    Parameters
    ----------
    cells
        H3 cells, shape ``(n,)``, none of them coarser than `resolution`.
    resolution
        H3 resolution of the result.

    Returns
    -------
    array of int64, shape ``(n,)``
        The cell itself where it already has that resolution; 0 stays 0.

    Raises
    ------
    InputError
        A cell is coarser than `resolution`, or H3 has no such resolution.

    Examples
    --------
    >>> cell = encode(lon=[123.0, float("nan")], lat=[41.1, 0.0])
    >>> to_words(parents(cell, 5)).tolist()
    ['853020abfffffff', '']
    """
    require_resolution(resolution)
    children = np.asarray(cells, np.int64)
    known = children != 0
    _require_at_least(children[known], resolution)
    blank = (1 << DIGIT_BITS * (FINEST - resolution)) - 1
    ancestors = children & ~(FINEST << RESOLUTION_BIT) | resolution << RESOLUTION_BIT | blank
    return np.where(known, ancestors, 0)


def _require_at_least(cells: Cells, resolution: int) -> None:
    coarse = resolutions(cells) < resolution
    if coarse.any():
        word = f"{cells[coarse][0]:x}"
        msg = f"cell {word} is coarser than resolution {resolution}; ask for a coarser one"
        raise InputError(msg)


def ranges(cells: ArrayLike, resolution: int = RESOLUTION) -> tuple[Cells, Cells]:
    """Return the first and last integer among the descendants of each cell.

    A point of `resolution` lies in the cell if and only if ``low <= its cell <= high``, which a
    B-tree answers with one scan.

    Parameters
    ----------
    cells
        H3 cells, shape ``(n,)``, none of them finer than `resolution`.
    resolution
        H3 resolution of the stored cells.

    Returns
    -------
    two arrays of int64, shape ``(n,)``
        Both ends belong to the range. The missing cell 0 gives ``(0, -1)``: nothing.

    Raises
    ------
    InputError
        A cell is finer than `resolution`, or H3 has no such resolution.

    Examples
    --------
    >>> point = encode(lon=[123.0], lat=[41.1])
    >>> low, high = ranges(np.append(parents(point, 9), 0))
    >>> bool(low[0] <= point[0] <= high[0]), low[1], high[1]
    (True, np.int64(0), np.int64(-1))
    """
    require_resolution(resolution)
    ancestors = np.asarray(cells, np.int64)
    known = ancestors != 0
    level = resolutions(ancestors)
    if (level[known] > resolution).any():
        word = f"{ancestors[known & (level > resolution)][0]:x}"
        msg = f"cell {word} is finer than resolution {resolution}; take its parent first"
        raise InputError(msg)
    free = DIGIT_BITS * (resolution - level)
    shift = DIGIT_BITS * (FINEST - resolution)
    digits = ((np.int64(1) << free) - 1) << shift
    moved = ancestors & ~(FINEST << RESOLUTION_BIT) | resolution << RESOLUTION_BIT
    low = moved & ~digits
    # the largest digit is 6, not 7: subtract one from every free digit of three bits
    high = low | digits - (digits // 7)
    return np.where(known, low, 0), np.where(known, high, -1)


def boundaries(cells: ArrayLike) -> NDArray[np.object_]:
    """Return the outline of each cell.

    Parameters
    ----------
    cells
        H3 cells, shape ``(n,)``.

    Returns
    -------
    array of Polygon in lon, lat (WGS-84 degrees), shape ``(n,)``
        Cells that cross the antimeridian run on past ±180; the two cells around the poles are
        closed along the pole. The missing cell 0 gives None.

    Raises
    ------
    InputError
        A number is no H3 cell.

    Examples
    --------
    >>> outlines = boundaries(np.append(encode(lon=[123.0], lat=[41.1]), 0))
    >>> bool(shapely.contains_xy(outlines[0], 123.0, 41.1)), outlines[1]
    (True, None)
    """
    numbers = np.asarray(cells, np.int64).ravel()
    outlines = np.empty(numbers.size, object)
    for row, cell in enumerate(numbers.tolist()):
        outlines[row] = _outline(cell) if cell else None
    return outlines


def _outline(cell: int) -> shapely.Polygon:
    if not h3.is_valid_cell(cell):
        msg = f"{cell} is no H3 cell; give cells as encode() makes them"
        raise InputError(msg)
    lat, lon = np.array(h3.cell_to_boundary(cell)).T
    lon = np.unwrap(np.append(lon, lon[0]), period=360)
    lat = np.append(lat, lat[0])
    if not math.isclose(lon[0], lon[-1]):  # once around the globe: it holds a pole
        pole = math.copysign(90, lat[0])
        lon, lat = np.append(lon, [lon[-1], lon[0]]), np.append(lat, [pole, pole])
    return shapely.Polygon(np.column_stack([lon, lat]))


def centres(cells: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the middle of each cell: longitudes and latitudes, WGS-84 degrees; NaN for 0.

    Examples
    --------
    >>> lon, lat = centres(np.append(encode(lon=[123.0], lat=[41.1]), 0))
    >>> lon.round(4).tolist(), lat.round(4).tolist()
    ([123.0001, nan], [41.1, nan])
    """
    numbers = np.asarray(cells, np.int64).ravel().tolist()
    pairs = [h3.cell_to_latlng(cell) if cell else (math.nan, math.nan) for cell in numbers]
    lat, lon = np.array(pairs, np.float64).reshape(-1, 2).T
    return lon, lat


def to_words(cells: ArrayLike) -> NDArray[np.object_]:
    """Return each cell as its usual hexadecimal word; empty for the missing cell 0.

    Examples
    --------
    >>> to_words([0x8C302E48D3823FF, 0]).tolist()
    ['8c302e48d3823ff', '']
    """
    numbers = np.asarray(cells, np.int64).ravel().tolist()
    return np.array([f"{cell:x}" if cell else "" for cell in numbers], dtype=object)


def disks(cells: ArrayLike, *, rings: int) -> Cells:
    """Return the cells that are at most `rings` steps away from one of `cells`.

    Parameters
    ----------
    cells
        H3 cells of one resolution, shape ``(n,)``.
    rings
        Steps; 0 gives the cells themselves.

    Returns
    -------
    array of int64
        Ascending, each once. No cells give none; the missing cell 0 has no neighbours.

    Examples
    --------
    >>> len(disks(encode(lon=[123.0], lat=[41.1]), rings=1)), len(disks([0], rings=1))
    (7, 0)
    """
    numbers = np.asarray(cells, np.int64).ravel()
    around = [h3.grid_disk(cell, rings) for cell in numbers[numbers != 0].tolist()]
    found = [np.asarray(disk).astype(np.int64) for disk in around]  # h3 counts without a sign
    return np.unique(np.concatenate([np.empty(0, np.int64), *found]))
