"""Layers of the built city: buildings, entrances, streets, walls, gates, ways, water and green."""

import geopandas as gpd
import numpy as np
import shapely

from gis_grid.demo.buildings import carve
from gis_grid.demo.coding import digits, running
from gis_grid.demo.hierarchy import dissolve
from gis_grid.demo.kinds import HALF_M, SETBACK_M, Floats, Ints, Kind, Texts, Use
from gis_grid.demo.lines import moved, ordinal, points
from gis_grid.demo.site import Site
from gis_grid.demo.tables import chosen, layer_frame, multi
from gis_grid.demo.walk import straight_lines

_USE_NAMES = {
    Use.SCHOOL: "school",
    Use.HOSPITAL: "hospital",
    Use.COMMERCE: "commerce",
    Use.OFFICE: "office",
    Use.FACTORY: "factory",
    Use.SHOP: "commerce",
}
_GATE_HALF_M = 3.5
_STOREY_M = (2.9, 3.8)
_SOURCE = "演示数据"


def building_codes(site: Site) -> Texts:
    """Return the five-level code of each house, 22 digits; they count inside a ground grid."""
    above = np.array([code[:17] for code in site.codes.grid], object)
    prefix = above[site.hierarchy.grid[site.house_block]]
    return np.asarray(prefix + digits(running(prefix), 3) + "00", object)


def make_buildings_layer(site: Site) -> gpd.GeoDataFrame:
    """Return the houses with names, addresses and counts."""
    houses, block = site.houses, site.house_block
    use = houses["use"].to_numpy()
    storey = np.where(use <= Use.TOWER, *_STOREY_M)
    place = _addresses(site)
    number = running(place).astype(str).astype(object)
    name = np.where(site.hierarchy.compound[block] >= 0, number + "号楼", number + "号")
    words = np.array([_USE_NAMES.get(Use(u), "residential") for u in range(len(Use))], object)
    columns = {
        "code": building_codes(site),
        "name": name,
        "parent_code": site.codes.grid[site.hierarchy.grid[block]],
        "address": place + name,
        "use": words[use],
        "floors": houses["floors"].to_numpy(),
        "height_m": (houses["floors"].to_numpy() * storey).round(1),
        **{k: houses[k].to_numpy() for k in ("households", "persons", "elderly")},
        "source": np.full(len(houses), _SOURCE, object),
    }
    shape = moved(houses["footprint"].to_numpy(), site.ground.to_lonlat)
    return layer_frame("buildings", multi(shape, "MULTIPOLYGON"), columns)


def _addresses(site: Site) -> Texts:
    """Return district and compound, or the street of a shop, or the community."""
    block = site.house_block
    compound = site.hierarchy.compound[block]
    community = site.names.community[site.hierarchy.community[block]]
    estate = np.append(site.names.compound, "")[compound]
    edge = site.houses["edge"].to_numpy(np.int64)
    street = site.names.street[np.maximum(site.ground.lines.street[edge], 0)]
    place = np.select([edge >= 0, compound >= 0], [street, estate], community)
    return np.asarray(site.names.district[site.hierarchy.district[block]] + place, object)


def make_entrances_layer(site: Site) -> gpd.GeoDataFrame:
    """Return the stairwells: doors on the north side, and an even share of the counts."""
    houses = site.houses
    units = houses["units"].to_numpy()
    house, k = ordinal(units)
    step = (houses["length_m"].to_numpy() / units)[house]
    east = (k - (units[house] - 1) / 2) * step
    angle, north = houses["angle"].to_numpy()[house], houses["depth_m"].to_numpy()[house] / 2
    c, s = np.cos(angle), np.sin(angle)
    door = site.house_xy[house] + np.c_[east * c - north * s, east * s + north * c]
    code = building_codes(site)[house]
    columns = {
        "code": np.array([text[:20] for text in code], object) + digits(k + 1, 2),
        "name": (k + 1).astype(str).astype(object) + "单元",
        "building_code": code,
        **{
            n: _shared(houses[n].to_numpy()[house], units[house], k)
            for n in ("households", "persons", "elderly")
        },
    }
    return layer_frame("entrances", points(site.ground.to_lonlat(door)), columns)


def _shared(total: Ints, parts: Ints, k: Ints) -> Ints:
    """Share totals over parts so that they add up: the first ones take one more."""
    return np.asarray(total // parts + (k < total % parts), np.int64)


def make_streets_layer(site: Site) -> gpd.GeoDataFrame:
    """Return streets, lanes and paths from junction to junction."""
    lines, lonlat = site.ground.lines, site.ground.to_lonlat
    edge = np.flatnonzero(lines.kind <= Kind.PATH)
    kind, street = lines.kind[edge], lines.street[edge]
    mid = shapely.line_interpolate_point(lines.geom[edge], 0.5, normalized=True)
    over = np.asarray(shapely.intersects(site.ground.water, mid)) & (kind <= Kind.LOCAL)
    words = np.array(["arterial", "secondary", "local", "lane", "path"], object)
    columns = {
        "code": "R" + digits(np.arange(1, len(edge) + 1), 6),
        "name": chosen(site.names.street[np.maximum(street, 0)], street >= 0),
        "category": words[kind],
        "width_m": 2 * HALF_M[kind],
        "bridge": over,
        "tunnel": np.zeros(len(edge), bool),
        "walkable": np.ones(len(edge), bool),
        "source": np.full(len(edge), _SOURCE, object),
    }
    return layer_frame(
        "streets", multi(moved(lines.geom[edge], lonlat), "MULTILINESTRING"), columns
    )


def make_landcover_layer(site: Site) -> gpd.GeoDataFrame:
    """Return the river as one piece for each district, and parks and fields by parcel."""
    ground = site.ground
    keep = np.flatnonzero(np.isin(ground.use, (Use.WATER, Use.GREEN, Use.FIELD)))
    use = ground.use[keep]
    key = np.where(use == Use.WATER, -1 - site.hierarchy.district[keep], ground.parcel[keep])
    found, first, label = np.unique(key, return_index=True, return_inverse=True)
    use = use[first]
    name = np.select(
        [use == Use.WATER, use == Use.GREEN], ["明河", site.park_names(keep[first])], "农田"
    )
    columns = {
        "code": "L" + digits(np.arange(1, len(found) + 1), 6),
        "name": np.asarray(name, object),
        "category": np.where(use == Use.WATER, "water", "green").astype(object),
        "source": np.full(len(found), _SOURCE, object),
    }
    shape = dissolve(ground.blocks_lonlat[keep], label)
    return layer_frame("landcover", multi(shape, "MULTIPOLYGON"), columns)


def make_walls_layer(site: Site) -> gpd.GeoDataFrame:
    """Return the wall of each compound, open at its gates."""
    ground, compound = site.ground, site.hierarchy.compound
    inside = compound >= 0
    hard = np.isin(ground.lines.kind, [k for k in Kind if k != Kind.LANE])
    edge, side = np.nonzero((ground.pair >= 0) & hard[:, None])
    fenced = inside[ground.pair[edge, side]]
    edge, who = edge[fenced], compound[ground.pair[edge, side]][fenced]
    depth = np.maximum(SETBACK_M[ground.lines.kind[edge]] - 5, 0.2)
    yard = carve(
        dissolve(ground.blocks[inside], compound[inside]), who, ground.lines.geom[edge], depth
    )
    gate_of = compound[site.walk.gate_block]
    wall = shapely.boundary(yard)
    order = np.argsort(gate_of, kind="stable")
    gates = points(site.walk.xy[site.walk.gate_node])[order]
    known, index = np.unique(gate_of[order], return_inverse=True)
    hole = shapely.buffer(shapely.multipoints(gates, indices=index), _GATE_HALF_M, quad_segs=2)
    wall[known] = shapely.difference(wall[known], hole)
    real = np.flatnonzero(~shapely.is_empty(wall))
    columns = {
        "code": "W" + digits(np.arange(1, len(real) + 1), 6),
        "name": site.names.compound[real] + "围墙",
        "parent_code": site.codes.compound[real],
        "source": np.full(len(real), _SOURCE, object),
    }
    shape = multi(moved(wall[real], ground.to_lonlat), "MULTILINESTRING")
    return layer_frame("walls", shape, columns)


def make_gates_layer(site: Site) -> gpd.GeoDataFrame:
    """Return the gates of compounds."""
    compound = site.hierarchy.compound[site.walk.gate_block]
    number = running(site.codes.compound[compound]).astype(str).astype(object)
    columns = {
        "code": "G" + digits(np.arange(1, len(compound) + 1), 6),
        "name": site.names.compound[compound] + number + "号门",
        "parent_code": site.codes.compound[compound],
        "source": np.full(len(compound), _SOURCE, object),
    }
    spot: Floats = site.walk.xy[site.walk.gate_node]
    return layer_frame("gates", points(site.ground.to_lonlat(spot)), columns)


def make_ways_layer(site: Site) -> gpd.GeoDataFrame:
    """Return the walk network, an edge a row; nodes are numbered from 0."""
    edges = site.walk.edges
    words = np.array(["street", "lane", "path", "door", "crossing"], object)
    lonlat = site.ground.to_lonlat(site.walk.xy)
    columns = {
        "code": "F" + digits(np.arange(1, len(edges.a) + 1), 7),
        "category": words[edges.kind],
        "from_node": edges.a,
        "to_node": edges.b,
        "length_m": edges.length_m,
    }
    return layer_frame("ways", multi(straight_lines(lonlat, edges), "MULTILINESTRING"), columns)
