"""The walk network: streets, paths, lanes, gates, and the ways to the doors of houses."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pandas as pd
import shapely

from gis_grid.demo.gates import Lanes, open_lanes
from gis_grid.demo.ground import Ground
from gis_grid.demo.kinds import DWELLINGS, Bools, Floats, Geoms, Ints, Kind
from gis_grid.demo.lines import along
from gis_grid.demo.lines import points as as_points

_DOORSTEP_M = 3.0
_JOIN_STREET_M = 120.0
_JOIN_LANE_M = 14.0


class WayKind(IntEnum):
    """Kind of an edge of the walk network."""

    STREET = 0
    LANE = 1
    PATH = 2
    DOOR = 3
    CROSSING = 4


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges between nodes."""

    a: Ints
    b: Ints
    length_m: Floats
    kind: Ints


@dataclass(frozen=True, slots=True)
class Walk:
    """Nodes in metres and edges; where gates open, and where the houses hang on."""

    xy: Floats
    edges: Edges
    gate_node: Ints
    gate_edge: Ints
    """The lane that each gate opens."""

    gate_block: Ints
    """A block inside the gate."""

    door: Ints
    """Node of each house; -1 where none can be reached on foot."""


@dataclass(frozen=True, slots=True)
class _Joins:
    """Where rows and lone houses leave the lane or street that they hang on."""

    house: Ints
    line: Ints
    slot: Ints
    pos_m: Floats
    """Distance along the line, per slot."""

    slot_line: Ints


def make_walk(ground: Ground, houses: pd.DataFrame, rng: np.random.Generator) -> Walk:
    """Link streets, lanes, gates, paths along rows and doors; lanes stop at walls without gates."""
    lanes = open_lanes(ground, rng)
    doorstep = _doorsteps(houses)
    rows = _rows(houses)
    joins = _join(ground, lanes, houses, doorstep, rows)
    n_lane, n_join = len(lanes.xy), len(joins.slot_line)
    junction = along(ground.lines.geom[joins.slot_line], joins.pos_m)[0]
    xy = np.r_[lanes.xy, junction, doorstep[rows.house]]
    door = np.full(len(houses), -1)
    door[rows.house] = n_lane + n_join + np.arange(len(rows.house))
    on_foot = joins.line >= 0
    alone = on_foot & _opens_directly(ground, joins, rows)
    door[joins.house[alone]] = n_lane + joins.slot[alone]
    parts = [
        _gate_edges(lanes),
        _row_edges(xy, door, rows),
        _door_edges(xy, door, n_lane, joins, on_foot & ~alone),
        _base_edges(ground, lanes, n_lane, joins),
    ]
    return _compact(xy, parts, (lanes, ground), door)


def _doorsteps(houses: pd.DataFrame) -> Floats:
    """Return a point in front of the north side of each house."""
    angle = houses["angle"].to_numpy()
    out = houses["depth_m"].to_numpy() / 2 + _DOORSTEP_M
    north = np.c_[-np.sin(angle), np.cos(angle)]
    return np.asarray(houses[["x", "y"]].to_numpy() + north * out[:, None])


@dataclass(frozen=True, slots=True)
class _Rows:
    """Houses that stand in rows of dwellings, and the first and last house of each row."""

    house: Ints
    starts: Bools
    head: Ints
    tail: Ints


def _rows(houses: pd.DataFrame) -> _Rows:
    row = houses["row"].to_numpy()
    home = np.flatnonzero((row >= 0) & houses["use"].isin(DWELLINGS).to_numpy())
    starts = np.r_[True, np.diff(row[home]) != 0]
    return _Rows(home, starts, home[starts], home[np.r_[starts[1:], True]])


def _join(
    ground: Ground, lanes: Lanes, houses: pd.DataFrame, doorstep: Floats, rows: _Rows
) -> _Joins:
    """Find the lane for each row, and the street for what has no lane; near joins are shared."""
    block, kind, length = houses["block"].to_numpy(), ground.lines.kind, ground.lines.length_m
    free = (kind == Kind.LANE) & (length - lanes.trim_m.sum(axis=1) > 2)  # noqa: PLR2004
    ends = [_nearest(ground, doorstep[k], block[k], free) for k in (rows.head, rows.tail)]
    near_head = ends[0][1] <= ends[1][1]
    end = np.where(near_head, rows.head, rows.tail)
    line = np.where(near_head, ends[0][0], ends[1][0])
    public = np.setdiff1d(np.arange(len(houses)), rows.house)
    seeker = np.r_[end[line < 0], public]
    street = _nearest(ground, doorstep[seeker], block[seeker], kind <= Kind.PATH)[0]
    line[line < 0] = street[: int((line < 0).sum())]
    house, line = np.r_[end, public], np.r_[line, street[len(street) - len(public) :]]
    shop_street = houses["edge"].to_numpy(np.int64)[house]
    line = np.where(shop_street >= 0, shop_street, line)
    return _shared_slots(ground, lanes, house, line, doorstep)


def _shared_slots(
    ground: Ground, lanes: Lanes, house: Ints, line: Ints, doorstep: Floats
) -> _Joins:
    known, length = line >= 0, ground.lines.length_m
    on = line[known]
    step = as_points(doorstep[house[known]])
    pos = shapely.line_locate_point(ground.lines.geom[on], step)
    pos = np.clip(pos, lanes.trim_m[on, 0] + 0.4, length[on] - lanes.trim_m[on, 1] - 0.4)
    apart = np.where(ground.lines.kind[on] <= Kind.LOCAL, _JOIN_STREET_M, _JOIN_LANE_M)
    key = on * 1000 + np.minimum(np.round(pos / apart), 999).astype(np.int64)
    _, first, slot = np.unique(key, return_index=True, return_inverse=True)
    mean = np.bincount(slot, pos) / np.bincount(slot)
    slots = np.full(len(house), -1)
    slots[known] = slot
    return _Joins(house, line, slots, np.round(mean, 6), on[first])


def _nearest(ground: Ground, points: Floats, block: Ints, usable: Bools) -> tuple[Ints, Floats]:
    """For each point find the nearest usable line that borders its block (-1), and how far."""
    edge, side = np.nonzero((ground.pair >= 0) & usable[:, None])
    of = ground.pair[edge, side]
    order = np.argsort(of, kind="stable")
    edge, of = edge[order], of[order]
    low, high = np.searchsorted(of, block), np.searchsorted(of, block, side="right")
    point = np.repeat(np.arange(len(points)), high - low)
    k = np.arange(len(point)) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
    candidate = edge[k + np.repeat(low, high - low)]
    far = shapely.distance(as_points(points)[point], ground.lines.geom[candidate])
    order = np.lexsort((candidate, far, point))
    first = order[np.unique(point[order], return_index=True)[1]]
    best, dist = np.full(len(points), -1), np.full(len(points), np.inf)
    best[point[first]], dist[point[first]] = candidate[first], far[first]
    return best, dist


def _opens_directly(ground: Ground, joins: _Joins, rows: _Rows) -> Bools:
    """Say which houses open onto their lane or street: lone ones on a lane, and public ones."""
    first = np.arange(len(joins.house)) < len(rows.head)
    single = np.zeros(len(joins.house), bool)
    single[: len(rows.head)] = rows.head == rows.tail
    on_lane = ground.lines.kind[joins.line] == Kind.LANE
    return np.asarray(~first | (single & on_lane))


def _gate_edges(lanes: Lanes) -> Edges:
    opened = lanes.opened
    kind = np.full(int(opened.sum()), int(WayKind.LANE))
    return Edges(lanes.inner[opened], lanes.outer[opened], lanes.gap_m[opened], kind)


def _row_edges(xy: Floats, door: Ints, rows: _Rows) -> Edges:
    """Chain the doors of a row by a path."""
    chain = np.flatnonzero(~rows.starts)
    a, b = door[rows.house[chain - 1]], door[rows.house[chain]]
    return Edges(a, b, _span(xy, a, b), np.full(len(a), int(WayKind.PATH)))


def _door_edges(xy: Floats, door: Ints, first: int, joins: _Joins, which: Bools) -> Edges:
    a, b = door[joins.house[which]], first + joins.slot[which]
    return Edges(a, b, _span(xy, a, b), np.full(len(a), int(WayKind.DOOR)))


def _span(xy: Floats, a: Ints, b: Ints) -> Floats:
    return np.asarray(np.linalg.norm(xy[a] - xy[b], axis=1))


def _base_edges(ground: Ground, lanes: Lanes, first: int, joins: _Joins) -> Edges:
    """Cut streets, lanes and paths at junctions; a lane without a gate ends at its last door."""
    kind, length = ground.lines.kind, ground.lines.length_m
    base, end = np.nonzero((kind <= Kind.PATH)[:, None] & ~lanes.shut)
    at_end = np.where(end == 0, lanes.trim_m[base, 0], length[base] - lanes.trim_m[base, 1])
    edge = np.r_[base, joins.slot_line]
    node = np.r_[lanes.ids[base, end], first + np.arange(len(joins.slot_line))]
    pos = np.r_[at_end, joins.pos_m]
    order = np.lexsort((pos, edge))
    edge, node, pos = edge[order], node[order], pos[order]
    step = edge[1:] == edge[:-1]
    ways = np.array([WayKind.STREET] * 3 + [WayKind.LANE] + [WayKind.PATH])
    return Edges(node[:-1][step], node[1:][step], np.diff(pos)[step], ways[kind[edge[1:][step]]])


def _compact(xy: Floats, parts: list[Edges], made: tuple[Lanes, Ground], door: Ints) -> Walk:
    """Drop nodes that no edge uses, and number the rest."""
    lanes, ground = made
    a, b = (np.concatenate([getattr(p, end) for p in parts]) for end in ("a", "b"))
    length = np.concatenate([p.length_m for p in parts])
    kind = np.concatenate([p.kind for p in parts])
    used, inverse = np.unique(np.r_[a, b], return_inverse=True)
    place = np.full(len(xy) + 1, -1)  # the last one answers for -1
    place[used] = np.arange(len(used))
    edges = Edges(inverse[: len(a)], inverse[len(a) :], np.maximum(length, 0.1).round(2), kind)
    gate_edge = lanes.edge[lanes.opened]
    return Walk(
        xy[used].round(4),
        edges,
        place[lanes.inner[lanes.opened]],
        gate_edge,
        ground.pair[gate_edge, 0],
        place[door],
    )


def straight_lines(xy: Floats, edges: Edges) -> Geoms:
    """Return each edge as a straight line."""
    return np.asarray(shapely.linestrings(np.stack([xy[edges.a], xy[edges.b]], axis=1)), object)
