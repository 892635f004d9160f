"""What OpenStreetMap's tags mean in the words of gis_grid."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gis_grid.exchange.osm_words import (
    CAMERAS,
    COVERS,
    FACILITIES,
    GATES,
    GREEN,
    PLACES,
    SITES,
    STREETS,
    USES,
    WALLS,
    WATER,
)

Tags = Mapping[str, str]

_NUMBER = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*(m|metre|metres|meters|'|ft)?\s*$")
_RANGE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*-\s*(\d+(?:\.\d+)?)\s*$")
_FOOT_M = 0.3048
_TURN_DEG = 360.0
_WINDS = "N NNE NE ENE E ESE SE SSE S SSW SW WSW W WNW NW NNW".split()  # noqa: SIM905 - a rose
_NOT = frozenset({"", "no", "none"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """One thing that an object of OpenStreetMap is."""

    layer: str
    fields: Mapping[str, object] = field(default_factory=dict)


def metres(text: str | None, *, low: float, high: float) -> float | None:
    """Read a length: metres, or feet when marked; None when unclear or not within the bounds.

    Examples
    --------
    >>> metres("12 m", low=0, high=100), metres("10 ft", low=0, high=100)
    (12.0, 3.048)
    >>> metres("3;4", low=0, high=100), metres(None, low=0, high=100)
    (None, None)
    """
    found = _NUMBER.match(text or "")
    if found is None:
        return None
    length_m = float(found[1]) * (_FOOT_M if found[2] in {"'", "ft"} else 1.0)
    return length_m if low <= length_m <= high else None


def azimuth(text: str | None) -> tuple[float | None, str]:
    """Read a direction: the degrees clockwise from north and how sure they are.

    A number is surveyed, the middle of a range and a point of the compass are a sector.

    Examples
    --------
    >>> azimuth("240"), azimuth("NE"), azimuth("350-10"), azimuth("forward"), azimuth(None)
    ((240.0, 'surveyed'), (45.0, 'sector'), (0.0, 'sector'), (None, 'unknown'), (None, 'unknown'))
    """
    stated = (text or "").strip()
    if stated.upper() in _WINDS:
        return _WINDS.index(stated.upper()) * _TURN_DEG / len(_WINDS), "sector"
    spread = _RANGE.match(stated)
    if spread is not None:
        first, last = float(spread[1]), float(spread[2])
        return (first + (last - first) % _TURN_DEG / 2) % _TURN_DEG, "sector"
    bearing_deg = metres(stated, low=0, high=_TURN_DEG)
    return (bearing_deg, "surveyed") if bearing_deg is not None else (None, "unknown")


def point_meanings(tags: Tags) -> list[Meant]:
    """Return what a node, or the middle of an area, is: places, cameras, facilities, gates.

    Examples
    --------
    >>> [(m.layer, m.fields["category"]) for m in point_meanings({"manhole": "water"})]
    [('facilities', '0101')]
    >>> point_meanings({"natural": "tree"})
    []
    """
    found = [_place(tags), _camera(tags), _facility(tags), _gate(tags)]
    return [meant for meant in found if meant is not None]


def place_meaning(tags: Tags) -> Meant | None:
    """Return the service point that tags stand for, if any."""
    return _place(tags)


def line_meanings(tags: Tags) -> list[Meant]:
    """Return what a way is as a line: a street or a wall.

    Examples
    --------
    >>> line_meanings({"highway": "steps", "foot": "no"})[0].fields["walkable"]
    False
    >>> line_meanings({"highway": "construction"})
    []
    """
    found = [_street(tags), _wall(tags)]
    return [meant for meant in found if meant is not None]


def area_meanings(tags: Tags) -> list[Meant]:
    """Return what a closed way or multipolygon is as an area: a building, water, green.

    Examples
    --------
    >>> meant = area_meanings({"building": "yes", "building:levels": "6", "name": "德基广场"})[0]
    >>> meant.fields["floors"], meant.fields["name"]
    (6, '德基广场')
    """
    found = [_building(tags), _landcover(tags)]
    return [meant for meant in found if meant is not None]


def _place(tags: Tags) -> Meant | None:
    kind = next(
        (kinds[tags[key]] for key, kinds in PLACES.items() if key in tags and tags[key] in kinds),
        None,
    )
    if kind is None:
        if tags.get("railway") != "station" or not {"subway", "light_rail"} & {
            tags.get("station", ""),
            "subway" if tags.get("subway") == "yes" else "",
        }:
            return None
        kind = "metro_station"
    category = _BY_NAME[kind](tags) if kind in _BY_NAME else kind
    return Meant(
        layer="places",
        fields={"name": tags.get("name"), "category": category, "address": _address(tags)},
    )


def _school(tags: Tags) -> str:
    name, level = tags.get("name", "").casefold(), tags.get("isced:level", "")
    if "小学" in name or "primary" in name or "primaire" in name or level.startswith("1"):
        return "primary_school"
    secondary = ("中学", "初中", "附中", "secondary", "high school", "middle", "collège", "lycée")
    if any(word in name for word in secondary) or level.startswith(("2", "3")):
        return "middle_school"
    return "other"


def _community(tags: Tags) -> str:
    name = tags.get("name", "")
    if "党群" in name:
        ends = {"中心": "party_service_centre", "家": "party_service_home"}
        return next(
            (kind for end, kind in ends.items() if name.endswith(end)), "party_service_station"
        )
    return "community_service_centre" if "服务中心" in name else "community_station"


def _care(tags: Tags) -> str:
    kind = tags.get("social_facility", "")
    if kind in {"nursing_home", "assisted_living"}:
        return "nursing_home"
    return "elder_care" if "senior" in tags.get("social_facility:for", "") else "other"


def _office(tags: Tags) -> str:
    return "subdistrict_office" if "街道" in tags.get("name", "") else "other"


_BY_NAME = {
    "school": _school,
    "community_centre": _community,
    "social_facility": _care,
    "townhall": _office,
}


def _camera(tags: Tags) -> Meant | None:
    if tags.get("man_made") != "surveillance":
        return None
    if tags.get("surveillance:type", "camera") not in {"camera", "ALPR"}:
        return None
    azimuth_deg, quality = azimuth(tags.get("camera:direction") or tags.get("direction"))
    kind = tags.get("camera:type", "")
    return Meant(
        layer="cameras",
        fields={
            "name": tags.get("name"),
            "kind": CAMERAS.get(kind),
            "site": SITES.get(tags.get("surveillance:zone", "")),
            "height_m": metres(tags.get("height"), low=0, high=500),
            "azimuth_deg": azimuth_deg,
            "azimuth_quality": quality,
            "tilt_deg": metres(tags.get("camera:angle"), low=-90, high=90),
            "owner": tags.get("operator"),
        },
    )


def _facility(tags: Tags) -> Meant | None:
    if tags.get("manhole", "no") not in _NOT or tags.get("man_made") == "manhole":
        category: str | None = COVERS.get(tags.get("manhole", ""), "0114")
    else:
        category = next((FACILITIES[pair] for pair in tags.items() if pair in FACILITIES), None)
    if category is None:
        return None
    return Meant(
        layer="facilities",
        fields={
            "dialect": "local",
            "category": category,
            "name": tags.get("name"),
            "painted_number": tags.get("ref"),
            "street": tags.get("addr:street"),
            "owner": tags.get("operator"),
        },
    )


def _gate(tags: Tags) -> Meant | None:
    if tags.get("barrier") not in GATES:
        return None
    return Meant(layer="gates", fields={"name": tags.get("name")})


def _street(tags: Tags) -> Meant | None:
    category = STREETS.get(tags.get("highway", ""))
    if category is None or tags.get("area") == "yes":
        return None
    barred = tags.get("foot") in {"no", "private"} or category == "motorway"
    return Meant(
        layer="streets",
        fields={
            "name": tags.get("name"),
            "category": category,
            "width_m": metres(tags.get("width"), low=0, high=200),
            "bridge": tags.get("bridge", "no") not in _NOT,
            "tunnel": tags.get("tunnel", "no") not in _NOT,
            "walkable": not barred,
        },
    )


def _wall(tags: Tags) -> Meant | None:
    if tags.get("barrier") not in WALLS:
        return None
    return Meant(layer="walls", fields={"name": tags.get("name")})


def _building(tags: Tags) -> Meant | None:
    kind = tags.get("building", "no")
    if kind in _NOT:
        return None
    floors = metres(tags.get("building:levels"), low=0, high=200)
    return Meant(
        layer="buildings",
        fields={
            "name": tags.get("name"),
            "address": _address(tags),
            "use": None if kind == "yes" else USES.get(kind, "other"),
            "floors": None if floors is None else round(floors),
            "height_m": metres(tags.get("height"), low=0, high=1000),
        },
    )


def _landcover(tags: Tags) -> Meant | None:
    pairs = {f"{key}={value}" for key, value in tags.items()}
    if not pairs & (WATER | GREEN):
        return None
    category = "water" if pairs & WATER else "green"
    return Meant(layer="landcover", fields={"name": tags.get("name"), "category": category})


def _address(tags: Tags) -> str | None:
    if "addr:full" in tags:
        return tags["addr:full"]
    parts = [tags[key] for key in ("addr:street", "addr:housenumber") if key in tags]
    return " ".join(parts) or None
