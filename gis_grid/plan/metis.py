"""A first partition by METIS, mended: every part in one piece, none empty.

METIS takes `contig` as a wish when a graph is not connected, and leaves parts empty when they are
small (pymetis #60, METIS #91); both are put right here.
"""

import numpy as np
import pymetis

from gis_grid.plan.anneal import Graph
from gis_grid.plan.arrays import Floats, Ints

_UNITS = 1000
"""METIS counts in whole numbers: so many to a part."""

_MOST = 2**31 - 1


def partition(graph: Graph, rows: Ints, count: int, seed: int) -> Ints:
    """Divide connected rows of a graph into `count` connected parts of like weight.

    Parameters
    ----------
    graph
        Blocks and neighbours.
    rows
        Rows that hang together, at least `count`.
    count
        Parts, at least 1.
    seed
        The same seed gives the same parts.

    Returns
    -------
    Part of each of `rows`, from 0; all parts are in one piece and have a block.
    """
    part = np.zeros(len(rows), np.int64)
    if count == 1:
        return part
    if count == len(rows):
        return np.arange(count)
    xadj, adjncy, border = sub_graph(graph, rows)
    weight = graph.weight[rows]
    units = np.maximum(1, np.rint(weight / max(weight.sum(), 1e-300) * count * _UNITS))
    if len(adjncy):
        options = pymetis.Options(ufactor=30, seed=seed, contig=1, niter=10)
        found = pymetis.part_graph(
            count,
            pymetis.CSRAdjacency(xadj.astype(np.int32), adjncy.astype(np.int32)),
            vweights=np.minimum(units, _MOST // max(len(rows), 1)).astype(np.int32),
            eweights=np.maximum(1, np.rint(border)).astype(np.int32),
            recursive=False,
            options=options,
        )
        part = np.asarray(found.vertex_part, np.int64)
    part = in_one_piece((xadj, adjncy, border), weight, part)
    return without_empty((xadj, adjncy), weight, part, count)


def sub_graph(graph: Graph, rows: Ints) -> tuple[Ints, Ints, Floats]:
    """Return the neighbours among some rows: starts, positions in `rows`, borders."""
    place = np.full(len(graph.weight), -1)
    place[rows] = np.arange(len(rows))
    count = graph.start[rows + 1] - graph.start[rows]
    row = np.repeat(np.arange(len(rows)), count)
    link = np.repeat(graph.start[rows] - (np.cumsum(count) - count), count) + np.arange(len(row))
    other = place[graph.other[link]]
    keep = other >= 0
    starts = np.append(0, np.cumsum(np.bincount(row[keep], minlength=len(rows))))
    return starts.astype(np.int64), other[keep].astype(np.int64), graph.border_m[link[keep]]


def in_one_piece(neighbours: tuple[Ints, Ints, Floats], weight: Floats, part: Ints) -> Ints:
    """Give all pieces of a part but the heaviest to the neighbour with the longest border."""
    xadj, adjncy, border = neighbours
    row = np.repeat(np.arange(len(part)), np.diff(xadj))
    part = part.copy()
    while True:
        same = part[row] == part[adjncy]
        label = _pieces(len(part), row[same], adjncy[same])
        load = np.bincount(label, weight) + np.bincount(label) * 1e-9
        owner = np.zeros(len(load), np.int64)
        owner[label] = part
        order = np.lexsort((-load, owner))
        stays = np.zeros(len(load), bool)
        stays[order[np.unique(owner[order], return_index=True)[1]]] = True
        if stays.all():
            return part
        out = ~stays[label[row]] & stays[label[adjncy]]
        if not out.any():
            return part  # the rows do not hang together
        piece = int(label[row[out]].min())
        mine = out & (label[row] == piece)
        gain = np.bincount(part[adjncy[mine]], border[mine] + 1e-9)
        part[label == piece] = int(np.argmax(gain))


def without_empty(neighbours: tuple[Ints, Ints], weight: Floats, part: Ints, count: int) -> Ints:
    """Fill empty parts by halving the heaviest ones that have two blocks or more."""
    part = part.copy()
    for empty in np.flatnonzero(np.bincount(part, minlength=count) == 0):
        size = np.bincount(part, minlength=count)
        load = np.where(size > 1, np.bincount(part, weight, count), -1.0)
        rows = np.flatnonzero(part == int(np.argmax(load)))
        part[rows[_half(neighbours, weight, rows)]] = empty
    return part


def _pieces(count: int, row: Ints, other: Ints) -> Ints:
    from scipy.sparse import coo_array  # noqa: PLC0415 - see `_half`
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    matrix = coo_array((np.ones(len(row), np.int8), (row, other)), shape=(count, count))
    return connected_components(matrix, directed=False)[1].astype(np.int64)


def _half(neighbours: tuple[Ints, Ints], weight: Floats, rows: Ints) -> Ints:
    """Return the positions of the branch of a spanning tree that is nearest to half the weight."""
    # a service starts long before anybody balances, and these take a while to import
    from scipy.sparse import coo_array  # noqa: PLC0415
    from scipy.sparse.csgraph import breadth_first_order  # noqa: PLC0415

    xadj, adjncy = neighbours
    place = {int(row): at for at, row in enumerate(rows)}
    pairs = [
        (at, place[int(other)])
        for at, row in enumerate(rows)
        for other in adjncy[xadj[row] : xadj[row + 1]]
        if int(other) in place
    ]
    one, other = np.array(pairs, np.int64).reshape(-1, 2).T
    shape = (len(rows), len(rows))
    matrix = coo_array((np.ones(len(one), np.int8), (one, other)), shape=shape).tocsr()
    order, parent = breadth_first_order(matrix, 0, directed=False)
    load = weight[rows].copy()
    for at in order[:0:-1]:
        load[parent[at]] += load[at]
    branch = order[1:][int(np.argmin(np.abs(load[order[1:]] - load[0] / 2)))]
    inside = np.zeros(len(rows), bool)
    inside[branch] = True
    for at in order[1:]:
        inside[at] |= inside[parent[at]]
    return np.flatnonzero(inside)
