"""Names that sound real and belong to no real city."""

from dataclasses import dataclass

import numpy as np

from gis_grid.demo.ground import Ground
from gis_grid.demo.hierarchy import Hierarchy
from gis_grid.demo.kinds import Ints, Kind, Texts
from gis_grid.demo.lines import end_points

CITY_NAME = "明河市"

_FIRST = "安康福宁兴盛泰锦华翠明清文光朝永长德仁义信嘉瑞祥云景龙凤金银玉"
_SECOND = "宁阳平源丰乐园山河江海湖林松柏柳桂兰梅竹春秋晖霞明华盛泉"
_DISTRICTS = ("云澜区", "河东区", "泉山区", "锦江区", "太和区", "新城区", "长宁区", "北原区")
_ENDINGS = ("小区", "花园", "家园", "苑", "里", "新村")
_MAIN_STREETS = (
    *("人民", "解放", "中山", "胜利", "建设", "和平", "民主", "团结", "光明", "青年", "友谊"),
    *("工农", "五一", "文化", "站前", "南湖", "北陵", "东风", "长江", "黄河", "泰山", "华山"),
    *("昆仑", "珠江", "松花江", "滨江"),
)
_LAPS = np.array(["", *"二三四五六七八九"], object)
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"


@dataclass(frozen=True, slots=True)
class Names:
    """Names of the regions of each level, and of the streets."""

    district: Texts
    subdistrict: Texts
    community: Texts
    compound: Texts
    street: Texts


def make_names(ground: Ground, hierarchy: Hierarchy, rng: np.random.Generator) -> Names:
    """Name every region and street; names repeat only where a real city would number them."""
    n_compound = len(hierarchy.compound_parent)
    ending = rng.choice(np.array(_ENDINGS, object), n_compound)
    return Names(
        district=np.array(_DISTRICTS, object)[: int(hierarchy.district.max()) + 1],
        subdistrict=words(len(hierarchy.subdistrict_parent), rng) + "街道",
        community=words(len(hierarchy.community_parent), rng) + "社区",
        compound=words(n_compound, rng) + ending,
        street=_street_names(ground, rng),
    )


def words(count: int, rng: np.random.Generator) -> Texts:
    """Make distinct two-character names; after some seven hundred they are numbered."""
    pairs = np.array([a + b for a in _FIRST for b in _SECOND if a != b], object)
    pairs = pairs[rng.permutation(len(pairs))]
    lap, place = np.divmod(np.arange(count), len(pairs))
    return np.asarray(pairs[place] + _LAPS[lap % len(_LAPS)], object)


def person_names(count: int, rng: np.random.Generator) -> Texts:
    """Make names of persons who do not exist; they may repeat."""
    surname, given = np.array([*_SURNAMES], object), np.array([*_GIVEN], object)
    second = np.where(rng.random(count) < 0.6, rng.choice(given, count), "")  # noqa: PLR2004
    return np.asarray(rng.choice(surname, count) + rng.choice(given, count) + second, object)


def _street_names(ground: Ground, rng: np.random.Generator) -> Texts:
    """Name streets by direction: 大路 or 大街, 路 or 街, and 巷 or 胡同 for the smallest."""
    street = ground.lines.street
    kind, flat = _ranks(ground, int(street.max()) + 1)
    stem = words(len(kind), rng)
    main = np.flatnonzero(kind == Kind.ARTERIAL)[: len(_MAIN_STREETS)]
    stem[main] = np.array(_MAIN_STREETS, object)[: len(main)]
    east_west = np.array(["大路", "路", "巷"], object)
    north_south = np.array(["大街", "街", "胡同"], object)
    rank = np.minimum(kind, Kind.LOCAL)
    name = stem + np.where(flat, east_west[rank], north_south[rank])
    name[list(ground.riverside)] = "滨河北路", "滨河南路"
    return np.asarray(name, object)


def _ranks(ground: Ground, count: int) -> tuple[Ints, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Return the strongest kind of each street, and whether it runs east-west."""
    real = ground.lines.street >= 0
    street = ground.lines.street[real]
    kind, size = np.full(count, int(Kind.CUT)), np.zeros((count, 2))
    np.minimum.at(kind, street, ground.lines.kind[real])
    first, last = end_points(ground.lines.geom[real])
    np.add.at(size, street, np.abs(last - first))
    return kind, size[:, 0] > size[:, 1]
