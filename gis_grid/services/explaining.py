"""A route that explains itself: the core's decision with what the database knows of the place."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy.orm import Session

from gis_grid.accounts.areas import EVERYWHERE, Area
from gis_grid.grid.generations import Generation
from gis_grid.grid.levels import Scheme
from gis_grid.grid.naming import GridName, chain_of
from gis_grid.router.distance import metres_per_degree
from gis_grid.router.explaining.atlas import Atlas
from gis_grid.router.explaining.confidence import confidence
from gis_grid.router.explaining.decision import Candidate, Decision, Place
from gis_grid.router.explaining.reasons import Keeper, Label, Reason, reason
from gis_grid.router.explaining.rules import NEAREST_LIMIT_M, decide, for_facility
from gis_grid.router.index import Router
from gis_grid.router.special import SpecialIndex
from gis_grid.storage.city import CityStore
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.whereabouts import Door, Footprint, Kept, Post, Whereabouts

SPECIAL = "special"
"""What the level of a special grid is called; it is none of the scheme's."""

CLASS_M: Mapping[str | None, float] = MappingProxyType({"A": 0.5, "B": 1.0, "C": 10.0, None: 10.0})
"""Accuracy of a surveyed facility by its class; without a class it counts as the worst."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Guide:
    """Everything that explaining needs of one generation, in memory."""

    atlas: Atlas
    scheme: Scheme
    names: Mapping[str, GridName]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is known of where something happened."""

    lon: float | None = None
    lat: float | None = None
    """WGS-84 degrees; None only for a report about a facility."""

    accuracy_m: float | None = None
    facility: Kept | None = None
    nearest_limit_m: float = NEAREST_LIMIT_M


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """The building that a place lies in, and its nearest door."""

    building: Footprint
    confidence: float | None
    """Probability that the true place lies on this side of the nearest wall."""

    door: Door | None
    door_m: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A decision with everything that a dispatcher wants to know beside it."""

    decision: Decision
    chain: tuple[str, ...]
    """Codes of the ordinary grids from the ground (or the owner, if wider) up to the city."""

    labels: Mapping[tuple[str, bool], Label]
    """What owner and candidates are called, by code and whether it is a special grid."""

    reason: Reason
    inside: Inside | None
    facility: Kept | None
    facility_m: float | None
    """From the reported point to the facility."""

    posts: tuple[Post, ...]
    """Duty posts of the entrance, the building, a special grid and the chain, in this order."""


def make_guide(
    session: Session,
    generation: Generation,
    router: Router,
    names: Mapping[str, GridName],
    special: SpecialIndex | None = None,
) -> Guide:
    """Gather what explaining needs of a generation.

    Parameters
    ----------
    session
        A database with a city.
    generation, router, names
        The generation, the router of its ground level, and all its grids.
    special
        Special grids, when there are some.

    Raises
    ------
    NotFoundError
        Nobody has said which city this is.
    StorageError
        The database cannot be read.
    """
    scheme = CityStore(session).get().scheme
    above = reversed(scheme.levels[: scheme.depth(scheme.ground)])
    store = LayerStore(session)
    frames = [store.read("grids", level=one.key, at=generation.valid_from) for one in above]
    wide = gpd.GeoDataFrame(pd.concat(frames, ignore_index=True)) if frames else _no_grids()
    return Guide(atlas=Atlas.build(router, wide, special), scheme=scheme, names=names)


def _no_grids() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"code": []}, geometry=[], crs="EPSG:4326")


def explain(
    guide: Guide, around: Whereabouts, report: Report, *, area: Area = EVERYWHERE
) -> Explanation | None:
    """Find who answers for a report and say why; nothing is read from the database.

    Parameters
    ----------
    guide
        The grids of a generation.
    around
        Buildings, doors and duty posts.
    report
        Where it happened. The place of a facility that it names goes before its point.
    area
        Who asks may know of the grids in it. Neighbours and duty posts elsewhere are left out; the
        grids above the owner are named in any case.

    Returns
    -------
    Explanation or None
        None when the ground, or the wider grid that answers for it, is not in the area; what lies
        in no grid at all is known everywhere.

    Raises
    ------
    InputError
        The accuracy or the limit is no length.
    """
    kept = report.facility
    place = _place(report, kept)
    decision = decide(guide.atlas, place, nearest_limit_m=report.nearest_limit_m)
    if not _is_known(decision, area):
        return None
    decision = replace(decision, candidates=_known(decision, area))
    keeper = None
    if kept is not None and kept.lon is not None:
        decision = for_facility(decision)
        keeper = Keeper(code=kept.code, body=kept.maintainer or kept.owner or kept.in_charge)
    inside = _inside(around, guide.scheme, place)
    chain = _chain(guide, decision)
    labels = MappingProxyType(dict(_labels(guide, decision)))
    return Explanation(
        decision=decision,
        chain=chain,
        labels=labels,
        reason=reason(decision, labels, keeper),
        inside=inside,
        facility=kept,
        facility_m=_apart_m(report, kept),
        posts=_posts(around, decision, chain, inside, area),
    )


def _is_known(decision: Decision, area: Area) -> bool:
    answers = decision.ground_code if decision.is_special else decision.code
    return answers is None or answers in area


def _known(decision: Decision, area: Area) -> tuple[Candidate, ...]:
    return tuple(one for one in decision.candidates if one.is_special or one.code in area)


def _posts(
    around: Whereabouts,
    decision: Decision,
    chain: tuple[str, ...],
    inside: Inside | None,
    area: Area,
) -> tuple[Post, ...]:
    found = around.posts_of(_areas(decision, chain, inside))
    return tuple(post for post in found if post.area_code in area)


def _place(report: Report, kept: Kept | None) -> Place:
    if kept is not None and kept.lon is not None and kept.lat is not None:
        accuracy_m = CLASS_M[kept.accuracy_class]
        return Place(lon=kept.lon, lat=kept.lat, accuracy_m=accuracy_m)
    lon = math.nan if report.lon is None else report.lon
    lat = math.nan if report.lat is None else report.lat
    return Place(lon=lon, lat=lat, accuracy_m=report.accuracy_m)


def _chain(guide: Guide, decision: Decision) -> tuple[str, ...]:
    ordinary = decision.ground_code if decision.is_special else decision.code
    return tuple(chain_of(guide.names, ordinary))


def _areas(decision: Decision, chain: Iterable[str], inside: Inside | None) -> Iterator[str]:
    if inside is not None:
        if inside.door is not None:
            yield inside.door.code
        yield inside.building.code
    if decision.is_special and decision.code is not None:
        yield decision.code
    yield from chain


def _labels(guide: Guide, decision: Decision) -> Iterator[tuple[tuple[str, bool], Label]]:
    if decision.code is not None:
        yield _labelled(guide, decision.code, is_special=decision.is_special)
    for one in decision.candidates:
        yield _labelled(guide, one.code, is_special=one.is_special)


def _labelled(guide: Guide, code: str, *, is_special: bool) -> tuple[tuple[str, bool], Label]:
    if is_special and guide.atlas.special is not None:
        name = guide.atlas.special.name_of(code)
        label = Label(code=code, name=name, level_zh="专属网格", level_en="special grid")
        return (code, True), label
    grid = guide.names[code]
    level = guide.scheme.level(grid.level)
    label = Label(code=code, name=grid.name, level_zh=level.name_zh, level_en=level.name_en)
    return (code, False), label


def _inside(around: Whereabouts, scheme: Scheme, place: Place) -> Inside | None:
    """Go on to the building and its nearest door, where the city has these levels."""
    if "building" not in scheme.keys or not math.isfinite(place.lon + place.lat):
        return None
    building = next(iter(around.buildings_at(lon=place.lon, lat=place.lat)), None)
    if building is None:
        return None
    wall_m = _wall_m(building.shape, place)
    found = Inside(
        building=building,
        confidence=confidence(margin_m=wall_m, accuracy_m=place.accuracy_m),
        door=None,
        door_m=None,
    )
    doors = around.doors_of(building.code) if "entrance" in scheme.keys else []
    if not doors:
        return found
    door = min(doors, key=lambda one: (_metres(place, one.lon, one.lat), one.code))
    return replace(found, door=door, door_m=_metres(place, door.lon, door.lat))


def _wall_m(shape: shapely.Geometry, place: Place) -> float:
    scale = metres_per_degree(place.lat)
    wall = shapely.transform(
        shapely.boundary(shape), lambda xy: (xy - (place.lon, place.lat)) * scale
    )
    return float(shapely.distance(wall, shapely.Point(0.0, 0.0)))


def _metres(place: Place, lon: float, lat: float) -> float:
    x_m, y_m = metres_per_degree(place.lat)
    return math.hypot((lon - place.lon) * x_m, (lat - place.lat) * y_m)


def _apart_m(report: Report, kept: Kept | None) -> float | None:
    """Return how far a report was made from the facility that it is about."""
    if kept is None or kept.lon is None or kept.lat is None:
        return None
    if report.lon is None or report.lat is None:
        return None
    return _metres(Place(lon=report.lon, lat=report.lat), kept.lon, kept.lat)
