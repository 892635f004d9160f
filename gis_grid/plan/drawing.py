"""Edits that are drawn: splitting along a line, dragging a border, claiming an area.

Blocks that the drawn line crosses are cut first, then whole blocks and parts change their grid.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from gis_grid.errors import ConflictError, InputError
from gis_grid.plan.arrays import Ints
from gis_grid.plan.cuts import cut_along
from gis_grid.plan.edits import flip_to, owners_of, parts_made, require_free, unless_empty
from gis_grid.plan.log import Edit
from gis_grid.plan.ops import Op, Recut, Rename
from gis_grid.plan.rings import rings_of
from gis_grid.plan.seams import edges_of_parts
from gis_grid.plan.spots import Spots
from gis_grid.plan.state import PlanState


def split_by_line(
    state: PlanState, grid: str, line: shapely.LineString, code: str, spots: Spots
) -> Edit:
    """Split a grid along a line: what is right of it becomes a new grid.

    The line is lengthened straight at both ends until it leaves the grid; blocks are cut where it
    crosses them.

    Raises
    ------
    NotFoundError, ConflictError
        There is no such grid, or the new code is taken.
    GeometryError
        A block cannot be cut cleanly.
    InputError
        All of the grid is on one side, or it has no blocks.
    """
    blocks = _ground(state, grid)
    through = lengthened(line, shapely.total_bounds(state.shapes(blocks)))
    recut = cut_along(state, through, spots, within=blocks)
    return _split(state, grid, code, recut, through, f"split {grid} by a line")


def split_along(state: PlanState, grid: str, street: shapely.LineString, code: str) -> Edit:
    """Split a grid along a street without cutting a block: each goes where its middle is.

    Raises
    ------
    NotFoundError, ConflictError
        There is no such grid, or the new code is taken.
    InputError
        All of the grid is on one side of the street.
    """
    blocks = _ground(state, grid)
    through = lengthened(street, shapely.total_bounds(state.shapes(blocks)))
    return _split(state, grid, code, None, through, f"split {grid} along a street")


def claim_area(
    state: PlanState,
    area: shapely.Polygon,
    to: str,
    spots: Spots,
    *,
    from_grids: Sequence[str] = (),
) -> Edit:
    """Give the ground inside an area to a grid, and cut the blocks on its edge.

    Parameters
    ----------
    state
        The plan.
    area
        On the metric plane of the blocks.
    to
        Code of the grid.
    spots
        Where blocks are.
    from_grids
        Only ground of these grids is taken; by default of any.

    Raises
    ------
    NotFoundError
        No grid has one of the codes.
    GeometryError
        A block cannot be cut cleanly.
    InputError
        The area is not a polygon.
    """
    return claim_areas(state, [(area, to, tuple(from_grids))], spots, f"an area to {to}")


def claim_areas(
    state: PlanState,
    claims: Sequence[tuple[shapely.Polygon, str, tuple[str, ...]]],
    spots: Spots,
    title: str,
) -> Edit:
    """Give several areas (polygon, grid, grids it is taken from) to grids in one step."""
    for area, _, _ in claims:
        if shapely.get_type_id(area) != 3 or not shapely.is_valid(area):  # noqa: PLR2004 - polygon
            message = "the area is no polygon that encloses ground; draw it without crossings"
            raise InputError(message)
    edges = [part for area, _, _ in claims for part in _rings(area)]
    sources = {code for _, _, codes in claims for code in codes}
    members = [state.members(state.grid_of(code)) for code in sorted(sources)]
    within = np.concatenate(members) if members else None
    recut = cut_along(state, shapely.multilinestrings(edges), spots, within=within)
    ops: list[Op] = [recut] if recut else []
    taken: set[int] = set()
    for area, to, codes in claims:
        own = _inside(state, area, spots, recut)
        allowed = {state.grid_of(code) for code in codes}
        now = owners_of(state, own, recut)
        fit = [b for b, g in zip(own, now, strict=True) if not codes or g in allowed]
        fresh = [block for block in fit if block not in taken]
        taken.update(fresh)
        ops += [*unless_empty(flip_to(state, fresh, state.grid_of(to), recut))]
    return Edit(title, tuple(ops) if len(ops) > bool(recut) else ())


def drag_border(
    state: PlanState, one: str, other: str, line: shapely.LineString, spots: Spots
) -> Edit:
    """Move the border between two grids to a line; blocks that it crosses are cut.

    Parameters
    ----------
    state
        The plan.
    one, other
        Codes of two neighbours.
    line
        Where the border should be, on the metric plane; it begins and ends on their present
        border (it is lengthened to it when it ends within a metre).
    spots
        Where blocks are.

    Returns
    -------
    Edit
        Ground between the old border and the line changes sides; other grids keep theirs.

    Raises
    ------
    NotFoundError
        No grid has one of the codes.
    InputError
        They have no common border, or the line encloses no ground with it.
    GeometryError
        A block cannot be cut cleanly.
    """
    border = border_between(state, state.grid_of(one), state.grid_of(other))
    if shapely.is_empty(border):
        message = f"{one} and {other} have no common border to drag"
        raise InputError(message, reason="plan.no-border", about={"one": one, "other": other})
    snapped = shapely.snap(line, border, 1.0)
    noded = shapely.union_all([border, snapped])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    both = (one, other)
    claims = []
    for face in faces[shapely.area(faces) > 0]:
        owner = _main_owner(state, face, spots, both)
        if owner is not None:
            claims.append((face, both[1 - both.index(owner)], (owner,)))
    if not claims:
        message = f"the line encloses no ground with the border of {one} and {other}; "
        message += "begin and end it on their border"
        raise InputError(message, reason="plan.loose-line", about={"one": one, "other": other})
    return claim_areas(state, claims, spots, f"drag the border of {one} and {other}")


def move_building(
    state: PlanState,
    footprint: shapely.Polygon,
    to: str,
    spots: Spots,
    *,
    margin_m: float = 3.0,
) -> Edit:
    """Give a building to a grid: its ground, and a way there when it is not on the border.

    The building with `margin_m` around it and the shortest strip to the grid are cut out of their
    blocks.

    Raises
    ------
    NotFoundError
        No grid has this code.
    ConflictError
        The grid has no ground to reach from.
    GeometryError
        A block cannot be cut cleanly.
    """
    edit = move_buildings(state, [footprint], to, spots, margin_m=margin_m)
    return Edit(f"a building to {to}", edit.ops)


def move_buildings(
    state: PlanState,
    footprints: Sequence[shapely.Polygon],
    to: str,
    spots: Spots,
    *,
    margin_m: float = 3.0,
) -> Edit:
    """Give several buildings to a grid in one step, each as `move_building` does.

    Raises
    ------
    NotFoundError, ConflictError, GeometryError
        As for `move_building`.
    """
    members = state.members(state.grid_of(to))
    if not len(members):
        message = f"grid {to} has no ground yet; use new_grid"
        raise ConflictError(message, reason="plan.empty-grid", about={"grid": to})
    yards = [_yard(state, one, (to, members), spots, margin_m) for one in footprints]
    joined = shapely.get_parts(shapely.union_all(yards))
    claims = [(shapely.Polygon(shapely.get_exterior_ring(one)), to, ()) for one in joined]
    return claim_areas(state, claims, spots, f"{len(footprints)} buildings to {to}")


def _yard(
    state: PlanState,
    footprint: shapely.Polygon,
    target: tuple[str, Ints],
    spots: Spots,
    margin_m: float,
) -> BaseGeometry:
    """Return a building with what is around it, and the way from there to a grid."""
    to, members = target
    near = spots.touching(state, shapely.buffer(footprint, 2_000.0))
    shapes = state.shapes(near[np.isin(near, members)])
    if not len(shapes):
        message = f"grid {to} is more than 2 km away from the building; choose a neighbour"
        raise ConflictError(message, reason="plan.too-far", about={"grid": to})
    nearest = shapes[int(np.argmin(shapely.distance(shapes, footprint)))]
    way = shapely.shortest_line(footprint, nearest)
    yard = shapely.buffer(footprint, margin_m, join_style="mitre")
    strip = shapely.buffer(way, margin_m, cap_style="square")
    joined: BaseGeometry = shapely.union_all([yard, strip])
    return joined


def border_between(state: PlanState, one: int, other: int) -> BaseGeometry:
    """Return the common border of two grids as one line or several."""
    mine, yours = state.members(one), state.members(other)
    touching = np.concatenate([mine, yours])
    flat = rings_of(state.shapes(touching))
    ends, sides = edges_of_parts(flat.xy, flat.ring, flat.owner, len(mine))
    between = ends[sides[:, 1] >= len(mine)]
    lines = [shapely.LineString(pair) for pair in between.reshape(-1, 2, 2)]
    merged: BaseGeometry = shapely.line_merge(shapely.MultiLineString(lines))
    return merged


def lengthened(line: shapely.LineString, bounds: npt.ArrayLike) -> shapely.LineString:
    """Return the line, straight on at both ends, so that it leaves a box.

    Examples
    --------
    >>> lengthened(shapely.LineString([(1, 1), (2, 1)]), [0, 0, 3, 3]).bounds
    (-4.0, 1.0, 7.0, 1.0)
    """
    xy = shapely.get_coordinates(line)
    if len(xy) < 2 or not np.isfinite(xy).all():  # noqa: PLR2004 - a line has two ends
        message = "the line has no length or a coordinate that is no number; draw it again"
        raise InputError(message)
    west, south, east, north = np.asarray(bounds, float)
    reach = (east - west) + (north - south) - 1.0
    first, last = xy[0] - xy[1], xy[-1] - xy[-2]
    start = xy[0] + first / np.hypot(*first) * reach
    end = xy[-1] + last / np.hypot(*last) * reach
    return shapely.LineString([start, *xy, end])


def right_of(line: shapely.LineString, points: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Tell which points lie right of the nearest straight piece of a line.

    Examples
    --------
    >>> line = shapely.LineString([(0, 0), (0, 9)])
    >>> right_of(line, np.array([[1.0, 4.0], [-1.0, 4.0]])).tolist()
    [True, False]
    """
    xy = shapely.get_coordinates(line)
    pieces = np.asarray(shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1)), object)
    spots = np.asarray(shapely.points(points), object)
    far = shapely.distance(spots[:, None], pieces[None])
    near = np.argmin(far, axis=1)
    a, b = xy[near], xy[near + 1]
    d, e = b - a, points - a
    return np.asarray(d[:, 0] * e[:, 1] - d[:, 1] * e[:, 0] < 0)


def _ground(state: PlanState, grid: str) -> Ints:
    blocks = state.members(state.grid_of(grid))
    if not len(blocks):
        message = f"grid {grid} has no blocks; there is nothing to split"
        raise InputError(message, reason="plan.empty-grid", about={"grid": grid})
    return blocks


def _split(
    state: PlanState,
    grid: str,
    code: str,
    recut: Recut | None,
    line: shapely.LineString,
    title: str,
) -> Edit:
    fresh = require_free(state, code)
    gone = set(recut.parents) if recut else set()
    kept = [int(b) for b in state.members(state.grid_of(grid)) if int(b) not in gone]
    parts = [*parts_made(recut).values()]
    shapes = [*state.shapes(kept), *(part.shape for part in parts)]
    middle = shapely.get_coordinates(shapely.point_on_surface(shapes))
    right = right_of(line, middle)
    numbers = np.array([*kept, *(part.block for part in parts)])
    if right.all() or not right.any():
        message = f"all of grid {grid} is on one side of the line; draw it through the grid"
        raise InputError(message, reason="plan.one-sided", about={"grid": grid})
    flip = flip_to(state, numbers[right], fresh, recut)
    cut: tuple[Op, ...] = (recut,) if recut else ()
    return Edit(title, (*cut, Rename(fresh, None, code), flip))


def _inside(
    state: PlanState, area: shapely.Polygon, spots: Spots, recut: Recut | None
) -> list[int]:
    gone = set(recut.parents) if recut else set()
    found = [int(block) for block in spots.inside(state, area) if int(block) not in gone]
    parts = [*parts_made(recut).values()]
    middle = shapely.point_on_surface([part.shape for part in parts])
    hit = shapely.intersects(area, middle)
    return [*found, *(part.block for part, yes in zip(parts, hit, strict=True) if yes)]


def _main_owner(
    state: PlanState, face: shapely.Polygon, spots: Spots, codes: tuple[str, str]
) -> str | None:
    """Return which of two grids has most of a face; None when others have most of it."""
    blocks = spots.touching(state, face)
    ground = shapely.area(shapely.intersection(state.shapes(blocks), face))
    owner = state.core.grid[blocks]
    own = [float(ground[owner == state.grid_of(code)].sum()) for code in codes]
    return codes[int(np.argmax(own))] if max(own) > 0 else None


def _rings(area: shapely.Polygon) -> list[shapely.LineString]:
    return [shapely.LineString(ring) for ring in (area.exterior, *area.interiors)]
