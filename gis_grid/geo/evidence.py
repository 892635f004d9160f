"""How well two layers fit under each datum that one of them may be in.

An `Evidence` says, patch of ground by patch, how much better one datum fits than another, than a
ring of eight places 400 m around it and than chance, which is the mean over that ring. The datum
that explains the layer beats all of them; one that is merely the nearest to where the layer really
is does not beat the place of the ring that lies nearer still. Only samples that stay on ground
which the fixed layer covers take part: beyond its edge everything looks displaced.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from gis_grid.geo.crs import Floats, metric_epsg, project
from gis_grid.geo.datum import Datum, from_wgs84, to_wgs84

_REACH_M = 1500.0  # BD-09 is at most 1.4 km from WGS-84
_REACH_DEG = 0.03
_SOFT_M = 20.0  # generalised outlines are not drawn better, so closer is not better
_DECOY_M = 400.0
_DECOYS = 8
_SAMPLES = 4_000
_VERTICES = 60_000
_STEP_DEG = 0.0002
_PATCHES = 24  # along the longer side of the ground that both layers cover
_FEWEST_IN_PATCH = 5
_AREAL, _LINEAL, _PUNTAL = 2, 1, 0

_Move = Callable[..., tuple[Floats, Floats]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Scores of one comparison of two layers."""

    what: str
    """The comparison, in words."""

    gains: Floats
    """Shape ``(patches, 3, 12)``: how much the datum of the second axis fits better than the rival
    of the third: the three datums, chance, the ring. NaN where a patch has too few samples."""

    distance_m: Floats
    """Shape ``(3,)``: the median distance to the nearest line under each datum, or NaN."""


def gather(suspect: gpd.GeoSeries, trusted: gpd.GeoSeries) -> list[Evidence]:
    """Compare `suspect` with `trusted` in every way that their geometry types allow.

    Parameters
    ----------
    suspect, trusted
        Geometry of any type in EPSG:4326 by name. Missing and empty geometry is left out.

    Returns
    -------
    list of Evidence
        Empty when the layers lie apart: nothing within 3 km of each other.
    """
    ours, theirs = _parts(suspect), _parts(trusted)
    kinds = _dimension(ours), _dimension(theirs)
    found = [
        _registration(ours, theirs, to_wgs84, what="its outlines on trusted ones"),
        _registration(theirs, ours, from_wgs84, what="trusted outlines on its own"),
    ]
    if kinds[0] < _AREAL == kinds[1]:
        found += _inside(ours, theirs, to_wgs84, points=kinds[0] == _PUNTAL)
    if kinds[1] < _AREAL == kinds[0]:
        found += _inside(theirs, ours, from_wgs84, points=kinds[1] == _PUNTAL)
    return [evidence for evidence in found if evidence is not None]


def _parts(layer: gpd.GeoSeries) -> npt.NDArray[np.object_]:
    shapes = shapely.force_2d(np.asarray(layer.geometry.to_numpy(), dtype=object))
    parts = shapely.get_parts(shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))])
    return np.asarray(parts, dtype=object)


def _dimension(parts: npt.NDArray[np.object_]) -> int:
    return int(shapely.get_dimensions(parts).max(initial=_PUNTAL))


def _registration(
    moved: npt.NDArray[np.object_], fixed: npt.NDArray[np.object_], move: _Move, *, what: str
) -> Evidence | None:
    """Measure how far the outlines of one layer are from those of the other."""
    pieces = _pieces(fixed)
    samples = _near(_samples(moved), pieces)
    if len(samples) == 0:
        return None
    epsg = _zone(samples)
    tree = shapely.STRtree(shapely.transform(pieces, lambda xy: _metres(xy, epsg)))
    places = list(_candidates(samples, move))
    distances_m = np.column_stack([_distances(tree, _metres(there, epsg)) for there in places])
    scores = np.where(_covered(fixed, places), np.log(_SOFT_M + distances_m), np.nan)
    matched = distances_m[:, : len(Datum)].min(axis=1) < _REACH_M
    return Evidence(
        what=what,
        gains=_gains(scores, _metres(samples, epsg)),
        distance_m=np.median(distances_m[matched, : len(Datum)], axis=0),
    )


def _inside(
    points_or_lines: npt.NDArray[np.object_],
    areas: npt.NDArray[np.object_],
    move: _Move,
    *,
    points: bool,
) -> list[Evidence | None]:
    """Count how often lines or points fall into areas: streets avoid buildings, doors may not."""
    areas = areas[shapely.get_dimensions(areas) == _AREAL]
    samples = _near(_samples(points_or_lines), areas)
    if len(samples) == 0:
        return []
    tree = shapely.STRtree(areas)
    places = list(_candidates(samples, move))
    hits = np.column_stack([_hits(tree, there) for there in places])
    gains = _gains(
        np.where(_covered(areas, places), hits, np.nan), _metres(samples, _zone(samples))
    )
    unknown = np.full(len(Datum), np.nan)
    clear = Evidence(what="areas kept clear", gains=gains, distance_m=unknown)
    filled = Evidence(what="points in areas", gains=-gains, distance_m=unknown)
    return [clear, filled] if points else [clear]


def _samples(parts: npt.NDArray[np.object_]) -> Floats:
    """Return vertices, with more between them where there are few."""
    if shapely.length(parts).sum() / _STEP_DEG < _VERTICES:
        parts = np.asarray(shapely.segmentize(parts, _STEP_DEG), dtype=object)
    return _thin(shapely.get_coordinates(parts), _VERTICES)


def _thin(samples: Floats, most: int) -> Floats:
    return samples[:: max(1, -(-len(samples) // most))]


def _pieces(parts: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Cut outlines and lines into single segments, which a tree can tell apart; keep points."""
    areal = shapely.get_dimensions(parts) == _AREAL
    lines = np.concatenate([shapely.get_rings(parts[areal]), parts[~areal]])
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    joined = owner[1:] == owner[:-1]
    segments = shapely.linestrings(np.stack([xy[:-1][joined], xy[1:][joined]], axis=1))
    points = lines[shapely.get_dimensions(lines) == _PUNTAL]
    return np.concatenate([np.asarray(segments, dtype=object), points])


def _near(samples: Floats, shapes: npt.NDArray[np.object_]) -> Floats:
    """Keep the samples that could belong to `shapes` under some datum."""
    tree = shapely.STRtree(shapes)
    points = shapely.points(samples)
    kept, _ = tree.query_nearest(points, max_distance=_REACH_DEG, all_matches=False)
    return _thin(samples[np.unique(kept)], _SAMPLES)


def _zone(samples: Floats) -> int:
    lon, lat = np.median(samples, axis=0)
    return metric_epsg(lon=float(lon), lat=float(lat))


def _metres(samples: Floats, epsg: int) -> Floats:
    return np.column_stack(project(lon=samples[:, 0], lat=samples[:, 1], epsg=epsg))


def _candidates(samples: Floats, move: _Move) -> Iterator[Floats]:
    """Yield where the samples would lie: under each datum, then on the ring around each."""
    lon, lat = samples.T
    places = [np.column_stack(move(lon=lon, lat=lat, datum=datum)) for datum in Datum]
    yield from places
    east_deg, north_deg = _DECOY_M / (111_320 * np.cos(np.radians(lat))), _DECOY_M / 110_574
    for place in places:
        for bearing in np.arange(_DECOYS) * 2 * np.pi / _DECOYS:
            step = [east_deg * np.sin(bearing), np.full(len(lat), north_deg * np.cos(bearing))]
            yield place + np.column_stack(step)


def _distances(tree: shapely.STRtree, xy_m: Floats) -> Floats:
    distance_m = np.full(len(xy_m), _REACH_M)
    pairs, found_m = tree.query_nearest(
        shapely.points(xy_m), max_distance=_REACH_M, return_distance=True, all_matches=False
    )
    distance_m[pairs[0]] = found_m
    return distance_m


def _hits(tree: shapely.STRtree, samples: Floats) -> Floats:
    pairs = tree.query(shapely.points(samples), predicate="within")
    return np.isin(np.arange(len(samples)), pairs[0]).astype(float)


def _covered(fixed: npt.NDArray[np.object_], places: list[Floats]) -> npt.NDArray[np.bool_]:
    hull = shapely.convex_hull(shapely.multipoints(shapely.get_coordinates(fixed)))
    shapely.prepare(hull)
    return np.column_stack([shapely.contains_xy(hull, there) for there in places])


def _gains(scores: Floats, xy_m: Floats) -> Floats:
    """Compare each datum with its rivals, in the mean of each patch."""
    low, high = xy_m.min(axis=0), xy_m.max(axis=0)
    side_m = max(float((high - low).max()) / _PATCHES, 1.0)
    cells = ((xy_m - low) // side_m).astype(int)
    _, patch = np.unique(cells @ [1, 10 * _PATCHES], return_inverse=True)
    datums = scores[:, : len(Datum)]
    rings = scores[:, len(Datum) :].reshape(-1, len(Datum), _DECOYS)
    usable = (~np.isnan(rings)).sum(axis=2)
    chance = np.where(usable > 0, np.nansum(rings, axis=2) / np.maximum(usable, 1), np.nan)
    others = np.repeat(datums[:, np.newaxis, :], len(Datum), axis=1)
    rivals = np.concatenate([others, chance[:, :, np.newaxis], rings], axis=2)
    gains = rivals - datums[:, :, np.newaxis]
    return _means(gains.reshape(len(gains), -1), patch).reshape(-1, *gains.shape[1:])


def _means(values: Floats, group: npt.NDArray[np.intp]) -> Floats:
    """Average each column over each group, ignoring NaN; NaN where too few are left."""
    known = ~np.isnan(values)
    count = np.column_stack([np.bincount(group, weights=column) for column in known.T])
    total = np.column_stack(
        [np.bincount(group, weights=column) for column in np.nan_to_num(values).T]
    )
    return np.where(count >= _FEWEST_IN_PATCH, total / np.maximum(count, 1), np.nan)
