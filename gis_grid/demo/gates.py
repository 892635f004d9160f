"""Lanes of compounds end at the wall; some of the ends are gates."""

from dataclasses import dataclass

import numpy as np

from gis_grid.demo.ground import Ground
from gis_grid.demo.kinds import SETBACK_M, Bools, Floats, Ints, Kind
from gis_grid.demo.lines import along, components, end_points
from gis_grid.demo.planar import ends

_BEHIND_SHOPS_M = 5.0
_SECOND_GATE = 0.22


@dataclass(frozen=True, slots=True)
class Lanes:
    """End nodes of all lines, after lanes of compounds were cut off at the wall."""

    xy: Floats
    ids: Ints
    """(n, 2) nodes at both ends of each line; a cut lane ends at a node of its own."""

    trim_m: Floats
    """(n, 2) metres cut off at both ends."""

    shut: Bools
    """(n, 2) ends of lanes at a wall without a gate."""

    edge: Ints
    """The lane of each cut end."""

    inner: Ints
    outer: Ints
    gap_m: Floats
    opened: Bools


def open_lanes(ground: Ground, rng: np.random.Generator) -> Lanes:
    """Cut lanes at walls and open gates: one for each group of lanes, and now and then another."""
    geom, kind, length = ground.lines.geom, ground.lines.kind, ground.lines.length_m
    ids, n = ends(geom)
    xy = np.zeros((n, 2))
    xy[ids[:, 0]], xy[ids[:, 1]] = end_points(geom)
    walled = (kind == Kind.LANE) & (ground.compound[ground.pair[:, 0]] >= 0)
    depth = np.zeros(n)
    rim = ~walled
    reach = np.repeat(SETBACK_M[kind[rim]] - _BEHIND_SHOPS_M, 2)
    np.maximum.at(depth, ids[rim].ravel(), reach)
    cut = walled[:, None] & (depth[ids] > 0)
    trim = np.where(cut, np.minimum(depth[ids], 0.35 * length[:, None]), 0.0)
    edge, end = np.nonzero(cut)
    outer, inner = ids[cut], n + np.arange(len(edge))
    ids = ids.copy()
    ids[cut] = inner
    at = np.where(end == 0, trim[cut], length[edge] - trim[cut])
    xy = np.r_[xy, along(geom[edge], at)[0]]
    group = components(len(xy), ids[walled])[inner]
    street = np.zeros(n, bool)
    street[ground_street_nodes(ground)] = True
    opened = _choose(group, street[outer], depth[outer], rng)
    shut = np.zeros_like(cut)
    shut[edge[~opened], end[~opened]] = True
    return Lanes(xy, ids, trim, shut, edge, inner, outer, trim[cut], opened)


def ground_street_nodes(ground: Ground) -> Ints:
    """Return the nodes where a street for vehicles ends or crosses."""
    ids, _ = ends(ground.lines.geom)
    return np.unique(ids[ground.lines.kind <= Kind.LOCAL])


def _choose(group: Ints, on_street: Bools, depth_m: Floats, rng: np.random.Generator) -> Bools:
    """Open the best end of each group of lanes - quiet streets first - and a few more."""
    rank = rng.random(len(group)) + (depth_m > 20) * 0.3  # noqa: PLR2004 - a main street
    order = np.lexsort((rank, ~on_street, group))
    first = np.zeros(len(group), bool)
    first[order[np.unique(group[order], return_index=True)[1]]] = True
    return np.asarray(on_street & (first | (rng.random(len(group)) < _SECOND_GATE)))
