"""Cutting blocks along a line, so that a border can run where no block ends yet.

Blocks and the line are noded together, so both sides of a cut have the same corners; a neighbour
that the line reaches gets the corner too, and the plan stays a coverage. Corners of the line that
are nearly on a corner of a block are put on it.
"""

from collections import defaultdict

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_grid.errors import GeometryError, InputError
from gis_grid.geo.corners import with_corners
from gis_grid.plan.arrays import KINDS, Floats, Ints, Shapes
from gis_grid.plan.blocks import outer_of
from gis_grid.plan.borders import Edges, Links, edges_of, links_of
from gis_grid.plan.core import NOBODY
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
_SAME_M = 1e-3


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
    if not len(near):
        return None
    try:
        return _cut(state, near, line, spots)
    except shapely.errors.GEOSException as error:
        message = f"the line cannot cut {state.code(near[0])}: {error}; draw it a little apart"
        raise GeometryError(message) from error


def _cut(state: PlanState, near: list[int], line: BaseGeometry, spots: Spots) -> Recut | None:
    ring = sorted({int(one) for block in near for one in state.neighbours(block)} - {*near})
    shapes, around = state.shapes(near), state.shapes(ring)
    faces, parent = _faces(shapes, around, _snapped(line, shapes, around))
    parts, whole = _parts(faces, parent, near)
    if not parts:
        return None
    cornered = {
        **{block: shape for block, shape in whole.items() if _more(shape, state.shape(block))},
        **_with_corners(state, faces, shapes, ring),
    }
    recut = _recut(state, parts, cornered, [*near, *ring], spots)
    _require_clean(state, recut, [*near, *ring])
    return recut


def _crossed(state: PlanState, line: BaseGeometry, spots: Spots, within: Ints | None) -> list[int]:
    found = spots.touching(state, line)
    if within is not None:
        found = found[np.isin(found, within)]
    shapes = state.shapes(found)
    inside_m = shapely.length(shapely.intersection(shapes, line))
    on_border = shapely.length(shapely.intersection(shapely.boundary(shapes), line))
    return [int(block) for block in found[inside_m - on_border > SNAP_M]]


def _snapped(line: BaseGeometry, shapes: Shapes, around: Shapes) -> BaseGeometry:
    xy = shapely.get_coordinates(np.concatenate([shapes, around]))
    return shapely.union_all([shapely.snap(line, shapely.MultiPoint(xy), SNAP_M)])


def _faces(shapes: Shapes, around: Shapes, line: BaseGeometry) -> tuple[Shapes, Ints]:
    """Return the faces that the line makes of the blocks, and the block of each."""
    noded = shapely.union_all([*shapely.boundary(shapes), line])
    known = shapely.get_coordinates(np.concatenate([shapes, around]))
    clean = shapely.union_all([_on_corners(noded, np.unique(known, axis=0))])
    faces = np.asarray(shapely.get_parts(shapely.polygonize(shapely.get_parts(clean))), object)
    inside = shapely.point_on_surface(faces)
    face, parent = shapely.STRtree(shapes).query(inside, predicate="intersects")
    return faces[face], parent.astype(np.int64)


def _gathered(xy: Floats) -> Floats:
    """Put nodes that are a hair apart together, where the first of them is."""
    points = np.asarray(shapely.points(xy), object)
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=HAIR_M)
    first = np.full(len(xy), len(xy))
    np.minimum.at(first, one, other)
    return np.asarray(xy[first], float)


def _on_corners(noded: BaseGeometry, known: Floats) -> BaseGeometry:
    """Put nodes that are nearly on a corner on it: else edges of a hair's breadth arise."""
    tree = shapely.STRtree(np.asarray(shapely.points(known), object))

    def settle(xy: Floats) -> Floats:
        at, corner = tree.query_nearest(shapely.points(xy), max_distance=HAIR_M, all_matches=False)
        moved = _gathered(xy)
        moved[at] = known[corner]
        return moved

    lines = shapely.get_parts(shapely.transform(noded, settle))
    lines = lines[shapely.length(lines) > 0]
    nodes = shapely.MultiPoint(shapely.get_coordinates(lines))  # also of lines a hair beside them
    return shapely.MultiLineString([*shapely.get_parts(shapely.snap(lines, nodes, HAIR_M))])


def _parts(
    faces: Shapes, parent: Ints, near: list[int]
) -> tuple[list[tuple[int, shapely.Polygon]], dict[int, shapely.Polygon]]:
    """Return the parts of blocks that are cut, and the polygons of those that are not."""
    parts, whole = [], {}
    for at, block in enumerate(near):
        own = faces[parent == at]
        large = _without_crumbs(own)
        if len(large) > 1:
            parts += [(block, shape) for shape in large]
        elif len(own):
            whole[block] = large[0]
    return parts, whole


def _without_crumbs(faces: Shapes) -> list[shapely.Polygon]:
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
    state: PlanState, faces: Shapes, shapes: Shapes, ring: list[int]
) -> dict[int, shapely.Polygon]:
    """Give neighbours the corners that the cut made on their borders."""
    known = {tuple(xy) for xy in shapely.get_coordinates(shapes)}
    fresh = {tuple(xy) for xy in shapely.get_coordinates(faces)} - known
    if not fresh:
        return {}
    corners = np.array(sorted(fresh))
    found = {}
    for block in ring:
        shape = state.shape(block)
        far = shapely.distance(shapely.boundary(shape), shapely.points(corners))
        if (far <= _NEAR_M).any():
            more = with_corners(shape, corners[far <= _NEAR_M], near=_NEAR_M)
            if _more(more, shape):
                found[block] = more
    return found


def _recut(
    state: PlanState,
    parts: list[tuple[int, shapely.Polygon]],
    cornered: dict[int, shapely.Polygon],
    local: list[int],
    spots: Spots,
) -> Recut:
    parents = dict.fromkeys(block for block, _ in parts)
    stay = [block for block in local if block not in parents]
    numbers = [*range(state.used, state.used + len(parts)), *stay]
    shapes = np.empty(len(numbers), object)
    shapes[:] = [shape for _, shape in parts] + [
        cornered.get(block, state.shape(block)) for block in stay
    ]
    edges = edges_of(shapes)
    barriers = state.blocks.barriers
    kind = barriers.kinds_of(edges)
    water = state.core.water[[block for block, _ in parts] + stay]
    links = links_of(edges, kind, barriers.opened(edges), water)
    count: dict[int, int] = defaultdict(int)
    made = []
    outer = _outer(edges, kind, state, parts)
    shares = _shares(state, parts, spots)
    for at, (block, shape) in enumerate(parts):
        count[block] += 1
        code = f"{state.code(block)}-{count[block]}"
        made.append(
            Part(numbers[at], block, code, shape, tuple(shares[at]), tuple(outer[at].tolist()))
        )
    return Recut(
        tuple(made),
        (*_links(state, links, numbers, parts), *_bridges(state, parts, numbers)),
        tuple((block, state.shape(block), shape) for block, shape in sorted(cornered.items())),
    )


def _outer(
    edges: Edges, kind: Ints, state: PlanState, parts: list[tuple[int, shapely.Polygon]]
) -> Floats:
    """Return the outer border of parts; where nothing is known of lines, as their block had it."""
    found = outer_of(edges.owner, edges.length_m, kind, int(edges.owner.max(initial=0)) + 1)
    for at, (block, _) in enumerate(parts):
        known = state.core.outer_m[block]
        if state.blocks.barriers.is_empty and known[-1] > 0:
            found[at, :-1] = known[:-1] * found[at, -1] / known[-1]
    return found[: len(parts)]


def _links(
    state: PlanState,
    links: Links,
    numbers: list[int],
    parts: list[tuple[int, shapely.Polygon]],
) -> list[PartLink]:
    """Return the links of parts; one with a neighbour is walkable only where its block's was."""
    found = []
    rows = {block: {row[0]: row for row in state.row(block)} for block, _ in parts}
    for at in np.flatnonzero(links.pair[:, 0] < len(parts)):
        one, other = links.pair[at].tolist()
        border = (*links.kinds_m[at].tolist(), float(links.border_m[at]))
        walkable = bool(links.walkable[at])
        parent = parts[one][0]
        beyond = parts[other][0] if other < len(parts) else numbers[other]
        if beyond != parent:
            known = rows[parent].get(beyond)
            if known is None:
                continue  # they touch in the ring but not over this block
            walkable = walkable and known[2]
            if state.blocks.barriers.is_empty and known[1][-1] > 0:
                share = border[-1] / known[1][-1]
                border = (*(share * one_m for one_m in known[1][:-1]), border[-1])
        found.append(PartLink(numbers[one], numbers[other], border, walkable))
    return found


def _bridges(
    state: PlanState, parts: list[tuple[int, shapely.Polygon]], numbers: list[int]
) -> list[PartLink]:
    """Give the bridges of a block to the part that is nearest to their other end."""
    parents = {block: [at for at, (b, _) in enumerate(parts) if b == block] for block, _ in parts}
    found = []
    for block, own in parents.items():
        for other, border, walkable in state.row(block):
            if border[-1] > 0 or (other in parents and other < block):
                continue
            far = [shapely.distance(parts[at][1], state.shape(other)) for at in own]
            one = own[int(np.argmin(far))]
            theirs = parents.get(other)
            end = other
            if theirs:
                apart = [shapely.distance(parts[at][1], parts[one][1]) for at in theirs]
                end = numbers[theirs[int(np.argmin(apart))]]
            found.append(PartLink(numbers[one], end, (0.0,) * (len(KINDS) + 1), walkable))
    return found


def _shares(state: PlanState, parts: list[tuple[int, shapely.Polygon]], spots: Spots) -> Floats:
    """Share the weights of blocks: things by where they are, the rest by area."""
    things = state.blocks.things
    shapes = np.empty(len(parts), object)
    shapes[:] = [shape for _, shape in parts]
    own = np.zeros((len(parts), len(state.blocks.names)))
    if len(things.xy_m):
        part, thing = spots.things(shapes)
        np.add.at(own, part, things.weights[thing])
    area = np.asarray(shapely.area(shapes))
    parent = np.array([block for block, _ in parts])
    for block in np.unique(parent):
        mine = parent == block
        rest = np.maximum(state.core.weights[block, :-1] - own[mine].sum(axis=0), 0.0)
        own[mine] += np.outer(area[mine] / area[mine].sum(), rest)
    return own


def _require_clean(state: PlanState, recut: Recut, local: list[int]) -> None:
    """Refuse a cut that loses ground or leaves a gap."""
    parents = [*recut.parents]
    whole = shapely.area(state.shapes(parents)).sum()
    shapes = [part.shape for part in recut.parts]
    lost = abs(float(shapely.area(shapes).sum()) - whole)
    cornered = {block: shape for block, _, shape in recut.reshaped}
    stay = [cornered.get(b, state.shape(b)) for b in local if b not in parents]
    tiles = np.array([*shapes, *stay], object)
    clean = shapely.is_valid(tiles).all() and shapely.coverage_is_valid(tiles)
    clean &= _keeps_borders(state, recut)
    if lost > _SAME_AREA * whole or not clean:
        codes = ", ".join(state.code(block) for block in parents[:3])
        message = f"the line cannot cut {codes} cleanly; draw it farther from the border or on it"
        raise GeometryError(message)


def _keeps_borders(state: PlanState, recut: Recut) -> bool:
    """Tell whether the parts of each block have together the borders that it had."""
    parent = {part.block: part.parent for part in recut.parts}
    had: dict[tuple[int, int], float] = defaultdict(float)
    for block in recut.parents:
        had[block, NOBODY] += float(state.core.outer_m[block, -1])
        for other, border, _ in state.row(block):
            had[block, other] += border[-1]
    for part in recut.parts:
        had[part.parent, NOBODY] -= part.outer_m[-1]
    for link in recut.links:
        one, other = (parent.get(block, block) for block in (link.one, link.other))
        if one != other:
            had[one, other] -= link.border_m[-1]
        if one != other and link.other in parent:
            had[other, one] -= link.border_m[-1]
    return all(abs(left) <= _SAME_M for left in had.values())
