"""Houses and shops with their counts; none touches another or stands on a street."""

import numpy as np
import pandas as pd
import shapely

from gis_grid.demo.ground import Ground
from gis_grid.demo.kinds import (
    DWELLINGS,
    HALF_M,
    SETBACK_M,
    Floats,
    Geoms,
    Ints,
    Kind,
    Spec,
    Use,
)
from gis_grid.demo.lines import along, ordinal, right_of
from gis_grid.demo.rows import pack_rows, style_column

_SHOP_STEP_M = 36.0
_CORNER_M = 22.0
_SHOP_STREET_M = 70.0
_LET = 0.8
_ELDERLY = {Use.OLD: 0.3, Use.TOWER: 0.13, Use.VILLAGE: 0.33}


def make_buildings(ground: Ground, spec: Spec, rng: np.random.Generator) -> pd.DataFrame:
    """Build all houses.

    Returns
    -------
    DataFrame
        Sorted by block, row and x: block, row (-1: a shop), x, y, length_m, depth_m, angle, units,
        floors, use, edge and at_m (the line a shop stands on and where; -1), footprint (polygon in
        metres), households, persons, elderly.
    """
    edge, side = np.nonzero(ground.pair >= 0)
    block, kind = ground.pair[edge, side], ground.lines.kind[edge]
    town = ground.compound[block] >= 0
    lines = ground.lines.geom[edge]
    room = carve(ground.blocks, block, lines, np.where(town, SETBACK_M[kind], HALF_M[kind] + 6))
    zone = carve(ground.blocks, block, lines, HALF_M[kind] + 1.5)
    rows = pack_rows(room, ground.use, ground.angle, rng)
    shops = _line_shops(ground, zone, rng)
    houses = _apart(pd.concat([rows, shops], ignore_index=True), ground)
    houses[["edge", "at_m"]] = houses[["edge", "at_m"]].fillna(-1)
    return houses.assign(**_people(houses, ground, spec.crowd, rng))


def carve(area: Geoms, owner: Ints, lines: Geoms, dist_m: Floats) -> Geoms:
    """Take from each polygon the strips along its lines, each as wide as it says."""
    key = owner * 10_000 + np.round(dist_m * 100).astype(np.int64)
    group, index = np.unique(key, return_inverse=True)
    order = np.argsort(index, kind="stable")
    bundle = shapely.multilinestrings(lines[order], indices=index[order])
    strip = shapely.buffer(bundle, group % 10_000 / 100, quad_segs=3)
    target, room = group // 10_000, area.copy()
    turn = np.arange(len(group)) - np.searchsorted(target, target)
    for k in range(int(turn.max()) + 1):
        now = turn == k
        room[target[now]] = shapely.difference(room[target[now]], strip[now])
    return room


def footprints(houses: pd.DataFrame) -> Geoms:
    """Make turned rectangles, rounded to a millimetre."""
    corner = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2
    local = corner[None] * houses[["length_m", "depth_m"]].to_numpy()[:, None]
    angle = houses["angle"].to_numpy()[:, None]
    c, s = np.cos(angle), np.sin(angle)
    x, y = local[..., 0] * c - local[..., 1] * s, local[..., 0] * s + local[..., 1] * c
    ring = np.stack([x, y], axis=-1) + houses[["x", "y"]].to_numpy()[:, None]
    return np.asarray(shapely.polygons(np.round(ring, 3)), object)


def _line_shops(ground: Ground, zone: Geoms, rng: np.random.Generator) -> pd.DataFrame:
    """Line main streets with shops between the footway and the walls of compounds."""
    kind, length = ground.lines.kind, ground.lines.length_m
    main = (kind <= Kind.SECONDARY) & (length > _SHOP_STREET_M)
    edge, side = np.nonzero((ground.pair >= 0) & main[:, None])
    town = ground.compound[ground.pair[edge, side]] >= 0
    edge, side = edge[town], side[town]
    free = length[edge] - 2 * _CORNER_M
    count = np.floor(free / _SHOP_STEP_M).astype(np.int64)
    which, k = ordinal(count)
    e, block = edge[which], ground.pair[edge, side][which]
    at = _CORNER_M + (k + 0.5) * (free / np.maximum(count, 1))[which]
    point, way = along(ground.lines.geom[e], at)
    inward = right_of(way)
    inward[~shapely.contains_xy(ground.blocks[block], point + inward)] *= -1
    wide, deep = rng.uniform(24, 31, len(e)), rng.uniform(9, 11.5, len(e))
    centre = point + inward * (HALF_M[kind[e]] + 3 + deep / 2)[:, None]
    shops = pd.DataFrame(
        {
            "block": block,
            "row": -1,
            "x": centre[:, 0],
            "y": centre[:, 1],
            "length_m": wide,
            "depth_m": deep,
            "angle": np.arctan2(way[:, 1], way[:, 0]),
            "units": 1,
            "floors": rng.integers(1, 4, len(e)),
            "use": int(Use.SHOP),
            "edge": e,
            "at_m": at,
        }
    )
    let = rng.random(len(e)) < _LET
    return shops[np.asarray(shapely.contains(zone[block], footprints(shops))) & let]


def _apart(houses: pd.DataFrame, ground: Ground) -> pd.DataFrame:
    """Drop what touches an earlier house, or a street that its block does not touch."""
    houses["footprint"] = footprints(houses)
    shape = houses["footprint"].to_numpy()
    left, right = shapely.STRtree(shape).query(shape, predicate="intersects")
    drive = ground.lines.kind <= Kind.LOCAL
    width = HALF_M[ground.lines.kind[drive]]
    kerb = shapely.buffer(ground.lines.geom[drive], width, quad_segs=2)
    on_street = shapely.STRtree(kerb).query(shape, predicate="intersects")[0]
    keep = np.ones(len(houses), bool)
    keep[np.maximum(left, right)[left != right]] = False
    keep[on_street] = False
    houses[["x", "y"]] = houses[["x", "y"]].round(4)
    order = ["block", "row", "x"]
    return houses[keep].sort_values(order, kind="stable", ignore_index=True)


def _people(
    houses: pd.DataFrame, ground: Ground, crowd: float, rng: np.random.Generator
) -> dict[str, Ints]:
    """Count households, persons and elderly; the fringe is emptier than the centre."""
    use, block = houses["use"].to_numpy(), houses["block"].to_numpy()
    homes = np.where(np.isin(use, DWELLINGS), style_column("homes")[use], 0)
    homes = homes * houses["units"].to_numpy() * houses["floors"].to_numpy()
    lived_in = crowd * np.interp(ground.reach[block], [0, 0.35, 1], [1, 1, 0.55])
    lived_in = np.where(use == Use.VILLAGE, 0.9, lived_in)
    households = rng.binomial(homes.astype(np.int64), lived_in)
    persons = rng.binomial(households * 4, 0.58)
    old = np.array([_ELDERLY.get(Use(u), 0.21) for u in range(len(Use))])[use]
    old = (old + rng.normal(0, 0.03, len(ground.blocks))[block]).clip(0.03, 0.6)
    return {
        "households": households,
        "persons": persons,
        "elderly": rng.binomial(persons, old),
    }
