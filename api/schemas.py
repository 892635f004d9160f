"""Parameters and answers that several routes share."""

from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from fastapi import Path, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from gis_grid.grid.generations import Generation

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


def _box(text: str) -> str:
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

    bbox: Annotated[str, AfterValidator(_box)] | None = Field(
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


class Route(BaseModel):
    """Which grid owns a point, and why."""

    lon: float
    lat: float
    """The point in WGS-84, as it was used."""

    datum: str
    """The datum in which it was given."""

    method: Literal["exact", "outside"]
    """``exact``: the point lies in the ground grid. ``outside``: no grid owns it."""

    grid_code: str | None
    grid_name: str | None
    level: str | None
    chain: list[ChainLink]
    """From the grid up to the city."""

    distance_to_border_m: float | None
    cell: str
    """H3 cell of resolution 12."""

    generation: int


class Points(BaseModel):
    """Points to route at once."""

    model_config = ConfigDict(extra="forbid")

    points: list[tuple[float, float]] = Field(
        max_length=10_000, description="Lon and lat of each, degrees; at most 10,000."
    )
    datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84"


class Routes(BaseModel):
    """Who owns each of many points, in the order in which they were given."""

    generation: int
    grid_code: list[str | None]
    distance_to_border_m: list[float | None]
    cell: list[str | None]
