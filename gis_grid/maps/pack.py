"""Shapes as short lists of whole numbers, small enough to travel inside a page."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

STEP_DEG = 1e-6
"""Unit of a packed coordinate: about 0.1 m."""

Rings = list[list[int]]
Shapes = NDArray[np.object_]


def pack(shapes: Shapes, *, origin: tuple[float, float]) -> list[Rings]:
    """Write each shape as its rings, each ring as differences between vertices.

    A ring is ``[dx0, dy0, dx1, dy1, …]`` in units of `STEP_DEG`; the first pair counts from
    `origin`, every other from the vertex before. Rings of holes and of further parts follow their
    first ring: the even-odd rule tells inside from outside. A ring of an area does not repeat its
    first vertex. `unpack` is its inverse to half a unit.

    Parameters
    ----------
    shapes
        Points, lines or areas in EPSG:4326, single or multiple, shape ``(n,)``.
    origin
        Lon and lat, degrees, near the shapes.

    Returns
    -------
    list of lists, length n
        Missing and empty shapes have no rings. No shapes give an empty list.

    Examples
    --------
    >>> pack(np.array([shapely.Point(1.000002, 2), None]), origin=(1, 2))
    [[[2, 0]], []]
    >>> pack(np.array([shapely.box(1, 2, 1.000002, 2.000002)]), origin=(1, 2))
    [[[2, 0, 0, 2, -2, 0, 0, -2]]]
    """
    rings: list[Rings] = [[] for _ in range(len(shapes))]
    lines, owner, closed = _lines(shapes)
    if not lines.size:
        return rings
    xy, line = shapely.get_coordinates(lines, return_index=True)
    last = np.append(line[1:] != line[:-1], True)[: line.size]
    kept = ~(last & closed[line])
    xy, line = xy[kept], line[kept]
    units = np.rint((xy - np.asarray(origin)) / STEP_DEG).astype(np.int64)
    first = np.concatenate([[True], line[1:] != line[:-1]])
    steps = np.diff(units, axis=0, prepend=units[:1])
    steps[first] = units[first]
    for row, part in zip(owner, np.split(steps, np.flatnonzero(first)[1:]), strict=True):
        rings[row].append(part.ravel().tolist())
    return rings


def _lines(shapes: Shapes) -> tuple[Shapes, NDArray[np.int64], NDArray[np.bool_]]:
    """Every point, line or ring, not empty; the row it comes from; whether it is a ring."""
    parts, row = shapely.get_parts(shapes, return_index=True)
    area = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, area_row = shapely.get_rings(parts[area], return_index=True)
    lines = np.concatenate([parts[~area], rings])
    owner = np.concatenate([row[~area], row[area][area_row]])
    closed = np.arange(lines.size) >= (~area).sum()
    order = np.argsort(owner, kind="stable")
    order = order[~shapely.is_empty(lines[order])]
    return lines[order], owner[order], closed[order]


def unpack(rings: Sequence[Sequence[int]], *, origin: tuple[float, float]) -> list[NDArray[Any]]:
    """Return the vertices of each ring in degrees: what the page does, for tests and readers.

    Examples
    --------
    >>> unpack([[2, 0, 1, 1]], origin=(1, 2))[0].round(6).tolist()
    [[1.000002, 2.0], [1.000003, 2.000001]]
    """
    return [
        np.asarray(origin) + np.cumsum(np.asarray(ring).reshape(-1, 2), axis=0) * STEP_DEG
        for ring in rings
    ]
