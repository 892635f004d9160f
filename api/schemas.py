"""Parameters and answers that several routes share."""

from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from fastapi import Path, Query
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)

from gis_grid.grid.generations import Generation
from gis_grid.router.explaining.rules import NEAREST_LIMIT_M

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def parse_bbox(text: str) -> Bounds:
    """Read ``west,south,east,north`` in WGS-84 degrees.

    Raises
    ------
    ValueError
        There are not four finite numbers, one is out of range, or the box is turned round.

    Examples
    --------
    >>> parse_bbox("116.3,39.8,116.5,40")
    (116.3, 39.8, 116.5, 40.0)
    >>> parse_bbox("116.5,39.8,116.3,nan")
    Traceback (most recent call last):
    ValueError: bbox must be west,south,east,north in degrees, such as 116.3,39.8,116.5,40.0
    """
    west, south, east, north = _four_numbers(text)
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):  # noqa: PLR2004 - degrees
        raise ValueError(_BBOX)
    return west, south, east, north


_BBOX = "bbox must be west,south,east,north in degrees, such as 116.3,39.8,116.5,40.0"


def _four_numbers(text: str) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise ValueError(_BBOX) from error
    if len(numbers) != 4:  # noqa: PLR2004 - two corners
        raise ValueError(_BBOX)
    return numbers


def checked_bbox(text: str) -> str:
    """Return a box as it was written, when `parse_bbox` can read it."""
    parse_bbox(text)
    return text


def _moment(value: datetime) -> datetime:
    if not EARLIEST <= value <= LATEST:
        message = "must lie between the years 1900 and 2200"
        raise ValueError(message)
    return value.astimezone(UTC)


Word = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
"""Text that both databases can compare."""

Moment = Annotated[AwareDatetime, AfterValidator(_moment)]
Code = Annotated[
    str, Path(description="Code of the feature.", max_length=200, pattern=r"^[^\x00]+$")
]
Lon = Annotated[
    float, Query(ge=-180, le=180, allow_inf_nan=False, description="Longitude, degrees.")
]
Lat = Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False, description="Latitude, degrees.")]


Accuracy = Annotated[
    float,
    Field(
        ge=0,
        le=10_000,
        allow_inf_nan=False,
        description="Radius in metres of the circle that holds the true place with 95 %.",
    ),
]
Limit = Annotated[
    float,
    Field(
        ge=0,
        le=10_000,
        allow_inf_nan=False,
        description="A point so many metres outside every ground grid goes to the nearest one.",
    ),
]
EXPLAINED_AT_MOST = 1_000
POINTS_AT_MOST = 10_000


class NoQuery(BaseModel):
    """No parameters: unknown ones are refused, never ignored."""

    model_config = ConfigDict(extra="forbid")


class ListQuery(NoQuery):
    """Which rows of a layer to list; each layer takes the filters that fit it."""

    limit: int = Field(default=100, ge=1, le=500, description="Most features in one answer.")
    after: Word | None = Field(
        default=None, description="Code of the last feature of the page before."
    )


class BoxQuery(ListQuery):
    """List by place."""

    bbox: Annotated[str, AfterValidator(checked_bbox)] | None = Field(
        default=None,
        description="Only features that meet this box: west,south,east,north in WGS-84 degrees.",
        max_length=200,
        examples=["123.0,41.1,123.1,41.2"],
    )


class GridQuery(BoxQuery):
    """List grids."""

    level: Word | None = Field(default=None, description="Key of a level of the city's scheme.")
    at: Moment | None = Field(
        default=None, description="The grids valid at this instant, not those valid now."
    )


class AtQuery(NoQuery):
    """Choose the generation."""

    at: Moment | None = Field(
        default=None, description="The grid valid at this instant, not the one valid now."
    )


class CategoryQuery(BoxQuery):
    """List by place and kind."""

    category: Word | None = Field(default=None, description="Only features of this category.")


class OwnedQuery(BoxQuery):
    """List by place and owner."""

    grid: Word | None = Field(default=None, description="Only features that this grid owns.")


class OwnedCategoryQuery(CategoryQuery, OwnedQuery):
    """List by place, kind and owner."""


class GenerationOut(BaseModel):
    """The set of grids valid between two instants."""

    number: int
    name: str
    valid_from: datetime
    valid_to: datetime | None

    @classmethod
    def of(cls, generation: Generation) -> Self:
        """Make one from the domain object."""
        return cls(
            number=generation.number,
            name=generation.name,
            valid_from=generation.valid_from,
            valid_to=generation.valid_to,
        )


class Health(BaseModel):
    """Whether the service can work, and with what."""

    status: Literal["ok"]
    version: str
    database: Literal["sqlite", "postgresql"]
    schema_revision: str
    city: str | None
    generation: GenerationOut | None


class ChainLink(BaseModel):
    """A grid on the way up to the city."""

    code: str
    name: str | None
    level: str


class Alternate(BaseModel):
    """Another grid in the accuracy circle."""

    code: str
    name: str | None
    level: str
    """Key of its level; ``special`` for a special grid."""

    distance_m: float
    """From the point to the grid; 0 when it holds the point."""


class BuildingAt(BaseModel):
    """The building whose footprint covers the point."""

    code: str
    name: str | None
    confidence: float | None
    """Probability that the true place is on this side of the nearest wall."""


class DoorAt(BaseModel):
    """The nearest entrance of that building."""

    code: str
    name: str | None
    distance_m: float


class FacilityOut(BaseModel):
    """The facility that the report is about, and the bodies that answer for it."""

    code: str
    name: str | None
    category: str
    in_charge: str | None
    owner: str | None
    maintainer: str | None
    distance_m: float | None
    """From the reported point to the facility."""


class PostOut(BaseModel):
    """A duty post; never the person who holds it."""

    code: str
    role: str | None
    area_code: str


class Route(BaseModel):
    """Who answers for a point, and why."""

    lon: float | None
    lat: float | None
    """The point in WGS-84, as it was used: that of the facility, when one was named."""

    datum: str
    """The datum in which it was given."""

    accuracy_m: float | None
    """Radius that was used; of a facility that of its accuracy class."""

    method: Literal["facility", "special", "polygon", "nearest", "territorial", "outside"]
    """The rule that found the owner: the facility's own grid, a special grid, the ground grid that
    holds the point, the nearest ground grid within the limit, the deepest wider grid that holds the
    point, or none."""

    grid_code: str | None
    grid_name: str | None
    level: str | None
    """Key of its level; ``special`` for a special grid."""

    chain: list[ChainLink]
    """From the owner up to the city; a special grid is followed by the ground grid below it."""

    reason_zh: str
    reason_en: str
    """Plain text with names as the city gave them: escape it where it is shown."""

    confidence: float | None
    """Probability that the true place lies where this owner answers; null without an accuracy."""

    ambiguous: bool
    """The accuracy circle crosses a border behind which somebody else answers."""

    alternates: list[Alternate]
    """Other grids in the circle of an ambiguous point, the nearest first; at most 20."""

    alternates_found: int
    distance_to_border_m: float | None
    """To the nearest border behind which the answer changes; outside, to the nearest grid."""

    building: BuildingAt | None
    entrance: DoorAt | None
    facility: FacilityOut | None
    officers: list[PostOut]
    """Duty posts of the entrance, the building and the chain, in this order."""

    cell: str | None
    """H3 cell of resolution 12."""

    generation: int


class Points(BaseModel):
    """Points to route at once."""

    model_config = ConfigDict(extra="forbid")

    points: list[tuple[float, float]] = Field(
        max_length=POINTS_AT_MOST, description="Lon and lat of each, degrees; at most 10,000."
    )
    datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84"
    explain: bool = Field(
        default=False, description="Explain every answer; for at most 1,000 points."
    )
    accuracy_m: Accuracy | None = Field(
        default=None, description="Accuracy of all of them; only for explained answers."
    )
    nearest_limit_m: Limit = NEAREST_LIMIT_M
    at: Moment | None = Field(
        default=None,
        description="Route by the grids that were valid then; without it, by those of now.",
    )

    @model_validator(mode="after")
    def _few_enough(self) -> Self:
        if self.explain and len(self.points) > EXPLAINED_AT_MOST:
            message = f"at most {EXPLAINED_AT_MOST:,} points can be explained at once"
            raise ValueError(message)
        return self


class Routes(BaseModel):
    """Who owns each of many points, in the order in which they were given."""

    generation: int
    grid_code: list[str | None]
    distance_to_border_m: list[float | None]
    cell: list[str | None]
    explained: list[Route | None] | None = None
    """Every answer in full, when that was asked for; null for a point of somebody else's."""
