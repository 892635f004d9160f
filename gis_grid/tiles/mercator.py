"""Tiles of the web: squares of the Mercator map, numbered by zoom, column and row.

The world is a square of side 1 with its origin in the north west: x grows eastwards, y southwards.
At zoom z it is cut into 2**z by 2**z tiles, each of 4096 by 4096 units.
"""

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_grid.errors import NotFoundError
from gis_grid.values.tiles import MAX_ZOOM

EXTENT = 4096
"""Units of a side of a tile."""

BUFFER = 64
"""Units around a tile that lines and areas are drawn beyond it."""

EQUATOR_M = 40_075_016.685578488
"""Length of the equator on the sphere of Web Mercator, metres."""

MAX_LAT_DEG = 89.0
"""Nearer to a pole there is no map; what reaches there is not drawn."""

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Tile:
    """One square of the map.

    Raises
    ------
    NotFoundError
        There is no such tile.

    Examples
    --------
    >>> Tile(1, 1, 0).bounds_deg
    (0.0, 0.0, 180.0, 85.0511287798066)
    >>> Tile(1, 2, 0)
    Traceback (most recent call last):
    gis_grid.errors.NotFoundError: there is no tile 1/2/0; at zoom 1 x and y are 0 to 1
    >>> Tile(-1, 0, 0)
    Traceback (most recent call last):
    gis_grid.errors.NotFoundError: there is no zoom -1; use 0 to 22
    """

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        """Refuse a tile that is not on the map."""
        if not 0 <= self.z <= MAX_ZOOM:
            msg = f"there is no zoom {self.z}; use 0 to {MAX_ZOOM}"
            raise NotFoundError(msg)
        last = 2**self.z - 1
        if not (0 <= self.x <= last and 0 <= self.y <= last):
            msg = f"there is no tile {self.z}/{self.x}/{self.y}; at zoom {self.z} x and y are 0 to "
            raise NotFoundError(msg + str(last))

    @property
    def side(self) -> float:
        """Return its side as a share of the world; exact, a power of two."""
        return 0.5**self.z

    @property
    def units(self) -> int:
        """Return how many units the whole world is wide at this zoom."""
        return EXTENT << self.z

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Return left, top, right, bottom with its buffer, in shares of the world."""
        margin = self.side * BUFFER / EXTENT
        left, top = self.x * self.side, self.y * self.side
        return left - margin, top - margin, left + self.side + margin, top + self.side + margin

    @property
    def bounds_deg(self) -> tuple[float, float, float, float]:
        """Return west, south, east, north in degrees: the same numbers as its neighbours'."""
        west, east = self.lons_deg(1)
        south, north = self.lats_deg(1)
        return west, south, east, north

    @property
    def buffered_deg(self) -> tuple[float, float, float, float]:
        """Return west, south, east, north in degrees, its buffer included."""
        left, top, right, bottom = self.box
        return _lon(left), _lat(bottom), _lon(right), _lat(top)

    @property
    def metres_per_unit(self) -> float:
        """Return the length of a unit in the metres of Web Mercator, true at the equator."""
        return EQUATOR_M / self.units

    def lons_deg(self, cells: int) -> list[float]:
        """Return the west borders of `cells` columns of the tile, and the last one's east."""
        return [_lon((self.x + i / cells) * self.side) for i in range(cells + 1)]

    def lats_deg(self, cells: int) -> list[float]:
        """Return the south borders of `cells` rows, from the south, and the last one's north."""
        return [_lat((self.y + i / cells) * self.side) for i in range(cells, -1, -1)]


def _lon(x: float) -> float:
    return x * 360.0 - 180.0


def _lat(y: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y))))


def to_world(lonlats: Floats) -> Floats:
    """Return degrees as shares of the world.

    Parameters
    ----------
    lonlats
        Longitude and latitude, EPSG:4326, shape ``(n, 2)``.

    Returns
    -------
    float64, shape ``(n, 2)``
        A latitude beyond 89 degrees counts as 89; NaN stays NaN.

    Examples
    --------
    >>> to_world(np.array([[0.0, 0.0], [-180.0, 85.0], [0.0, 90.0]])).round(3).tolist()
    [[0.5, 0.5], [0.0, 0.002], [0.5, -0.255]]
    """
    world = np.empty_like(lonlats)
    world[:, 0] = (lonlats[:, 0] + 180.0) / 360.0
    sine = np.sin(np.radians(np.clip(lonlats[:, 1], -MAX_LAT_DEG, MAX_LAT_DEG)))
    world[:, 1] = 0.5 - np.arctanh(sine) / (2 * math.pi)
    return world


def shapes_to_world(shapes: Shapes) -> Shapes:
    """Return shapes in EPSG:4326 as shapes in shares of the world; the input stays as it is.

    Missing and empty shapes stay what they are.
    """
    moved = shapely.transform(shapes, to_world)
    return np.asarray(moved, dtype=object)
