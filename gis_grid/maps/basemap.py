"""The paper under the data: land, green, water, streets and buildings, with their names."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import shapely

from gis_grid.maps import palette
from gis_grid.maps.drawing import MapLayer, Names, Style
from gis_grid.maps.words import Words

_MAP = palette.MAP


def _rank(colour: str, *, metres: float, least: float, most: float) -> dict[str, object]:
    casing = {"line": _MAP[colour], "casing": _MAP[f"{colour}-casing"]}
    return casing | {"metres": metres, "least": least, "most": most}


STREETS: Mapping[str, Style] = {
    "path": {"line": _MAP["lane-casing"], "width": 1, "dash": [3, 3], "from": 15},
    "steps": {"line": _MAP["lane-casing"], "width": 2, "dash": [1, 2], "from": 15.5},
    "lane": _rank("lane", metres=5, least=0.6, most=9) | {"from": 14.5},
    "local": _rank("local", metres=11, least=1, most=13) | {"from": 13},
    "secondary": _rank("secondary", metres=20, least=1.6, most=20) | {"from": 11.5},
    "arterial": _rank("arterial", metres=32, least=2.2, most=26),
    "motorway": _rank("arterial", metres=36, least=3, most=28),
}
"""How each rank of street is drawn, low to high."""

OVER_HEAT: Mapping[str, Style] = {
    "local": {"line": "#FFFFFF", "width": 0.7, "lineOpacity": 0.35, "from": 14},
    "secondary": {"line": "#FFFFFF", "width": 1.1, "lineOpacity": 0.5, "from": 12},
    "arterial": {"line": "#FFFFFF", "width": 2, "lineOpacity": 0.75, "from": 9},
    "motorway": {"line": "#FFFFFF", "width": 2.4, "lineOpacity": 0.8, "from": 9},
}
"""White lines that keep streets readable through the heat."""

_NAMED_FROM = {"motorway": 12.0, "arterial": 13.0, "secondary": 14.75, "local": 16.5}
_NONE: Style = {"line": "#FFFFFF", "width": 0.1, "from": 99}


def land_layer(land: gpd.GeoSeries, say: Words) -> MapLayer:
    """Return the land: the areas of the widest grids, EPSG:4326."""
    soil: Style = {"fill": _MAP["land"], "line": _MAP["building-line"], "width": 1}
    return MapLayer(key="land", title=say("land"), kind="area", styles=(soil,), shapes=land)


def landcover_layer(landcover: gpd.GeoDataFrame, say: Words) -> MapLayer:
    """Return green and water.

    Parameters
    ----------
    landcover
        The layer of this name, EPSG:4326; may be empty.
    say
        The language.
    """
    green: Style = {"fill": _MAP["green"]}
    water: Style = {"fill": _MAP["water"], "line": _MAP["bank"], "width": 1}
    is_water = (landcover["category"] == "water").to_numpy()
    return MapLayer(
        key="landcover",
        title=say("landcover"),
        kind="area",
        styles=(green, water),
        shapes=landcover.geometry,
        classes=is_water.astype(int).tolist(),
    )


def street_layer(streets: gpd.GeoDataFrame, say: Words) -> MapLayer:
    """Return the streets in their ranks; `streets` is the layer of this name, maybe empty."""
    ranks = list(STREETS)
    return MapLayer(
        key="streets",
        title=say("streets"),
        kind="line",
        styles=tuple(STREETS.values()),
        shapes=streets.geometry,
        classes=[ranks.index(rank) for rank in streets["category"]],
    )


def ground_layers(
    landcover: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, say: Words
) -> tuple[MapLayer, ...]:
    """Return green and water, and the streets over them."""
    return landcover_layer(landcover, say), street_layer(streets, say)


def streets_over_heat(say: Words) -> MapLayer:
    """Return the streets once more, as white lines."""
    styles = tuple(OVER_HEAT.get(rank, _NONE) for rank in STREETS)
    return MapLayer(
        key="heat-streets", title=say("streets"), kind="line", styles=styles, shares="streets"
    )


def street_names(streets: gpd.GeoDataFrame) -> Names:
    """Return each name once, along the longest run of the street that bears it.

    Unnamed streets have none; the higher the rank and the longer, the earlier a name is placed.
    """
    named = streets[streets["name"].notna() & streets["category"].isin(_NAMED_FROM)]
    runs = [_longest_run(gpd.GeoDataFrame(group)) for _, group in named.groupby("name", sort=True)]
    lines = np.array([line for line, _, _ in runs], dtype=object)
    lows = np.array([_NAMED_FROM[rank] for _, rank, _ in runs])
    order = np.lexsort((-shapely.length(lines), lows)) if runs else np.zeros(0, int)
    return Names(
        texts=[runs[row][2] for row in order],
        shapes=gpd.GeoSeries(lines[order], crs="EPSG:4326"),
        low=lows[order].tolist(),
        size=13,
        colour=_MAP["label"],
        halo=_MAP["halo"],
        font=palette.FONT,
        along=True,
    )


def _longest_run(group: gpd.GeoDataFrame) -> tuple[shapely.LineString, str, str]:
    merged = shapely.line_merge(shapely.union_all(group.geometry.to_numpy()))
    parts = shapely.get_parts(merged)
    ranks = list(STREETS)
    rank = max(group["category"], key=ranks.index)
    return parts[np.argmax(shapely.length(parts))], rank, str(group["name"].iloc[0])


def water_names(landcover: gpd.GeoDataFrame) -> Names:
    """Return the name of each body of water once, in its widest part."""
    water = landcover[(landcover["category"] == "water") & landcover["name"].notna()]
    widest = water.assign(size=shapely.area(water.geometry.to_numpy())).sort_values(
        ["size", "code"], ascending=[False, True]
    )
    once = widest.drop_duplicates("name")
    return Names(
        texts=once["name"].tolist(),
        shapes=once.geometry,
        size=14,
        colour=_MAP["water-label"],
        halo=_MAP["water"],
        font=palette.FONT,
        low=12,
        tight=0.4,
    )
