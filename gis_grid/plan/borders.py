"""Who touches whom: shared borders of polygons that tile, their lengths and what they run along.

Two polygons share a border where they have the same edge, vertex for vertex. What a border runs
along is asked at the middle of each edge.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from gis_grid.plan.arrays import KINDS, Bools, Floats, Ints, Shapes

TOLERANCE_M = 5.0
"""A border within this distance of a street, wall or bank runs along it (research/planning A.7)."""

ALONG = 0.5
"""Cosine of the largest angle between a border and the line that it runs along."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges of polygons that tile the ground, each once."""

    ends_m: Floats
    """x, y of one end and of the other, shape ``(e, 4)``."""

    owner: Ints
    """The polygons on both sides, lower first, shape ``(e, 2)``; the second is -1 outside."""

    @property
    def length_m(self) -> Floats:
        """Return the length of each edge."""
        x0, y0, x1, y1 = self.ends_m.T
        return np.asarray(np.hypot(x1 - x0, y1 - y0))


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs of neighbours with what lies between them."""

    pair: Ints
    """Lower number first, shape ``(m, 2)``."""

    border_m: Floats
    """Length of their common border; 0 for a link over a bridge."""

    kinds_m: Floats
    """Length of it along streets, walls and water (`KINDS`), shape ``(m, 3)``."""

    walkable: Bools
    """Whether one can walk from one to the other without leaving both."""

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.pair)


def edges_of(shapes: Shapes) -> Edges:
    """Return the edges of polygons that tile, with who lies on both sides.

    Parameters
    ----------
    shapes
        Polygons or MultiPolygons on a metric plane that match edge by edge (`coverage_is_valid`);
        None and empty ones have no edges.

    Examples
    --------
    >>> two = np.array([shapely.box(0, 0, 1, 2), shapely.box(1, 0, 3, 2), None])
    >>> edges = edges_of(two)
    >>> len(edges.owner), edges.owner[edges.owner[:, 1] >= 0].tolist()
    (7, [[0, 1]])
    """
    parts, block = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    owner = np.asarray(block)[part]
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    step = np.flatnonzero(ring[1:] == ring[:-1])
    a, b = np.asarray(xy[step]), np.asarray(xy[step + 1])
    swap = (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1]))
    ends: Floats = np.asarray(np.where(swap[:, None], np.c_[b, a], np.c_[a, b]), float)
    who = owner[ring[step]].astype(np.int64)
    order = np.lexsort((who, ends[:, 3], ends[:, 2], ends[:, 1], ends[:, 0]))
    ends, who = ends[order], who[order]
    fresh = np.ones(len(ends), bool)
    fresh[1:] = (ends[1:] != ends[:-1]).any(axis=1)
    first = np.flatnonzero(fresh)
    second = np.append(who, -1)[np.minimum(first + 1, len(who))]
    twice = np.append(~fresh, [False])[first + 1] if len(first) else np.zeros(0, bool)
    return Edges(ends[first], np.c_[who[first], np.where(twice, second, -1)])


@dataclass(frozen=True)
class Barriers:
    """Lines that a border can run along, and the openings in them.

    They are indexed when they are first asked: a city has many, and a cut asks about few edges.
    """

    lines: tuple[Shapes, Shapes, Shapes]
    """Straight pieces of streets, walls and banks (`KINDS`)."""

    gates: Shapes
    """Points where walls open."""

    bridges: Shapes
    """Lines that cross water on foot."""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is known of what borders run along."""
        return not any(len(shapes) for shapes in self.lines)

    def kinds_of(self, edges: Edges) -> Ints:
        """Return what each edge runs along: a position in `KINDS`, -1 nothing; walls win."""
        kind = np.full(len(edges.ends_m), -1, np.int64)
        for at in (2, 0, 1):
            if len(self.lines[at]) and len(kind):
                tree, ends = self._trees[at], self._ends_m[at]
                kind[_runs_along(edges.ends_m, tree, ends)] = at
        return kind

    def opened(self, edges: Edges) -> Bools:
        """Return which edges have a gate or a bridge."""
        found = np.zeros(len(edges.ends_m), bool)
        for tree, reach_m in self._openings:
            hit = tree.query(_segments(edges.ends_m), predicate="dwithin", distance=reach_m)[0]
            found[hit] = True
        return found

    @cached_property
    def _trees(self) -> tuple[shapely.STRtree, ...]:
        return tuple(shapely.STRtree(pieces) for pieces in self.lines)

    @cached_property
    def _ends_m(self) -> tuple[Floats, ...]:
        return tuple(shapely.get_coordinates(pieces).reshape(-1, 2, 2) for pieces in self.lines)

    @cached_property
    def _openings(self) -> tuple[tuple[shapely.STRtree, float], ...]:
        """Return an index of gates and one of bridges, and how near each opens a border."""
        reach = ((self.gates, TOLERANCE_M), (self.bridges, 0.0))
        return tuple((shapely.STRtree(what), reach_m) for what, reach_m in reach if len(what))


NO_LINES: Shapes = np.empty(0, object)
NO_BARRIERS = Barriers((NO_LINES, NO_LINES, NO_LINES), NO_LINES, NO_LINES)


def straight_pieces(lines: Shapes) -> Shapes:
    """Return the straight pieces of lines and of the rings of polygons; empty and None have none.

    Examples
    --------
    >>> straight_pieces(np.array([shapely.LineString([(0, 0), (1, 0), (1, 1)]), None])).tolist()
    [<LINESTRING (0 0, 1 0)>, <LINESTRING (1 0, 1 1)>]
    """
    present = np.asarray(lines, object)[~(shapely.is_missing(lines) | shapely.is_empty(lines))]
    areal = shapely.get_dimensions(present) == 2  # noqa: PLR2004 - polygons
    parts = shapely.get_parts(np.where(areal, shapely.boundary(present), present))
    xy, line = shapely.get_coordinates(parts, return_index=True)
    step = np.flatnonzero(line[1:] == line[:-1])
    return _segments(np.c_[xy[step], xy[step + 1]])


def links_of(edges: Edges, kind: Ints, opened: Bools, water: Bools) -> Links:
    """Gather edges into pairs of neighbours.

    Parameters
    ----------
    edges
        Edges of n polygons.
    kind
        What each edge runs along, as of `Barriers.kinds_of`.
    opened
        Which edges have a gate or a bridge.
    water
        Which polygons are water, shape ``(n,)``.

    Returns
    -------
    Links
        One can walk over a pair when neither is water and at least 1 m of their border is neither
        wall nor bank, or a gate or bridge opens it; or when both are water.
    """
    inner = np.flatnonzero(edges.owner[:, 1] >= 0)
    n = len(water)
    key, label = np.unique(edges.owner[inner] @ np.array([n, 1]), return_inverse=True)
    length, along = edges.length_m[inner], kind[inner]
    count = len(key)
    kinds = [np.bincount(label, length * (along == k), count) for k in range(len(KINDS))]
    border: Floats = np.bincount(label, length, count).astype(float)
    free = np.bincount(label, length * (along <= 0), count)
    gate = np.bincount(label, opened[inner], count) > 0
    pair = np.c_[key // n, key % n].astype(np.int64)
    wet = water[pair]
    walkable = ((free >= np.minimum(1.0, border)) | gate) & ~wet.any(axis=1)
    return Links(pair, border, np.stack(kinds, axis=1), walkable | wet.all(axis=1))


def _segments(ends_m: Floats) -> Shapes:
    return np.asarray(shapely.linestrings(ends_m.reshape(-1, 2, 2)), object)


def _runs_along(ends_m: Floats, tree: shapely.STRtree, pieces_m: Floats) -> Ints:
    """Return the edges whose middle is near a piece that has nearly their direction."""
    middle = shapely.points((ends_m[:, :2] + ends_m[:, 2:]) / 2)
    edge, piece = tree.query(middle, predicate="dwithin", distance=TOLERANCE_M)
    d = ends_m[edge, 2:] - ends_m[edge, :2]
    xy = pieces_m[piece]
    e = xy[:, 1] - xy[:, 0]
    size = np.hypot(*d.T) * np.hypot(*e.T)
    near = np.abs((d * e).sum(axis=1)) >= ALONG * np.maximum(size, 1e-12)
    return np.unique(edge[near])
