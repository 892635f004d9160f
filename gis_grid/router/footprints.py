"""Which footprints cover a point: shapes kept as WKB, found by small squares of degrees."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_grid.router.cells import is_on_earth

if TYPE_CHECKING:
    import pyarrow as pa

SQUARE_DEG = 0.0005
"""Side of a square: 40 m by 55 m in middle latitudes, about the size of a house."""

WIDE_DEG = 0.05
"""Footprints that are wider (3 km and more) are asked about every point: they are few."""

_COLUMN = 1 << 20
"""More squares than there are from south to north."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Footprints:
    """An index over polygons; about 120 bytes for a house of four walls, so millions fit."""

    shapes: "pa.Array[Any]"
    """WKB in WGS-84 degrees."""

    squares: NDArray[np.int64]
    """Each square that a footprint meets, ascending, once for each footprint."""

    rows: NDArray[np.int32]
    """The footprint, beside `squares`."""

    wide: NDArray[np.int32]
    """Rows of those that are in no square."""

    @classmethod
    def build(cls, shapes: "pa.Array[Any]") -> Self:
        """Index polygons.

        Parameters
        ----------
        shapes
            WKB of polygons in WGS-84 degrees, shape ``(n,)``; null and empty ones cover nothing.

        Examples
        --------
        >>> import pyarrow as pa
        >>> boxes = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 1.001, 0.001), None]
        >>> index = Footprints.build(pa.array(shapely.to_wkb(boxes), pa.large_binary()))
        >>> [row for row, _ in index.covering(lon=1.0, lat=0.0005)]
        [0, 1]
        >>> index.covering(lon=1.0011, lat=0.0005), index.covering(lon=np.nan, lat=0)
        ([], [])
        """
        bounds = shapely.bounds(shapely.from_wkb(shapes.to_numpy(zero_copy_only=False)))
        west, south, east, north = bounds.T
        known = np.isfinite(bounds).all(axis=1)
        wide = np.maximum(east - west, north - south) > WIDE_DEG
        small = np.flatnonzero(known & ~wide)
        squares, rows = _squares(bounds[small], small)
        order = np.lexsort((rows, squares))
        return cls(
            shapes=shapes,
            squares=squares[order],
            rows=rows[order].astype(np.int32),
            wide=np.flatnonzero(known & wide).astype(np.int32),
        )

    def covering(self, *, lon: float, lat: float) -> list[tuple[int, shapely.Geometry]]:
        """Return row and shape of the footprints that cover a point, border included, by row.

        Parameters
        ----------
        lon, lat
            WGS-84 degrees; a point that is none lies in nothing.
        """
        if not is_on_earth(lon=np.array([lon]), lat=np.array([lat]))[0]:
            return []
        square = int(_index(lon) * _COLUMN + _index(lat))
        begin, end = np.searchsorted(self.squares, [square, square + 1])
        near = sorted([*self.rows[begin:end].tolist(), *self.wide.tolist()])
        if not near:
            return []
        words = np.array([self.shapes[row].as_py() for row in near], object)
        shapes = shapely.from_wkb(words)
        covers = shapely.covers(shapes, shapely.Point(lon, lat))
        return [(row, shape) for row, shape, yes in zip(near, shapes, covers, strict=True) if yes]


def _index(degrees: Any) -> NDArray[np.int64]:  # noqa: ANN401 - a number or an array
    return np.floor(np.asarray(degrees) / SQUARE_DEG).astype(np.int64) + _COLUMN // 2


def _squares(
    bounds: NDArray[np.float64], rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return every pair of a square and a footprint whose bounds meet it."""
    low, high = _index(bounds[:, :2]), _index(bounds[:, 2:])
    wide, tall = (high - low + 1).T
    count = wide * tall
    place = np.repeat(np.arange(len(rows)), count)
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    column = low[place, 0] + step // tall[place]
    row = low[place, 1] + step % tall[place]
    return column * _COLUMN + row, rows[place]
