"""From lines to blocks: noding, polygonising, and dissolving slivers but never a grid's border.

docs/algorithms/plan.md shows it with a picture and says where it fails.
"""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import shapely

from gis_grid.errors import GeometryError
from gis_grid.plan.arrays import Bools, Floats, Ints, Progress, Shapes, silent
from gis_grid.plan.borders import edges_of

LEAST_M2 = 200.0
"""A face smaller than this joins a neighbour in the same grid."""

LEAST_WIDTH_M = 6.0
"""So does one that is thinner in the mean (2 A / P)."""

GAP_M = 12.0
"""Loose ends of walls that are nearer to each other have a gate between them."""

ROUNDS = 12
_ON_LINE_M = 1e-6
_SAME_AREA = 1e-9


class LineKind(IntEnum):
    """What a line is, strongest first; borders of grids are never dissolved."""

    GRID = 0
    WATER = 1
    STREET = 2
    WALL = 3
    COMPOUND = 4


@dataclass(frozen=True, slots=True)
class Carved:
    """Faces between lines, and the noded pieces of the lines."""

    faces: Shapes
    """Polygons that tile, edge by edge."""

    grid: Ints
    """The grid that each face is part of, -1 outside; shape ``(n,)``."""

    pieces: Shapes
    """All noded pieces, also those that bound nothing."""

    kind: Ints
    """`LineKind` of each piece."""

    side: Ints
    """Faces on both sides of each piece, -1 for none, shape ``(p, 2)``."""

    on_street: Bools
    """Which pieces a street runs along, exactly."""


def carve(grids: Shapes, lines: dict[LineKind, Shapes], *, progress: Progress = silent) -> Carved:
    """Cut grids (or, without grids, the plane) along lines.

    Parameters
    ----------
    grids
        Polygons on a metric plane that tile edge by edge. None given: every face that the lines
        enclose is one.
    lines
        Lines and polygons by what they are; their boundaries cut.
    progress
        Told after each step.

    Returns
    -------
    Carved
        The faces of a grid are exactly its ground: their areas add up to its area within 1e-9 of
        it. Faces that are too small or too thin are dissolved over the longest piece that is no
        border of a grid, so a face smaller than `LEAST_M2` remains only where a grid is.

    Raises
    ------
    GeometryError
        The grids overlap or do not match edge by edge, or nothing encloses a face.
    """
    _require_tiling(grids)
    sources = {LineKind.GRID: np.asarray(shapely.boundary(grids), object), **lines}
    pieces, kind, on_street = _noded(sources)
    progress("noding", 1, 1)
    kept = np.ones(len(pieces), bool)
    faces, side = _faces(pieces, kept)
    for turn in range(ROUNDS):
        drop = _sliver_pieces(pieces, faces, side, kept & (kind != LineKind.GRID))
        progress("dissolving slivers", turn + 1, ROUNDS)
        if not len(drop):
            break
        kept[drop] = False
        faces, side = _faces(pieces, kept)
    grid = np.zeros(len(faces), np.int64)
    return _inside(Carved(faces, grid, pieces, kind, side, on_street), grids)


def closed_walls(walls: Shapes, *, gap_m: float = GAP_M) -> Shapes:
    """Close the gaps that gates leave in walls, so that a wall encloses a block.

    Two loose ends nearest to each other and at most `gap_m` apart are joined by a straight line.

    Examples
    --------
    >>> wall = shapely.LineString([(4, 0), (0, 0), (0, 9), (9, 9), (9, 0), (6, 0)])
    >>> closed_walls(np.array([wall, None])).tolist()[-1]
    <LINESTRING (4 0, 6 0)>
    >>> closed_walls(np.array([], object)).tolist()
    []
    """
    present = np.asarray(walls, object)[~shapely.is_missing(walls)]
    parts = shapely.get_parts(shapely.line_merge(present))
    return np.asarray([*parts, *wall_gaps(walls, gap_m=gap_m)], object)


def wall_gaps(walls: Shapes, *, gap_m: float = GAP_M) -> Shapes:
    """Return straight lines across the gaps in walls: there is a gate, though no wall."""
    present = np.asarray(walls, object)[~shapely.is_missing(walls)]
    parts = shapely.get_parts(shapely.line_merge(present))
    open_ = parts[~shapely.is_closed(parts)]
    ends = np.concatenate([shapely.get_point(open_, 0), shapely.get_point(open_, -1)])
    if len(ends) < 2:  # noqa: PLR2004 - a gap has two ends
        return np.empty(0, object)
    a, b = shapely.STRtree(ends).query(ends, predicate="dwithin", distance=gap_m)
    a, b = a[a < b], b[a < b]
    far = shapely.distance(ends[a], ends[b])
    taken, joins = np.zeros(len(ends), bool), []
    for at in np.lexsort((b, a, far.round(6))):
        if not taken[a[at]] and not taken[b[at]] and far[at] > 0:
            taken[a[at]] = taken[b[at]] = True
            joins.append(shapely.LineString([ends[a[at]], ends[b[at]]]))
    return np.array(joins, object)


def _require_tiling(grids: Shapes) -> None:
    if len(grids) and not (shapely.is_valid(grids).all() and shapely.coverage_is_valid(grids)):
        wrong = ~shapely.is_valid(grids)
        edges = shapely.coverage_invalid_edges(grids)
        row = int(np.argmax(wrong | ~shapely.is_empty(edges)))
        message = f"grid {row} overlaps a neighbour or does not match it edge by edge; "
        message += "see where with `gis-grid plan check`"
        raise GeometryError(message)


def _noded(sources: dict[LineKind, Shapes]) -> tuple[Shapes, Ints, Bools]:
    """Split lines where they meet; each piece keeps the strongest kind that ran there."""
    geoms, kinds = [], []
    for kind, shapes in sorted(sources.items()):
        there = np.asarray(shapes, object)
        there = there[~(shapely.is_missing(there) | shapely.is_empty(there))]
        areal = shapely.get_dimensions(there) == 2  # noqa: PLR2004 - polygons
        flat = shapely.get_parts(np.where(areal, shapely.boundary(there), there))
        geoms.append(np.asarray(flat, object))
        kinds.append(np.full(len(flat), int(kind)))
    geom, of = np.concatenate(geoms), np.concatenate(kinds)
    pieces = np.asarray(shapely.get_parts(shapely.union_all(geom)), object)
    pieces = pieces[shapely.length(pieces) > 0]
    middle = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    piece, source = shapely.STRtree(geom).query(middle, predicate="dwithin", distance=_ON_LINE_M)
    strongest = np.full(len(pieces), int(LineKind.COMPOUND), np.int64)
    np.minimum.at(strongest, piece, of[source])
    on_street = np.zeros(len(pieces), bool)
    on_street[piece[of[source] == LineKind.STREET]] = True
    return pieces, strongest, on_street


def _faces(pieces: Shapes, kept: Bools) -> tuple[Shapes, Ints]:
    faces = np.asarray(shapely.get_parts(shapely.polygonize(pieces[kept])), object)
    if not len(faces):
        message = "the lines enclose nothing; give grids, or streets that meet"
        raise GeometryError(message)
    side = np.full((len(pieces), 2), -1, np.int64)
    side[kept] = sides(pieces[kept], faces)
    return faces, side


def sides(pieces: Shapes, faces: Shapes) -> Ints:
    """Return the faces on both sides of pieces that are noded against them, -1 for none."""
    edges = edges_of(faces)
    xy, of = shapely.get_coordinates(pieces, return_index=True)
    first = np.searchsorted(of, np.arange(len(pieces)))
    a, b = xy[first], xy[first + 1]
    swap = (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1]))
    key = np.where(swap[:, None], np.c_[b, a], np.c_[a, b])
    both = np.concatenate([edges.ends_m, key])
    _, number = np.unique(both, axis=0, return_inverse=True)
    number = number.ravel()
    place = np.full(int(number.max(initial=0)) + 1, -1)
    place[number[: len(edges.owner)]] = np.arange(len(edges.owner))
    found = place[number[len(edges.owner) :]]
    return np.where((found >= 0)[:, None], edges.owner[found], -1).astype(np.int64)


def _width_m(faces: Shapes) -> Floats:
    return np.asarray(2 * shapely.area(faces) / shapely.length(faces))


def _sliver_pieces(pieces: Shapes, faces: Shapes, side: Ints, removable: Bools) -> Ints:
    """Return for each sliver its longest removable piece."""
    bad = (shapely.area(faces) < LEAST_M2) | (_width_m(faces) < LEAST_WIDTH_M)
    bad = np.append(bad, False)  # the face -1 is never bad
    usable = np.flatnonzero(removable & (side[:, 0] >= 0) & bad[side].any(axis=1))
    face, piece = side[usable].T.ravel(), np.tile(usable, 2)
    face, piece = face[bad[face]], piece[bad[face]]
    order = np.lexsort((piece, -shapely.length(pieces[piece]).round(3), face))
    first = np.unique(face[order], return_index=True)[1]
    return np.unique(piece[order][first])


def _inside(carved: Carved, grids: Shapes) -> Carved:
    """Leave out the faces outside grids, and make sure that none of their ground is lost."""
    if not len(grids):
        return carved
    grid = np.full(len(carved.faces), -1, np.int64)
    inside = shapely.point_on_surface(carved.faces)
    face, owner = shapely.STRtree(grids).query(inside, predicate="intersects")
    grid[face] = owner
    keep = np.flatnonzero(grid >= 0)
    whole, found = shapely.area(grids), np.zeros(len(grids))
    np.add.at(found, grid[keep], shapely.area(carved.faces[keep]))
    lost = np.abs(found - whole) > _SAME_AREA * np.maximum(whole, 1.0) + 1e-6
    if lost.any():
        row = int(np.argmax(lost))
        message = f"grid {row} is {whole[row]:.3f} m² but its blocks are {found[row]:.3f} m²; "
        message += "its border crosses itself or another one: see `gis-grid plan check`"
        raise GeometryError(message)
    place = np.full(len(carved.faces) + 1, -1)
    place[keep] = np.arange(len(keep))
    side = place[carved.side]
    return replace(carved, faces=carved.faces[keep], grid=grid[keep], side=side)
