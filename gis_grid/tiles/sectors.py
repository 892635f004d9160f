"""What cameras look at on a plain: sectors of circles."""

import math

import numpy as np
import shapely

from gis_grid.tiles.mercator import EQUATOR_M, Floats, Shapes

STEP_DEG = 5.0
"""An arc has a vertex at least every so many degrees: its chord is 0.1 % too short."""

_FULL_DEG = 360.0


def sectors(world: Floats, *, azimuth_deg: Floats, fov_deg: Floats, range_m: Floats) -> Shapes:
    """Return the sector of each camera.

    Parameters
    ----------
    world
        Where they stand, shares of the world, shape ``(n, 2)``.
    azimuth_deg
        Where they look, clockwise from north.
    fov_deg
        How wide they look; 360 is a whole circle, whose azimuth may be missing.
    range_m
        How far they see, metres.

    Returns
    -------
    Polygons in shares of the world, shape ``(n,)``
        None where something is missing (NaN), or width or range is 0.

    Examples
    --------
    >>> north = sectors(np.array([[0.5, 0.5]] * 2), azimuth_deg=np.array([0.0, np.nan]),
    ...     fov_deg=np.array([90.0, 90.0]), range_m=np.array([100.0, 100.0]))
    >>> (shapely.area(north) * EQUATOR_M**2).round(1).tolist()
    [7844.0, nan]
    """
    found = np.full(len(world), None, dtype=object)
    whole = fov_deg >= _FULL_DEG
    known = (fov_deg > 0) & (range_m > 0) & (whole | ~np.isnan(azimuth_deg))
    known &= np.isfinite(world).all(axis=1)
    for row in np.flatnonzero(known):
        found[row] = _sector(
            world[row], 0.0 if whole[row] else azimuth_deg[row], fov_deg[row], range_m[row]
        )
    return found


def _sector(at: Floats, azimuth_deg: float, fov_deg: float, range_m: float) -> shapely.Polygon:
    fov_deg = min(fov_deg, _FULL_DEG)
    steps = max(1, math.ceil(fov_deg / STEP_DEG))
    bearings = np.radians(azimuth_deg + fov_deg * (np.arange(steps + 1) / steps - 0.5))
    # a metre is longer on the map of Mercator the farther it is from the equator
    length = range_m / EQUATOR_M * math.cosh(2 * math.pi * (0.5 - at[1]))
    arc: Floats = at + length * np.array([np.sin(bearings), -np.cos(bearings)]).T
    if fov_deg >= _FULL_DEG:
        return shapely.Polygon(arc[:-1])
    return shapely.Polygon(np.vstack([at, arc]))
