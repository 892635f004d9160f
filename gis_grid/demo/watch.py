"""Cameras at junctions, gates and parks, and speakers in estates."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from gis_grid.demo.coding import digits
from gis_grid.demo.kinds import HALF_M, HOUSING, Floats, Ints, Kind, Texts
from gis_grid.demo.lines import along, end_points, points, right_of
from gis_grid.demo.planar import ends
from gis_grid.demo.site import Site
from gis_grid.demo.tables import layer_frame
from gis_grid.demo.uses import scatter

_JUNCTION_SHARE, _STREET_SHARE = 0.56, 0.08
_ARMS = 3
_STAND_OFF_M = 14.0
_FIXED, _DOME, _PTZ, _PANORAMA = range(4)
_KINDS: Texts = np.array(["fixed", "dome", "ptz", "panorama"], object)
_SITE_OWNER = {
    "junction": "市公安局交通警察支队",
    "gate": "明河安居物业服务有限公司",
    "street": "市公安局",
}


@dataclass(frozen=True, slots=True)
class _Spots:
    """Where cameras stand and which way they look (unit vectors)."""

    xy: Floats
    look: Floats

    def take(self, keep: Ints) -> "_Spots":
        return _Spots(self.xy[keep], self.look[keep])


def make_cameras(site: Site, count: int, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Watch arms of main junctions, gates of compounds and stretches of main streets."""
    spots, where = _choose_spots(site, count, rng)
    n = len(where)
    kind = rng.choice(4, n, p=[0.58, 0.24, 0.15, 0.03])
    gate = where == "gate"
    block = np.maximum(site.block_of(spots.xy), 0)
    district = site.codes.district[site.hierarchy.district[block]]
    county = np.array([code[:6] for code in district.tolist()], object)
    pixels = rng.choice(3, n, p=[0.55, 0.3, 0.15])
    columns = {
        "code": county
        + "00"
        + np.where(where == "junction", "04", "01").astype(object)
        + "1320"
        + digits(np.arange(1, n + 1), 6),
        "name": site.names.community[site.hierarchy.community[block]]
        + np.array(
            [{"junction": "路口", "gate": "出入口", "street": "路段"}[w] for w in where], object
        )
        + digits(np.arange(1, n + 1), 4),
        "kind": _KINDS[kind],
        "site": where,
        "height_m": np.where(gate, rng.uniform(3, 5, n), rng.uniform(6, 9, n)).round(1),
        "tilt_deg": rng.uniform(8, 25, n).round(),
        "fov_deg": _fields_of_view(kind, rng),
        "range_m": np.where(gate, rng.uniform(25, 60, n), rng.uniform(60, 150, n)).round(),
        "pixels_x": np.array([1920, 2560, 3840])[pixels],
        "pixels_y": np.array([1080, 1440, 2160])[pixels],
        "owner": np.array([_SITE_OWNER[w] for w in where], object),
        "source": np.full(n, "普查", object),
        **_azimuths(spots.look, kind, rng),
    }
    return layer_frame("cameras", points(site.ground.to_lonlat(spots.xy)), columns)


def _choose_spots(site: Site, count: int, rng: np.random.Generator) -> tuple[_Spots, Texts]:
    wanted = {"junction": round(count * _JUNCTION_SHARE), "street": round(count * _STREET_SHARE)}
    wanted["gate"] = count - sum(wanted.values())
    found, where = [], []
    for name, spots in (
        ("junction", _junction_arms(site)),
        ("street", _stretches(site)),
        ("gate", _gates(site)),
    ):
        inside = np.flatnonzero(site.block_of(spots.xy) >= 0)
        keep = np.sort(rng.permutation(inside)[: wanted[name]])
        found.append(spots.take(keep))
        where += [name] * len(keep)
    all_spots = _Spots(*(np.concatenate([getattr(f, k) for f in found]) for k in ("xy", "look")))
    return all_spots, np.array(where, object)


def _junction_arms(site: Site) -> _Spots:
    """Stand in each arm of a junction of main streets, looking away from it."""
    lines = site.ground.lines
    ids, n = ends(lines.geom)
    big = np.flatnonzero((lines.kind <= Kind.SECONDARY) & (lines.length_m > 2 * _STAND_OFF_M))
    arms = np.bincount(ids[lines.kind <= Kind.SECONDARY].ravel(), minlength=n)
    row, end = np.nonzero(arms[ids[big]] >= _ARMS)
    edge = big[row]
    at = np.where(end == 0, _STAND_OFF_M, lines.length_m[edge] - _STAND_OFF_M)
    point, way = along(lines.geom[edge], at)
    look = np.where((end == 0)[:, None], way, -way)
    return _Spots(point + right_of(look) * (HALF_M[lines.kind[edge]] - 1)[:, None], look)


def _stretches(site: Site) -> _Spots:
    """Stand in the middle of main streets, looking along them."""
    lines = site.ground.lines
    edge = np.flatnonzero((lines.kind <= Kind.SECONDARY) & (lines.length_m > 90))  # noqa: PLR2004
    point, way = along(lines.geom[edge], lines.length_m[edge] / 2)
    return _Spots(point + right_of(way) * (HALF_M[lines.kind[edge]] - 1)[:, None], way)


def _gates(site: Site) -> _Spots:
    """Stand just inside gates, looking out."""
    lines, walk = site.ground.lines, site.walk
    lane = lines.geom[walk.gate_edge]
    gate = walk.xy[walk.gate_node]
    near_start = np.linalg.norm(gate - end_points(lane)[0], axis=1) < shapely.length(lane) / 2
    at = shapely.line_locate_point(lane, shapely.points(gate))
    way = along(lane, at)[1]
    look = np.where(near_start[:, None], -way, way)
    return _Spots(gate - 1.5 * look, look)


def _fields_of_view(kind: Ints, rng: np.random.Generator) -> Floats:
    fixed = rng.choice([36.0, 54.0, 88.0], len(kind))
    return np.select([kind == _FIXED, kind == _PANORAMA, kind == _DOME], [fixed, 360.0, 88.0], 62.0)


def _azimuths(look: Floats, kind: Ints, rng: np.random.Generator) -> dict[str, object]:
    """State directions as badly as registers do: surveyed, one of eight sectors, or unknown."""
    true = np.degrees(np.arctan2(look[:, 0], look[:, 1])) + rng.normal(0, 8, len(look))
    quality = rng.choice(3, len(look), p=[0.55, 0.35, 0.1])
    quality = np.where(kind == _PANORAMA, 2, quality)
    sector = np.round(true / 45) % 8 * 45
    surveyed = np.round(true % 360, 1) % 360
    azimuth = np.select([quality == 0, quality == 1], [surveyed, sector], np.nan)
    words = np.array(["surveyed", "sector", "unknown"], object)
    return {"azimuth_deg": azimuth, "azimuth_quality": words[quality]}


def make_speakers(site: Site, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Hang a speaker on a house of an estate every four hundred metres or so."""
    home = site.houses["use"].isin(HOUSING).to_numpy()
    house = scatter(site.house_xy, 420.0, home, rng)
    block = site.house_block[house]
    n = len(house)
    columns = {
        "code": "YZ" + digits(np.arange(1, n + 1), 6),
        "name": site.names.compound[site.hierarchy.compound[block]] + "广播音柱",
        "reach_m": rng.choice([80.0, 120.0, 150.0], n),
        "azimuth_deg": rng.choice(np.arange(0.0, 360.0, 45.0), n),
        "height_m": rng.uniform(3, 6, n).round(1),
        "source": np.full(n, "普查", object),
    }
    spot = site.house_xy[house] + [0.0, -8.0]
    return layer_frame("speakers", points(site.ground.to_lonlat(spot)), columns)
