"""Corners added to polygons, so that neighbours that tile have the same ones."""

from typing import TypeVar, cast

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]
Areal = TypeVar("Areal", shapely.Polygon, shapely.MultiPolygon)


def with_corners(shape: Areal, corners: Floats, *, near: float) -> Areal:
    """Return a polygon with more corners on its border.

    Parameters
    ----------
    shape
        Polygon or MultiPolygon, in degrees or metres; holes get corners too.
    corners
        x and y, shape ``(n, 2)``, finite.
    near
        Corners farther than this from the border are left out, in the unit of the coordinates. So
        far may the border move: it goes through the corner.

    Returns
    -------
    Polygon or MultiPolygon
        As it was given when there is nothing to add; corners that it has already stay as they are.

    Examples
    --------
    >>> square = shapely.box(0, 0, 2, 2)
    >>> with_corners(square, np.array([[2.0, 1.0], [5.0, 5.0]]), near=1e-6).wkt
    'POLYGON ((2 0, 2 1, 2 2, 0 2, 0 0, 2 0))'
    >>> with_corners(square, np.array([[2.0, 2.0]]), near=1e-6).equals_exact(square)
    True
    >>> with_corners(square, np.empty((0, 2)), near=1e-6) is square
    True
    """
    if not len(corners):
        return shape
    parts = [
        shapely.Polygon(
            _ring_with(shapely.get_coordinates(part.exterior), corners, near),
            [_ring_with(shapely.get_coordinates(hole), corners, near) for hole in part.interiors],
        )
        for part in shapely.get_parts(shape)
    ]
    is_many = isinstance(shape, shapely.MultiPolygon)
    return cast("Areal", shapely.MultiPolygon(parts) if is_many else parts[0])


def _ring_with(ring: Floats, corners: Floats, near: float) -> Floats:
    a, b = ring[:-1, None], ring[1:, None]
    d = b - a
    size = np.maximum((d**2).sum(axis=2), 1e-300)
    share = ((corners - a) * d).sum(axis=2) / size
    apart = np.hypot(*np.moveaxis(corners - (a + share[:, :, None] * d), 2, 0))
    known = (corners[:, None] == ring[None]).all(axis=2).any(axis=1)
    on = (apart <= near) & (share > 0) & (share < 1) & ~known
    segment, which = np.nonzero(on)
    order = np.lexsort((share[segment, which], segment))
    return np.insert(ring, segment[order] + 1, corners[which[order]], axis=0)
