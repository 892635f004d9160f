"""Find a thing by what people call it, and the grids that it lies in."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.deps import DbSession, Special
from api.problems import responses
from api.rights import ReadGrids
from api.schemas import ChainLink, Code, NoQuery, Word
from gis_grid.services.searching.chains import chain_above
from gis_grid.services.searching.find import LIMIT, MOST, find
from gis_grid.services.searching.showing import Found

router = APIRouter(tags=["search"])

Kind = Literal[
    "grid",
    "special_grid",
    "address",
    "building",
    "street",
    "place",
    "facility",
    "camera",
    "gate",
    "speaker",
    "landcover",
    "incident",
    "coordinate",
    "cell",
]


class SearchQuery(NoQuery):
    """What to look for."""

    q: Word = Field(
        description=(
            "A code or its beginning, a name or a part of it, a painted number or its last digits "
            "(灯杆 0307), an address (小区3号楼2单元), coordinates in any notation and datum, "
            "or an H3 cell."
        ),
        examples=["灯杆 0307"],
    )
    limit: int = Field(default=LIMIT, ge=1, le=MOST, description="Most results.")


class SearchResult(BaseModel):
    """One thing that may be meant."""

    kind: Kind
    """``address`` is an entrance of a building."""

    layer: str | None
    """The layer in whose list it is: ``/api/v1/{layer}/{code}``; null for coordinates and cells."""

    code: str
    name: str
    """Plain text as the city gave it: escape it where it is shown."""

    note: str
    """What tells it from its namesakes: address, street or the grid above."""

    lon: float | None
    lat: float | None
    """WGS-84 degrees; null when its place is not known."""

    bbox: tuple[float, float, float, float] | None
    """West, south, east, north; null for a point."""

    category: str | None
    level: str | None
    datum: Literal["wgs84", "gcj02", "bd09"] | None
    """Of coordinates: the datum in which they were read; lon and lat are WGS-84 all the same."""

    apart_m: float | None
    """Of coordinates that do not name their datum: metres from where WGS-84 would put them."""

    unmatched: str | None
    """What was asked for beyond it and no layer holds, such as a room."""

    @classmethod
    def of(cls, found: Found) -> Self:
        """Make one from the domain object."""
        return cls(**asdict(found))


class SearchResults(BaseModel):
    """What a text may mean, the likeliest first."""

    results: list[SearchResult]


@router.get(
    "/search",
    summary="Find a grid, building, facility, place, street, camera, coordinate or cell by a text",
    description=(
        "The likeliest first; an empty list when nothing fits. A pair of coordinates that does not "
        "name its datum gives one result per datum, with the metres between them.\n\n"
        "Example: `GET /api/v1/search?q=灯杆 0307`"
    ),
    responses=responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE),
)
def search(
    session: DbSession, access: ReadGrids, special: Special, query: Annotated[SearchQuery, Query()]
) -> SearchResults:
    """Answer what a text may mean."""
    found = find(session, query.q, area=access.area, limit=query.limit, special=special)
    return SearchResults(results=[SearchResult.of(one) for one in found])


@router.get(
    "/chains/{code}",
    summary="List a grid and the grids above it, up to the city",
    description="Of the current generation.\n\nExample: `GET /api/v1/chains/CODE`",
    responses=responses(
        HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
    ),
)
def chain(
    code: Code, session: DbSession, access: ReadGrids, _: Annotated[NoQuery, Query()]
) -> list[ChainLink]:
    """Answer the chain of grids from one up to the city."""
    return [ChainLink(**asdict(one)) for one in chain_above(session, code, area=access.area)]
