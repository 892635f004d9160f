"""Report: the grids of one level, told apart or coloured by a number."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis_grid.errors import InputError
from gis_grid.geo.crs import metric_epsg, to_metric
from gis_grid.geo.measure import area_m2
from gis_grid.maps import basemap, palette, things
from gis_grid.maps import grids as borders
from gis_grid.maps.classes import class_of, value_breaks
from gis_grid.maps.drawing import Entry, MapLayer, Names, Style, Swatch
from gis_grid.maps.page import Legend, Page, Section
from gis_grid.maps.reports.framing import (
    CONTEXT,
    Content,
    figure,
    filled_ground,
    framed,
    travelling,
)
from gis_grid.maps.reports.material import Material
from gis_grid.maps.reports.registry import Options, kind, option
from gis_grid.maps.words import Text, Words

if TYPE_CHECKING:
    from gis_grid.grid.levels import Scheme

Floats = NDArray[np.float64]

CLASSES = 7
M2_PER_HA = 10_000.0
MEASURED = ("area_ha", "households_per_ha", "persons_per_ha")
"""Values that are computed; any column of numbers is one too."""

UNKNOWN: Style = {"hatch": "#B9B4A8"}
_UNITS = {
    "households": Text("户", "households"),
    "persons": Text("人", "persons"),
    "elderly": Text("人", "persons"),
    "area_ha": Text("公顷", "ha"),
    "households_per_ha": Text("户/公顷", "households per ha"),
    "persons_per_ha": Text("人/公顷", "persons per ha"),
}


@dataclass(frozen=True, kw_only=True)
class GridOptions(Options):
    """Options of the grid report."""

    level: str | None = option(None, "Level of the grids; the ground level when left out.")
    value: str | None = option(
        None,
        "Column that colours them: households, persons, elderly, area_ha, households_per_ha, "
        "persons_per_ha, or any column of numbers of a file; without one neighbours just differ.",
    )


@kind(
    key="grids",
    title=Text("网格", "Grids"),
    about=Text("一个层级的网格，或按一列数值着色", "Grids of a level, or a number of each"),
    subject="grids",
    needs=CONTEXT,
    options=GridOptions,
    from_file="grids",
)
def grids(material: Material, options: GridOptions) -> Page:
    """Draw the grids of one level with the borders of those above."""
    say = options.say
    frame, _ = travelling(material.layer("grids"))
    level = _level(material.scheme, frame, options.level)
    rows = gpd.GeoDataFrame(material.layer("grids")[frame["level"] == level])
    shown = rows.set_geometry(frame.geometry[frame["level"] == level])
    name = borders.level_name(material.scheme, level, say)
    if options.value is None:
        content = _told_apart(material, shown, name, say)
    else:
        content = _coloured(material, shown, values_of(rows, options.value), options, name)
    depth = material.scheme.depth(level)
    above = [key for key in borders.drawable(material.scheme, frame) if key != level]
    levels = (level, *(key for key in above if material.scheme.depth(key) < depth))
    return framed(material, options, replace(content, levels=levels))


def _level(scheme: "Scheme", frame: gpd.GeoDataFrame, wanted: str | None) -> str:
    level = wanted or scheme.ground
    scheme.depth(level)
    held = borders.drawable(scheme, frame)
    if len(frame) and level not in held:
        message = f"there are no grids of level {level!r} to draw; there are {', '.join(held)}"
        raise InputError(message)
    return level


def values_of(rows: gpd.GeoDataFrame, value: str) -> Floats:
    """Return the number of each grid that `value` names, float64, NaN where nothing is known.

    Raises
    ------
    InputError
        There is no such column, or it holds no numbers; the message names those that do.
    """
    if value in MEASURED:
        return _measured(rows, value)
    numeric = [
        str(name)
        for name in rows.columns
        if pd.api.types.is_numeric_dtype(rows[name]) and not pd.api.types.is_bool_dtype(rows[name])
    ]
    if value not in numeric:
        message = f"grids have no number {value!r}; choose {', '.join([*numeric, *MEASURED])}"
        raise InputError(message)
    numbers = rows[value].astype("Float64").to_numpy(np.float64, na_value=np.nan)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _measured(rows: gpd.GeoDataFrame, value: str) -> Floats:
    if rows.empty:
        return np.zeros(0)
    west, south, east, north = rows.total_bounds
    epsg = metric_epsg(lon=(west + east) / 2, lat=(south + north) / 2)
    shapes = to_metric(gpd.GeoSeries(rows.geometry), epsg=epsg)
    area_ha: Floats = np.asarray(area_m2(shapes), np.float64) / M2_PER_HA
    if value == "area_ha":
        return area_ha
    amount = values_of(rows, value.removesuffix("_per_ha"))
    density: Floats = np.full(len(rows), np.nan)
    np.divide(amount, area_ha, out=density, where=area_ha > 0)
    return density


def _told_apart(material: Material, rows: gpd.GeoDataFrame, name: str, say: Words) -> Content:
    fill = MapLayer(
        key="fill",
        title=name,
        kind="area",
        styles=borders.NEIGHBOURS,
        shapes=rows.geometry,
        classes=borders.neighbour_classes(rows.geometry),
        facts=_facts(rows, say),
        rank=1,
    )
    swatch = Swatch(kind="ramp", styles=borders.NEIGHBOURS)
    entry = Entry(keys=("fill",), title=say("neighbours"), count=len(rows), swatch=swatch)
    streets = basemap.street_layer(material.layer("streets"), say)
    return Content(
        title=say("grid_report", level=name),
        subtitle=say("colours_differ"),
        figures=((name, f"{len(rows):,}"), *_sums(rows, say)),
        sections=(Section(title=say("data"), entries=(entry,)),),
        source=Text("网格库", "the register of grids"),
        ground=(fill, basemap.landcover_layer(material.layer("landcover"), say), streets),
        names=(_codes(rows, None, say),),
    )


def _coloured(
    material: Material,
    rows: gpd.GeoDataFrame,
    values: Floats,
    options: GridOptions,
    name: str,
) -> Content:
    say, value = options.say, str(options.value)
    known = np.isfinite(values)
    breaks = value_breaks(values[known], classes=CLASSES)
    classes = np.full(len(rows), len(breaks))
    classes[known] = class_of(values[known], breaks)
    word = say(f"value_{value}") if value in _UNITS else value
    shown: list[object] = [say.rounded(one) if np.isfinite(one) else None for one in values]
    fill = MapLayer(
        key="fill",
        title=name,
        kind="area",
        styles=(*things.value_styles(len(breaks)), UNKNOWN),
        shapes=rows.geometry,
        classes=classes.tolist(),
        facts=_facts(rows, say) | {word: shown},
        rank=1,
    )
    return Content(
        title=say("value_report", level=name, value=word),
        subtitle=say("natural_classes"),
        figures=_value_figures(values[known], len(rows), name, say),
        sections=(),
        source=Text("网格库", "the register of grids"),
        ground=filled_ground(material, fill, say),
        names=(_codes(rows, values, say),),
        legend=_legend(classes, breaks, word, value, say),
    )


def _legend(
    classes: NDArray[np.int64], breaks: list[float], word: str, value: str, say: Words
) -> Legend:
    counts = np.bincount(classes, minlength=len(breaks) + 1)
    unknown = int(counts[-1])
    bounds = [say.number(bound) for bound in breaks]
    return Legend(
        key="fill",
        title=word,
        unit=say.of(_UNITS[value]) if value in _UNITS else "",
        styles=things.value_styles(len(breaks)),
        bounds=tuple([*bounds[:-1], f"{bounds[-1]}+"] if bounds else []),
        counts=tuple(int(count) for count in counts[:-1]),
        others=((Swatch(kind="area", styles=(UNKNOWN,)), say("no_data_of", n=unknown)),)
        if unknown
        else (),
        left_out=say("lower_bounds"),
    )


def _facts(rows: gpd.GeoDataFrame, say: Words) -> dict[str, list[object]]:
    return {say(field): rows[field].tolist() for field in borders.FACTS if field in rows.columns}


def _sums(rows: gpd.GeoDataFrame, say: Words) -> tuple[tuple[str, str], ...]:
    fields = ("households", "persons")
    held = [field for field in fields if rows[field].notna().any()]
    return tuple(figure(say, field, float(rows[field].sum())) for field in held)


def _value_figures(known: Floats, count: int, name: str, say: Words) -> tuple[tuple[str, str], ...]:
    if not known.size:
        return ((name, f"{count:,}"), (say("median"), say("no_data")))
    return (
        (name, f"{count:,}"),
        (say("median"), say.rounded(float(np.median(known)))),
        (say("range"), f"{say.rounded(float(known.min()))}–{say.rounded(float(known.max()))}"),
    )


def _codes(rows: gpd.GeoDataFrame, values: Floats | None, say: Words) -> Names:
    notes = None
    if values is not None:
        notes = [say.rounded(one) if np.isfinite(one) else say("no_data") for one in values]
    return Names(
        texts=rows["name"].fillna(rows["code"]).astype(str).tolist(),
        shapes=rows.geometry,
        notes=notes,
        size=12,
        weight=700,
        colour=palette.PAGE["ink"],
        halo="rgba(255,255,255,.85)",
        font=palette.FONT,
        tight=2,
        low=13,
        layer="fill",
    )
