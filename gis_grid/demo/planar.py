"""A planar graph of lines: noding, faces, who lies on which side, and pruning."""

from collections.abc import Callable

import numpy as np
import shapely

from gis_grid.demo.kinds import Bools, Floats, Geoms, Ints
from gis_grid.demo.lines import Lines, totals

SNAP_M = 0.01
"""Grid of the noding; without it the end of a T lies beside the line and does not split it."""


THIN = 0.3
"""A face of less roundness is a sliver."""


def node_lines(lines: Lines) -> Lines:
    """Split lines where they meet; each piece keeps the strongest kind that ran there."""
    geom = shapely.get_parts(shapely.union_all(lines.geom, grid_size=SNAP_M))
    mid = shapely.line_interpolate_point(geom, 0.5, normalized=True)
    piece, source = shapely.STRtree(lines.geom).query(mid, predicate="dwithin", distance=0.05)
    order = np.lexsort((lines.street[source], lines.kind[source], piece))
    piece, source = piece[order], source[order]
    first = np.unique(piece, return_index=True)[1]
    return Lines(geom[piece[first]], lines.kind[source[first]], lines.street[source[first]])


def vertex_ids(*parts: Geoms) -> tuple[Floats, list[Ints]]:
    """Give ids to the distinct vertices of arrays: the table (n, 2), and ids for each array."""
    coords = [shapely.get_coordinates(p) @ np.array([1, 1j]) for p in parts]
    table, inverse = np.unique(np.concatenate(coords), return_inverse=True)
    ids = np.split(inverse, np.cumsum([len(c) for c in coords])[:-1])
    return np.c_[table.real, table.imag], ids


def ends(geom: Geoms) -> tuple[Ints, int]:
    """Give ids to the end points of lines: (n, 2) node ids, and the number of nodes."""
    points = np.stack([shapely.get_point(geom, 0), shapely.get_point(geom, -1)], axis=1)
    table, (ids,) = vertex_ids(points.ravel())
    return ids.reshape(-1, 2), len(table)


def faces_of(lines: Lines) -> Geoms:
    """Return the polygons between noded lines; lines that dangle bound none."""
    return np.asarray(shapely.get_parts(shapely.polygonize(lines.geom)), object)


def sides(geom: Geoms, faces: Geoms) -> Ints:
    """Return the faces on both sides of each line, (n, 2), -1 for outside.

    Lines must be noded against the faces: a line is known by its first segment.
    """
    rings, face_of = shapely.get_rings(faces, return_index=True)
    table, (a, b) = vertex_ids(rings, geom)
    ring_of, line_of = (shapely.get_coordinates(g, return_index=True)[1] for g in (rings, geom))
    step = ring_of[1:] == ring_of[:-1]
    ring_key = _pair_key(a[:-1], a[1:], len(table))[step]
    owner = face_of[ring_of[:-1][step]]
    first = np.searchsorted(line_of, np.arange(len(geom)))
    line_key = _pair_key(b[first], b[first + 1], len(table))
    order = np.argsort(ring_key, kind="stable")
    ring_key, owner = np.append(ring_key[order], [-1, -1]), np.append(owner[order], [-1, -1])
    left = np.searchsorted(ring_key[:-2], line_key)
    found = [np.where(ring_key[left + s] == line_key, owner[left + s], -1) for s in (0, 1)]
    return np.stack(found, axis=1)


def _pair_key(p: Ints, q: Ints, n: int) -> Ints:
    return np.minimum(p, q) * n + np.maximum(p, q)


def without_dead_ends(lines: Lines) -> Lines:
    """Drop lines with a loose end until none is left."""
    while True:
        ids, n = ends(lines.geom)
        dead = (np.bincount(ids.ravel(), minlength=n)[ids] == 1).any(axis=1)
        if not dead.any():
            return lines
        lines = lines.take(~dead)


def prune(lines: Lines, may_go: Callable[[Lines], Bools], min_m2: float) -> Lines:
    """Drop dead ends, and dissolve slivers across their longest removable line.

    A sliver is smaller than `min_m2`, or thin and smaller than three times that.
    """
    for _ in range(8):
        lines = without_dead_ends(lines)
        drop = _sliver_lines(lines, may_go(lines), min_m2)
        if not len(drop):
            break
        keep = np.ones(len(lines.geom), bool)
        keep[drop] = False
        lines = lines.take(keep)
    return lines


def _sliver_lines(lines: Lines, removable: Bools, min_m2: float) -> Ints:
    faces = faces_of(lines)
    pair, area = sides(lines.geom, faces), shapely.area(faces)
    bad = (area < min_m2) | ((roundness(faces) < THIN) & (area < 3 * min_m2))
    bad = np.append(bad, np.zeros(1, bool))  # the face -1 is never bad
    usable = np.flatnonzero(removable & (pair >= 0).all(axis=1) & bad[pair].any(axis=1))
    face, line = pair[usable].T.ravel(), np.tile(usable, 2)
    face, line = face[bad[face]], line[bad[face]]
    order = np.lexsort((-shapely.length(lines.geom[line]).round(3), face))
    return np.asarray(line[order][np.unique(face[order], return_index=True)[1]])


def roundness(shapes: Geoms) -> Floats:
    """Return 4 pi A / P^2 of polygons, from 0 (thread) to 1 (disc)."""
    return np.asarray(4 * np.pi * shapely.area(shapes) / shapely.length(shapes) ** 2)


def adjacency(pair: Ints, weight: Floats, n: int) -> tuple[Ints, Floats]:
    """Sum the weights of shared lines per neighbouring pair of faces (a < b)."""
    real = (pair >= 0).all(axis=1) & (pair[:, 0] != pair[:, 1])
    key, inverse = np.unique(_pair_key(pair[real, 0], pair[real, 1], n), return_inverse=True)
    return np.c_[key // n, key % n], totals(inverse, weight[real], len(key))
