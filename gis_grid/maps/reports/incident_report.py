"""Report: incidents by state, those that are late first."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gis_grid.maps import palette, symbols, things
from gis_grid.maps.drawing import MapLayer, Style
from gis_grid.maps.page import Page, Section
from gis_grid.maps.reports.facility_report import class_entries
from gis_grid.maps.reports.framing import (
    CONTEXT,
    Content,
    building_entry,
    figure,
    framed,
    plain_ground,
    unplaced,
)
from gis_grid.maps.reports.heat_report import window
from gis_grid.maps.reports.material import Material
from gis_grid.maps.reports.registry import Windowed, kind, option
from gis_grid.maps.words import Text, Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

MOST = 64_000
"""More incidents than these make no map that anybody can read or send."""

CLUSTERED_BELOW = 13.5
FEW_TO_CLUSTER = 300
_RADIUS = 4.4
ORDER = ("closed", "waiting", "filed", "dispatched", "handled", "overdue")
"""Groups of states in the order of drawing: what needs somebody lies on top."""

_GROUP = {
    "reported": "waiting",
    "accepted": "waiting",
    "filed": "filed",
    "dispatched": "dispatched",
    "handled": "handled",
    "closed": "closed",
    "rejected": "closed",
}
STYLES: tuple[Style, ...] = (
    symbols.disc(palette.STATES["closed"], radius=2.2),
    symbols.ring(palette.STATES["waiting"], radius=_RADIUS),
    symbols.triangle(palette.STATES["filed"], radius=_RADIUS),
    symbols.half(palette.STATES["dispatched"], radius=_RADIUS),
    symbols.square(palette.STATES["handled"], radius=_RADIUS),
    symbols.alert(palette.STATES["overdue"], radius=_RADIUS),
)


@dataclass(frozen=True, kw_only=True)
class IncidentOptions(Windowed):
    """Options of the incident report."""

    days: int = option(7, "Closed ones of so many days up to the newest.", low=1, high=3660)


@kind(
    key="incidents",
    title=Text("案件", "Incidents"),
    about=Text("案件的位置与状态（件）", "Where incidents are and how they stand (count)"),
    subject="incidents",
    needs=("incidents", "buildings", *CONTEXT),
    options=IncidentOptions,
    from_file="incidents",
)
def incidents(material: Material, options: IncidentOptions) -> Page:
    """Draw the incidents of the time, and all that are open; each state has colour and shape."""
    say, frame = options.say, material.layer("incidents")
    believed = frame[frame["doubt"].isna()]
    known = believed[things.has_point(believed)]
    classes = groups(known, material)
    layer = MapLayer(
        key="incidents",
        title=say("incidents"),
        kind="point",
        styles=STYLES,
        shapes=known.geometry,
        classes=classes.tolist(),
        facts=_facts(known, material, classes, say),
        cluster=CLUSTERED_BELOW if len(known) > FEW_TO_CLUSTER else 0,
        cluster_colour=palette.PAGE["ink2"],
        rank=3,
    )
    doubted = len(frame) - len(believed)
    notes = (
        *((say("doubted", n=doubted),) if doubted else ()),
        *unplaced(believed, say),
        *((say("clustered"),) if layer.cluster else ()),
    )
    entries = class_entries(layer, [say(f"group_{group}") for group in ORDER])
    buildings = material.layer("buildings")
    return framed(
        material,
        options,
        Content(
            title=say("incident_report"),
            subtitle=window(material, say),
            figures=_figures(classes, say),
            sections=(
                Section(title=say("state"), entries=entries[::-1], notes=notes),
                Section(title=say("base_layers"), entries=(building_entry(buildings, say),)),
            ),
            source=Text("案件库", "the register of incidents"),
            ground=(
                *plain_ground(material, say),
                things.building_layer(buildings, say, plain=True),
            ),
            points=(layer,),
        ),
    )


def groups(known: gpd.GeoDataFrame, material: Material) -> "NDArray[np.int64]":
    """Return the group of each incident as its place in `ORDER`, int64, shape ``(n,)``.

    Open ones whose time was over when the newest incident of the material was reported are
    overdue, in whatever state.
    """
    found = known["state"].map(lambda state: ORDER.index(_GROUP[state])).to_numpy(np.int64)
    if material.until is None:
        return found
    due = pd.to_datetime(known["due_at"], utc=True)
    late = (due < pd.Timestamp(material.until)).to_numpy(bool) & (found > 0)
    return np.where(late, ORDER.index("overdue"), found)


def _figures(classes: "NDArray[np.int64]", say: Words) -> tuple[tuple[str, str], ...]:
    return (
        figure(say, "open", int((classes > 0).sum())),
        figure(say, "group_overdue", int((classes == ORDER.index("overdue")).sum())),
        figure(say, "group_closed", int((classes == 0).sum())),
    )


def _facts(
    known: gpd.GeoDataFrame, material: Material, classes: "NDArray[np.int64]", say: Words
) -> "dict[str, Iterable[Any]]":
    names = {
        kind: {key: say.of(text) for key, text in material.words(vocabulary).items()}
        for kind, vocabulary in (("facility", "facilities"), ("event", "events"))
    }
    pairs = zip(known["kind"], known["category"], strict=True)
    return {
        say("code"): known["code"],
        say("state"): [say(f"group_{ORDER[number]}") for number in classes],
        say("category"): [names.get(kind, {}).get(key, key) for kind, key in pairs],
        say("reported_at"): _told(known["reported_at"], say),
        say("due_at"): _told(known["due_at"], say),
        say("grid_code"): known["grid_code"],
    }


def _told(moments: "pd.Series[Any]", say: Words) -> list[str | None]:
    return [None if pd.isna(moment) else say.when(moment) for moment in moments]
