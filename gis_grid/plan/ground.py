"""Blocks of a city: from its streets, walls, water, compounds and grids, with what is in each.

docs/algorithms/plan.md says how each weight is counted.
"""

from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import shapely

from gis_grid.errors import InputError
from gis_grid.plan.arrays import Bools, Floats, Ints, Progress, Shapes, Texts, silent, totals
from gis_grid.plan.blocks import WEIGHTS, Blocks, Labels, Things, blocks_of
from gis_grid.plan.borders import NO_LINES, Barriers, straight_pieces
from gis_grid.plan.linework import Carved, LineKind, carve, closed_walls, wall_gaps

_NO_WEIGHTS: Floats = np.empty((0, 3))
_NONE: Texts = np.empty(0, object)
_LEAST_STAND_M2 = 1.0
_BRIDGEHEAD_M = 15.0


@dataclass(frozen=True, slots=True)
class Named:
    """Polygons with their codes."""

    shapes: Shapes = field(default_factory=lambda: NO_LINES)
    codes: Texts = field(default_factory=lambda: _NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Everything that blocks are made of and counted from, on one metric plane."""

    epsg: int
    grids: Named = field(default_factory=Named)
    """Grids that tile edge by edge; blocks are parts of them. Without any, the lines decide."""

    streets: Shapes = field(default_factory=lambda: NO_LINES)
    bridges: Shapes = field(default_factory=lambda: NO_LINES)
    """The streets that are bridges; they do not cut."""

    walls: Shapes = field(default_factory=lambda: NO_LINES)
    """Those inside a compound do not cut: its border does."""

    gates: Shapes = field(default_factory=lambda: NO_LINES)
    water: Shapes = field(default_factory=lambda: NO_LINES)
    """Polygons become blocks of water; lines only part."""

    compounds: Named = field(default_factory=Named)
    communities: Named = field(default_factory=Named)
    buildings: Shapes = field(default_factory=lambda: NO_LINES)
    people: Floats = field(default_factory=lambda: _NO_WEIGHTS)
    """Households, persons and elderly of each building, shape ``(n, 3)``; missing counts 0."""

    facilities: Shapes = field(default_factory=lambda: NO_LINES)
    cameras: Shapes = field(default_factory=lambda: NO_LINES)
    incidents: Shapes = field(default_factory=lambda: NO_LINES)
    handling_minutes: Floats = field(default_factory=lambda: np.empty(0))
    """Work that each incident took."""

    years: float = 1.0
    """Time that the incidents are from."""


@dataclass(frozen=True, slots=True)
class Laid:
    """Blocks, and the grid that each is part of."""

    blocks: Blocks
    assignment: Ints
    """Position in `Ground.grids`, -1 for none."""


def lay_out(ground: Ground, *, progress: Progress = silent) -> Laid:
    """Make the blocks of a city.

    Parameters
    ----------
    ground
        What there is.
    progress
        Told of each step.

    Returns
    -------
    Laid
        Blocks that tile edge by edge; those of a grid are exactly its ground.

    Raises
    ------
    GeometryError
        Grids overlap or do not match, or nothing encloses a block.
    InputError
        The incidents are of no time.
    """
    if not ground.years > 0:
        message = f"incidents of {ground.years} years say nothing about a year"
        raise InputError(message)
    carved = carve(ground.grids.shapes, _lines(ground), progress=progress)
    inside = np.asarray(shapely.point_on_surface(carved.faces), object)
    areal = shapely.get_dimensions(ground.water) == 2  # noqa: PLR2004 - polygons
    wet = _owner(ground.water[areal], inside) >= 0
    weights, things = _weights(ground, carved)
    bare = blocks_of(
        gpd.GeoSeries(carved.faces, crs=ground.epsg),
        weights={name: weights[:, k] for k, name in enumerate(WEIGHTS)},
        community=_labels(ground.communities, inside),
        compound=_labels(ground.compounds, inside),
        water=wet,
        barriers=_barriers(ground),
        bridges=_bridgeheads(ground.bridges, carved.faces, wet),
        progress=progress,
    )
    blocks = replace(bare, things=things, houses=_standing(ground.buildings, carved.faces))
    return Laid(blocks, carved.grid if len(ground.grids.shapes) else carved.grid - 1)


def _lines(ground: Ground) -> dict[LineKind, Shapes]:
    return {
        LineKind.WATER: ground.water,
        LineKind.STREET: ground.streets,
        LineKind.WALL: closed_walls(_free_walls(ground)),
        LineKind.COMPOUND: ground.compounds.shapes,
    }


def _free_walls(ground: Ground) -> Shapes:
    """Return the walls that no compound stands for.

    The border of a compound is where its wall is meant to be; the strip between the two, outside
    the wall and inside the border, would be a block that nobody can reach from its own compound.
    """
    middle = shapely.line_interpolate_point(ground.walls, 0.5, normalized=True)
    return ground.walls[_owner(ground.compounds.shapes, np.asarray(middle, object)) < 0]


def _barriers(ground: Ground) -> Barriers:
    lines = (ground.streets, ground.walls, ground.water)
    street, wall, water = (straight_pieces(shapes) for shapes in lines)
    openings = shapely.line_interpolate_point(wall_gaps(ground.walls), 0.5, normalized=True)
    gates = np.concatenate([ground.gates, np.asarray(openings, object)])
    return Barriers((street, wall, water), gates, ground.bridges)


def _owner(areas: Shapes, points: Shapes) -> Ints:
    """Return the first area that each point is in, -1 for none."""
    found = np.full(len(points), -1, np.int64)
    if len(areas) and len(points):
        point, area = shapely.STRtree(areas).query(points, predicate="intersects")
        order = np.lexsort((area, point))
        which, first = np.unique(point[order], return_index=True)
        found[which] = area[order][first]
    return found


def _labels(named: Named, inside: Shapes) -> Labels:
    return Labels(_owner(named.shapes, inside), named.codes)


def _weights(ground: Ground, carved: Carved) -> tuple[Floats, Things]:
    """Count what is in each block; what stands outside all of them is left out."""
    doors = np.asarray(shapely.point_on_surface(ground.buildings), object)
    sources = (
        (doors, np.c_[np.nan_to_num(ground.people), np.ones(len(doors))], (0, 1, 2, 3)),
        (ground.facilities, np.ones((len(ground.facilities), 1)), (4,)),
        (ground.cameras, np.ones((len(ground.cameras), 1)), (5,)),
        (ground.incidents, _a_year(ground), (6, 7)),
    )
    n = len(carved.faces)
    weights, spots, amounts = np.zeros((n, len(WEIGHTS))), [], []
    for points, values, columns in sources:
        there = ~(shapely.is_missing(points) | shapely.is_empty(points))
        block = _owner(carved.faces, points[there])
        weights[:, columns] = totals(block, values[there], n)
        wide = np.zeros((int((block >= 0).sum()), len(WEIGHTS)))
        wide[:, columns] = values[there][block >= 0]
        spots.append(shapely.get_coordinates(points[there][block >= 0]))
        amounts.append(wide)
    weights[:, -1] = _patrol_m(carved)
    return weights, Things(np.concatenate(spots), np.concatenate(amounts))


def _a_year(ground: Ground) -> Floats:
    minutes = ground.handling_minutes
    if len(minutes) != len(ground.incidents):
        minutes = np.zeros(len(ground.incidents))
    rows: Floats = np.stack([np.ones(len(minutes)), np.nan_to_num(minutes)], axis=1)
    return rows / ground.years


def _patrol_m(carved: Carved) -> Floats:
    """Return metres of street of each block: half of those on its border, all of those inside.

    A street on the outer border of the city counts whole.
    """
    n = len(carved.faces)
    street = np.flatnonzero(carved.kind == LineKind.STREET)
    length = np.asarray(shapely.length(carved.pieces[street]))
    side = carved.side[street]
    loose = (side < 0).all(axis=1)
    middle = shapely.line_interpolate_point(carved.pieces[street[loose]], 0.5, normalized=True)
    found = totals(_owner(carved.faces, middle), length[loose][:, None], n)[:, 0]
    share = length / np.maximum((side >= 0).sum(axis=1), 1)
    for column in (0, 1):
        found += totals(side[:, column], share[:, None], n)[:, 0]
    # a street that coincides with a grid's border is a piece of that border
    return found + _along_grids(carved)


def _along_grids(carved: Carved) -> Floats:
    """Return half the metres of grid borders along which a street runs, for each block."""
    n = len(carved.faces)
    border = np.flatnonzero((carved.kind <= LineKind.WATER) & carved.on_street)
    length = np.asarray(shapely.length(carved.pieces[border]))
    side = carved.side[border]
    share = length / np.maximum((side >= 0).sum(axis=1), 1)
    return np.asarray(
        sum(totals(side[:, column], share[:, None], n)[:, 0] for column in (0, 1)), float
    )


def _standing(buildings: Shapes, faces: Shapes) -> Ints:
    """Return building and block for buildings that stand on several blocks."""
    if not len(buildings):
        return np.empty((0, 2), np.int64)
    face, house = shapely.STRtree(buildings).query(faces, predicate="intersects")
    several = np.bincount(house, minlength=len(buildings))[house] > 1
    face, house = face[several], house[several]
    common = shapely.area(shapely.intersection(buildings[house], faces[face]))
    real = common > _LEAST_STAND_M2
    face, house = face[real], house[real]
    several = np.bincount(house, minlength=len(buildings))[house] > 1
    pairs = np.c_[house[several], face[several]]
    return np.asarray(pairs[np.lexsort(pairs.T[::-1])], np.int64)


def _bridgeheads(bridges: Shapes, faces: Shapes, wet: Bools) -> Ints:
    """Return the pairs of land blocks at the two ends of each bridge."""
    land = np.flatnonzero(~wet)
    if not len(bridges) or not len(land):
        return np.empty((0, 2), np.int64)
    spans = shapely.get_parts(shapely.line_merge(shapely.union_all(bridges)))
    tree = shapely.STRtree(faces[land])
    heads = []
    for end in (0, -1):
        span, block = tree.query(
            shapely.get_point(spans, end), predicate="dwithin", distance=_BRIDGEHEAD_M
        )
        heads.append({at: land[block[span == at]] for at in range(len(spans))})
    pairs = [
        (int(a), int(b)) for at in range(len(spans)) for a in heads[0][at] for b in heads[1][at]
    ]
    return np.array(pairs, np.int64).reshape(-1, 2)
