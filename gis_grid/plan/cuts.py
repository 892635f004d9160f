"""Cutting blocks along a line, so that a border can run where no block ends yet.

Blocks and the line are noded together, so both sides of a cut have the same corners; a neighbour
that the line reaches gets the corner too, and the plan stays a coverage. Corners of the line that
are nearly on a corner of a block are put on it.
"""

from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_grid.errors import GeometryError, InputError
from gis_grid.plan import rings, seams
from gis_grid.plan.arrays import KINDS, Floats, Ints, Shapes
from gis_grid.plan.borders import Edges
from gis_grid.plan.ops import Part, PartLink, Recut
from gis_grid.plan.spots import Spots
from gis_grid.plan.state import PlanState

SNAP_M = 0.05
"""Nearer to a corner than this is on the corner."""

HAIR_M = 0.01
"""No new corner is nearer to another one than this."""

LEAST_PART_M2 = 1.0
"""A part smaller than this stays with the rest of its block."""

_NEAR_M = 1e-6
_SAME_AREA = 1e-9
_SAME_M = 1e-6
_FEW = 64
"""So many blocks are looked at one by one; of more, the index finds those near the line."""


def cut_along(
    state: PlanState, line: BaseGeometry, spots: Spots, *, within: Ints | None = None
) -> Recut | None:
    """Return the cut that lets the line run along borders of blocks only; None when it does.

    Parameters
    ----------
    state
        The plan; it is not changed.
    line
        On the metric plane of the blocks. Where it ends inside a block it does not cut it.
    spots
        Where blocks are.
    within
        Blocks that may be cut; by default all.

    Returns
    -------
    Recut or None
        Areas of parts add up to that of their block within 1e-9 of it. Weights of `Things` stay
        where they are; what is left of a block's weight is shared by area.

    Raises
    ------
    InputError
        The line is empty or not finite.
    GeometryError
        The cut would not be clean: the line runs too close to a border without being on it.
    """
    if shapely.is_empty(line) or not np.isfinite(shapely.get_coordinates(line)).all():
        message = "the line has no length or a coordinate that is no number; draw it again"
        raise InputError(message)
    near = _crossed(state, line, spots, within)
    if not near:
        return None
    try:
        return _cut(state, near, line, spots)
    except shapely.errors.GEOSException as error:
        message = f"the line cannot cut {state.code(near[0])}: {error}; draw it a little apart"
        raise GeometryError(message) from error


class _Made(NamedTuple):
    """Parts of blocks, those of a block after one another."""

    shapes: Shapes
    parent: Ints
    """The block of each."""

    @property
    def blocks(self) -> list[int]:
        """Return the blocks that are cut, each once."""
        return [*dict.fromkeys(self.parent.tolist())]


def _cut(state: PlanState, near: list[int], line: BaseGeometry, spots: Spots) -> Recut | None:
    ring = sorted({one for b in near for one in state.neighbours(b).tolist()} - {*near})
    local = [*near, *ring]
    shapes = state.shapes(local)
    known = rings.rings_of(shapes)
    faces, parent = _faces(shapes[: len(near)], known, _snapped(line, known.xy))
    made, whole = _parts(faces, parent, near)
    if not len(made.parent):
        return None
    own = known.xy[: np.searchsorted(known.owner, len(near))]
    cornered = {
        **{block: shape for block, shape in whole.items() if _more(shape, state.shape(block))},
        **_with_corners(faces, own, shapes[len(near) :], ring),
    }
    cut = {*made.parent.tolist()}
    stay = [block for block in local if block not in cut]
    return _recut(state, made, cornered, (stay, known), spots)


def _crossed(state: PlanState, line: BaseGeometry, spots: Spots, within: Ints | None) -> list[int]:
    if within is not None and len(within) <= _FEW:
        found = within
    else:
        found = spots.touching(state, line)
        found = found if within is None else found[np.isin(found, within)]
    flat = rings.rings_of(state.shapes(found))
    if not len(flat.xy):
        return []
    pieces = _pieces(line)
    inside_m = rings.lengths_inside(flat.xy, flat.ring, flat.owner, pieces, _NEAR_M)
    return sorted(found[inside_m > SNAP_M].tolist())


def _pieces(line: BaseGeometry) -> Floats:
    """Return the straight pieces of a line, shape ``(n, 4)``."""
    parts = shapely.get_parts(line)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    step = part[1:] == part[:-1]
    return np.hstack([xy[:-1][step], xy[1:][step]])


def _snapped(line: BaseGeometry, corners: Floats) -> BaseGeometry:
    near = corners[rings.near_line(corners, _pieces(line), SNAP_M)]
    if not len(near):
        return line
    return shapely.snap(line, shapely.MultiPoint(near), SNAP_M)


def _faces(shapes: Shapes, known: rings.Rings, line: BaseGeometry) -> tuple[Shapes, Ints]:
    """Return the faces that the line makes of the blocks, and the block of each."""
    noded = shapely.union_all([*shapely.boundary(shapes), line])
    clean = _on_corners(noded, known.xy)
    faces = np.asarray(shapely.get_parts(shapely.polygonize(clean)), object)
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    parent = rings.owners_at(known.xy, known.ring, known.owner, inside)
    own = (parent >= 0) & (parent < len(shapes))
    return faces[own], parent[own]


def _on_corners(noded: BaseGeometry, known: Floats) -> Shapes:
    """Put nodes that are nearly on a corner on it: else edges of a hair's breadth arise."""
    lines = shapely.get_parts(noded)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    moved, any_moved = rings.settled(xy, known, HAIR_M)
    if not any_moved and not rings.has_hairs(xy, line, HAIR_M):
        return lines
    lines = np.asarray(shapely.linestrings(moved, indices=line), object)
    lines = lines[shapely.length(lines) > 0]
    nodes = shapely.multipoints(shapely.get_coordinates(lines))  # also of lines a hair beside them
    snapped = shapely.snap(lines, nodes, HAIR_M)
    return np.asarray(shapely.get_parts(shapely.union_all(snapped)), object)


def _parts(
    faces: Shapes, parent: Ints, near: list[int]
) -> tuple[_Made, dict[int, shapely.Polygon]]:
    """Return the parts of blocks that are cut, and the polygons of those that are not."""
    shapes, blocks, whole = list[shapely.Polygon](), list[int](), {}
    area = np.asarray(shapely.area(faces))
    west, south, east, north = shapely.bounds(faces).reshape(-1, 4).T
    order = np.lexsort((north, east, south, west, -area, parent))
    place = np.searchsorted(parent[order], np.arange(len(near) + 1))
    for at, block in enumerate(near):
        own = order[place[at] : place[at + 1]]
        large = [*faces[own]] if (area[own] >= LEAST_PART_M2).all() else _joined(faces[own])
        if len(large) > 1:
            shapes += large
            blocks += [block] * len(large)
        elif large:
            whole[block] = large[0]
    array = np.empty(len(shapes), object)
    array[:] = shapes
    return _Made(array, np.array(blocks, np.int64)), whole


def _joined(faces: Shapes) -> list[shapely.Polygon]:
    """Join crumbs to the part with which they have the longest border."""
    left = sorted(faces, key=lambda face: (-face.area, face.bounds))
    while len(left) > 1 and left[-1].area < LEAST_PART_M2:
        crumb = left.pop()
        common = [shapely.length(shapely.intersection(crumb, face)) for face in left]
        at = int(np.argmax(common))
        left[at] = shapely.union_all([left[at], crumb])
        left.sort(key=lambda face: (-face.area, face.bounds))
    return left


def _more(shape: shapely.Polygon, known: shapely.Polygon) -> bool:
    return bool(shapely.get_num_coordinates(shape) != shapely.get_num_coordinates(known))


def _with_corners(
    faces: Shapes, own: Floats, shapes: Shapes, ring: list[int]
) -> dict[int, shapely.Polygon]:
    """Give neighbours the corners that the cut made on their borders."""
    xy = shapely.get_coordinates(faces)
    fresh = sorted({*map(tuple, xy[rings.not_among(xy, own)].tolist())})
    if not fresh:
        return {}
    found = rings.with_corners_on(shapes, np.array(fresh), _NEAR_M)
    return {ring[at]: shape for at, shape in found.items()}


def _recut(
    state: PlanState,
    made: _Made,
    cornered: dict[int, shapely.Polygon],
    around: tuple[list[int], rings.Rings],
    spots: Spots,
) -> Recut:
    stay, known = around
    count, first, barriers = len(made.parent), state.used, state.blocks.barriers
    numbers = np.array([*range(first, first + count), *stay])
    shapes = np.empty(len(numbers), object)
    shapes[:count] = made.shapes
    shapes[count:] = [
        cornered[block] if block in cornered else state.shape(block) for block in stay
    ]
    flat = rings.rings_of(shapes)
    ends, sides = seams.edges_of_parts(flat.xy, flat.ring, flat.owner, count)
    edges = Edges(ends, sides)
    kind, opened = barriers.kinds_of(edges), barriers.opened(edges)
    joins = seams.joins_of(ends, sides, kind, opened, count)
    kept, walkable, keeps = seams.inherited(
        state.core, joins, numbers, made.parent, first, barriers.is_empty
    )
    if not keeps or not _is_clean(state, made, [*cornered.values()], flat, known):
        codes = ", ".join(state.code(block) for block in made.blocks[:3])
        message = f"the line cannot cut {codes} cleanly; draw it farther from the border or on it"
        raise GeometryError(message)
    pairs, borders = numbers[joins.pair[kept]].tolist(), joins.border_m[kept].tolist()
    links = [
        PartLink(one, other, tuple(border), walk)
        for (one, other), border, walk in zip(pairs, borders, walkable[kept].tolist(), strict=True)
    ]
    reshaped = [(block, state.shape(block), shape) for block, shape in sorted(cornered.items())]
    parts = _as_parts(state, made, joins.outer_m, spots)
    return Recut(parts, (*links, *_bridges(state, made)), tuple(reshaped))


def _as_parts(state: PlanState, made: _Made, outer_m: Floats, spots: Spots) -> tuple[Part, ...]:
    parts, turn = list[Part](), 0
    rows = zip(
        *(made.shapes, made.parent.tolist()),
        *(_shares(state, made, spots).tolist(), outer_m.tolist()),
        strict=True,
    )
    for at, (shape, block, share, outer) in enumerate(rows):
        turn = turn + 1 if at and parts[-1].parent == block else 1
        code = f"{state.code(block)}-{turn}"
        parts.append(Part(state.used + at, block, code, shape, tuple(share), tuple(outer)))
    return tuple(parts)


def _bridges(state: PlanState, made: _Made) -> list[PartLink]:
    """Give the bridges of a block to the part that is nearest to their other end."""
    if not seams.has_bridges(state.core, made.parent):
        return []
    found = []
    parents = made.blocks
    for block in parents:
        own = np.flatnonzero(made.parent == block)
        for other, border, walkable in state.row(block):
            if border[-1] > 0 or (other in parents and other < block):
                continue
            far = shapely.distance(made.shapes[own], state.shape(other))
            one = own[int(np.argmin(far))]
            theirs = np.flatnonzero(made.parent == other)
            end = other
            if len(theirs):
                apart = shapely.distance(made.shapes[theirs], made.shapes[one])
                end = state.used + int(theirs[int(np.argmin(apart))])
            nothing = (0.0,) * (len(KINDS) + 1)
            found.append(PartLink(state.used + int(one), end, nothing, walkable))
    return found


def _shares(state: PlanState, made: _Made, spots: Spots) -> Floats:
    """Share the weights of blocks: things by where they are, the rest by area."""
    things = state.blocks.things
    own = np.zeros((len(made.parent), len(state.blocks.names)))
    if len(things.xy_m):
        part, thing = spots.things(made.shapes)
        np.add.at(own, part, things.weights[thing])
    area = np.asarray(shapely.area(made.shapes))
    blocks = made.blocks
    at = np.repeat(np.arange(len(blocks)), [made.parent.tolist().count(one) for one in blocks])
    counted = np.zeros((len(blocks), own.shape[1]))
    np.add.at(counted, at, own)
    rest = np.maximum(state.core.weights[blocks, :-1] - counted, 0.0)
    share = area / np.bincount(at, area)[at]
    return own + share[:, None] * rest[at]


def _is_clean(
    state: PlanState,
    made: _Made,
    cornered: list[shapely.Polygon],
    now: rings.Rings,
    known: rings.Rings,
) -> bool:
    """Tell whether a cut loses no ground and leaves no gap.

    Parts and what is around them have, edge by edge, the same outline as before and the same
    area; so they cover the same ground, each spot of it once.
    """
    whole = float(shapely.area(state.shapes(made.blocks)).sum())
    lost = abs(float(shapely.area(made.shapes).sum()) - whole)
    xy, ring = np.concatenate([now.xy, known.xy]), np.append(now.ring, known.ring + len(now.part))
    is_new = np.arange(len(xy)) < len(now.xy)
    fresh_m, lost_m = seams.edges_left(xy, ring, is_new)
    fits = lost <= _SAME_AREA * whole and abs(fresh_m - lost_m) <= _SAME_M
    return bool(fits and shapely.is_valid(made.shapes).all() and shapely.is_valid(cornered).all())
