"""Grids on the map: borders by level, colours of neighbours, names."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import shapely

from gis_grid.grid.levels import Scheme
from gis_grid.maps import palette
from gis_grid.maps.drawing import EVER, Entry, MapLayer, Names, Style, Swatch
from gis_grid.maps.words import Text, Words

BORDERS: Mapping[str, Style] = {
    "city": {"line": palette.MAP["border"], "width": 2.4},
    "district": {"line": palette.MAP["border"], "width": 2, "dash": [9, 3, 2, 3]},
    "subdistrict": {"line": palette.MAP["border"], "width": 1.4, "dash": [7, 3, 1.5, 3]},
    "community": {"line": "#6B6285", "width": 1.1, "dash": [4, 3]},
    "compound": {"line": "#92720F", "width": 1, "dash": [2, 2]},
    "subarea": {"line": "#4A515D", "width": 0.7, "lineOpacity": 0.8},
}
"""How the border of each level is drawn; a white casing lies under the wide ones."""

_CASED = ("city", "district", "subdistrict")
_LOW = {"city": 0.0, "district": 0.0, "subdistrict": 0.0, "community": 12.5, "compound": 14.5}
_NAMES: Mapping[str, tuple[float, float, int, int]] = {
    "district": (0, 12, 16, 700),
    "subdistrict": (12, 15.75, 14, 700),
    "community": (15, 17, 12, 700),
    "subarea": (16.5, EVER, 12, 400),
}
"""Zooms from and to which the names of a level stand, their size and weight."""

FINEST_FIRST = ("subarea", "compound", "community", "subdistrict", "district", "city")
MANY = 3000


FACTS = ("name", "code", "households", "persons", "elderly")
"""What the card says of a grid."""


def level_name(scheme: Scheme, key: str, say: Words) -> str:
    """Return what a level is called, with a capital in English."""
    level = scheme.level(key)
    return say.of(Text(level.name_zh, level.name_en.capitalize()))


def drawable(scheme: Scheme, grids: gpd.GeoDataFrame) -> tuple[str, ...]:
    """Return the levels that are drawn as borders, finest first: those above the building."""
    held = set(grids["level"])
    return tuple(key for key in FINEST_FIRST if key in scheme.keys and key in held)


def border_layers(grids: gpd.GeoDataFrame, scheme: Scheme, say: Words) -> tuple[MapLayer, ...]:
    """Return one layer a level, the finest at the bottom.

    Parameters
    ----------
    grids
        The layer of this name, EPSG:4326.
    scheme
        The city's levels; compounds start switched off.
    say
        The language.
    """
    return tuple(border_layer(grids, scheme, key, say) for key in drawable(scheme, grids))


def border_layer(grids: gpd.GeoDataFrame, scheme: Scheme, key: str, say: Words) -> MapLayer:
    """Return the borders of one level; those of the ground level carry what is known of them."""
    rows = grids[grids["level"] == key]
    style = dict(BORDERS[key])
    if key in _CASED:
        style |= {"casing": "#FFFFFF", "casingWidth": 3.6, "casingOpacity": 0.7}
    facts = {say(field): rows[field] for field in FACTS}
    return MapLayer(
        key=f"grids-{key}",
        title=level_name(scheme, key, say),
        kind="area",
        styles=(style,),
        shapes=rows.geometry,
        facts=facts if key == scheme.ground else {},
        low=_low(key, len(rows)),
        shown=key != "compound",
    )


def _low(key: str, count: int) -> float:
    return _LOW.get(key, 14.0 if count > MANY else 12.5)


def fill_layers(grids: gpd.GeoDataFrame, scheme: Scheme, say: Words) -> tuple[MapLayer, ...]:
    """Return the ground grids, if any, filled so that neighbours differ; switched off at first."""
    rows = grids[grids["level"] == scheme.ground]
    if rows.empty:
        return ()
    fill = MapLayer(
        key="fill",
        title=say("neighbours"),
        kind="area",
        styles=NEIGHBOURS,
        shares=f"grids-{scheme.ground}",
        classes=neighbour_classes(rows.geometry),
        shown=False,
    )
    return (fill,)


NEIGHBOURS: tuple[Style, ...] = tuple(
    {"fill": colour, "opacity": 0.62} for colour in palette.NEIGHBOURS
)
"""Styles that mean another grid, nothing else."""


def neighbour_classes(areas: gpd.GeoSeries) -> list[int]:
    """Colour areas so that those which share a border differ, with five colours where it can be.

    Each area, the one with most neighbours first, takes the least used colour that none of its
    neighbours has; where all five are taken, the least used of all.

    Parameters
    ----------
    areas
        Polygons of a coverage, shape ``(n,)``; missing and empty ones have no neighbours.

    Returns
    -------
    list of int, length n
        0 to 4. No areas give an empty list.

    Examples
    --------
    >>> boxes = gpd.GeoSeries([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), None])
    >>> neighbour_classes(boxes)[:2]
    [0, 1]
    """
    shapes = areas.to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    order = np.argsort(one, kind="stable")
    one, other = one[order], other[order]
    starts = np.searchsorted(one, np.arange(len(shapes) + 1))
    chosen = np.full(len(shapes), -1)
    used = np.zeros(len(palette.NEIGHBOURS), int)
    for row in np.argsort(-np.diff(starts), kind="stable"):
        taken = set(chosen[other[starts[row] : starts[row + 1]]].tolist())
        free = [colour for colour in range(used.size) if colour not in taken]
        chosen[row] = min(free or range(used.size), key=lambda colour: (used[colour], colour))
        used[chosen[row]] += 1
    return [int(colour) for colour in chosen]


def name_groups(grids: gpd.GeoDataFrame, scheme: Scheme) -> tuple[Names, ...]:
    """Return the names of each level, the widest first, each in its zooms."""
    return tuple(
        _names(grids[grids["level"] == key], key)
        for key in reversed(drawable(scheme, grids))
        if key in _NAMES
    )


def _names(rows: gpd.GeoDataFrame, key: str) -> Names:
    low, high, size, weight = _NAMES[key]
    return Names(
        texts=rows["name"].fillna("").tolist(),
        shapes=rows.geometry,
        low=low,
        high=high,
        size=size,
        weight=weight,
        colour=palette.PAGE["ink"] if weight == 700 else palette.PAGE["ink2"],  # noqa: PLR2004 - bold
        halo="rgba(255,255,255,.85)",
        font=palette.FONT,
        layer=f"grids-{key}",
    )


def entries(grids: gpd.GeoDataFrame, scheme: Scheme, say: Words) -> tuple[Entry, ...]:
    """Return the lines of the layer list, the widest level first, then the colours."""
    held = tuple(border_entry(grids, scheme, key, say) for key in reversed(drawable(scheme, grids)))
    ground = int((grids["level"] == scheme.ground).sum())
    colours = Entry(
        keys=("fill",),
        title=say("neighbours"),
        count=ground,
        swatch=Swatch(kind="ramp", styles=NEIGHBOURS),
        shown=False,
    )
    return (*held, colours) if ground else held


def border_entry(grids: gpd.GeoDataFrame, scheme: Scheme, key: str, say: Words) -> Entry:
    """Return the line of one level in the layer list."""
    count = int((grids["level"] == key).sum())
    return Entry(
        keys=(f"grids-{key}",),
        title=level_name(scheme, key, say),
        count=count,
        swatch=Swatch(kind="line", styles=(BORDERS[key],)),
        shown=key != "compound",
        low=_low(key, count),
    )
