"""The hexagon lattice of H3 in the plane of one face of the icosahedron.

A face's plane is the gnomonic projection from the Earth's centre. There the cells of one resolution
are the Voronoi cells of a lattice, numbered by whole numbers i, j along axes at 0 and 120 degrees.
Beyond its face the lattice simply goes on; it is then no longer H3's, but still a lattice.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis_grid.geo.compiled import kernel
from gis_grid.router.edges import frozen
from gis_grid.router.predicates import Point

FACES = 20
AP7_TURN_RAD = math.asin(math.sqrt(3 / 28))
"""How far the lattice of an odd resolution is turned against that of the even ones."""

RAD_PER_DEG = math.pi / 180
QUARTER_DEG = 90.0
SINE = tuple(1 / math.factorial(power) for power in range(3, 17, 2))
COSINE = tuple(1 / math.factorial(power) for power in range(2, 18, 2))
"""Coefficients of Taylor's series; multiplied, because dividing takes ten times as long."""

UNIT_0 = 0.38196601125010500003
"""Distance of neighbouring lattice points at resolution 0, in radians at the face's centre."""

_CENTRES_RAD = np.array(  # lat, lon of the face centres; H3 core library, faceijk.c
    [
        [0.803582649718989942, 1.248397419617396099],
        [1.307747883455638156, 2.536945009877921159],
        [1.054751253523952054, -1.347517358900396623],
        [0.600191595538186799, -0.450603909469755746],
        [0.491715428198773866, 0.401988202911306943],
        [0.172745327415618701, 1.678146885280433686],
        [0.605929321571350690, 2.953923329812411617],
        [0.427370518328979641, -1.888876200336285401],
        [-0.079066118549212831, -0.733429513380867741],
        [-0.230961644455383637, 0.506495587332349035],
        [0.079066118549212831, 2.408163140208925497],
        [0.230961644455383637, -2.635097066257444203],
        [-0.172745327415618701, -1.463445768309359553],
        [-0.605929321571350690, -0.187669323777381622],
        [-0.427370518328979641, 1.252716453253507838],
        [-0.600191595538186799, 2.690988744120037492],
        [-0.491715428198773866, -2.739604450678486295],
        [-0.803582649718989942, -1.893195233972397139],
        [-1.307747883455638156, -0.604647643711872080],
        [-1.054751253523952054, 1.794075294689396615],
    ]
)
_AZIMUTHS_RAD = np.array(  # azimuth of the first axis of each face; H3 core library, faceijk.c
    [
        5.619958268523939882,
        5.760339081714187279,
        0.780213654393430055,
        0.430469363979999913,
        6.130269123335111400,
        2.692877706530642877,
        2.982963003477243874,
        3.532912002790141181,
        3.494305004259568154,
        3.003214169499538391,
        5.930472956509811562,
        0.138378484090254847,
        0.448714947059150361,
        0.158629650112549365,
        5.891865957979238535,
        2.711123289609793325,
        3.294508837434268316,
        3.804819692245439833,
        3.664438879055192436,
        2.361378999196363184,
    ]
)


def _frames() -> NDArray[np.float64]:
    """Return the unit vectors x, y, normal of each face, shape ``(20, 3, 3)``."""
    lat, lon = _CENTRES_RAD.T
    normal = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
    north = np.stack([-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)], axis=1)
    east = np.stack([-np.sin(lon), np.cos(lon), np.zeros(FACES)], axis=1)
    azimuth = _AZIMUTHS_RAD[:, None]
    x = north * np.cos(azimuth) + east * np.sin(azimuth)
    y = north * np.sin(azimuth) - east * np.cos(azimuth)
    return np.stack([x, y, normal], axis=1)


FRAMES = _frames()


Lens = tuple[float, ...]
"""A 3 x 3 matrix row by row, then a meridian and a latitude in degrees with its sine and cosine.

The matrix turns a point of the sphere, its longitude counted from the meridian, into a, b and w;
a/w and b/w are lattice coordinates. Plain floats, because they are used for every point.
"""


class Plane(NamedTuple):
    """The lattice of one resolution on one face, seen from a place."""

    lens: Lens
    """From the sphere to the lattice."""

    inverse: NDArray[np.float64]
    """The inverse of the matrix, shape ``(3, 3)``; read-only."""


def unit_rad(resolution: int) -> float:
    """Return the distance of neighbouring lattice points, in radians at the face's centre."""
    return float(UNIT_0 / math.sqrt(7.0) ** resolution)


def nearest_face(*, lon: float, lat: float) -> int:
    """Return the face whose centre is nearest to a point in degrees."""
    return int(np.argmax(FRAMES[:, 2] @ np.array(on_sphere(lon, lat))))


def plane_matrix(face: int, resolution: int) -> NDArray[np.float64]:
    """Return the matrix that turns a point of the sphere into a, b, w: i, j are near a/w, b/w."""
    x, y, normal = FRAMES[face]
    if resolution % 2 == 1:
        cosine, sine = math.cos(AP7_TURN_RAD), math.sin(AP7_TURN_RAD)
        x, y = x * cosine + y * sine, y * cosine - x * sine
    b = y * 2 / math.sqrt(3)
    a = x + b / 2
    scale = 1 / unit_rad(resolution)
    return np.array([a * scale, b * scale, normal])


def plane_of(face: int, resolution: int, *, lon: float, lat: float) -> Plane:
    """Return the lattice of a face and resolution, fast and exact to 1e-14 around a place.

    Examples
    --------
    >>> plane = plane_of(nearest_face(lon=123.0, lat=41.1), 12, lon=123.0, lat=41.0)
    >>> lon, lat = to_lonlat(plane, to_plane(plane.lens, 123.01, 41.1))
    >>> round(lon, 12), round(lat, 12)
    (123.01, 41.1)
    """
    east = np.array([[*on_sphere(lon, 0.0)], [*on_sphere(lon + QUARTER_DEG, 0.0)], [0.0, 0.0, 1.0]])
    matrix = plane_matrix(face, resolution) @ east.T
    phi = math.radians(lat)
    lens = (*matrix.ravel().tolist(), lon, lat, math.sin(phi), math.cos(phi))
    return Plane(lens, frozen(np.linalg.inv(matrix)))


@kernel
def on_sphere(lon: float, lat: float) -> tuple[float, float, float]:
    """Return the unit vector of a point in degrees."""
    phi, lam = math.radians(lat), math.radians(lon)
    cosine = math.cos(phi)
    return cosine * math.cos(lam), cosine * math.sin(lam), math.sin(phi)


@kernel
def sine_cosine(radians: float) -> tuple[float, float]:
    """Return sine and cosine of angles up to 1, to 1e-14: Taylor, because that has no branches."""
    q = radians * radians
    s, c = SINE, COSINE
    sine = s[0] - q * (s[1] - q * (s[2] - q * (s[3] - q * (s[4] - q * (s[5] - q * s[6])))))
    cosine = c[3] - q * (c[4] - q * (c[5] - q * (c[6] - q * c[7])))
    cosine = c[0] - q * (c[1] - q * (c[2] - q * cosine))
    return radians * (1.0 - q * sine), 1.0 - q * cosine


@kernel
def to_plane(lens: Lens, lon: float, lat: float) -> Point:
    """Return the lattice coordinates a, b of a point in degrees."""
    east, y_cosine = sine_cosine((lon - lens[9]) * RAD_PER_DEG)
    north, cosine = sine_cosine((lat - lens[10]) * RAD_PER_DEG)
    z = lens[11] * cosine + lens[12] * north
    around = lens[12] * cosine - lens[11] * north
    x, y = around * y_cosine, around * east
    w = 1.0 / (lens[6] * x + lens[7] * y + lens[8] * z)
    a = (lens[0] * x + lens[1] * y + lens[2] * z) * w
    b = (lens[3] * x + lens[4] * y + lens[5] * z) * w
    return a, b


@kernel
def to_lonlat(plane: Plane, where: Point) -> Point:
    """Return the degrees of a place given by its lattice coordinates."""
    m = plane.inverse
    x = m[0, 0] * where[0] + m[0, 1] * where[1] + m[0, 2]
    y = m[1, 0] * where[0] + m[1, 1] * where[1] + m[1, 2]
    z = m[2, 0] * where[0] + m[2, 1] * where[1] + m[2, 2]
    lon = plane.lens[9] + math.degrees(math.atan2(y, x))
    return lon, math.degrees(math.atan2(z, math.hypot(x, y)))


@kernel
def cell_at(where: Point) -> Point:
    """Return the lattice point nearest to a place, by rounding cube coordinates: whole numbers.

    They stay floats, and nothing branches, so that a loop over points is made of vectors.
    """
    a, b = where
    # the three cube coordinates sum to zero; the one rounded most gives way
    u, v, w = a - b, b, -a
    i, j, k = np.floor(u + 0.5), np.floor(v + 0.5), np.floor(w + 0.5)
    du, dv, dw = abs(i - u), abs(j - v), abs(k - w)
    is_third = (dw >= du) & (dw >= dv)
    second = j if is_third | (dv < du) else -i - k
    return (i + j if is_third else -k), second
