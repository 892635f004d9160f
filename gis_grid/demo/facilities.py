"""Numbered things along the streets: covers, lamps, poles, bins and signs."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis_grid.demo.bodies import BODIES, Body
from gis_grid.demo.coding import digits, numbered, running
from gis_grid.demo.kinds import FOOTWAY_M, HALF_M, Bools, Floats, Ints, Kind, Texts
from gis_grid.demo.lines import along, points, right_of
from gis_grid.demo.site import Site
from gis_grid.demo.tables import chosen, layer_frame

LAMP, POLE, BUS_STOP = "0118", "0117", "0203"


@dataclass(frozen=True, slots=True)
class Thing:
    """One kind of facility: its minor class, and how it stands along streets."""

    category: str
    name: str
    every_m: tuple[float, float, float]
    """Metres between two on arterials, secondary and local streets."""

    kerb_m: float
    """Metres from the kerb; on the carriageway when negative."""

    fault: float
    """How often it breaks, relative to others."""


THINGS = (
    Thing("0118", "路灯", (36, 38, 44), 0.6, 1.0),
    Thing("0102", "污水井盖", (70, 70, 62), -4.0, 1.6),
    Thing("0103", "雨水井盖", (60, 66, 80), -1.6, 1.4),
    Thing("0101", "上水井盖", (150, 150, 160), -3.0, 1.0),
    Thing("0104", "雨水箅子", (90, 95, 120), -0.5, 1.2),
    Thing("0106", "路灯井盖", (300, 320, 480), 0.9, 0.6),
    Thing("0107", "通讯井盖", (160, 170, 240), 1.2, 0.9),
    Thing("0105", "电力井盖", (210, 220, 330), 1.4, 0.8),
    Thing("0110", "热力井盖", (260, 260, 300), -5.0, 0.9),
    Thing("0111", "燃气井盖", (320, 320, 330), -2.2, 0.5),
    Thing("0114", "无主井盖", (1400, 1300, 1100), 0.3, 2.0),
    Thing("0117", "立杆", (240, 260, 300), 0.9, 0.7),
    Thing("0113", "消防设施", (118, 120, 240), 1.0, 0.4),
    Thing("0305", "垃圾箱", (110, 130, 260), 1.6, 2.2),
    Thing("0209", "交通标志牌", (300, 330, 700), 0.7, 0.6),
    Thing("0203", "公交站亭", (520, 560, 1e9), 1.8, 0.7),
    Thing("0213", "路名牌", (420, 420, 420), 1.0, 0.5),
)
_CATEGORY: Texts = np.array([thing.category for thing in THINGS], object)
_LAMP_FIRST = 0.7
"""In a small city lamps keep their distance and only the other things are thinned out."""

_FIRST_SURVEY = np.datetime64("2019-04-01", "D")
_SURVEY_DAYS = 2300


@dataclass(frozen=True, slots=True)
class Facilities:
    """The layer, and where each facility stands."""

    frame: gpd.GeoDataFrame
    xy: Floats
    block: Ints
    thing: Ints
    """Row of THINGS."""

    street: Ints


def make_facilities(site: Site, target: int, rng: np.random.Generator) -> Facilities:
    """Set about `target` things at even spacing, sides alternating, and number the poles."""
    found = _lay_out(site, target)
    block = site.block_of(found[["x", "y"]].to_numpy())
    found = found[block >= 0].reset_index(drop=True)
    block = block[block >= 0]
    thing, street = found["thing"].to_numpy(), site.ground.lines.street[found["edge"]]
    number = _pole_numbers(thing, street, found["right"].to_numpy())
    category, district = _CATEGORY[thing], site.hierarchy.district[block]
    state = rng.choice(
        np.array(["intact", "damaged", "lost", "abandoned"], object),
        len(found),
        p=[0.955, 0.033, 0.005, 0.007],
    )
    street_name = site.names.street[street]
    frame = layer_frame(
        "facilities",
        points(site.ground.to_lonlat(found[["x", "y"]].to_numpy())),
        {
            "code": numbered(_county(site, district) + category, 6),
            "dialect": np.full(len(found), "2007", object),
            "category": category,
            "name": np.array([t.name for t in THINGS], object)[thing],
            "painted_number": _plates(street_name, number, state, rng),
            "police_number": _police_numbers(thing, street, district, rng),
            "state": state,
            "street": street_name,
            "address": _addresses(site, street_name, block),
            "accuracy_class": rng.choice(
                np.array([*"ABC"], object), len(found), p=[0.8, 0.15, 0.05]
            ),
            "surveyed_on": _survey_days(len(found), rng),
            "source": rng.choice(
                np.array(["实测", "普查", "人工上报"], object), len(found), p=[0.6, 0.34, 0.06]
            ),
            **_bodies(site, thing, district, rng),
        },
    )
    return Facilities(frame, found[["x", "y"]].to_numpy(), block, thing, street)


def _county(site: Site, district: Ints) -> Texts:
    return np.array([code[:6] for code in site.codes.district], object)[district]


def _lay_out(site: Site, target: int) -> pd.DataFrame:
    """Walk each kind of thing along all streets, so that the spacing goes on over junctions."""
    lines = site.ground.lines
    edge = np.flatnonzero((lines.kind <= Kind.LOCAL) & (lines.street >= 0))
    edge = edge[np.lexsort((site.ground.chainage[edge, 0].round(6), lines.street[edge]))]
    length, kind = lines.length_m[edge], lines.kind[edge]
    spacing = np.array([thing.every_m for thing in THINGS])
    stretch = _stretch(np.bincount(kind, length, 3) / spacing, target)
    found = []
    for number, thing in enumerate(THINGS):
        every = spacing[number, kind] * stretch[number]
        ticks = np.cumsum(length / every)
        mark = np.arange(0.5 + 0.03 * number, ticks[-1], 1.0)
        which = np.searchsorted(ticks, mark)
        at = length[which] - (ticks[which] - mark) * every[which]
        point, way = along(lines.geom[edge[which]], at)
        right = np.arange(len(mark)) % 2 == 0
        out = (HALF_M[kind[which]] - FOOTWAY_M + thing.kerb_m) * np.where(right, 1, -1)
        place = point + right_of(way) * out[:, None]
        found.append(
            pd.DataFrame(
                {
                    "thing": number,
                    "x": place[:, 0],
                    "y": place[:, 1],
                    "edge": edge[which],
                    "right": right,
                }
            )
        )
    return pd.concat(found, ignore_index=True)


def _stretch(natural: Floats, target: int) -> Floats:
    """Return by how much the spacing of each thing is stretched to meet the target."""
    each = natural.sum(axis=1)
    if each[0] >= _LAMP_FIRST * target:
        return np.full(len(each), float(each.sum()) / target)
    rest = each[1:].sum() / max(target - each[0], 0.25 * target)
    return np.asarray(np.r_[1.0, np.full(len(each) - 1, rest)])


def _pole_numbers(thing: Ints, street: Ints, right: Bools) -> Ints:
    """Count lamps and poles along streets: odd on the south and east, even opposite; else 0."""
    series = np.isin(_CATEGORY[thing], (LAMP, POLE))
    rank = pd.DataFrame({"s": street, "t": thing, "r": right}).groupby(["s", "t", "r"]).cumcount()
    return np.where(series, 2 * rank.to_numpy() + np.where(right, 1, 2), 0)


def _plates(street: Texts, number: Ints, state: Texts, rng: np.random.Generator) -> Texts:
    """Paint numbers; some plates are gone, some were painted without leading zeros."""
    chance = rng.random(len(number))
    width = np.where(chance > 0.98, 1, 4)  # noqa: PLR2004
    pair = zip(street.tolist(), number.tolist(), width.tolist(), strict=True)
    text = np.array([f"{name}-{n:0{w}d}" for name, n, w in pair], object)
    readable = (number > 0) & (chance > 0.05) & (state != "lost")  # noqa: PLR2004
    return chosen(text, readable)


def _police_numbers(thing: Ints, street: Ints, district: Ints, rng: np.random.Generator) -> Texts:
    """Give lamps the police's 7 digits: district, street and pole; the series ends at 999."""
    lamp = _CATEGORY[thing] == LAMP
    road = np.full(len(thing), 1000)
    for d in np.unique(district):
        mine = np.flatnonzero(lamp & (district == d))
        road[mine] = np.unique(street[mine], return_inverse=True)[1] + 1
    text = np.asarray((district + 1).astype(str).astype(object) + digits(road, 3), object)
    pole = running(np.where(lamp, text, ""))
    known = lamp & (road <= 999) & (pole <= 999) & (rng.random(len(thing)) > 0.08)  # noqa: PLR2004
    return chosen(np.asarray(text + digits(pole, 3), object), known)


def _addresses(site: Site, street: Texts, block: Ints) -> Texts:
    district = site.names.district[site.hierarchy.district[block]]
    community = site.names.community[site.hierarchy.community[block]]
    return np.asarray(district + community + street, object)


def _survey_days(count: int, rng: np.random.Generator) -> NDArray[np.datetime64]:
    return _FIRST_SURVEY + rng.integers(0, _SURVEY_DAYS, count).astype("timedelta64[D]")


def _bodies(site: Site, thing: Ints, district: Ints, rng: np.random.Generator) -> dict[str, Texts]:
    """Name who is in charge, who owns and who maintains; ownerless covers have only the first."""
    place = site.names.district[district]
    pick = rng.integers(0, 60, len(thing))
    found = {}
    for role in ("in_charge", "owner", "maintainer"):
        text = np.full(len(thing), None, object)
        for number, kind in enumerate(THINGS):
            mine = np.flatnonzero(thing == number)
            body: Body = BODIES[kind.category]
            options = getattr(body, role)
            for k, option in enumerate(options):
                some = mine[pick[mine] % len(options) == k]
                text[some] = [option.format(district=d) for d in place[some]]
        found[role] = text
    return found
