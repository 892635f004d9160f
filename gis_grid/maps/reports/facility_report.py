"""Report: facilities by major class or by state."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis_grid.maps import palette, symbols, things
from gis_grid.maps.drawing import Entry, MapLayer, Style, Swatch
from gis_grid.maps.page import Page, Section
from gis_grid.maps.reports.framing import (
    CONTEXT,
    Content,
    building_entry,
    figure,
    framed,
    plain_ground,
    unplaced,
)
from gis_grid.maps.reports.material import Material
from gis_grid.maps.reports.registry import Options, kind, option
from gis_grid.maps.words import STATES, Text, Words

if TYPE_CHECKING:
    import pandas as pd

CLUSTERED_BELOW = 15.0
FEW_TO_CLUSTER = 300
_RADIUS = 3.4
_CLASSES: Sequence[Style] = (
    symbols.disc(palette.STATES["waiting"], radius=2.8),
    symbols.square(palette.STATES["dispatched"], radius=_RADIUS),
    symbols.triangle(palette.STATES["handled"], radius=_RADIUS),
    symbols.diamond(palette.PAGE["ok"], radius=_RADIUS),
    symbols.square(palette.PAGE["warn"], radius=_RADIUS),
    symbols.disc(palette.STATES["closed"], radius=2.8),
    symbols.triangle(palette.STATES["filed"], radius=_RADIUS),
)
_STATE_STYLES: Sequence[Style] = (
    symbols.disc(palette.PAGE["ok"], radius=2.4),
    symbols.triangle(palette.PAGE["warn"], radius=3.8),
    symbols.diamond(palette.PAGE["danger"], radius=3.8),
    symbols.square(palette.STATES["closed"], radius=_RADIUS),
    symbols.ring(palette.STATES["closed"], radius=2.8, dashed=True),
)


@dataclass(frozen=True, kw_only=True)
class FacilityOptions(Options):
    """Options of the facility report."""

    by: str = option("class", "What symbols tell apart.", choices=("class", "state"))


@kind(
    key="facilities",
    title=Text("部件", "Facilities"),
    about=Text(
        "部件的位置，按大类或状态（个）", "Where facilities stand, by class or state (count)"
    ),
    subject="facilities",
    needs=("facilities", "buildings", *CONTEXT),
    options=FacilityOptions,
    from_file="facilities",
)
def facilities(material: Material, options: FacilityOptions) -> Page:
    """Draw every facility; many are clustered until the map is close."""
    say, frame = options.say, material.layer("facilities")
    known = frame[things.has_point(frame)]
    classes, words = (
        _by_state(known, say) if options.by == "state" else _by_class(known, material, say)
    )
    styles = _STATE_STYLES if options.by == "state" else _CLASSES
    layer = MapLayer(
        key="facilities",
        title=say("facilities"),
        kind="point",
        styles=tuple(styles[number % len(styles)] for number in range(len(words))),
        shapes=known.geometry,
        classes=classes,
        facts=things.facility_facts(known, _said(material, "facilities", say), say),
        cluster=CLUSTERED_BELOW if len(known) > FEW_TO_CLUSTER else 0,
        cluster_colour=palette.PAGE["ink2"],
        rank=3,
    )
    entries = class_entries(layer, words)
    notes = (*unplaced(frame, say), *((say("clustered"),) if layer.cluster else ()))
    faulty = int(known["state"].isin(STATES[1:]).sum())
    buildings = material.layer("buildings")
    return framed(
        material,
        options,
        Content(
            title=say("facility_report_state" if options.by == "state" else "facility_report"),
            subtitle=say("facility_subtitle"),
            figures=(figure(say, "facilities", len(frame)), figure(say, "faulty", faulty)),
            sections=(
                Section(title=say("facilities"), entries=entries, notes=notes),
                Section(title=say("base_layers"), entries=(building_entry(buildings, say),)),
            ),
            source=Text("部件库", "the register of facilities"),
            ground=(
                *plain_ground(material, say),
                things.building_layer(buildings, say, plain=True),
            ),
            points=(layer,),
        ),
    )


def class_entries(layer: MapLayer, words: Sequence[str]) -> tuple[Entry, ...]:
    """Return a line for each class of a layer that has members, with their number."""
    numbers = list(layer.classes or ())
    return tuple(
        Entry(
            keys=(layer.key,),
            classes=(number,),
            title=word,
            count=numbers.count(number),
            swatch=Swatch(kind="point", styles=(layer.styles[number],)),
            low=layer.low,
        )
        for number, word in enumerate(words)
        if number in numbers
    )


def _by_class(known: "pd.DataFrame", material: Material, say: Words) -> tuple[list[int], list[str]]:
    majors = known["category"].astype(str).str[:2]
    keys = sorted(majors.unique())
    words = material.words("facility_majors")
    named = [say.of(words[key]) if key in words else key for key in keys]
    return [keys.index(key) for key in majors], named


def _by_state(known: "pd.DataFrame", say: Words) -> tuple[list[int], list[str]]:
    order = [*STATES, None]
    states = known["state"].astype(object).where(known["state"].notna(), None)
    return [order.index(state) for state in states], [*map(say, STATES), say("unstated")]


def _said(material: Material, name: str, say: Words) -> dict[str, str]:
    return {key: say.of(text) for key, text in material.words(name).items()}
