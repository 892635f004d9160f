"""Where incidents happen: facilities, sides of streets and houses, some hotter than others."""

from dataclasses import dataclass

import numpy as np
import shapely

from gis_grid.demo.cases import CASES
from gis_grid.demo.facilities import THINGS, Facilities
from gis_grid.demo.kinds import HALF_M, Floats, Geoms, Ints, Kind, Texts
from gis_grid.demo.lines import along, right_of
from gis_grid.demo.site import Site

_FACILITY, _STREET, _HOUSE = range(3)
_WHERE = {"facility": _FACILITY, "street": _STREET, "house": _HOUSE}
_BUSY = np.array([1.6, 1.3, 0.8])
_YARD_M = 9.0


@dataclass(frozen=True, slots=True)
class Scenes:
    """Possible scenes: facilities first, then sides of streets, then houses."""

    where: Ints
    facility: Ints
    """Row of the facility, -1 elsewhere."""

    category: Texts
    """Minor class of the facility, empty elsewhere."""

    address: Texts
    heat: Floats
    """Lognormal factor of the ground grid around: the hot spots."""

    chance: Floats
    xy: Floats
    lines: Geoms
    """The street of a side of a street, None elsewhere."""

    out_m: Floats
    """How far a side of a street reaches to the right (positive) or left of the line."""

    default_point: Floats
    """Where the hotline puts what it cannot find: the middle of the city."""

    def of_case(self, number: int) -> tuple[Ints, Floats]:
        """Return the rows where a case may happen, and their chances."""
        case = CASES[number]
        fit = self.where == _WHERE[case.where]
        if case.where == "facility":
            own = [c.category for c in CASES if c.where == "facility" and c.category]
            rest = ~np.isin(self.category, own)
            fit &= (self.category == case.category) if case.category else rest
        row = np.flatnonzero(fit)
        return row, self.chance[row]

    def spots(self, row: Ints, rng: np.random.Generator) -> Floats:
        """Return points in metres: anywhere along its side of a street, or at the scene."""
        found = self.xy[row].copy()
        part, share = rng.uniform(0.08, 0.92, len(row)), rng.uniform(0.3, 1.1, len(row))
        street = np.flatnonzero(self.where[row] == _STREET)
        line = self.lines[row[street]]
        point, way = along(line, part[street] * shapely.length(line))
        out = self.out_m[row[street]] * share[street]
        found[street] = point + right_of(way) * out[:, None]
        return found


def make_scenes(site: Site, facilities: Facilities, rng: np.random.Generator) -> Scenes:
    """Weigh every place of the city."""
    grid = site.hierarchy.grid
    heat = rng.lognormal(0, 0.9, int(grid.max()) + 1)[grid]
    lines = site.ground.lines
    busy = (lines.kind <= Kind.LOCAL) & (lines.street >= 0)
    edge, side = np.nonzero((site.ground.pair >= 0) & busy[:, None])
    side_block = site.ground.pair[edge, side]
    block = np.concatenate([facilities.block, side_block, site.house_block])
    counts = [len(facilities.block), len(edge), len(site.houses)]
    where = np.repeat([_FACILITY, _STREET, _HOUSE], counts)
    fault = np.array([thing.fault for thing in THINGS])[facilities.thing]
    street = lines.length_m[edge] * _BUSY[lines.kind[edge]]
    home = np.sqrt(site.houses["persons"].to_numpy() + 4.0)
    spread = np.repeat([1.0, 0.7, 0.5], counts)
    chance = np.concatenate([fault, street, home]) * np.exp(rng.normal(0, 1, len(where)) * spread)
    geom = np.full(len(where), None, object)
    geom[where == _STREET] = lines.geom[edge]
    point, out = _sides(site, edge, side_block)
    yard = site.house_xy - [0.0, _YARD_M]
    facility = np.full(len(where), -1)
    facility[: counts[0]] = np.arange(counts[0])
    own = np.array([t.category for t in THINGS], object)[facilities.thing]
    return Scenes(
        where,
        facility,
        np.r_[own, np.full(counts[1] + counts[2], "", object)],
        _addresses(site, facilities, lines.street[edge]),
        heat[block],
        chance * heat[block],
        np.concatenate([facilities.xy, point, yard]),
        geom,
        np.r_[np.zeros(counts[0]), out, np.zeros(counts[2])],
        shapely.get_coordinates(shapely.point_on_surface(site.ground.blocks[[_middle(site)]]))[0],
    )


def _sides(site: Site, edge: Ints, block: Ints) -> tuple[Floats, Floats]:
    """Return the middle of each street, and how far its side reaches to the right of the line."""
    lines = site.ground.lines
    point, way = along(lines.geom[edge], lines.length_m[edge] / 2)
    right = shapely.contains_xy(site.ground.blocks[block], point + right_of(way))
    return point, HALF_M[lines.kind[edge]] * np.where(right, 1, -1)


def _middle(site: Site) -> int:
    mid = shapely.get_coordinates(shapely.centroid(site.ground.blocks))
    return int(np.argmin(np.round(np.hypot(mid[:, 0], mid[:, 1]), 3)))


def _addresses(site: Site, facilities: Facilities, street: Ints) -> Texts:
    """Return how people say where it is."""
    kind = np.array([thing.name for thing in THINGS], object)[facilities.thing]
    thing = site.names.street[facilities.street] + "的" + kind
    side = site.names.street[street] + "路边"
    block = site.house_block
    compound = site.hierarchy.compound[block]
    estate = np.append(site.names.compound, "")[compound]
    community = site.names.community[site.hierarchy.community[block]]
    home = np.where(compound >= 0, estate, community) + "楼下"
    return np.asarray(np.concatenate([thing, side, home]), object)
