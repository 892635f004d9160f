"""What every layer of a city holds: one description for files, tables, HTTP and the demo.

A layer is a table of features keyed by `code`. In memory it is a GeoDataFrame in EPSG:4326 whose
columns are the layer's fields, in this order, then ``geometry``. A missing value is None/NaN/NaT.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["text", "integer", "real", "flag", "instant", "date"]
GeometryKind = Literal["POINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRY"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column of a layer."""

    name: str
    """The word used in Python, SQL, JSON and files; a quantity carries its unit."""

    kind: Kind = "text"
    """``instant`` is an aware UTC datetime, ``date`` a day, ``flag`` true or false."""

    required: bool = False
    """A row without it is rejected."""

    low: float | None = None
    """Smallest value allowed."""

    high: float | None = None
    """Largest value allowed."""

    choices: tuple[str, ...] = ()
    """The only values allowed, when given."""

    derived: bool = False
    """Computed by gis_grid: written on export, ignored on import."""

    private: bool = False
    """Personal data: never in lists, tiles, reports or bulk output."""

    doc: str = ""
    """What it means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A kind of thing that a city keeps."""

    name: str
    """Plural noun; the word on the command line and in addresses."""

    singular: str
    """One of them; the word for its table and in sentences."""

    title_zh: str
    title_en: str

    geometry: GeometryKind | None
    """None for things that have no place of their own (officers)."""

    fields: tuple[Field, ...]

    @property
    def field_names(self) -> tuple[str, ...]:
        """Return the names of the fields, in order."""
        return tuple(field.name for field in self.fields)

    def field(self, name: str) -> Field:
        """Return the field called `name`.

        Raises
        ------
        KeyError
            The layer has no such field.
        """
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)


def _count(name: str, doc: str) -> Field:
    return Field(name=name, kind="integer", low=0, doc=doc)


_CODE = Field(name="code", required=True, doc="Unique key of the feature in its layer.")
_NAME = Field(name="name", doc="What people call it.")
_GRID_CODE = Field(name="grid_code", derived=True, doc="Ground grid that owns it now.")
_CELL = Field(
    name="cell", kind="integer", derived=True, doc="H3 cell of resolution 12, as a 64-bit integer."
)
_SOURCE = Field(name="source", doc="Where the record comes from.")
_PEOPLE = (
    _count("households", "Households (户)."),
    _count("persons", "Persons; a count, never who."),
    _count("elderly", "Persons of 60 years and more."),
)
_BEARING = "Degrees clockwise from north."

FACILITY_STATES = ("intact", "damaged", "lost", "abandoned")
DIALECTS = ("2007", "draft", "local")
AZIMUTH_QUALITIES = ("surveyed", "sector", "unknown")
INCIDENT_KINDS = ("facility", "event")
INCIDENT_STATES = ("reported", "accepted", "filed", "dispatched", "handled", "closed", "rejected")

GRIDS = Layer(
    name="grids",
    singular="grid",
    title_zh="网格",
    title_en="Grids",
    geometry="MULTIPOLYGON",
    fields=(
        _CODE,
        _NAME,
        Field(name="level", required=True, doc="Key of its level in the city's scheme."),
        Field(name="parent_code", doc="Code of the grid above; empty at the top."),
        Field(name="area_code", doc="12-digit statistics code (统计用区划代码), when it has one."),
        Field(name="area_code_year", kind="integer", low=1980, high=2100, doc="Its vintage."),
        Field(name="unit_code", doc="15-digit unit-grid code of GB/T 30428.1, when it plays it."),
        Field(name="grade", doc="Management grade (管理等级)."),
        *_PEOPLE,
        _SOURCE,
    ),
)
BUILDINGS = Layer(
    name="buildings",
    singular="building",
    title_zh="楼栋",
    title_en="Buildings",
    geometry="MULTIPOLYGON",
    fields=(
        _CODE,
        _NAME,
        Field(name="parent_code", doc="Code of the sub-area or compound it belongs to."),
        Field(name="address", doc="Text address."),
        Field(name="use", doc="residential, commerce, office, school, hospital, factory, other."),
        Field(name="floors", kind="integer", low=0, high=200, doc="Storeys above ground."),
        Field(name="height_m", kind="real", low=0, high=1000, doc="Roof above ground, metres."),
        *_PEOPLE,
        _SOURCE,
        _GRID_CODE,
    ),
)
ENTRANCES = Layer(
    name="entrances",
    singular="entrance",
    title_zh="单元",
    title_en="Entrances",
    geometry="POINT",
    fields=(
        _CODE,
        _NAME,
        Field(name="building_code", required=True, doc="The building whose footprint it shares."),
        *_PEOPLE,
        _GRID_CODE,
        _CELL,
    ),
)
FACILITIES = Layer(
    name="facilities",
    singular="facility",
    title_zh="部件",
    title_en="Facilities",
    geometry="POINT",
    fields=(
        _CODE,
        Field(name="dialect", choices=DIALECTS, doc="How to read a 16-digit code."),
        Field(name="category", required=True, doc="Minor class in the city's facility table."),
        _NAME,
        Field(name="painted_number", doc="The number painted on it or on its plate."),
        Field(name="police_number", doc="The number that the police use (110)."),
        Field(name="state", choices=FACILITY_STATES, doc="完好, 破损, 丢失, 废弃."),
        Field(name="street", doc="Name of the street it stands on."),
        Field(name="address", doc="Where it is, in words."),
        Field(name="in_charge", doc="Body in charge (主管部门)."),
        Field(name="owner", doc="Body that owns it (权属单位)."),
        Field(name="maintainer", doc="Body that maintains it (养护单位)."),
        Field(name="accuracy_class", choices=("A", "B", "C"), doc="A 0.5 m, B 1 m, C 10 m."),
        Field(name="surveyed_on", kind="date", doc="Day of the survey."),
        _SOURCE,
        _GRID_CODE,
        _CELL,
    ),
)
CAMERAS = Layer(
    name="cameras",
    singular="camera",
    title_zh="摄像头",
    title_en="Cameras",
    geometry="POINT",
    fields=(
        _CODE,
        _NAME,
        Field(name="kind", doc="fixed, dome, ptz, panorama."),
        Field(name="site", doc="junction, gate, street, park, other."),
        Field(name="height_m", kind="real", low=0, high=500, doc="Lens above ground, metres."),
        Field(name="azimuth_deg", kind="real", low=0, high=360, doc=_BEARING),
        Field(name="azimuth_quality", choices=AZIMUTH_QUALITIES, doc="How sure the azimuth is."),
        Field(name="tilt_deg", kind="real", low=-90, high=90, doc="Below the horizon, degrees."),
        Field(name="fov_deg", kind="real", low=0, high=360, doc="Horizontal field of view."),
        Field(name="range_m", kind="real", low=0, high=50_000, doc="Useful distance, metres."),
        Field(name="pixels_x", kind="integer", low=1, high=100_000, doc="Pixels across."),
        Field(name="pixels_y", kind="integer", low=1, high=100_000, doc="Pixels down."),
        Field(name="owner", doc="Body that owns it."),
        _SOURCE,
        _GRID_CODE,
        _CELL,
    ),
)
SPEAKERS = Layer(
    name="speakers",
    singular="speaker",
    title_zh="广播音柱",
    title_en="Speakers",
    geometry="POINT",
    fields=(
        _CODE,
        _NAME,
        Field(name="reach_m", kind="real", low=0, high=10_000, doc="Distance it is understood."),
        Field(name="azimuth_deg", kind="real", low=0, high=360, doc=_BEARING),
        Field(name="height_m", kind="real", low=0, high=500, doc="Above ground, metres."),
        _SOURCE,
        _GRID_CODE,
        _CELL,
    ),
)
PLACES = Layer(
    name="places",
    singular="place",
    title_zh="服务点",
    title_en="Places",
    geometry="POINT",
    fields=(
        _CODE,
        _NAME,
        Field(name="category", required=True, doc="Kind of service, a key of the place table."),
        Field(name="address", doc="Text address."),
        Field(name="area_m2", kind="real", low=0, doc="Floor or ground area, square metres."),
        _SOURCE,
        _GRID_CODE,
        _CELL,
    ),
)
STREETS = Layer(
    name="streets",
    singular="street",
    title_zh="街道路网",
    title_en="Streets",
    geometry="MULTILINESTRING",
    fields=(
        _CODE,
        _NAME,
        Field(
            name="category",
            required=True,
            choices=("motorway", "arterial", "secondary", "local", "lane", "path", "steps"),
            doc="Rank of the street; lanes lie inside compounds, paths are for walking.",
        ),
        Field(name="width_m", kind="real", low=0, high=200, doc="Kerb to kerb, metres."),
        Field(name="bridge", kind="flag", doc="On a bridge."),
        Field(name="tunnel", kind="flag", doc="In a tunnel."),
        Field(name="walkable", kind="flag", doc="People may walk on or beside it."),
        _SOURCE,
    ),
)
LANDCOVER = Layer(
    name="landcover",
    singular="landcover",
    title_zh="水系绿地",
    title_en="Water and green",
    geometry="MULTIPOLYGON",
    fields=(
        _CODE,
        _NAME,
        Field(name="category", required=True, choices=("water", "green"), doc="What lies there."),
        _SOURCE,
    ),
)
WALLS = Layer(
    name="walls",
    singular="wall",
    title_zh="围墙",
    title_en="Walls",
    geometry="MULTILINESTRING",
    fields=(
        _CODE,
        _NAME,
        Field(name="parent_code", doc="The compound it encloses."),
        _SOURCE,
    ),
)
GATES = Layer(
    name="gates",
    singular="gate",
    title_zh="出入口",
    title_en="Gates",
    geometry="POINT",
    fields=(
        _CODE,
        _NAME,
        Field(name="parent_code", doc="The compound it opens."),
        _SOURCE,
        _GRID_CODE,
        _CELL,
    ),
)
WAYS = Layer(
    name="ways",
    singular="way",
    title_zh="步行路网",
    title_en="Walk network",
    geometry="MULTILINESTRING",
    fields=(
        _CODE,
        Field(name="category", doc="street, lane, path, door, crossing."),
        Field(name="from_node", kind="integer", required=True, doc="Node at its first vertex."),
        Field(name="to_node", kind="integer", required=True, doc="Node at its last vertex."),
        Field(name="length_m", kind="real", low=0, required=True, doc="Walked length, metres."),
    ),
)
OFFICERS = Layer(
    name="officers",
    singular="officer",
    title_zh="网格员",
    title_en="Officers",
    geometry=None,
    fields=(
        _CODE,
        Field(name="name", required=True, private=True, doc="Name of the person on duty."),
        Field(name="role", doc="Duty post: 网格长, 网格员, 楼栋长."),
        Field(name="area_code", required=True, doc="Code of the grid that the post serves."),
        Field(name="duty_phone", private=True, doc="Duty contact."),
    ),
)
INCIDENTS = Layer(
    name="incidents",
    singular="incident",
    title_zh="案件",
    title_en="Incidents",
    geometry="POINT",
    fields=(
        _CODE,
        Field(name="kind", choices=INCIDENT_KINDS, doc="部件 or 事件."),
        Field(name="category", doc="Minor class in the facility or event table."),
        Field(name="state", required=True, choices=INCIDENT_STATES, doc="Where in its life."),
        Field(name="source", doc="collector, app, hotline, camera, sensor, open311."),
        Field(name="reported_at", kind="instant", required=True, doc="When it was reported."),
        Field(name="due_at", kind="instant", doc="When it must be handled."),
        Field(name="closed_at", kind="instant", doc="When it was closed."),
        Field(name="accuracy_m", kind="real", low=0, doc="Stated accuracy of the point, metres."),
        Field(name="address", doc="Where it is, in the reporter's words."),
        Field(name="facility_code", doc="The facility it is about."),
        Field(name="duplicate_of", doc="Code of the incident that it repeats."),
        Field(
            name="doubt",
            choices=("default_point", "null_island", "far_away"),
            doc="Why its point is not believed; such a row is kept but never routed silently.",
        ),
        _GRID_CODE,
        _CELL,
    ),
)

LAYERS: Mapping[str, Layer] = MappingProxyType(
    {
        layer.name: layer
        for layer in (
            GRIDS,
            BUILDINGS,
            ENTRANCES,
            FACILITIES,
            CAMERAS,
            SPEAKERS,
            PLACES,
            STREETS,
            LANDCOVER,
            WALLS,
            GATES,
            WAYS,
            OFFICERS,
            INCIDENTS,
        )
    }
)
"""Every layer by name, in the order in which a city is loaded."""
