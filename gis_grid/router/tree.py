"""A packed tree of boxes around grids: exact look-up without a lattice, and nearest borders."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis_grid.geo.compiled import kernel
from gis_grid.router.edges import Edges, frozen
from gis_grid.router.located import OUTSIDE
from gis_grid.router.predicates import Point, runs_above

FANOUT = 8
DEPTH = 12
"""Levels that a walk has room for: more than an int32 of grids needs."""
NOBODY = 2**31 - 1


class Tree(NamedTuple):
    """Boxes packed level by level, the leaves (single grids) first; arrays are read-only."""

    boxes: NDArray[np.float64]
    """West, south, east, north in degrees, shape ``(nodes, 4)``; the empty box holds nothing."""

    levels: NDArray[np.int64]
    """Where each level begins in `boxes`; the last entry is their number."""

    rows: NDArray[np.int32]
    """Grid of each leaf."""


def tree_of(edges: Edges) -> Tree:
    """Return the tree over the boxes of all grids that have edges."""
    rows, leaves = _leaves(edges)
    order = _packed_order(leaves)
    levels = [leaves[order]]
    while len(levels[-1]) > 1:
        levels.append(_merged(levels[-1]))
    begins = np.concatenate([[0], np.cumsum([len(level) for level in levels])])
    return Tree(frozen(np.vstack(levels)), frozen(begins), frozen(rows[order]))


def _leaves(edges: Edges) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    has_edges = np.flatnonzero(np.diff(edges.first) > 0)
    ends = edges.ends[edges.of_grid]
    begin = edges.first[has_edges]
    boxes = np.empty((len(has_edges), 4))
    if len(has_edges):
        boxes[:, 0] = np.minimum.reduceat(ends[:, 0], begin)
        boxes[:, 1] = np.minimum.reduceat(np.minimum(ends[:, 1], ends[:, 3]), begin)
        boxes[:, 2] = np.maximum.reduceat(ends[:, 2], begin)
        boxes[:, 3] = np.maximum.reduceat(np.maximum(ends[:, 1], ends[:, 3]), begin)
    return has_edges.astype(np.int32), boxes


def _packed_order(boxes: NDArray[np.float64]) -> NDArray[np.int64]:
    """Sort-tile-recursive order: slices by x, then by y (Leutenegger 1997)."""
    x, y = boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]
    slices = max(1, round((len(boxes) / FANOUT) ** 0.5))
    slice_of = np.argsort(np.argsort(x)) * slices // max(1, len(boxes))
    return np.lexsort((y, slice_of))


def _merged(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    begin = np.arange(0, len(boxes), FANOUT)
    low = np.minimum.reduceat(boxes[:, :2], begin)
    high = np.maximum.reduceat(boxes[:, 2:], begin)
    return np.hstack([low, high])


@kernel
def holds(edges: Edges, grid: int, point: Point) -> bool:
    """Say whether a grid holds the moved point: the parity of its borders to the north."""
    inside = False
    for place in range(edges.first[grid], edges.first[grid + 1]):
        end = edges.ends[edges.of_grid[place]]
        if runs_above((end[0], end[1]), (end[2], end[3]), point):
            inside = not inside
    return inside


@kernel
def owner_by_tree(tree: Tree, edges: Edges, point: Point) -> int:
    """Return the lowest row whose grid holds the moved point, -1 when none does."""
    walk = np.empty((DEPTH * FANOUT, 2), np.int64)
    best = NOBODY
    left = push_root(tree, walk)
    while left > 0:
        left -= 1
        node, level = walk[left]
        box = tree.boxes[node]
        if not (box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]):
            continue
        if level > 0:
            left = push_children(tree, node, level, walk, left)
        elif tree.rows[node] < best and holds(edges, tree.rows[node], point):
            best = tree.rows[node]
    return best if best < NOBODY else OUTSIDE


@kernel
def push_root(tree: Tree, walk: NDArray[np.int64]) -> int:
    """Begin a walk over the tree; return how many nodes wait."""
    if len(tree.rows) == 0:
        return 0
    walk[0] = len(tree.boxes) - 1, len(tree.levels) - 2
    return 1


@kernel
def push_children(tree: Tree, node: int, level: int, walk: NDArray[np.int64], left: int) -> int:
    """Let the children of a node wait; return how many nodes wait now."""
    begin = tree.levels[level - 1] + (node - tree.levels[level]) * FANOUT
    for child in range(begin, min(begin + FANOUT, tree.levels[level])):
        walk[left] = child, level - 1
        left += 1
    return left
