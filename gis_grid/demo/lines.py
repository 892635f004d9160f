"""Sets of lines with their kind and street, and small help with arrays of geometry."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from gis_grid.demo.kinds import Bools, Floats, Geoms, Ints

Warp = Callable[[Floats], Floats]
"""A map of points, (n, 2) -> (n, 2)."""

_LINESTRING = 1


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines in metres, each with a kind and the number of its street (-1: none)."""

    geom: Geoms
    kind: Ints
    street: Ints

    def take(self, keep: Bools | Ints) -> Self:
        """Return the chosen lines."""
        return type(self)(self.geom[keep], self.kind[keep], self.street[keep])

    def cut(self, area: shapely.Geometry, *, outside: bool = False) -> Self:
        """Return the lines inside (or outside) an area; empty ones stay until joined."""
        clip = shapely.difference if outside else shapely.intersection
        return type(self)(clip(self.geom, area), self.kind, self.street)

    @property
    def length_m(self) -> Floats:
        """Length of each line."""
        return np.asarray(shapely.length(self.geom))


def join_lines(*parts: Lines) -> Lines:
    """Stack sets of lines, taking multi-part ones apart and dropping crumbs under a metre."""
    geom, which = shapely.get_parts(np.concatenate([p.geom for p in parts]), return_index=True)
    kind = np.concatenate([p.kind for p in parts])[which]
    street = np.concatenate([p.street for p in parts])[which]
    lines = Lines(geom, kind, street)
    return lines.take((shapely.get_type_id(geom) == _LINESTRING) & (lines.length_m > 1))


def like(geom: shapely.Geometry | Geoms, kind: int, street: int = -1) -> Lines:
    """Give all lines one kind and one street."""
    many = np.atleast_1d(np.asarray(geom, object))
    return Lines(many, np.full(len(many), int(kind)), np.full(len(many), street))


def segments(start: Floats, end: Floats) -> Geoms:
    """Make straight two-point lines."""
    return np.asarray(shapely.linestrings(np.stack([start, end], axis=1)), object)


def along(lines: Geoms, at_m: Floats) -> tuple[Floats, Floats]:
    """Return the points at distances along lines, and the unit direction there."""
    at = np.clip(at_m, 0.02, shapely.length(lines) - 0.02)
    before, here, after = (
        shapely.get_coordinates(shapely.line_interpolate_point(lines, at + step))
        for step in (-0.01, 0, 0.01)
    )
    step_m = np.linalg.norm(after - before, axis=1)
    return here, (after - before) / np.maximum(step_m, 1e-12)[:, None]


def points(xy: Floats) -> Geoms:
    """Return points, (n, 2) -> (n,)."""
    return np.asarray(shapely.points(xy), object)


def totals(label: Ints, weight: Floats | Ints, n: int = 0) -> Floats:
    """Sum weights by label; labels up to `n` that nothing has sum to 0.

    >>> totals(np.array([0, 2, 2]), np.array([1.0, 2.0, 3.0]), 4).tolist()
    [1.0, 0.0, 5.0, 0.0]
    """
    return np.bincount(label, weight, n).astype(np.float64)


def right_of(way: Floats) -> Floats:
    """Return the directions 90 degrees clockwise."""
    return np.asarray(np.c_[way[:, 1], -way[:, 0]])


def end_points(lines: Geoms) -> tuple[Floats, Floats]:
    """Return the first and the last point of lines, each (n, 2)."""
    first, last = (shapely.get_coordinates(shapely.get_point(lines, k)) for k in (0, -1))
    return first, last


def placed(geoms: Geoms, coords: Floats) -> Geoms:
    """Copy geometries onto other coordinates."""
    return np.asarray(shapely.set_coordinates(geoms.copy(), coords), object)


def moved(geoms: Geoms, warp: Warp) -> Geoms:
    """Map every vertex of geometries."""
    return placed(geoms, warp(shapely.get_coordinates(geoms)))


def components(n: int, pair: Ints) -> Ints:
    """Label the connected components of an undirected graph with `n` nodes."""
    graph = coo_matrix((np.ones(len(pair), np.int8), (pair[:, 0], pair[:, 1])), (n, n))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def ordinal(count: Ints) -> tuple[Ints, Ints]:
    """Unroll counts: for each unit the row it belongs to, and its number in the row from 0.

    >>> ordinal(np.array([2, 0, 3]))
    (array([0, 0, 2, 2, 2]), array([0, 1, 0, 1, 2]))
    """
    row = np.repeat(np.arange(len(count)), count)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
