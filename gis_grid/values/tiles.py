"""What the map is drawn from: one description of every layer of vector tiles.

Storage, services, HTTP and the reference are built from it. A tile layer is made of one layer of
the city, or of its special grids; its features carry `fields` of that layer and what is named in
`made`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from gis_grid.values.layers import INCIDENT_STATES

MAX_ZOOM = 22
"""The largest zoom that is answered at all."""

DETAIL_ZOOM = 16
"""Zoom of the last tiles worth asking for (one unit is 15 cm at the equator); beyond it a client
enlarges them."""

ALONE_FROM = 14
"""Zoom from which points are drawn one by one; below it they are counted in cells of a tile."""

OPEN_STATES = tuple(state for state in INCIDENT_STATES if state not in {"closed", "rejected"})
"""States of an incident that somebody still has to work on."""

TileKind = Literal["point", "line", "area"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TileLayer:
    """One layer of tiles."""

    name: str
    """The word in the address and the name of the layer inside the tile."""

    source: str
    """Name of the layer of the city that it is made of."""

    kind: TileKind

    fields: tuple[str, ...]
    """Fields of the source that each feature carries; a missing value is left out."""

    made: tuple[str, ...] = ()
    """Properties besides them."""

    min_zoom: int
    """Tiles of a smaller zoom are empty."""

    by_generation: bool = False
    """It changes with the generation of the grids only."""

    renamed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Fields that the tile calls otherwise."""

    ranks: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Values of `category` with the zoom from which they are drawn; all of them when empty."""

    least_units: int = 4
    """Lines and areas whose bounds are smaller both ways are left out (4096 units a tile)."""

    counted: bool = False
    """Points are counted in cells below `ALONE_FROM`."""

    states: tuple[str, ...] = ()
    """Values of `state` that are drawn, each of them counted; all of them when empty."""

    doc: str = ""

    @property
    def properties(self) -> list[str]:
        """Return what a feature may say of itself, in the words of the tile."""
        return [*(self.renamed.get(name, name) for name in self.fields), *self.made]


_RANKS = {"motorway": 8, "arterial": 8, "secondary": 11, "local": 12, "lane": 14} | {
    "path": 14,
    "steps": 14,
}

GRIDS = TileLayer(
    name="grids",
    source="grids",
    kind="area",
    fields=("code", "name", "level", "parent_code", "grade", "households", "persons"),
    min_zoom=0,
    by_generation=True,
    doc="Grids of every level that is wide enough to be seen; neighbours share their border.",
)
GRID_LABELS = TileLayer(
    name="grid_labels",
    source="grids",
    kind="point",
    fields=("code", "name", "level"),
    made=("radius_m",),
    min_zoom=0,
    by_generation=True,
    doc="The innermost point of each grid, once; radius_m is its distance from the border.",
)
STREETS = TileLayer(
    name="streets",
    source="streets",
    kind="line",
    fields=("code", "name", "category", "width_m", "bridge", "tunnel"),
    min_zoom=8,
    ranks=MappingProxyType(_RANKS),
    doc="Streets by rank.",
)
LANDCOVER = TileLayer(
    name="landcover",
    source="landcover",
    kind="area",
    fields=("code", "name", "category"),
    renamed=MappingProxyType({"category": "kind"}),
    min_zoom=8,
    least_units=16,
    doc="Water and green.",
)
WALLS = TileLayer(
    name="walls",
    source="walls",
    kind="line",
    fields=("code", "name", "parent_code"),
    min_zoom=15,
    doc="Walls and fences of compounds.",
)
BUILDINGS = TileLayer(
    name="buildings",
    source="buildings",
    kind="area",
    fields=("code", "name", "use", "floors", "height_m", "grid_code"),
    min_zoom=14,
    doc="Footprints.",
)
FACILITIES = TileLayer(
    name="facilities",
    source="facilities",
    kind="point",
    fields=("code", "name", "category", "state"),
    made=("count",),
    min_zoom=8,
    counted=True,
    doc="Facilities one by one; below zoom 14 how many lie in a cell of the tile.",
)
CAMERAS = TileLayer(
    name="cameras",
    source="cameras",
    kind="point",
    fields=("code", "name", "kind", "azimuth_deg", "azimuth_quality", "fov_deg", "range_m"),
    min_zoom=15,
    doc="Where cameras stand.",
)
VIEWS = TileLayer(
    name="views",
    source="cameras",
    kind="area",
    fields=("code", "name", "azimuth_quality"),
    min_zoom=15,
    doc="What a camera looks at: its field of view out to its range, whatever stands in between. "
    "A camera whose direction is not known has none.",
)
PLACES = TileLayer(
    name="places",
    source="places",
    kind="point",
    fields=("code", "name", "category"),
    min_zoom=12,
    doc="Where people get a service.",
)
INCIDENTS = TileLayer(
    name="incidents",
    source="incidents",
    kind="point",
    fields=("code", "kind", "category", "state", "due_at"),
    made=("count", *OPEN_STATES),
    min_zoom=8,
    counted=True,
    states=OPEN_STATES,
    doc="Open incidents whose point is believed, one by one; below zoom 14 how many lie in a cell "
    "of the tile, and how many in each state.",
)
SPECIAL = TileLayer(
    name="special",
    source="special",
    kind="area",
    fields=("code", "name", "priority", "tolerance_m"),
    min_zoom=10,
    doc="What each special grid (专属网格) reaches: its polygon, or its line with the tolerance to "
    "both sides.",
)
BLOCKS = TileLayer(
    name="blocks",
    source="plans",
    kind="area",
    fields=("code", "grid_code"),
    min_zoom=14,
    doc="Blocks of one plan as they are at its last step, with each of their weights by its name.",
)
"""Drawn for one plan at a time, so it is none of `TILE_LAYERS`, which are of the whole city."""

TILE_LAYERS: Mapping[str, TileLayer] = MappingProxyType(
    {
        layer.name: layer
        for layer in (
            *(GRIDS, GRID_LABELS, STREETS, LANDCOVER, WALLS, BUILDINGS),
            *(FACILITIES, CAMERAS, VIEWS, PLACES, INCIDENTS, SPECIAL),
        )
    }
)
"""Every layer of tiles of the city by name."""
