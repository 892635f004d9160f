"""An explanation as the answer of the service."""

import math
from collections.abc import Iterator

from api.schemas import (
    Alternate,
    BuildingAt,
    ChainLink,
    DoorAt,
    FacilityOut,
    PostOut,
    Route,
)
from gis_grid.router.cells import encode, to_words
from gis_grid.services.explaining import SPECIAL, Explanation, Guide, Inside

ALTERNATES_AT_MOST = 20
DECIMALS = 7
"""Decimals of a degree: about 1 cm."""


def told_route(told: Explanation, guide: Guide, *, generation: int, datum: str) -> Route:
    """Return an explanation as JSON will carry it: metres to the centimetre, no NaN."""
    decision, place = told.decision, told.decision.place
    chain = list(_links(told, guide))
    owner = chain[0] if decision.code is not None else None
    building, entrance = _indoors(told.inside)
    return Route(
        lon=_degrees(place.lon),
        lat=_degrees(place.lat),
        datum=datum,
        accuracy_m=place.accuracy_m,
        method=decision.method.value,
        grid_code=decision.code,
        grid_name=owner.name if owner else None,
        level=owner.level if owner else None,
        chain=chain,
        reason_zh=told.reason.zh,
        reason_en=told.reason.en,
        confidence=_share(decision.confidence),
        ambiguous=decision.is_ambiguous,
        alternates=_alternates(told, guide),
        alternates_found=len(decision.candidates),
        distance_to_border_m=metres(decision.distance_m),
        building=building,
        entrance=entrance,
        facility=_facility(told),
        officers=[
            PostOut(code=post.code, role=post.role, area_code=post.area_code) for post in told.posts
        ],
        cell=to_words(encode(lon=[place.lon], lat=[place.lat]))[0] or None,
        generation=generation,
    )


def metres(distance_m: float | None) -> float | None:
    """Round to centimetres; a distance that is not known is null.

    Examples
    --------
    >>> metres(84.1234), metres(None), metres(math.inf), metres(math.nan)
    (84.12, None, None, None)
    """
    if distance_m is None or not math.isfinite(distance_m):
        return None
    return round(distance_m, 2)


def _links(told: Explanation, guide: Guide) -> Iterator[ChainLink]:
    code = told.decision.code
    if code is not None and told.decision.is_special:
        yield ChainLink(code=code, name=told.labels[code, True].name, level=SPECIAL)
    for one in told.chain:
        yield ChainLink(code=one, name=guide.names[one].name, level=guide.names[one].level)


def _alternates(told: Explanation, guide: Guide) -> list[Alternate]:
    return [
        Alternate(
            code=one.code,
            name=told.labels[one.code, one.is_special].name,
            level=SPECIAL if one.is_special else guide.names[one.code].level,
            distance_m=round(one.distance_m, 2),
        )
        for one in told.decision.candidates[:ALTERNATES_AT_MOST]
    ]


def _indoors(inside: Inside | None) -> tuple[BuildingAt | None, DoorAt | None]:
    if inside is None:
        return None, None
    house, door = inside.building, inside.door
    building = BuildingAt(code=house.code, name=house.name, confidence=_share(inside.confidence))
    if door is None or inside.door_m is None:
        return building, None
    return building, DoorAt(code=door.code, name=door.name, distance_m=round(inside.door_m, 2))


def _facility(told: Explanation) -> FacilityOut | None:
    kept = told.facility
    if kept is None:
        return None
    return FacilityOut(
        code=kept.code,
        name=kept.name,
        category=kept.category,
        in_charge=kept.in_charge,
        owner=kept.owner,
        maintainer=kept.maintainer,
        distance_m=metres(told.facility_m),
    )


def _share(probability: float | None) -> float | None:
    return None if probability is None else round(probability, 4)


def _degrees(degrees: float) -> float | None:
    return round(degrees, DECIMALS) if math.isfinite(degrees) else None
