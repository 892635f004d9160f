"""Buildings, facilities, cameras, places and heat on the map."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import shapely

from gis_grid.maps import palette, symbols
from gis_grid.maps.drawing import MapLayer, Style
from gis_grid.maps.heat import Heat
from gis_grid.maps.words import SITES, STATES, USES, Words, choices
from gis_grid.router.cells import to_words

if TYPE_CHECKING:
    import pandas as pd

FEW = 5000
"""Up to so many points are drawn over the whole city; more wait until the map is closer."""

FEW_BUILDINGS = 20_000
"""More buildings than these travel without names and addresses, to keep the page small."""

BUILDING: Style = {
    "fill": palette.PAGE["ink"],
    "opacity": 0.13,
    "line": palette.MAP["building-line"],
    "width": 0.8,
    "lineFrom": 15.75,
}
FACILITY = symbols.disc(palette.FACILITY, radius=2.2)
PLACE = symbols.square(palette.PLACE, radius=3.2)
CAMERA = symbols.ring(palette.CAMERA, radius=3.6)
CAMERA_UNSURE = symbols.ring(palette.CAMERA, radius=3.6, dashed=True)


def low_of(count: int) -> float:
    """Return the zoom from which so many points are drawn."""
    return 13.5 if count <= FEW else 16.0


def low_of_buildings(count: int) -> float:
    """Return the zoom from which so many buildings are drawn."""
    return 13.5 if count <= FEW_BUILDINGS else 14.5


def building_layer(buildings: gpd.GeoDataFrame, say: Words, *, plain: bool = False) -> MapLayer:
    """Return the footprints, a shade over whatever lies under them.

    A large city's buildings keep only their use, storeys and counts; `plain` ones say nothing.
    """
    fields = ["name", "address", "use", "floors", "households", "persons", "code"]
    if len(buildings) > FEW_BUILDINGS:
        fields = ["use", "floors", "households", "persons"]
    facts = {say(field): buildings[field] for field in fields}
    facts[say("use")] = said(buildings["use"], choices(USES, say))
    return MapLayer(
        key="buildings",
        title=say("buildings"),
        kind="area",
        styles=(BUILDING,),
        shapes=buildings.geometry,
        facts={} if plain else facts,
        low=low_of_buildings(len(buildings)),
        rank=2,
    )


def facility_layer(facilities: gpd.GeoDataFrame, words: Mapping[str, str], say: Words) -> MapLayer:
    """Return the facilities as dots."""
    known = facilities[has_point(facilities)]
    return MapLayer(
        key="facilities",
        title=say("facilities"),
        kind="point",
        styles=(FACILITY,),
        shapes=known.geometry,
        facts=facility_facts(known, words, say),
        low=low_of(len(known)),
        rank=3,
    )


def facility_facts(
    known: gpd.GeoDataFrame, words: Mapping[str, str], say: Words
) -> dict[str, Iterable[Any]]:
    """Return what the card says of facilities; less when there are many."""
    facts: dict[str, Iterable[Any]] = {
        say("category"): said(known["category"], words),
        say("painted_number"): known["painted_number"],
        say("name"): known["name"],
        say("state"): said(known["state"], choices(STATES, say)),
        say("street"): known["street"],
        say("in_charge"): known["in_charge"],
        say("code"): known["code"],
    }
    few = ("category", "painted_number", "state", "code")
    return facts if len(known) <= FEW_BUILDINGS else {say(key): facts[say(key)] for key in few}


def place_layer(places: gpd.GeoDataFrame, words: Mapping[str, str], say: Words) -> MapLayer:
    """Return the places where people get a service as squares."""
    known = places[has_point(places)]
    facts: dict[str, Iterable[Any]] = {
        say("name"): known["name"],
        say("category"): said(known["category"], words),
        say("address"): known["address"],
        say("code"): known["code"],
    }
    return MapLayer(
        key="places",
        title=say("places"),
        kind="point",
        styles=(PLACE,),
        shapes=known.geometry,
        facts=facts,
        low=low_of(len(known)),
        rank=3,
    )


def camera_layer(cameras: gpd.GeoDataFrame, say: Words) -> MapLayer:
    """Return the cameras as rings, dashed where nobody knows which way they look."""
    known = cameras[has_point(cameras)]
    return MapLayer(
        key="cameras",
        title=say("cameras"),
        kind="point",
        styles=(CAMERA, CAMERA_UNSURE),
        shapes=known.geometry,
        classes=is_unsure(known).astype(int).tolist(),
        facts=camera_facts(known, say),
        low=low_of(len(known)),
        rank=3,
    )


def is_unsure(cameras: gpd.GeoDataFrame) -> "pd.Series[bool]":
    """Return of which cameras nobody knows which way they look."""
    return cameras["azimuth_deg"].isna() | (cameras["azimuth_quality"] == "unknown")


def camera_facts(known: gpd.GeoDataFrame, say: Words) -> dict[str, Iterable[Any]]:
    """Return what the card says of cameras; a bearing that is not known is not told."""
    return {
        say("name"): known["name"],
        say("code"): known["code"],
        say("site"): said(known["site"], choices(SITES, say) | {"street": say("street_side")}),
        say("height_m"): known["height_m"],
        say("azimuth_deg"): known["azimuth_deg"].round(0).mask(is_unsure(known)),
        say("fov_deg"): known["fov_deg"],
    }


def heat_layer(heat: Heat, water: shapely.Geometry, say: Words) -> MapLayer:
    """Return the heat cells without what lies in the water; they fade when the map is close."""
    facts: dict[str, Iterable[Any]] = {
        say("count"): heat.cells["count"],
        say("cell"): to_words(heat.cells["cell"].to_numpy()),
    }
    return MapLayer(
        key="heat",
        title=say("heat"),
        kind="area",
        styles=ramp_styles(len(heat.breaks)) or ({"fill": palette.HEAT[0]},),
        shapes=heat.cells.geometry.difference(water),
        classes=heat.cells["heat_class"].tolist(),
        facts=facts,
        rank=1,
    )


def ramp_styles(classes: int) -> tuple[Style, ...]:
    """Return the styles of so many classes of heat."""
    return tuple(
        {"fill": colour, "opacity": palette.HEAT_OPACITY, "fadeAt": 15.75, "faded": 0.4}
        for colour in ramp(classes)
    )


def value_styles(classes: int) -> tuple[Style, ...]:
    """Return the styles of so many classes of a value: the same at every zoom."""
    return tuple({"fill": colour, "opacity": palette.HEAT_OPACITY} for colour in ramp(classes))


def ramp(classes: int) -> tuple[str, ...]:
    """Return so many heat colours, from pale to dark, spread over the ramp.

    Examples
    --------
    >>> ramp(2)
    ('#FCEFCB', '#4E195B')
    >>> len(ramp(7)), ramp(1), ramp(0)
    (7, ('#F2A066',), ())
    """
    if classes <= 1:
        return palette.HEAT[2:3] * classes
    last = len(palette.HEAT) - 1
    return tuple(palette.HEAT[round(number * last / (classes - 1))] for number in range(classes))


def has_point(frame: gpd.GeoDataFrame) -> "pd.Series[bool]":
    """Return which rows have a place."""
    return ~(frame.geometry.isna() | frame.geometry.is_empty)


def said(keys: "pd.Series[str]", words: Mapping[str, str]) -> "pd.Series[str]":
    """Replace each key by its word; a key without one stays."""
    return keys.map(lambda key: words.get(key, key), na_action="ignore")
