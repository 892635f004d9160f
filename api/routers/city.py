"""The city as a whole: what it is called and where it lies, sums, and where incidents are many."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from api import geojson
from api.deps import DbSession
from api.problems import responses
from api.rights import ReadCity, ReadGrids, ReadIncidents, ReadStatistics
from api.schemas import Bounds, GenerationOut, NoQuery
from gis_grid.grid.levels import FIVE_LEVEL
from gis_grid.services.overview import category_names, sums_of
from gis_grid.services.reading import city_or_none
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.overview import grid_bounds, open_count, open_incidents
from gis_grid.values.layers import INCIDENTS

router = APIRouter(tags=["service"])
_FAILS = responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
_GEOJSON: dict[int | str, dict[str, Any]] = {
    200: {"content": {geojson.MEDIA_TYPE: {"schema": {"type": "object"}}}}
}


class LevelOut(BaseModel):
    """One storey of the hierarchy of grids."""

    key: str
    name_zh: str
    name_en: str
    tiles: bool
    """Its grids cover the ground without gap or overlap."""


class CityOut(BaseModel):
    """What holds for everything that the service tells."""

    name: str | None
    name_en: str | None
    levels: list[LevelOut]
    """From the widest to the narrowest."""

    ground: str
    """Key of the level whose grids tile the ground and own incidents."""

    bounds: Bounds | None
    """West, south, east, north of all grids in WGS-84 degrees; null before any was published."""

    generation: GenerationOut | None


class Overview(BaseModel):
    """How much of everything there is."""

    layers: dict[str, int]
    """Features of each layer."""

    states: dict[str, int]
    """Incidents in each state; a state without any is left out."""

    overdue: int
    """Incidents that are not closed though their time is over."""

    ground_grids: int
    """Grids of the ground level."""

    ground_inhabited: int
    """Those in which somebody lives."""

    ground_households: int | None
    """Households in them; null when nobody counted any."""

    at: datetime
    """The moment for which that holds."""


@router.get(
    "/city", summary="Say which city this is, its levels and where it lies", responses=_FAILS
)
def get_city(session: DbSession, access: ReadGrids, _query: Annotated[NoQuery, Query()]) -> CityOut:
    """Return what every page needs before it draws anything.

    Example: `GET /api/v1/city`
    """
    city, generation = city_or_none(session), GenerationStore(session).current()
    scheme = city.scheme if city else FIVE_LEVEL
    return CityOut(
        name=city.name if city else None,
        name_en=(city.name_en or None) if city else None,
        levels=[
            LevelOut(key=one.key, name_zh=one.name_zh, name_en=one.name_en, tiles=one.tiles)
            for one in scheme.levels
        ],
        ground=scheme.ground,
        bounds=grid_bounds(session, area=access.area),
        generation=GenerationOut.of(generation) if generation else None,
    )


@router.get(
    "/overview",
    summary="Count the features of every layer and the incidents in every state",
    responses=_FAILS,
)
def get_overview(
    session: DbSession, access: ReadStatistics, _query: Annotated[NoQuery, Query()]
) -> Overview:
    """Return sums over everything that the caller may see.

    Example: `GET /api/v1/overview`
    """
    now = datetime.now(UTC)
    sums = sums_of(session, now=now, area=access.area)
    return Overview(
        layers=dict(sums.layers),
        states=dict(sums.states),
        overdue=sums.overdue,
        ground_grids=sums.ground_grids,
        ground_inhabited=sums.ground_inhabited,
        ground_households=sums.ground_households,
        at=now,
    )


class QueueQuery(NoQuery):
    """How much of the queue."""

    limit: int = Field(default=200, ge=1, le=500, description="Most incidents in one answer.")


@router.get(
    "/queue",
    tags=["incidents"],
    summary="List the open incidents, the one that is due first first",
    response_class=geojson.GeoJsonResponse,
    responses=_FAILS | _GEOJSON,
)
def list_queue(
    session: DbSession,
    access: ReadIncidents,
    query: Annotated[QueueQuery, Query()],
) -> Response:
    """Return a GeoJSON FeatureCollection; `numberMatched` says how many are open in all.

    Example: `GET /api/v1/queue?limit=20`
    """
    area = access.area
    frame = open_incidents(session, limit=query.limit, area=area)
    body = geojson.collection(
        geojson.features(frame, INCIDENTS), links=[], numberMatched=open_count(session, area=area)
    )
    return geojson.GeoJsonResponse(body)


class NamedOut(BaseModel):
    """A name in both languages."""

    zh: str
    en: str


@router.get(
    "/categories",
    summary="Say what the categories of facilities, places and incidents are called",
    responses=responses(HTTPStatus.UNPROCESSABLE_ENTITY),
)
def list_categories(
    _access: ReadCity, _query: Annotated[NoQuery, Query()]
) -> dict[str, dict[str, NamedOut]]:
    """Return the names by layer and code. Incidents: events; one about a facility has its category.

    Example: `GET /api/v1/categories`
    """
    return {
        layer: {code: NamedOut(zh=zh, en=en) for code, (zh, en) in names.items()}
        for layer, names in category_names().items()
    }
