"""Points to H3 cells, compiled: digits on the lattice of the nearest face, doubts left to h3-py.

The method is that of the H3 core library (faceijk.c) without its detour over angles. What rounding
could decide, points next to a border of a cell or of a face, is marked `UNSURE` and asked of h3-py.
"""

import math

import numpy as np
from numpy.typing import NDArray

from gis_grid.geo.compiled import kernel
from gis_grid.router.digits import (
    DIGIT_BITS,
    FINEST,
    UNSURE,
    Bases,
    Steps,
    leading,
    parent_of,
    turned_by,
    turns,
    up_to_base,
)
from gis_grid.router.edges import frozen
from gis_grid.router.lattice import (
    FACES,
    FRAMES,
    QUARTER_DEG,
    RAD_PER_DEG,
    cell_at,
    on_sphere,
    plane_matrix,
    sine_cosine,
    unit_rad,
)
from gis_grid.router.predicates import Point

Coordinates = tuple[NDArray[np.float64], NDArray[np.float64]]
BLOCK = 512
"""Points whose unit vectors are kept at a time; they fit into the first cache."""

MODE_CELL = 1 << 59
RESOLUTION_BIT, BASE_BIT = 52, 45
BASE_MASK = 127

SURELY_NEAREST = 0.9343
"""A point whose cosine to a face's centre exceeds this lies within the face: its edges are 20.905
degrees away."""

BESIDE = tuple(map(tuple, np.argsort(-FRAMES[:, 2] @ FRAMES[:, 2].T)[:, 1:4].tolist()))
"""The three faces that share an edge with each: a face is all that is nearer to it than to them."""

FACE_GAP = 1e-9
ROUNDING = 2e-14
"""Bound of what our arithmetic and that of H3 may differ by, in radians; H3 takes an arc cosine
near 1 for points near a face's centre, which costs it this much divided by the distance."""

EARTH_LON_DEG, EARTH_LAT_DEG = 180.0, 90.0
SAMPLES = 10_000
SAMPLED = 3
"""Resolution at which base cells and turns are learnt: one digit that is not 0 shows a turn."""


def face_matrices(resolution: int) -> NDArray[np.float64]:
    """Return for each face the matrix from the sphere to the lattice, shape ``(20, 3, 3)``."""
    return np.array([plane_matrix(face, resolution) for face in range(FACES)])


@kernel
def nearest_face_of(
    point: tuple[float, float, float], last: int, frames: NDArray[np.float64]
) -> int:
    """Return the face nearest to a point of the sphere, UNSURE between two; try `last` first."""
    x, y, z = point
    height = frames[last, 2, 0] * x + frames[last, 2, 1] * y + frames[last, 2, 2] * z
    if height > SURELY_NEAREST:
        return last
    beside = -1.0
    for side in range(3):
        face = BESIDE[last][side]
        cosine = frames[face, 2, 0] * x + frames[face, 2, 1] * y + frames[face, 2, 2] * z
        beside = max(beside, cosine)
    if height - beside > FACE_GAP:
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
def lattice_point(
    point: tuple[float, float, float], matrices: NDArray[np.float64], face: int, unit: float
) -> tuple[int, int, bool]:
    """Return the lattice point nearest to a point of the sphere, and whether that is sure."""
    x, y, z = point
    m, f = matrices, face
    w = 1.0 / (m[f, 2, 0] * x + m[f, 2, 1] * y + m[f, 2, 2] * z)
    a = (m[f, 0, 0] * x + m[f, 0, 1] * y + m[f, 0, 2] * z) * w
    b = (m[f, 1, 0] * x + m[f, 1, 1] * y + m[f, 1, 2] * z) * w
    i, j = cell_at((a, b))
    a_off, b_off = a - i, b - j
    out = max(abs(2.0 * a_off - b_off), abs(2.0 * b_off - a_off), abs(a_off + b_off))
    centre_rad = unit * math.sqrt(max(a * a - a * b + b * b, 1e-300))
    return int(i), int(j), out < 1.0 - ROUNDING / unit * (1.0 + 1.0 / centre_rad)


@kernel
def over_degrees(degrees: float) -> Point:
    """Return sine and cosine of an angle between -225 and 225 degrees, with no branches."""
    quarter = np.floor(degrees / QUARTER_DEG + 0.5)
    sine, cosine = sine_cosine((degrees - QUARTER_DEG * quarter) * RAD_PER_DEG)
    swapped, half = abs(quarter) == 1.0, abs(quarter) == 2.0  # noqa: PLR2004 - two quarters
    s, c = (cosine, sine) if swapped else (sine, cosine)
    return (-s if half | (quarter == -1.0) else s), (-c if half | (quarter == 1.0) else c)


@kernel
def on_sphere_into(points: Coordinates, out: NDArray[np.float64]) -> None:
    """Fill three rows of `out` with the unit vectors of points in degrees."""
    lon, lat = points
    for at in range(len(lon)):
        sine, cosine = over_degrees(lat[at])
        east, ahead = over_degrees(lon[at])
        out[0, at], out[1, at], out[2, at] = cosine * ahead, cosine * east, sine


@kernel
def encode_into(
    points: Coordinates,
    resolution: int,
    tables: tuple[NDArray[np.float64], NDArray[np.float64], Bases, Steps],
    unit: float,
    out: NDArray[np.int64],
) -> int:
    """Fill `out` with cells, 0 for no point, UNSURE where h3-py must be asked; count the last.

    Block by block, each step over a whole block: the compiler makes vectors of the first.
    """
    frames, matrices, bases, steps = tables
    room = min(BLOCK, len(out))
    vectors, places = np.empty((3, room)), np.empty((room, 3), np.int64)
    face, unsure = 0, 0
    for start in range(0, len(out), BLOCK):
        lon, lat = points[0][start : start + BLOCK], points[1][start : start + BLOCK]
        cells = out[start : start + BLOCK]
        on_sphere_into((lon, lat), vectors)
        face = place_into(vectors[:, : len(cells)], face, (frames, matrices), unit, places)
        number_into(places, resolution, bases, steps, cells)
        for at in range(len(cells)):
            if not (abs(lon[at]) <= EARTH_LON_DEG and abs(lat[at]) <= EARTH_LAT_DEG):
                cells[at] = 0
            unsure += cells[at] == UNSURE
    return unsure


@kernel
def place_into(
    vectors: NDArray[np.float64],
    last: int,
    tables: tuple[NDArray[np.float64], NDArray[np.float64]],
    unit: float,
    out: NDArray[np.int64],
) -> int:
    """Fill rows of `out` with face and lattice point, UNSURE next to a border; return a face."""
    frames, matrices = tables
    for at in range(vectors.shape[1]):
        point = (vectors[0, at], vectors[1, at], vectors[2, at])
        face = nearest_face_of(point, last, frames)
        if face != UNSURE:
            last = face
            i, j, sure = lattice_point(point, matrices, face, unit)
            out[at, 1], out[at, 2] = i, j
            face = face if sure else UNSURE
        out[at, 0] = face
    return last


@kernel
def number_into(
    places: NDArray[np.int64], resolution: int, bases: Bases, steps: Steps, out: NDArray[np.int64]
) -> None:
    """Fill `out` with the cells of lattice points, UNSURE where h3-py must be asked."""
    finer = (1 << DIGIT_BITS * (FINEST - resolution)) - 1
    header = MODE_CELL | resolution << RESOLUTION_BIT | finer
    for at in range(len(out)):
        out[at] = UNSURE
        face = places[at, 0]
        if face == UNSURE:
            continue
        i, j, digits = up_to_base(places[at, 1], places[at, 2], resolution, steps.up)
        low = min(i, j, 0)
        i, j, k = i - low, j - low, -low
        if max(i, j, k) > 2:  # noqa: PLR2004 - no base cell lies farther out
            continue
        turn = bases.turn[face, i, j, k, leading(digits)]
        if turn >= 0:
            cell = header | bases.number[face, i, j, k] << BASE_BIT
            out[at] = cell | turned_by(turn, digits, steps.turned)


@kernel
def sample_into(
    points: Coordinates,
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
        i, j, sure = lattice_point(point, tables[1], face, unit)
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
    turn = np.full((FACES, 3, 3, 3, 7), UNSURE)
    digits = truth[:, None] >> DIGIT_BITS * (FINEST - np.arange(1, SAMPLED + 1)) & 7
    first = raw[np.arange(len(raw)), 4 + (raw[:, 4:] != 0).argmax(axis=1)]
    keys, group = np.unique(np.column_stack([raw[:, :4], first]), axis=0, return_inverse=True)
    for row, key in enumerate(keys):
        of_key = np.flatnonzero(group.ravel() == row)
        fits = [(word[raw[of_key, 4:]] == digits[of_key]).all() for word in turns()]
        if key[0] == UNSURE or key[1:4].max() > 2 or not any(fits):  # noqa: PLR2004
            continue
        number[tuple(key[:4])] = truth[of_key[0]] >> BASE_BIT & BASE_MASK
        turn[tuple(key)] = fits.index(True)
    turn[..., 0][number >= 0] = 0  # nothing to turn
    return Bases(frozen(number), frozen(turn))
