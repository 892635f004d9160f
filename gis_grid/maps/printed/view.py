"""From degrees to pixels of the sheet: Web Mercator, as on the page."""

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_grid.maps.printed.paper import MM_A_INCH, PX_A_INCH

TILE = 256.0
EQUATOR_M = 40_075_016.7
CLOSEST = 19.0
"""A single point is shown at this zoom."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A part of the world in a rectangle of the sheet; y grows downwards."""

    zoom: float
    left: float
    """World pixel at x 0 of the sheet."""

    top: float
    x: float
    y: float
    width: float
    height: float
    lat: float

    @property
    def px_per_metre(self) -> float:
        """Pixels of a metre on the ground in the middle of the map."""
        scale = TILE * 2.0**self.zoom
        return float(scale / (EQUATOR_M * math.cos(math.radians(self.lat))))

    @property
    def denominator(self) -> int:
        """The scale: so many metres on the ground are one on paper; two figures."""
        metre_of_px = MM_A_INCH / PX_A_INCH / 1000
        exact = 1 / (self.px_per_metre * metre_of_px)
        unit = 10 ** (math.floor(math.log10(exact)) - 1)
        return int(round(exact / unit) * unit)

    def place(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        """Return shapes from degrees to pixels of the sheet; missing ones stay."""
        placed: NDArray[np.object_] = shapely.transform(shapes, self.xy)
        return placed

    def xy(self, lonlat: Floats) -> Floats:
        """Return points from degrees to pixels of the sheet, shape ``(n, 2)``."""
        scale = float(TILE * 2.0**self.zoom)
        placed: Floats = _world(lonlat) * scale - np.array([self.left, self.top])
        return placed

    def seen(self, shapes: NDArray[np.object_], margin: float = 4.0) -> NDArray[np.bool_]:
        """Return which shapes (pixels) may touch the rectangle; missing ones never do."""
        low_x, low_y, high_x, high_y = shapely.bounds(shapes).reshape(-1, 4).T
        right, foot = self.x + self.width + margin, self.y + self.height + margin
        return (
            (low_x <= right)
            & (high_x >= self.x - margin)
            & (low_y <= foot)
            & (high_y >= self.y - margin)
        )


def fitted(
    bounds: tuple[float, float, float, float],
    frame: tuple[float, float, float, float],
    *,
    padding: float = 14.0,
) -> View:
    """Return the view in which bounds just fit a frame.

    Parameters
    ----------
    bounds
        West, south, east, north in degrees.
    frame
        x, y, width and height on the sheet, pixels.
    padding
        Pixels kept free on every side.
    """
    x, y, width, height = frame
    west, south, east, north = bounds
    (left, foot), (right, top) = _world(np.array([[west, south], [east, north]]))
    across = max(right - left, (foot - top) * (width - 2 * padding) / (height - 2 * padding))
    zoom = CLOSEST
    if across > 0:
        zoom = min(CLOSEST, math.log2((width - 2 * padding) / across / TILE))
    scale = TILE * 2.0**zoom
    return View(
        zoom=zoom,
        left=(left + right) / 2 * scale - (x + width / 2),
        top=(top + foot) / 2 * scale - (y + height / 2),
        x=x,
        y=y,
        width=width,
        height=height,
        lat=(south + north) / 2,
    )


def _world(lonlat: Floats) -> Floats:
    lat = np.radians(np.clip(lonlat[:, 1], -85.05, 85.05))
    north = np.log(np.tan(lat) + 1 / np.cos(lat)) / np.pi
    return np.column_stack([(lonlat[:, 0] + 180) / 360, (1 - north) / 2])
