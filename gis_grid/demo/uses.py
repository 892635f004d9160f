"""What the ground is used for, and the lanes, paths and walls that divide it into blocks."""

import numpy as np
import shapely

from gis_grid.demo.kinds import HOUSING, Bools, Floats, Geoms, Ints, Kind, Use
from gis_grid.demo.lines import Lines, join_lines, ordinal, segments
from gis_grid.demo.lines import points as as_points
from gis_grid.demo.plan import Plan
from gis_grid.demo.planar import roundness

FRINGE = 0.78
"""Beyond this reach the town gives way to fields and villages."""

_SITES = (  # use, metres between two, smallest and largest face in square metres
    (Use.COMMERCE, 1500, 12e3, 5e4),
    (Use.OFFICE, 1300, 1e4, 5e4),
    (Use.HOSPITAL, 2300, 15e3, 7e4),
    (Use.SCHOOL, 760, 12e3, 5e4),
    (Use.GREEN, 1050, 1e4, 2e5),
)
_BLOCK_M2 = {Use.GREEN: 3e4, Use.FIELD: 6e4, Use.VILLAGE: 1.6e4, Use.FACTORY: 3.2e4}
_WALL_FROM_M2 = 62e3
_LEAST_SITE_M2, _LEAST_VILLAGE_M2, _CRUMB_M2, _THIN = 9e3, 2e4, 7e3, 0.33
_OLD_TOWN, _CENTRE = 0.4, 0.16
"""Reach of the old town, and of the centre with its shops and offices."""

_INDUSTRY = 0.55
"""Factories lie downwind, from this share of the half width on."""


def scatter(at_m: Floats, spacing_m: float, ok: Bools, rng: np.random.Generator) -> Ints:
    """Choose points about `spacing_m` apart among those that are `ok`.

    Sites are a shaken lattice over all points; each takes its nearest candidate. No candidate, or
    none near a site, gives fewer; an empty choice is possible.
    """
    candidate = np.flatnonzero(ok)
    if not len(candidate):
        return candidate
    low, high = at_m.min(axis=0), at_m.max(axis=0)
    start = low + spacing_m * rng.random(2)
    gx, gy = np.meshgrid(*(np.arange(a, b, spacing_m) for a, b in zip(start, high, strict=True)))
    site = np.c_[gx.ravel(), gy.ravel()] + rng.uniform(-0.2, 0.2, (gx.size, 2)) * spacing_m
    if not len(site):
        site = ((low + high) / 2)[None]
    tree = shapely.STRtree(as_points(at_m[candidate]))
    near = tree.query_nearest(as_points(site), max_distance=0.6 * spacing_m, all_matches=False)
    return np.asarray(candidate[np.unique(near[1])])


def choose_uses(faces: Geoms, served: Bools, plan: Plan, rng: np.random.Generator) -> Ints:
    """Give every face a use: centre, old town, estates, towers, industry, villages in fields.

    Faces that no street touches (not `served`) are fields.
    """
    mid = shapely.get_coordinates(shapely.centroid(faces))
    area = np.asarray(shapely.area(faces))
    inner = shapely.point_on_surface(faces)
    wet = np.asarray(shapely.contains(plan.water, inner))
    in_strip = np.asarray(shapely.contains(plan.corridor, inner))
    reach = plan.outline.reach(mid)
    use = _town(mid, reach, plan.outline.half_m, rng)
    free = ~in_strip & (area > _LEAST_SITE_M2) & served & (use != Use.FIELD)
    for what, spacing, low, high in _SITES:
        pick = scatter(mid, spacing, free & (area > low) & (area < high), rng)
        use[pick], free[pick] = what, False
    village = scatter(
        mid, 620.0, (use == Use.FIELD) & (area > _LEAST_VILLAGE_M2) & served & ~in_strip, rng
    )
    use[village] = Use.VILLAGE
    crumb = (area < _CRUMB_M2) | (roundness(faces) < _THIN)
    use[crumb & (use != Use.FIELD)] = Use.GREEN
    use[in_strip] = Use.GREEN
    use[~served & ~in_strip] = Use.FIELD
    use[wet] = Use.WATER
    return use


def _town(mid: Floats, reach: Floats, half_m: float, rng: np.random.Generator) -> Ints:
    wind = rng.uniform(0, 2 * np.pi)
    downwind = (mid @ [np.cos(wind), np.sin(wind)]) / half_m
    mood = np.sin(mid @ [2.1, 1.3] / 900 + wind) + 0.6 * np.sin(mid @ [-1.2, 2.4] / 700)
    mood = mood + rng.normal(0, 0.55, len(mid))
    chance = rng.random((2, len(mid)))
    use = np.select(
        [
            (reach < _CENTRE) & (chance[0] < 0.55),  # noqa: PLR2004 - shares of the faces there
            (downwind > _INDUSTRY) & (chance[1] < 0.62),  # noqa: PLR2004
            (reach < _OLD_TOWN) & (mood < 0.9),  # noqa: PLR2004
            mood < 0.6,  # noqa: PLR2004
        ],
        [Use.COMMERCE, Use.FACTORY, Use.OLD, Use.SLAB],
        Use.TOWER,
    )
    lobes = 0.05 * np.sin(mid @ [1.7, -0.9] / 800 + 2 * wind)
    rural = reach - FRINGE + lobes + rng.normal(0, 0.05, len(mid))
    use[rural > 0.07] = Use.FIELD  # noqa: PLR2004 - half way out
    return np.asarray(use, np.int64)


def inner_lines(faces: Geoms, use: Ints, block_m2: float, rng: np.random.Generator) -> Lines:
    """Divide faces by lanes, or paths in parks and fields; a wall parts two big compounds."""
    low_x, low_y, high_x, high_y = shapely.bounds(faces).T
    size_m = (high_x - low_x, high_y - low_y)
    pieces = _pieces(faces, use, block_m2, size_m)
    area = shapely.area(faces)
    walled = np.isin(use, HOUSING) & (area > _WALL_FROM_M2)
    wide = size_m[0] > size_m[1]
    made = []
    for axis, start in enumerate((low_x, low_y)):
        n, span = pieces[axis], size_m[axis]
        face, k = ordinal(n - 1)
        at = start[face] + span[face] * (k + 1 + rng.uniform(-0.12, 0.12, len(face))) / n[face]
        lean = rng.uniform(-0.015, 0.015, len(face)) * span[face]
        near = ((low_y, low_x)[axis])[face] - 1
        far = ((high_y, high_x)[axis])[face] + 1
        a, b = np.c_[at - lean, near], np.c_[at + lean, far]
        line = segments(a, b) if axis == 0 else segments(a[:, ::-1], b[:, ::-1])
        wall = walled[face] & (k + 1 == n[face] // 2) & (wide[face] == (axis == 0))
        kind = np.select(
            [np.isin(use[face], (Use.GREEN, Use.FIELD)), wall], [Kind.PATH, Kind.WALL], Kind.LANE
        )
        clipped = shapely.intersection(line, faces[face])
        made.append(Lines(clipped, np.asarray(kind, np.int64), np.full(len(face), -1)))
    return join_lines(*made)


def _pieces(
    faces: Geoms, use: Ints, block_m2: float, size_m: tuple[Floats, Floats]
) -> tuple[Ints, Ints]:
    """Return into how many columns and rows each face is divided."""
    width, height = size_m
    housing = np.isin(use, HOUSING)
    goal = np.array([_BLOCK_M2.get(Use(u), 6e4) for u in range(len(Use))])[use]
    goal = np.where(housing, block_m2, goal)
    least = np.where(housing, 2, 1)
    count = np.maximum(np.round(shapely.area(faces) / goal), least)
    count = np.where(use == Use.WATER, 1, count)
    nx = np.clip(np.round(np.sqrt(count * width / height)), 1, count)
    ny = np.maximum(np.round(count / nx), 1)
    undivided = (count > 1) & (nx * ny == 1)
    nx = np.where(undivided & (width > height), 2, nx)
    ny = np.where(undivided & (width <= height), 2, ny)
    return nx.astype(np.int64), ny.astype(np.int64)
