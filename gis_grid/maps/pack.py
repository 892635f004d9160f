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
    first ring: the even-odd rule tells inside from outside. `unpack` is its inverse to half a unit.

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
    """
    rings: list[Rings] = [[] for _ in range(len(shapes))]
    lines, owner = _lines(shapes)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    units = np.rint((xy - np.asarray(origin)) / STEP_DEG).astype(np.int64)
    first = np.concatenate([[True], line[1:] != line[:-1]]) if line.size else np.zeros(0, bool)
    steps = np.diff(units, axis=0, prepend=units[:1])
    steps[first] = units[first]
    for row, part in zip(owner, np.split(steps, np.flatnonzero(first)[1:]), strict=True):
        rings[row].append(part.ravel().tolist())
    return rings


def _lines(shapes: Shapes) -> tuple[Shapes, NDArray[np.int64]]:
    """Every point, line or ring of the shapes, not empty, with the row it comes from."""
    parts, row = shapely.get_parts(shapes, return_index=True)
    area = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, area_row = shapely.get_rings(parts[area], return_index=True)
    lines = np.concatenate([parts[~area], rings])
    owner = np.concatenate([row[~area], row[area][area_row]])
    order = np.argsort(owner, kind="stable")
    full = ~shapely.is_empty(lines[order])
    return lines[order][full], owner[order][full]


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
