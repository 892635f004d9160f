"""The hierarchy of grids: which blocks make a ground grid, a compound, up to the city."""

from dataclasses import dataclass

import numpy as np
import shapely

from gis_grid.demo.agglomerate import Regions, agglomerate
from gis_grid.demo.ground import Ground
from gis_grid.demo.kinds import Floats, Geoms, Ints, Spec, Use
from gis_grid.demo.lines import totals
from gis_grid.demo.planar import adjacency

_LOAD = {  # expected work per hectare, in households
    Use.WATER: 1,
    Use.GREEN: 8,
    Use.FIELD: 3,
    Use.VILLAGE: 30,
    Use.OLD: 60,
    Use.SLAB: 80,
    Use.TOWER: 80,
    Use.SCHOOL: 30,
    Use.HOSPITAL: 40,
    Use.COMMERCE: 50,
    Use.OFFICE: 35,
    Use.FACTORY: 20,
}
_GLUE = np.array([0.35, 0.6, 1.0, 2.0, 2.0, 0.5, 0.3, 0.01])
"""How strongly a border of each kind holds neighbours together; the middle of a river hardly."""

MOST_GRID_M2 = 200e3
"""No ground grid is larger, however empty."""

_ROW_M = 150.0


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Labels per block for each level, and the parent of each region; -1 is none.

    Regions are numbered inside their parent from north to south and from west to east.
    """

    district: Ints
    subdistrict: Ints
    community: Ints
    compound: Ints
    grid: Ints
    subdistrict_parent: Ints
    community_parent: Ints
    compound_parent: Ints
    grid_community: Ints
    grid_compound: Ints


def make_hierarchy(ground: Ground, spec: Spec) -> Hierarchy:
    """Join faces to communities, subdistricts and districts, and blocks to ground grids."""
    area = np.asarray(shapely.area(ground.blocks))
    load = area / 1e4 * np.array([_LOAD.get(Use(u), 0) for u in range(len(Use))])[ground.use] + 1
    mid = shapely.get_coordinates(shapely.centroid(ground.blocks))
    community, subdistrict, district = _upper_levels(ground, spec, load, area)
    one = np.zeros(len(area), np.int64)
    district, _ = renumber(district, one, mid)
    subdistrict, subdistrict_parent = renumber(subdistrict, district, mid)
    community, community_parent = renumber(community, subdistrict, mid)
    inside = ground.compound >= 0
    compound = np.full(len(area), -1)
    compound[inside], compound_parent = renumber(
        ground.compound[inside], community[inside], mid[inside]
    )
    pair, border = adjacency(ground.pair, _glued(ground), len(area))
    within = np.where(inside, compound, -1 - community)
    grid = agglomerate(Regions(load, area, pair, border, within), spec.grids, MOST_GRID_M2)
    grid, grid_community = renumber(grid, community, mid)
    grid_compound = np.full(int(grid.max()) + 1, -1)
    grid_compound[grid] = compound
    return Hierarchy(
        district,
        subdistrict,
        community,
        compound,
        grid,
        subdistrict_parent,
        community_parent,
        compound_parent,
        grid_community,
        grid_compound,
    )


def _glued(ground: Ground) -> Floats:
    return np.asarray(ground.lines.length_m * _GLUE[ground.lines.kind])


def _upper_levels(
    ground: Ground, spec: Spec, load: Floats, area: Floats
) -> tuple[Ints, Ints, Ints]:
    """Return community, subdistrict and district of each block; each nests in the next."""
    parcel, n = ground.parcel, int(ground.parcel.max()) + 1
    face_pair = np.where(ground.pair >= 0, parcel[ground.pair], -1)
    pair, border = adjacency(face_pair, _glued(ground), n)
    load_of, area_of = totals(parcel, load, n), totals(parcel, area, n)
    regions = Regions(load_of, area_of, pair, border, np.zeros(n, np.int64))
    label, levels = np.arange(n), []
    for count in (spec.communities, spec.subdistricts, spec.districts):
        step = agglomerate(regions, count)
        label = step[label]
        regions = regions.grouped(step, np.zeros(int(step.max()) + 1, np.int64))
        levels.append(label[parcel])
    return levels[0], levels[1], levels[2]


def renumber(label: Ints, parent: Ints, at_m: Floats) -> tuple[Ints, Ints]:
    """Order regions inside their parent in rows from the north, each row from the west.

    Returns the new label of each member, and the parent of each new label.
    """
    n = int(label.max()) + 1
    size = np.bincount(label, minlength=n)
    x, y = (np.bincount(label, at_m[:, k], n) / size for k in (0, 1))
    above = np.zeros(n, np.int64)
    above[label] = parent
    order = np.lexsort((np.round(x, 3), -np.round(y / _ROW_M), above))
    rank = np.empty(n, np.int64)
    rank[order] = np.arange(n)
    return rank[label], above[order]


def number_in_parent(parent: Ints) -> Ints:
    """Count from 1 inside each parent; parents must be sorted.

    >>> number_in_parent(np.array([0, 0, 2, 2, 2]))
    array([1, 2, 1, 2, 3])
    """
    return np.asarray(np.arange(len(parent)) - np.searchsorted(parent, parent) + 1)


def dissolve(blocks: Geoms, label: Ints) -> Geoms:
    """Union a coverage by label, keeping every shared vertex."""
    order = np.argsort(label, kind="stable")
    cut = np.flatnonzero(np.diff(label[order])) + 1
    parts = np.split(blocks[order], cut)
    return np.array([shapely.coverage_union_all(part) for part in parts], object)
