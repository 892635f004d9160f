"""Report: a whole city on one page."""

from dataclasses import replace

import numpy as np

from gis_grid.maps.city import DRAWN, Picture, city_map
from gis_grid.maps.heat import heat_of
from gis_grid.maps.page import Page
from gis_grid.maps.reports.heat_report import HeatOptions
from gis_grid.maps.reports.material import Material
from gis_grid.maps.reports.registry import kind
from gis_grid.maps.words import Text


@kind(
    key="city",
    title=Text("城市一张图", "The city on one map"),
    about=Text("网格、部件、摄像头、服务点与案件", "Grids, facilities, cameras, places, incidents"),
    subject="incidents",
    needs=(*DRAWN, "incident_cells"),
    options=HeatOptions,
)
def city(material: Material, options: HeatOptions) -> Page:
    """Draw everything that a city has."""
    cells = material.frames["incident_cells"]
    found = heat_of(cells["cell"].to_numpy(np.int64), cells["count"].to_numpy(np.int64))
    layers = {name: material.layer(name) for name in DRAWN}
    counts = {name: len(frame) for name, frame in layers.items()}
    picture = Picture(
        name=material.city,
        scheme=material.scheme,
        layers=layers,
        counts=counts | {"incidents": found.total + material.doubted},
        heat=found,
        since=material.since,
        until=material.until,
        doubted=material.doubted,
        generation=material.generation,
        drawn_at=material.drawn_at,
        words={
            name: {key: options.say.of(text) for key, text in material.words(name).items()}
            for name in ("facilities", "places")
        },
    )
    page = city_map(picture, options.say)
    return replace(page, title=options.title or page.title)
