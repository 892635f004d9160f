"""Points to H3 cells, compiled: digits on the lattice of the nearest face, doubts left to h3-py.

The method is that of the H3 core library (faceijk.c) without its detour over angles. What rounding
could decide, points next to a border of a cell or of a face, is marked `UNSURE` and asked of h3-py.
"""

import math
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis_grid.router.lattice import FACES, FRAMES, cell_at, on_sphere, plane_matrix, unit_rad
from gis_grid.router.predicates import kernel

UNSURE = -1
MODE_CELL = 1 << 59
RESOLUTION_BIT, BASE_BIT, DIGIT_BITS, FINEST = 52, 45, 3, 15
BASE_MASK = 127

SURELY_NEAREST = 0.9343
"""A point whose cosine to a face's centre exceeds this lies within the face: its edges are 20.905
degrees away."""

FACE_GAP = 1e-9
ROUNDING = 2e-14
"""Bound of what our arithmetic and that of H3 may differ by, in radians; H3 takes an arc cosine
near 1 for points near a face's centre, which costs it this much divided by the distance."""

_CCW = (0, 5, 3, 1, 6, 4, 2, 7)
"""Each digit turned by 60 degrees, counter-clockwise."""

EARTH_LON_DEG, EARTH_LAT_DEG = 180.0, 90.0
SAMPLES = 10_000
SAMPLED = 3
"""Resolution at which base cells and turns are learnt: one digit that is not 0 shows a turn."""


class Bases(NamedTuple):
    """What follows from the face and the lattice point of resolution 0; arrays are read-only."""

    number: NDArray[np.int64]
    """Base cell by face, i, j, k; -1 where h3-py must be asked. Shape ``(20, 3, 3, 3)``."""

    turned: NDArray[np.int64]
    """Digit in the base cell's own frame by face, i, j, k, the first digit that is not 0 (on which
    it depends around pentagons) and digit, shape ``(20, 3, 3, 3, 7, 8)``; -1 as above."""


def face_matrices(resolution: int) -> NDArray[np.float64]:
    """Return for each face the matrix from the sphere to the lattice, shape ``(20, 3, 3)``."""
    return np.array([plane_matrix(face, resolution) for face in range(FACES)])


@cache
def turns() -> NDArray[np.int64]:
    """Return the digits turned by 0 to 5 times 60 degrees, shape ``(6, 8)``."""
    found = [np.arange(8)]
    for _ in range(5):
        found.append(np.array(_CCW)[found[-1]])
    return np.array(found)


@kernel
def nearest_face_of(
    point: tuple[float, float, float], last: int, frames: NDArray[np.float64]
) -> int:
    """Return the face nearest to a point of the sphere, UNSURE between two; try `last` first."""
    x, y, z = point
    if frames[last, 2, 0] * x + frames[last, 2, 1] * y + frames[last, 2, 2] * z > SURELY_NEAREST:
        return last
    found, best, second = 0, -2.0, -2.0
    for face in range(FACES):
        cosine = frames[face, 2, 0] * x + frames[face, 2, 1] * y + frames[face, 2, 2] * z
        if cosine > best:
            found, best, second = face, cosine, best
        elif cosine > second:
            second = cosine
    return found if best - second > FACE_GAP else UNSURE


@kernel
def seventh(n: int) -> int:
    """Return n / 7, rounded to the nearest whole number."""
    return (n + 3) // 7


@kernel
def parent_of(i: int, j: int, resolution: int) -> tuple[int, int, int]:
    """Return the lattice point one resolution coarser, and which of its seven children this is."""
    if resolution % 2 == 1:
        up_i, up_j = seventh(3 * i - j), seventh(i + 2 * j)
        di, dj = i - 2 * up_i - up_j, j + up_i - 3 * up_j
    else:
        up_i, up_j = seventh(2 * i + j), seventh(3 * j - i)
        di, dj = i - 3 * up_i + up_j, j - up_i - 2 * up_j
    low = min(di, dj, 0)
    return up_i, up_j, (di - low) * 4 + (dj - low) * 2 - low


@kernel
def lattice_point(
    point: tuple[float, float, float], matrix: NDArray[np.float64], unit: float
) -> tuple[int, int, bool]:
    """Return the lattice point nearest to a point of the sphere, and whether that is sure."""
    x, y, z = point
    w = 1.0 / (matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2] * z)
    a = (matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2] * z) * w
    b = (matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2] * z) * w
    i, j = cell_at((a, b))
    a_off, b_off = a - i, b - j
    out = max(abs(2.0 * a_off - b_off), abs(2.0 * b_off - a_off), abs(a_off + b_off))
    centre_rad = unit * math.sqrt(max(a * a - a * b + b * b, 1e-300))
    return i, j, out < 1.0 - ROUNDING / unit * (1.0 + 1.0 / centre_rad)


@kernel
def leading(digits: NDArray[np.int64], resolution: int) -> int:
    """Return the first digit that is not 0, or 0."""
    for level in range(1, resolution + 1):
        if digits[level] != 0:
            return digits[level]  # type: ignore[no-any-return]
    return 0


@kernel
def encode_into(
    points: tuple[NDArray[np.float64], NDArray[np.float64]],
    resolution: int,
    tables: tuple[NDArray[np.float64], NDArray[np.float64], Bases],
    unit: float,
    out: NDArray[np.int64],
) -> int:
    """Fill `out` with cells, 0 for no point, UNSURE where h3-py must be asked; count the last."""
    lon, lat = points
    frames, matrices, bases = tables
    header = (
        MODE_CELL | resolution << RESOLUTION_BIT | (1 << DIGIT_BITS * (FINEST - resolution)) - 1
    )
    face, unsure = 0, 0
    digits = np.empty(FINEST + 1, np.int64)
    for at in range(len(lon)):
        if not (abs(lon[at]) <= EARTH_LON_DEG and abs(lat[at]) <= EARTH_LAT_DEG):
            out[at] = 0
            continue
        point = on_sphere(lon[at], lat[at])
        near = nearest_face_of(point, face, frames)
        sure = near != UNSURE
        if sure:
            face = near
            i, j, sure = lattice_point(point, matrices[face], unit)
        if sure:
            for level in range(resolution, 0, -1):
                i, j, digits[level] = parent_of(i, j, level)
            low = min(i, j, 0)
            i, j, k = i - low, j - low, -low
            first = leading(digits, resolution)
            sure = max(i, j, k) <= 2 and bases.turned[face, i, j, k, first, 0] >= 0  # noqa: PLR2004
        if not sure:
            out[at] = UNSURE
            unsure += 1
            continue
        cell = header | bases.number[face, i, j, k] << BASE_BIT
        for level in range(1, resolution + 1):
            digit = bases.turned[face, i, j, k, first, digits[level]]
            cell |= digit << DIGIT_BITS * (FINEST - level)
        out[at] = cell
    return unsure


@kernel
def sample_into(
    points: tuple[NDArray[np.float64], NDArray[np.float64]],
    tables: tuple[NDArray[np.float64], NDArray[np.float64]],
    unit: float,
    out: NDArray[np.int64],
) -> None:
    """Fill rows of `out` with face, i, j, k and raw digits of sure points, -1 for the others."""
    lon, lat = points
    for at in range(len(lon)):
        out[at] = UNSURE
        point = on_sphere(lon[at], lat[at])
        face = nearest_face_of(point, 0, tables[0])
        if face == UNSURE:
            continue
        i, j, sure = lattice_point(point, tables[1][face], unit)
        if not sure:
            continue
        for level in range(SAMPLED, 0, -1):
            i, j, out[at, 3 + level] = parent_of(i, j, level)
        low = min(i, j, 0)
        out[at, 0], out[at, 1], out[at, 2], out[at, 3] = face, i - low, j - low, -low


def learn_bases(
    lon: NDArray[np.float64], lat: NDArray[np.float64], truth: NDArray[np.int64]
) -> Bases:
    """Return what cells of resolution 3, as h3-py gives them, say about base cells and turns."""
    raw = np.empty((len(lon), 4 + SAMPLED), np.int64)
    sample_into((lon, lat), (FRAMES, face_matrices(SAMPLED)), unit_rad(SAMPLED), raw)
    number = np.full((FACES, 3, 3, 3), UNSURE)
    turned = np.full((FACES, 3, 3, 3, 7, 8), UNSURE)
    digits = truth[:, None] >> DIGIT_BITS * (FINEST - np.arange(1, SAMPLED + 1)) & 7
    first = raw[np.arange(len(raw)), 4 + (raw[:, 4:] != 0).argmax(axis=1)]
    keys, group = np.unique(np.column_stack([raw[:, :4], first]), axis=0, return_inverse=True)
    for row, key in enumerate(keys):
        of_key = np.flatnonzero(group.ravel() == row)
        fits = [(turn[raw[of_key, 4:]] == digits[of_key]).all() for turn in turns()]
        if key[0] == UNSURE or key[1:4].max() > 2 or not any(fits):  # noqa: PLR2004
            continue
        number[tuple(key[:4])] = truth[of_key[0]] >> BASE_BIT & BASE_MASK
        turned[tuple(key)] = turns()[fits.index(True)]
    turned[:, :, :, :, 0][number >= 0] = turns()[0]  # nothing to turn
    return Bases(number, turned)
