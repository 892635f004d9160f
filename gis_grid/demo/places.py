"""Places where people get a service: every kind of the life circle, each with its own spacing."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_grid.demo.coding import digits, running
from gis_grid.demo.facilities import BUS_STOP, THINGS, Facilities
from gis_grid.demo.kinds import DWELLINGS, Bools, Floats, Geoms, Ints, Kind, Texts, Use
from gis_grid.demo.lines import end_points, points
from gis_grid.demo.planar import ends
from gis_grid.demo.site import Site
from gis_grid.demo.tables import layer_frame
from gis_grid.demo.uses import scatter

_SHOPS = (Use.SHOP,)
_STORES = (Use.SHOP, Use.COMMERCE)
_DESKS = (Use.SHOP, Use.OFFICE)
_HOMES = DWELLINGS


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of place in a house."""

    category: str
    name: str
    every_m: float
    uses: tuple[Use, ...]
    area_m2: tuple[float, float]


_SERVICES = (
    Service("mall", "购物中心", 1300, (Use.COMMERCE,), (8e3, 6e4)),
    Service("market", "菜市场", 950, _STORES, (600, 3e3)),
    Service("supermarket", "超市", 620, _STORES, (300, 4e3)),
    Service("clinic", "卫生服务站", 850, _SHOPS, (120, 400)),
    Service("culture_centre", "文化活动中心", 2400, _DESKS, (2e3, 8e3)),
    Service("library", "图书馆", 2600, _DESKS, (500, 6e3)),
    Service("fire_station", "消防救援站", 2600, (Use.OFFICE, Use.SHOP, Use.FACTORY), (1e3, 4e3)),
    Service("nursing_home", "养老院", 2000, (Use.SLAB, Use.VILLAGE), (2e3, 1e4)),
    Service("kindergarten", "幼儿园", 520, (Use.SLAB, Use.TOWER, Use.VILLAGE), (900, 4e3)),
    Service("nursery", "托儿所", 1300, (Use.SLAB, Use.TOWER), (200, 900)),
    Service("pharmacy", "大药房", 480, _SHOPS, (60, 250)),
    Service("bank", "银行网点", 800, _SHOPS, (150, 900)),
    Service("post", "邮政所", 1500, _SHOPS, (100, 500)),
    Service("telecom", "电信营业厅", 1200, _SHOPS, (80, 300)),
    Service("canteen", "社区食堂", 1100, _SHOPS, (120, 400)),
    Service("restaurant", "餐馆", 420, _SHOPS, (60, 600)),
    Service("shop", "便利店", 360, (Use.SHOP, Use.VILLAGE), (30, 120)),
    Service("gym", "健身房", 1500, _SHOPS, (200, 1500)),
    Service("elder_care", "日间照料中心", 800, _HOMES, (150, 750)),
    Service("public_toilet", "公共厕所", 650, (Use.SHOP, Use.OLD, Use.VILLAGE), (30, 120)),
)
_OUTDOOR = (
    Service("playground", "活动场地", 420, _HOMES, (150, 900)),
    Service("recycling", "再生资源回收点", 800, _HOMES, (20, 80)),
    Service("waste_collection", "生活垃圾收集站", 600, _HOMES, (30, 150)),
    Service("parking", "停车场", 700, (Use.COMMERCE, Use.OFFICE, Use.SLAB, Use.TOWER), (800, 8e3)),
    Service("sports_ground", "运动场地", 900, (Use.SCHOOL, Use.SLAB, Use.TOWER), (600, 1.2e4)),
)
_SEATS = {  # kind: its name; one for each region
    "subdistrict": {
        "subdistrict_office": "街道办事处",
        "community_service_centre": "便民服务中心",
        "party_service_centre": "党群服务中心",
        "police_post": "派出所",
    },
    "community": {
        "community_station": "社区服务站",
        "party_service_station": "党群服务站",
        "culture_station": "文化活动站",
    },
    "compound": {"property_service": "物业服务中心"},
}
_HOME_EVERY_M = 430.0
_METRO_EVERY_M = 1500.0
_NO_METRO_BELOW_M = 2500.0
_MIDDLE_EVERY_M = 1500.0


@dataclass(frozen=True, slots=True)
class _Found:
    """Some places of one kind."""

    category: str
    xy: Floats
    name: Texts
    area_m2: Floats


def make_places(
    site: Site, facilities: Facilities, half_m: float, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Give the city its services; no house holds two, no school is anything but one school."""
    free = np.ones(len(site.houses), bool)
    found = [*_whole_sites(site, free, rng), *_seats(site, free, rng)]
    found += [_indoor(site, service, free, rng) for service in _SERVICES]
    found += [_outdoor(site, service, rng) for service in _OUTDOOR]
    found += [*_parks(site, rng), _bus_stops(site, facilities)]
    if half_m >= _NO_METRO_BELOW_M:
        found.append(_metro(site, rng))
    return _frame(site, [f for f in found if len(f.xy)])


def _frame(site: Site, found: list[_Found]) -> gpd.GeoDataFrame:
    xy = np.concatenate([f.xy for f in found])
    block = site.block_of(xy)
    inside = block >= 0
    category = np.repeat(np.array([f.category for f in found], object), [len(f.xy) for f in found])
    district = site.names.district[site.hierarchy.district[block]]
    community = site.names.community[site.hierarchy.community[block]]
    n = int(inside.sum())
    columns = {
        "code": "P" + digits(np.arange(1, n + 1), 7),
        "name": np.concatenate([f.name for f in found])[inside],
        "category": category[inside],
        "address": (district + community)[inside],
        "area_m2": np.concatenate([f.area_m2 for f in found])[inside].round(),
        "source": np.full(n, "普查", object),
    }
    return layer_frame("places", points(site.ground.to_lonlat(xy[inside])), columns)


def _whole_sites(site: Site, free: Bools, rng: np.random.Generator) -> list[_Found]:
    """Make each school site one school and each hospital site one hospital."""
    use = site.houses["use"].to_numpy()
    found = []
    school = _first_of_each_parcel(site, use == Use.SCHOOL)
    middle = np.isin(
        school,
        school[scatter(site.house_xy[school], _MIDDLE_EVERY_M, np.ones(len(school), bool), rng)],
    )
    hospital = _first_of_each_parcel(site, use == Use.HOSPITAL)
    for category, house, ending in (
        ("middle_school", school[middle], "中学"),
        ("primary_school", school[~middle], "小学"),
        ("hospital", hospital, "医院"),
    ):
        area = site.parcel_area_m2[site.ground.parcel[site.house_block[house]]]
        found.append(
            _Found(category, site.house_xy[house], _stems(site, house) + ending, area * 0.5)
        )
    free[np.isin(use, (Use.SCHOOL, Use.HOSPITAL))] = False
    return found


def _first_of_each_parcel(site: Site, chosen: Bools) -> Ints:
    house = np.flatnonzero(chosen)
    parcel = site.ground.parcel[site.house_block[house]]
    return np.asarray(house[np.unique(parcel, return_index=True)[1]])


def _stems(site: Site, house: Ints) -> Texts:
    """Name places after their community, numbered when there are several."""
    community = site.names.community[site.hierarchy.community[site.house_block[house]]]
    stem = np.array([name.removesuffix("社区") for name in community], object)
    lap = running(stem)
    again = np.where(lap > 1, "第" + lap.astype(str).astype(object), "").astype(object)
    return np.asarray(stem + again, object)


def _seats(site: Site, free: Bools, rng: np.random.Generator) -> list[_Found]:
    """Seat the offices of each region in free houses near its middle."""
    found = []
    use = site.houses["use"].to_numpy()
    public = np.isin(use, (Use.SHOP, Use.OFFICE, Use.COMMERCE))
    for level, kinds in _SEATS.items():
        region = getattr(site.hierarchy, level)[site.house_block]
        names = getattr(site.names, level)
        for category, ending in kinds.items():
            house = _central(site.house_xy, region, free, public)
            free[house] = False
            area = rng.uniform(80, 1200, len(house))
            name = np.asarray(names[region[house]] + ending, object)
            found.append(_Found(category, site.house_xy[house], name, area))
    return found


def _central(xy: Floats, region: Ints, free: Bools, better: Bools) -> Ints:
    """For each region find the free house nearest its middle, better ones before others."""
    house = np.flatnonzero(free & (region >= 0))
    n = int(region.max()) + 1
    size = np.maximum(np.bincount(region[house], minlength=n), 1)
    mid = np.c_[tuple(np.bincount(region[house], xy[house, k], n) / size for k in (0, 1))]
    far = np.linalg.norm(xy[house] - mid[region[house]], axis=1)
    far = np.where(better[house], far, far + 300)
    order = np.lexsort((house, far.round(3), region[house]))
    first = np.unique(region[house][order], return_index=True)[1]
    return np.asarray(house[order][first])


def _indoor(site: Site, service: Service, free: Bools, rng: np.random.Generator) -> _Found:
    fit = free & site.houses["use"].isin(service.uses).to_numpy()
    house = scatter(site.house_xy, service.every_m, fit, rng)
    free[house] = False
    name = _stems(site, house) + service.name
    return _Found(
        service.category, site.house_xy[house], name, rng.uniform(*service.area_m2, len(house))
    )


def _outdoor(site: Site, service: Service, rng: np.random.Generator) -> _Found:
    """Set a place before the south side of a house."""
    fit = site.houses["use"].isin(service.uses).to_numpy()
    house = scatter(site.house_xy, service.every_m, fit, rng)
    depth = site.houses["depth_m"].to_numpy()[house]
    xy = site.house_xy[house] - np.c_[np.zeros(len(house)), depth / 2 + 5]
    name = _stems(site, house) + service.name
    return _Found(service.category, xy, name, rng.uniform(*service.area_m2, len(house)))


def _parks(site: Site, rng: np.random.Generator) -> list[_Found]:
    """Name every park, open it where its paths meet streets, and add homes of party service."""
    block, area = site.parks()
    mid = shapely.get_coordinates(shapely.point_on_surface(site.ground.blocks[block]))
    park = _Found("park", mid, site.park_names(block), area)
    gate = _park_gates(site)
    near = block[np.maximum(shapely.STRtree(points(mid)).nearest(points(gate)), 0)]
    gates = _Found("park_gate", gate, site.park_names(near) + "入口", np.full(len(gate), np.nan))
    house = scatter(site.house_xy, _HOME_EVERY_M, site.houses["use"].isin(_HOMES).to_numpy(), rng)
    home_name = np.asarray(_stems(site, house) + "党群服务之家", object)
    home_xy = site.house_xy[house] - np.c_[np.zeros(len(house)), np.full(len(house), 4.0)]
    return [
        park,
        gates,
        _Found("party_service_home", home_xy, home_name, rng.uniform(20, 90, len(house))),
    ]


def _park_gates(site: Site) -> Floats:
    lines = site.ground.lines
    ids, n = ends(lines.geom)
    on_street = np.zeros(n, bool)
    on_street[ids[lines.kind <= Kind.LOCAL].ravel()] = True
    green = (site.ground.pair >= 0) & (site.ground.use[site.ground.pair] == Use.GREEN)
    path = (lines.kind == Kind.PATH) & green.all(axis=1)
    edge, end = np.nonzero(path[:, None] & on_street[ids])
    first, last = end_points(lines.geom[edge])
    return np.where((end == 0)[:, None], first, last)


def _bus_stops(site: Site, facilities: Facilities) -> _Found:
    category: Geoms = np.array([thing.category for thing in THINGS], object)
    stop = np.flatnonzero(category[facilities.thing] == BUS_STOP)
    street = site.names.street[facilities.street[stop]]
    lap = pd.Series(running(street)).astype(str).to_numpy(object)
    return _Found("bus_stop", facilities.xy[stop], street + lap + "站", np.full(len(stop), np.nan))


def _metro(site: Site, rng: np.random.Generator) -> _Found:
    """Set metro stations at crossings of arterials."""
    lines = site.ground.lines
    ids, n = ends(lines.geom)
    arms = np.bincount(ids[lines.kind == Kind.ARTERIAL].ravel(), minlength=n)
    xy = np.zeros((n, 2))
    xy[ids[:, 0]], xy[ids[:, 1]] = end_points(lines.geom)
    node = scatter(xy, _METRO_EVERY_M, arms >= 4, rng)  # noqa: PLR2004 - a crossing
    node = node[site.block_of(xy[node]) >= 0]
    block = site.block_of(xy[node])
    community = site.names.community[site.hierarchy.community[block]]
    stem = np.array([name.removesuffix("社区") for name in community], object)
    return _Found(
        "metro_station", xy[node], np.asarray(stem + "地铁站", object), np.full(len(node), np.nan)
    )
