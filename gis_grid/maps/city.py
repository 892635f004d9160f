"""The first map: a whole city on one page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import geopandas as gpd
import numpy as np
import shapely

from gis_grid.grid.generations import Generation
from gis_grid.grid.levels import Scheme
from gis_grid.maps import basemap, grids, palette, things
from gis_grid.maps.drawing import Drawing, Entry, Style, Swatch
from gis_grid.maps.heat import LEAST, Heat
from gis_grid.maps.page import Legend, Page, Section
from gis_grid.maps.words import Words

DRAWN = ("grids", "buildings", "facilities", "cameras", "places", "streets", "landcover")
"""The layers that a picture needs; incidents come as heat."""

HECTARES = {6: "3,600", 7: "520", 8: "74", 9: "10.5", 10: "1.5", 11: "0.21", 12: "0.03"}
"""Mean area of an H3 cell by resolution, hectares."""

CHINA = (73.5, 18.0, 135.1, 53.6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What a city looks like at a moment."""

    name: str
    scheme: Scheme
    layers: Mapping[str, gpd.GeoDataFrame]
    """A frame for each of `DRAWN`, EPSG:4326; a frame without rows where the city has none."""

    counts: Mapping[str, int]
    """Rows of every layer."""

    heat: Heat
    since: datetime | None
    """First instant of the incidents in `heat`; None when there are none."""

    until: datetime | None
    doubted: int
    """Incidents left out of the heat, because nobody believes where they are."""

    generation: Generation | None
    drawn_at: datetime
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """For ``facilities`` and ``places``: what the keys of their categories are called."""


def city_map(picture: Picture, say: Words) -> Page:
    """Return the page of a city in one language; any layer may be empty."""
    return Page(
        city=picture.name,
        title=say("city_title"),
        subtitle=say("city_subtitle"),
        badge=badge(picture.generation, say),
        drawn=say("updated", when=say.when(picture.drawn_at)),
        figures=_figures(picture, say),
        sections=_sections(picture, say),
        source=say("source", what=say("city_source")) + say("base"),
        drawing=_drawing(picture, say),
        legend=heat_legend(picture.heat, say),
        lang=say.lang,
    )


def badge(generation: Generation | None, say: Words) -> str:
    """Return which generation of grids a page shows."""
    if generation is None:
        return say("no_generation")
    day = say.day(generation.valid_from)
    return say("badge", number=generation.number, name=generation.name, day=day)


def _figures(picture: Picture, say: Words) -> tuple[tuple[str, str], ...]:
    frame, counts = picture.layers["grids"], picture.counts
    ground = frame[frame["level"] == picture.scheme.ground]
    name = grids.level_name(picture.scheme, picture.scheme.ground, say)
    buildings = picture.layers["buildings"]
    return (
        (name, f"{len(ground):,}"),
        (say("buildings"), f"{counts['buildings']:,}"),
        (say("households"), _sum(buildings, "households", say)),
        (say("facilities"), f"{counts['facilities']:,}"),
        (say("cameras"), f"{counts['cameras']:,}"),
        (say("incidents"), f"{counts['incidents']:,}"),
    )


def _sum(frame: gpd.GeoDataFrame, column: str, say: Words) -> str:
    known = frame[column].dropna()
    return f"{int(known.sum()):,}" if len(known) else say("no_data")


def _sections(picture: Picture, say: Words) -> tuple[Section, ...]:
    frame = picture.layers["grids"]
    window = say("no_incidents")
    if picture.since and picture.until:
        window = say("window", first=say.day(picture.since), last=say.day(picture.until))
    notes = [say("incidents_window", window=window)]
    if picture.doubted:
        notes.append(say("doubted_heat", n=picture.doubted))
    if picture.counts["buildings"] > things.FEW_BUILDINGS:
        notes.append(say("left_at_home"))
    entries = _entries(picture.counts, picture.heat, say)
    return (
        Section(title=say("data"), entries=entries, notes=tuple(notes)),
        Section(title=say("grids"), entries=grids.entries(frame, picture.scheme, say)),
    )


def _entries(counts: Mapping[str, int], heat: Heat, say: Words) -> tuple[Entry, ...]:
    """Return the lines of the layer list for everything that is not a grid."""
    points: dict[str, Style] = {
        "cameras": things.CAMERA,
        "places": things.PLACE,
        "facilities": things.FACILITY,
    }
    ramp = Swatch(kind="ramp", styles=things.ramp_styles(len(palette.HEAT)))
    footprint: Style = {"fill": palette.MAP["building"], "line": palette.PAGE["line2"]}
    return (
        Entry(keys=("heat", "heat-streets"), title=say("heat"), count=heat.total, swatch=ramp),
        *(
            Entry(
                keys=(key,),
                title=say(key),
                count=counts[key],
                swatch=Swatch(kind="point", styles=(style,)),
                low=things.low_of(counts[key]),
            )
            for key, style in points.items()
        ),
        Entry(
            keys=("buildings",),
            title=say("buildings"),
            count=counts["buildings"],
            swatch=Swatch(kind="area", styles=(footprint,)),
            low=things.low_of_buildings(counts["buildings"]),
        ),
    )


def heat_legend(heat: Heat, say: Words) -> Legend | None:
    """Return the classes of a heat map; None when nothing is coloured."""
    if not heat.breaks:
        return None
    bounds = [f"{bound:,}" for bound in heat.breaks]
    bounds[-1] += "+"
    hidden = say("hidden", least=LEAST, n=heat.hidden)
    cells = heat.cells["heat_class"].value_counts()
    return Legend(
        key="heat",
        title=say("heat_title"),
        unit=say("heat_unit", resolution=heat.resolution, hectares=HECTARES[heat.resolution]),
        styles=things.ramp_styles(len(heat.breaks)),
        bounds=tuple(bounds),
        counts=tuple(int(cells.get(number, 0)) for number in range(len(bounds))),
        left_out=hidden if heat.hidden else say("none_hidden", least=LEAST),
    )


def _drawing(picture: Picture, say: Words) -> Drawing:
    frames, scheme = picture.layers, picture.scheme
    frame = frames["grids"]
    return Drawing(
        bounds=bounds_of(frames),
        ink=palette.PAGE["ink"],
        layers=(
            basemap.land_layer(land_of(frame, scheme), say),
            *grids.fill_layers(frame, scheme, say),
            *basemap.ground_layers(frames["landcover"], frames["streets"], say),
            things.heat_layer(picture.heat, water_of(frames["landcover"]), say),
            basemap.streets_over_heat(say),
            things.building_layer(frames["buildings"], say),
            *grids.border_layers(frame, scheme, say),
            things.facility_layer(frames["facilities"], picture.words.get("facilities", {}), say),
            things.place_layer(frames["places"], picture.words.get("places", {}), say),
            things.camera_layer(frames["cameras"], say),
        ),
        names=(
            *grids.name_groups(frame, scheme),
            basemap.water_names(frames["landcover"]),
            basemap.street_names(frames["streets"]),
        ),
    )


def land_of(frame: gpd.GeoDataFrame, scheme: Scheme) -> gpd.GeoSeries:
    """Return the areas of the widest grids."""
    widest = [key for key in scheme.keys if (frame["level"] == key).any()]
    top = widest[0] if widest else ""
    return gpd.GeoSeries(frame.geometry[frame["level"] == top], crs="EPSG:4326")


def water_of(landcover: gpd.GeoDataFrame) -> shapely.Geometry:
    """Return all water as one shape."""
    is_water = (landcover["category"] == "water").to_numpy()
    return shapely.union_all(landcover.geometry.to_numpy()[is_water])


def bounds_of(frames: Mapping[str, gpd.GeoDataFrame]) -> tuple[float, float, float, float]:
    """Return the bounds of the grids, or of whatever there is, or of China."""
    held = [frames["grids"]] if "grids" in frames else []
    for frame in (*held, *frames.values()):
        shapes = frame.geometry.to_numpy()
        if len(shapes) and np.isfinite(shapely.total_bounds(shapes)).all():
            west, south, east, north = shapely.total_bounds(shapes).tolist()
            return west, south, east, north
    return CHINA
