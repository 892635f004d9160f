"""What a report is drawn from: frames that somebody has read, and what holds for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

import geopandas as gpd
import pandas as pd

from gis_grid.grid.generations import Generation
from gis_grid.grid.levels import Scheme
from gis_grid.maps.words import Text
from gis_grid.values.layers import LAYERS

Vocabulary = Mapping[str, Text]
"""What the keys of a table are called."""

_NOTHING: Mapping[str, Vocabulary] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything that a report may ask for; a kind names the frames that it needs."""

    city: str
    scheme: Scheme
    frames: Mapping[str, pd.DataFrame]
    """By name: layers as `LayerStore.read` gives them, EPSG:4326; ``incident_cells`` with the
    columns ``cell`` and ``count``; ``incidents`` of the time from `since` to `until`."""

    drawn_at: datetime
    generation: Generation | None = None
    vocabularies: Mapping[str, Vocabulary] = field(default_factory=lambda: _NOTHING)
    """By name: ``facilities``, ``facility_majors``, ``events``, ``places``."""

    since: datetime | None = None
    until: datetime | None = None
    """The time of the incidents; None when there are none."""

    doubted: int = 0
    """Incidents of that time that are left out, because nobody believes where they are."""

    file: str = ""
    """Name of the file that it was read from; empty for the database."""

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """Return a layer; one without rows when nobody read it."""
        found = self.frames.get(name)
        if found is not None:
            return gpd.GeoDataFrame(found)
        columns = [*LAYERS[name].field_names, "geometry"]
        return gpd.GeoDataFrame(pd.DataFrame(columns=columns), geometry="geometry", crs="EPSG:4326")

    def words(self, name: str) -> Vocabulary:
        """Return a vocabulary; an empty one when nobody read it."""
        return self.vocabularies.get(name, MappingProxyType({}))
