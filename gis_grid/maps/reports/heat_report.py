"""Report: incidents of some time in H3 cells."""

from dataclasses import dataclass

import numpy as np

from gis_grid.maps import basemap, things
from gis_grid.maps.city import heat_legend
from gis_grid.maps.drawing import Entry, Swatch
from gis_grid.maps.heat import Heat, heat_of
from gis_grid.maps.page import Page, Section
from gis_grid.maps.reports.framing import CONTEXT, Content, figure, framed, plain_ground, water
from gis_grid.maps.reports.material import Material
from gis_grid.maps.reports.registry import Windowed, kind, option
from gis_grid.maps.words import Text, Words


@dataclass(frozen=True, kw_only=True)
class HeatOptions(Windowed):
    """Options of the heat report."""

    days: int = option(365, "So many days up to the newest incident.", low=1, high=3660)


@kind(
    key="heat",
    title=Text("案件热力", "Incident heat"),
    about=Text("每个 H3 六边形的案件数（件）", "Incidents per H3 hexagon (count)"),
    subject="incidents",
    needs=("incident_cells", *CONTEXT),
    options=HeatOptions,
    from_file="incidents",
)
def heat(material: Material, options: Windowed) -> Page:
    """Draw how many incidents of the time lie in each cell; cells with few stay uncoloured."""
    say = options.say
    cells = material.frames["incident_cells"]
    found = heat_of(cells["cell"].to_numpy(np.int64), cells["count"].to_numpy(np.int64))
    notes = (say("doubted_heat", n=material.doubted),) if material.doubted else ()
    entry = Entry(
        keys=("heat", "heat-streets"),
        title=say("heat"),
        count=found.total,
        swatch=Swatch(kind="ramp", styles=things.ramp_styles(max(len(found.breaks), 1))),
    )
    return framed(
        material,
        options,
        Content(
            title=say("heat_report"),
            subtitle=window(material, say),
            figures=_figures(found, say),
            sections=(Section(title=say("data"), entries=(entry,), notes=notes),),
            source=Text("案件库", "the register of incidents"),
            ground=(
                *plain_ground(material, say),
                things.heat_layer(found, water(material), say),
                basemap.streets_over_heat(say),
            ),
            legend=heat_legend(found, say),
        ),
    )


def _figures(found: Heat, say: Words) -> tuple[tuple[str, str], ...]:
    most = int(found.cells["count"].max()) if len(found.cells) else 0
    return (
        figure(say, "incidents", found.total),
        figure(say, "hexagons", len(found.cells)),
        figure(say, "most_in_one", most),
    )


def window(material: Material, say: Words) -> str:
    """Return the time of the incidents in words."""
    if material.since is None or material.until is None:
        return "" if material.file else say("no_incidents")
    return say("window", first=say.day(material.since), last=say.when(material.until))
