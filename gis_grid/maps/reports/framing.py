"""What all reports share: the ground under the data, borders, names, title, source, time."""

from dataclasses import dataclass, replace

import geopandas as gpd
import shapely

from gis_grid.maps import basemap, grids, palette, things
from gis_grid.maps.city import badge, bounds_of, land_of, water_of
from gis_grid.maps.drawing import Drawing, Entry, MapLayer, Names, Swatch
from gis_grid.maps.page import Legend, Page, Section
from gis_grid.maps.reports.material import Material
from gis_grid.maps.reports.registry import Options
from gis_grid.maps.simplify import simplify_coverage, tolerance_for
from gis_grid.maps.words import Text, Words

Figures = tuple[tuple[str, str], ...]
CONTEXT = ("streets", "landcover", "grids")
"""What a map of anything else is laid on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is particular to one report."""

    title: str
    subtitle: str
    figures: Figures
    sections: tuple[Section, ...]
    source: Text
    """What it is drawn from, after the word for source."""

    ground: tuple[MapLayer, ...]
    """Layers between the land and the borders, from below; see `plain_ground`."""

    points: tuple[MapLayer, ...] = ()
    """Layers over the borders."""

    names: tuple[Names, ...] = ()
    legend: Legend | None = None
    levels: tuple[str, ...] | None = None
    """Levels whose borders are drawn; those above the ground level when None."""


def framed(material: Material, options: Options, content: Content) -> Page:
    """Return the page of a report: its content on the ground, with title, source and time.

    The page says what was left out: simplified borders, features without a place.
    """
    say = options.say
    frame, tolerance = travelling(material.layer("grids"))
    levels = content.levels
    if levels is None:
        levels = tuple(
            key for key in grids.drawable(material.scheme, frame) if key != material.scheme.ground
        )
    context = _context(frame, material, levels, say, tolerance)
    source = content.source if not material.file else Text(*[material.file] * 2)
    told = say("source", what=say.of(source))
    return Page(
        city=material.city,
        title=options.title or content.title,
        subtitle=content.subtitle,
        badge=_badge(material, say),
        drawn=say("updated", when=say.when(material.drawn_at)),
        figures=content.figures,
        sections=(*content.sections, *context),
        source=f"{told}{say('gap')}{say('base')}" if not material.file else told,
        drawing=_drawing(frame, material, content, levels, say),
        legend=content.legend,
        lang=options.lang,
    )


def travelling(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, float]:
    """Return grids whose borders are light enough to travel, and the tolerance in metres.

    Each level is simplified as a coverage of its own, so neighbours of one level never tear.
    """
    tolerance = tolerance_for(frame.geometry)
    if not tolerance:
        return frame, 0.0
    shapes = frame.geometry.copy()
    for key in frame["level"].unique():
        rows = frame["level"] == key
        shapes[rows] = simplify_coverage(frame.geometry[rows], tolerance_m=tolerance)
    return frame.set_geometry(shapes), tolerance


def _badge(material: Material, say: Words) -> str:
    if material.file:
        return say("from_file", file=material.file)
    return badge(material.generation, say)


def _context(
    frame: gpd.GeoDataFrame,
    material: Material,
    levels: tuple[str, ...],
    say: Words,
    tolerance: float,
) -> tuple[Section, ...]:
    """Return the part of the panel about borders; none when there are no grids."""
    entries = tuple(
        grids.border_entry(frame, material.scheme, key, say)
        for key in reversed(levels)
        if (frame["level"] == key).any()
    )
    notes = (say("simplified", tolerance=f"{tolerance:g}"),) if tolerance else ()
    return (Section(title=say("borders"), entries=entries, notes=notes),) if entries else ()


def _drawing(
    frame: gpd.GeoDataFrame,
    material: Material,
    content: Content,
    levels: tuple[str, ...],
    say: Words,
) -> Drawing:
    borders = tuple(grids.border_layer(frame, material.scheme, key, say) for key in levels)
    shapes = {"grids": frame} | {
        layer.key: gpd.GeoDataFrame(geometry=layer.shapes)
        for layer in content.points
        if layer.shapes is not None
    }
    return Drawing(
        bounds=bounds_of(shapes),
        ink=palette.PAGE["ink"],
        layers=(
            basemap.land_layer(land_of(frame, material.scheme), say),
            *content.ground,
            *borders,
            *content.points,
        ),
        names=(
            *content.names,
            *grids.name_groups(frame[frame["level"].isin(levels)], material.scheme),
            basemap.water_names(material.layer("landcover")),
            basemap.street_names(material.layer("streets")),
        ),
    )


def plain_ground(material: Material, say: Words) -> tuple[MapLayer, ...]:
    """Return green, water and streets: what lies under points."""
    return basemap.ground_layers(material.layer("landcover"), material.layer("streets"), say)


def filled_ground(material: Material, fill: MapLayer, say: Words) -> tuple[MapLayer, ...]:
    """Return areas that fill the land, water over them, and streets as white lines over both."""
    landcover = material.layer("landcover")
    wet = landcover[landcover["category"] == "water"]
    streets = replace(basemap.street_layer(material.layer("streets"), say), shown=False)
    return (
        fill,
        basemap.landcover_layer(wet, say),
        streets,
        basemap.streets_over_heat(say),
    )


def building_entry(buildings: gpd.GeoDataFrame, say: Words) -> Entry:
    """Return the line of the buildings in the layer list."""
    style = {"fill": palette.MAP["building"], "line": palette.PAGE["line2"]}
    return Entry(
        keys=("buildings",),
        title=say("buildings"),
        count=len(buildings),
        swatch=Swatch(kind="area", styles=(style,)),
        low=things.low_of_buildings(len(buildings)),
    )


def water(material: Material) -> shapely.Geometry:
    """Return all water as one shape."""
    return water_of(material.layer("landcover"))


def unplaced(frame: gpd.GeoDataFrame, say: Words) -> tuple[str, ...]:
    """Return the note about features without a place; none when all have one."""
    missing = int((~things.has_point(frame)).sum())
    return (say("unplaced", n=missing),) if missing else ()


def figure(say: Words, word: str, number: float) -> tuple[str, str]:
    """Return a word and a number for the head of the panel."""
    return say(word), say.number(number)
