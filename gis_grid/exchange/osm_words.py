"""Tables from the tags of OpenStreetMap to the words of gis_grid."""

from collections.abc import Mapping
from types import MappingProxyType

STREETS: Mapping[str, str] = MappingProxyType(
    {
        "motorway": "motorway",
        "motorway_link": "motorway",
        "trunk": "arterial",
        "trunk_link": "arterial",
        "primary": "arterial",
        "primary_link": "arterial",
        "secondary": "secondary",
        "secondary_link": "secondary",
        "tertiary": "local",
        "tertiary_link": "local",
        "residential": "local",
        "unclassified": "local",
        "road": "local",
        "living_street": "lane",
        "service": "lane",
        "track": "path",
        "footway": "path",
        "path": "path",
        "cycleway": "path",
        "bridleway": "path",
        "pedestrian": "path",
        "steps": "steps",
    }
)
"""Rank of a street by ``highway``; other values are not streets (platforms, building sites)."""

USES: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(
        ("apartments", "residential", "house", "detached", "terrace", "dormitory", "bungalow"),
        "residential",
    )
    | dict.fromkeys(("retail", "commercial", "supermarket", "kiosk", "hotel"), "commerce")
    | dict.fromkeys(("school", "kindergarten", "university", "college"), "school")
    | dict.fromkeys(("hospital", "clinic"), "hospital")
    | dict.fromkeys(("industrial", "warehouse", "factory", "manufacture"), "factory")
    | {"office": "office", "government": "office"}
)
"""Use of a building by ``building``; ``yes`` says nothing, the rest is other."""

PLACES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "amenity": {
            "kindergarten": "kindergarten",
            "childcare": "nursery",
            "clinic": "clinic",
            "doctors": "clinic",
            "hospital": "hospital",
            "marketplace": "market",
            "restaurant": "restaurant",
            "fast_food": "restaurant",
            "cafe": "restaurant",
            "food_court": "restaurant",
            "canteen": "canteen",
            "pharmacy": "pharmacy",
            "nursing_home": "nursing_home",
            "police": "police_post",
            "fire_station": "fire_station",
            "bank": "bank",
            "post_office": "post",
            "arts_centre": "culture_centre",
            "library": "library",
            "toilets": "public_toilet",
            "bus_station": "bus_stop",
            "parking": "parking",
            "recycling": "recycling",
            "waste_transfer_station": "waste_collection",
            "waste_disposal": "waste_collection",
            "school": "school",
            "community_centre": "community_centre",
            "social_facility": "social_facility",
            "townhall": "townhall",
            "college": "other",
            "university": "other",
        },
        "healthcare": {
            "hospital": "hospital",
            "clinic": "clinic",
            "centre": "clinic",
            "doctor": "clinic",
            "pharmacy": "pharmacy",
        },
        "shop": {
            "supermarket": "supermarket",
            "convenience": "shop",
            "kiosk": "shop",
            "greengrocer": "market",
            "mall": "mall",
            "department_store": "mall",
            "mobile_phone": "telecom",
            "telecommunication": "telecom",
        },
        "leisure": {
            "park": "park",
            "pitch": "sports_ground",
            "sports_centre": "sports_ground",
            "stadium": "sports_ground",
            "track": "sports_ground",
            "fitness_centre": "gym",
            "playground": "playground",
        },
        "office": {
            "telecommunication": "telecom",
            "property_management": "property_service",
        },
        "highway": {"bus_stop": "bus_stop"},
        "railway": {"subway_entrance": "metro_station"},
    }
)
"""Kind of a service point by key and value; some are told apart further by their names."""

COVERS: Mapping[str, str] = MappingProxyType(
    {
        "water": "0101",
        "sewer": "0102",
        "sewage": "0102",
        "drain": "0103",
        "power": "0105",
        "electricity": "0105",
        "telecom": "0107",
        "cable_tv": "0108",
        "heat": "0110",
        "heating": "0110",
        "gas": "0111",
    }
)
"""Minor class of a manhole cover by ``manhole``; a cover of unknown use is 0114, ownerless."""

FACILITIES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("highway", "street_lamp"): "0118",
        ("emergency", "fire_hydrant"): "0113",
        ("man_made", "utility_pole"): "0117",
        ("man_made", "pole"): "0117",
        ("power", "pole"): "0117",
        ("telecom", "pole"): "0117",
        ("power", "tower"): "0133",
        ("power", "transformer"): "0134",
        ("highway", "traffic_signals"): "0210",
        ("amenity", "waste_basket"): "0305",
        ("amenity", "bench"): "0407",
        ("amenity", "post_box"): "0123",
        ("amenity", "telephone"): "0122",
        ("amenity", "vending_machine"): "0125",
    }
)
"""Minor class (CJ/T 214-2007) of a thing on the street by key and value."""

WATER = frozenset({"natural=water", "waterway=riverbank", "landuse=reservoir", "landuse=basin"})
GREEN = frozenset(
    {
        "leisure=park",
        "leisure=garden",
        "landuse=grass",
        "landuse=forest",
        "landuse=meadow",
        "landuse=village_green",
        "landuse=recreation_ground",
        "natural=wood",
        "natural=grassland",
        "natural=scrub",
        "natural=heath",
    }
)
WALLS = frozenset({"wall", "city_wall", "fence", "hedge", "retaining_wall"})
GATES = frozenset({"gate", "lift_gate", "swing_gate", "sliding_gate", "entrance"})
CAMERAS: Mapping[str, str] = MappingProxyType(
    {"fixed": "fixed", "dome": "dome", "panning": "ptz", "ptz": "ptz", "panorama": "panorama"}
)
SITES: Mapping[str, str] = MappingProxyType(
    {"traffic": "street", "street": "street", "entrance": "gate", "gate": "gate", "park": "park"}
)
