"""The ground of the city: plan space noded, divided into blocks and bent into place.

Every shared vertex is bent and projected exactly once, so that all levels stay one coverage in
plan space, in metres and in degrees.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import Transformer

from gis_grid.demo.kinds import HOUSING, Bools, Floats, Geoms, Ints, Kind, Spec
from gis_grid.demo.lines import Lines, Warp, components, join_lines, moved, placed
from gis_grid.demo.plan import Plan, draw_plan
from gis_grid.demo.planar import (
    ends,
    faces_of,
    node_lines,
    prune,
    sides,
    vertex_ids,
)
from gis_grid.demo.uses import choose_uses, inner_lines

EPSG = 4550
"""CGCS2000, 3-degree zone around 123 E."""

CENTRE_LONLAT = (123.02, 41.12)
VERTEX_M = 45.0
"""Lines are bent at least this often."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Noded lines and blocks in metres around the centre, and who touches whom."""

    lines: Lines
    chainage: Floats
    """(n, 2) position of both ends of a line along its street."""

    blocks: Geoms
    blocks_lonlat: Geoms
    use: Ints
    compound: Ints
    """Compound of each block, -1 outside walls."""

    parcel: Ints
    """Street-bounded face of each block."""

    angle: Floats
    """How far the streets around each block are turned, radians."""

    reach: Floats
    """How far out each block lies: 0 in the centre, 1 on the edge of the city."""

    pair: Ints
    """(n, 2) blocks on both sides of each line, -1 outside the city."""

    to_lonlat: Warp
    water: shapely.Geometry
    riverside: tuple[int, int]


def make_ground(spec: Spec, rng: np.random.Generator) -> Ground:
    """Draw the plan, divide it and bend it."""
    plan = draw_plan(spec, rng)
    streets = _connected(_pruned_streets(plan))
    faces = faces_of(streets)
    pair = sides(streets.geom, faces)
    served = np.zeros(len(faces) + 1, bool)
    served[pair[streets.kind <= Kind.LOCAL]] = True
    use = choose_uses(faces, served[:-1], plan, rng)
    inner = inner_lines(faces, use, spec.block_m2, rng)
    lines = node_lines(join_lines(streets, inner))
    lines = _connected(prune(lines, _inside_a_face, 2.2e3))
    lines = Lines(shapely.segmentize(lines.geom, VERTEX_M), lines.kind, lines.street)
    blocks = faces_of(lines)
    inside = shapely.point_on_surface(blocks)
    parcel = shapely.STRtree(faces).query(inside, predicate="intersects")[1]
    left, parcel = np.unique(parcel, return_inverse=True)  # pruning may have joined two faces
    return _bent(lines, blocks, parcel, use[left], (plan, make_warp(spec.half_m, rng)))


def _pruned_streets(plan: Plan) -> Lines:
    """Dissolve slivers over weak streets first, and the last crumbs over any."""
    streets = prune(node_lines(plan.lines), _is_weak, 6e3)
    return prune(streets, _is_open, 1.2e3)


def _is_weak(lines: Lines) -> Bools:
    return np.isin(lines.kind, (Kind.LOCAL, Kind.PATH))


def _is_open(lines: Lines) -> Bools:
    return np.asarray(lines.kind <= Kind.PATH)


def _inside_a_face(lines: Lines) -> Bools:
    inner = (lines.kind >= Kind.LANE) & (lines.kind <= Kind.WALL)
    return np.asarray(inner & (lines.street < 0))


def _connected(lines: Lines) -> Lines:
    """Close every street, and every way, that does not hang together with the rest."""
    kind, street = lines.kind.copy(), lines.street.copy()
    ids, n = ends(lines.geom)
    for weakest in (Kind.LOCAL, Kind.PATH):
        open_ = np.flatnonzero(kind <= weakest)
        label = components(n, ids[open_])
        size = np.bincount(label[ids[open_, 0]])
        lost = open_[label[ids[open_, 0]] != np.argmax(size)]
        kind[lost], street[lost] = Kind.CUT, -1
    return Lines(lines.geom, kind, street)


def make_warp(half_m: float, rng: np.random.Generator) -> Warp:
    """Make the smooth map from plan space to metres around the centre: rounded, waved, turned."""
    reach, turn = 1.2 * half_m, rng.uniform(-0.2, 0.2)
    phase = rng.uniform(0, 2 * np.pi, (2, 3))
    wave = np.array([1.7 * half_m, max(3100.0, half_m), 1500.0])
    high = wave * [0.022, 0.012, 0.007]
    cos, sin = np.cos(turn), np.sin(turn)

    def warp(uv: Floats) -> Floats:
        u, v = uv.T
        sway = np.sin(2 * np.pi * (v + 0.3 * u)[:, None] / wave + phase[0]) @ high
        heave = np.sin(2 * np.pi * (u - 0.4 * v)[:, None] / wave + phase[1]) @ high
        x = u * np.sqrt(1 - 0.3 * (v / reach) ** 2) + sway
        y = v * np.sqrt(1 - 0.3 * (u / reach) ** 2) + heave
        return np.asarray(np.round(np.c_[x * cos - y * sin, x * sin + y * cos], 4))

    return warp


def make_projection() -> Warp:
    """Make the map from metres around the centre to lon, lat, rounded to 1e-9 degrees."""
    metric, lonlat = f"EPSG:{EPSG}", "EPSG:4326"
    centre = Transformer.from_crs(lonlat, metric, always_xy=True).transform(*CENTRE_LONLAT)
    origin = np.round(np.array(centre))
    project = Transformer.from_crs(metric, lonlat, always_xy=True)

    def to_lonlat(xy_m: Floats) -> Floats:
        x, y = (xy_m + origin).T
        return np.asarray(np.round(np.c_[project.transform(x, y)], 9))

    return to_lonlat


def _bent(
    lines: Lines, blocks: Geoms, parcel: Ints, face_use: Ints, how: tuple[Plan, Warp]
) -> Ground:
    """Bend and project every vertex once, and gather what the rest of the city asks for."""
    plan, warp = how
    uv, (of_block, of_line) = vertex_ids(blocks, lines.geom)
    xy, to_lonlat = warp(uv), make_projection()
    lonlat = to_lonlat(xy)
    pair, use = sides(lines.geom, blocks), face_use[parcel]
    bent, chainage = _along_streets(lines, uv, of_line, placed(lines.geom, xy[of_line]))
    mid, step = shapely.get_coordinates(shapely.centroid(blocks)), np.array([10, 0])
    tilt = warp(mid + step) - warp(mid - step)
    return Ground(
        lines=bent,
        chainage=chainage,
        blocks=placed(blocks, xy[of_block]),
        blocks_lonlat=placed(blocks, lonlat[of_block]),
        use=use,
        compound=_compounds(lines, pair, parcel, use),
        parcel=parcel,
        angle=np.arctan2(tilt[:, 1], tilt[:, 0]).astype(np.float64).round(9),
        reach=plan.outline.reach(mid),
        pair=pair,
        to_lonlat=to_lonlat,
        water=moved(np.array([shapely.segmentize(plan.water, 20)]), warp)[0],
        riverside=plan.riverside,
    )


def _compounds(lines: Lines, pair: Ints, parcel: Ints, use: Ints) -> Ints:
    """Join blocks of one parcel over lanes; walls keep compounds apart."""
    lane = (lines.kind == Kind.LANE) & (pair >= 0).all(axis=1)
    lane &= parcel[pair[:, 0]] == parcel[pair[:, 1]]
    estate = components(len(use), pair[lane])
    housing = np.isin(use, HOUSING)
    compound = np.full(len(use), -1)
    compound[housing] = np.unique(estate[housing], return_inverse=True)[1]
    return compound


def _along_streets(lines: Lines, uv: Floats, of_line: Ints, bent: Geoms) -> tuple[Lines, Floats]:
    """Turn all pieces of a street the same way, and measure where each begins and ends."""
    count = shapely.get_num_coordinates(lines.geom)
    first = np.cumsum(count) - count
    end = uv[of_line][np.c_[first, first + count - 1]]
    across = np.abs(end[:, 1] - end[:, 0])
    street_x, street_y = (
        np.bincount(lines.street + 1, across[:, k])[lines.street + 1] for k in (0, 1)
    )
    chainage = np.where((street_x > street_y)[:, None], end[:, :, 0], end[:, :, 1])
    flip = (lines.street >= 0) & (chainage[:, 0] > chainage[:, 1])
    bent[flip], chainage[flip] = shapely.reverse(bent[flip]), chainage[flip][:, ::-1]
    return Lines(bent, lines.kind, lines.street), chainage
