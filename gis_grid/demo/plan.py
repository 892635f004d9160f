"""The street plan in plan space: outline, river with bridges, arterials, radials.

Plan space is in metres with streets nearly parallel to the axes; `ground` bends it into the city.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from gis_grid.demo.kinds import Floats, Ints, Kind, Spec
from gis_grid.demo.lines import Lines, join_lines, like, segments
from gis_grid.demo.split import split_cells

CELL_M = 390.0
"""Distance between the main streets."""

EMBANKMENT_M = 34.0
"""From the bank of the river to the riverside street."""


@dataclass(frozen=True, slots=True)
class Outline:
    """The edge of the city: a rounded square with gentle bays, in plan space."""

    half_m: float
    swell: Floats
    phase: Floats

    def reach(self, points: Floats) -> Floats:
        """Return how far out points lie: 0 in the centre, 1 on the edge."""
        angle = np.arctan2(points[:, 1], points[:, 0])
        square = (np.cos(angle) ** 4 + np.sin(angle) ** 4) ** -0.25
        order = np.arange(2, 2 + len(self.swell))
        bays = np.cos(angle[:, None] * order + self.phase) @ self.swell
        radius = np.hypot(points[:, 0], points[:, 1])
        return np.asarray(radius / (0.93 * self.half_m * square * (1 + bays)))

    def polygon(self) -> shapely.Polygon:
        """Return the edge with a vertex every hundred metres or so."""
        angle = np.linspace(0, 2 * np.pi, max(int(self.half_m / 14), 60), endpoint=False)
        unit = np.c_[np.cos(angle), np.sin(angle)]
        return shapely.Polygon(unit / self.reach(unit)[:, None])


@dataclass(frozen=True, slots=True)
class Plan:
    """Lines before noding, the water, and the strip between the riverside streets."""

    lines: Lines
    outline: Outline
    water: shapely.Geometry
    corridor: shapely.Geometry
    riverside: tuple[int, int]
    """Numbers of the streets along the north and the south bank."""


@dataclass(frozen=True, slots=True)
class _Lattice:
    """Main streets: places of the lines, and the cells that touch the city."""

    us: Floats
    vs: Floats
    iu: Ints
    iv: Ints

    @property
    def n(self) -> int:
        return len(self.us) - 1


def draw_plan(spec: Spec, rng: np.random.Generator) -> Plan:
    """Draw all streets down to local ones; street numbers are unique over all kinds."""
    outline = _draw_outline(spec.half_m, rng)
    edge = outline.polygon()
    lattice = _draw_lattice(spec.half_m, outline, rng)
    upright, flat = _lattice_lines(lattice)
    n = lattice.n
    north, south, water, corridor = _draw_river(spec, rng)
    radials = _draw_radials(spec.half_m, lattice, 2 * n + 4, rng)
    first = 2 * n + 4 + len(radials.geom)
    local = split_cells(
        lattice.us, lattice.vs, (lattice.iu, lattice.iv), (outline.reach, first), rng
    )
    dry = [part.cut(corridor, outside=True) for part in (upright, flat, radials, local)]
    river = [
        like(north[0], Kind.BANK),
        like(south[0], Kind.BANK),
        like(north[1], Kind.SECONDARY, 2 * n + 2),
        like(south[1], Kind.SECONDARY, 2 * n + 3),
        like(_middle(north[0], south[0]), Kind.CUT),
        *_crossings(upright, water, corridor),
    ]
    inner = join_lines(*dry, *river).cut(edge)
    lines = join_lines(inner, like(edge.boundary, Kind.CUT))
    return Plan(lines, outline, shapely.intersection(water, edge), corridor, (2 * n + 2, 2 * n + 3))


def _draw_outline(half_m: float, rng: np.random.Generator) -> Outline:
    order = np.arange(2, 10)
    swell = rng.normal(0, 1, len(order)) * 0.04 / np.sqrt(order)
    return Outline(half_m, swell, rng.uniform(0, 2 * np.pi, len(order)))


def _draw_lattice(half_m: float, outline: Outline, rng: np.random.Generator) -> _Lattice:
    n = round(2.24 * half_m / CELL_M)
    steps = rng.uniform(0.75, 1.25, (2, n))
    us, vs = ((np.concatenate([[0], np.cumsum(s)]) / s.sum() * 2.24 - 1.12) * half_m for s in steps)
    corner_u, corner_v = np.meshgrid(us, vs, indexing="ij")
    corners = np.c_[corner_u.ravel(), corner_v.ravel()]
    inside = (outline.reach(corners) < 1).reshape(n + 1, n + 1)
    touched = inside[1:, 1:] | inside[:-1, 1:] | inside[1:, :-1] | inside[:-1, :-1]
    iu, iv = np.nonzero(touched)
    return _Lattice(us, vs, iu, iv)


def _lattice_lines(lattice: _Lattice) -> tuple[Lines, Lines]:
    """Return whole lines north-south and east-west; arterial and secondary take turns."""
    us, vs, n = lattice.us, lattice.vs, lattice.n
    number = np.arange(n + 1)
    rank = (number + n // 2) % 2
    low, high = np.full(n + 1, vs[0]), np.full(n + 1, vs[-1])
    left, right = np.full(n + 1, us[0]), np.full(n + 1, us[-1])
    upright = Lines(segments(np.c_[us, low], np.c_[us, high]), rank, number)
    flat = Lines(segments(np.c_[left, vs], np.c_[right, vs]), rank, n + 1 + number)
    return upright, flat


def _draw_river(
    spec: Spec, rng: np.random.Generator
) -> tuple[
    tuple[shapely.LineString, shapely.LineString],
    tuple[shapely.LineString, shapely.LineString],
    shapely.Polygon,
    shapely.Polygon,
]:
    """Return (bank, riverside street) of the north and the south, the water and the corridor."""
    half = spec.half_m
    u = np.linspace(-1.3 * half, 1.3 * half, int(half / 12))
    wave = rng.uniform(0, 2 * np.pi, 3)
    bends = 0.10 * np.sin(2.1 * u / half + wave[0]) + 0.05 * np.sin(5.3 * u / half + wave[1])
    v = half * (0.16 + bends + 0.018 * np.sin(11 * u / half + wave[2]))
    slope = np.gradient(v, u)
    normal = np.c_[-slope, np.ones_like(u)] / np.hypot(slope, 1)[:, None]
    width = spec.river_half_m * (1 + 0.25 * np.sin(4 * u / half + wave[1]))[:, None]
    spine = np.c_[u, v]
    bank_n, bank_s = (spine + side * normal * width for side in (1, -1))
    road_n, road_s = (spine + side * normal * (width + EMBANKMENT_M) for side in (1, -1))
    return (
        (shapely.LineString(bank_n), shapely.LineString(road_n)),
        (shapely.LineString(bank_s), shapely.LineString(road_s)),
        shapely.Polygon(np.r_[bank_n, bank_s[::-1]]),
        shapely.Polygon(np.r_[road_n, road_s[::-1]]),
    )


def _middle(north: shapely.LineString, south: shapely.LineString) -> shapely.LineString:
    both = (shapely.get_coordinates(north) + shapely.get_coordinates(south)) / 2
    return shapely.LineString(both)


def _crossings(upright: Lines, water: shapely.Geometry, corridor: shapely.Geometry) -> list[Lines]:
    """Let arterials cross by bridges; the others end as paths and cut the water into pieces."""
    over = upright.take(np.asarray(shapely.intersects(upright.geom, corridor)))
    bridge = over.kind == Kind.ARTERIAL
    strip = shapely.difference(corridor, water)
    return [
        over.take(bridge).cut(corridor),
        like(shapely.intersection(over.geom[~bridge], strip), Kind.PATH),
        like(shapely.intersection(over.geom[~bridge], water), Kind.CUT),
    ]


def _draw_radials(
    half_m: float, lattice: _Lattice, first_street: int, rng: np.random.Generator
) -> Lines:
    """Send two to four straight streets out of the crossing of arterials in the middle."""
    count = 2 if half_m < 2000 else 4  # noqa: PLR2004 - a town has fewer
    spread = rng.uniform(36, 54, 4) + np.array([0, 90, 180, 270])
    angle = np.deg2rad(spread)[rng.permutation(4)[:count]]
    reach = rng.uniform(0.42, 0.62, (count, 1)) * half_m
    mid = lattice.n // 2
    square = np.tile([lattice.us[mid], lattice.vs[mid]], (count, 1))
    geom = segments(square, square + np.c_[np.cos(angle), np.sin(angle)] * reach)
    return Lines(geom, np.full(count, int(Kind.SECONDARY)), first_street + np.arange(count))
