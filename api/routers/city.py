"""The city as a whole: what it is called and where it lies, sums, and where incidents are many."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from api import geojson
from api.deps import DbSession, TileDrawing
from api.held import HeldHeat
from api.problems import responses
from api.schemas import Bounds, GenerationOut, NoQuery
from gis_grid.accounts.areas import EVERYWHERE
from gis_grid.grid.levels import FIVE_LEVEL
from gis_grid.services.overview import sums_of
from gis_grid.services.reading import city_or_none
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.overview import grid_bounds

router = APIRouter(tags=["service"])
_FAILS = responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
_heat = HeldHeat()


class LevelOut(BaseModel):
    """One storey of the hierarchy of grids."""

    key: str
    name_zh: str
    name_en: str


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

    at: datetime
    """The moment for which that holds."""


@router.get(
    "/city", summary="Say which city this is, its levels and where it lies", responses=_FAILS
)
def get_city(session: DbSession, _query: Annotated[NoQuery, Query()]) -> CityOut:
    """Return what every page needs before it draws anything.

    Example: `GET /api/v1/city`
    """
    city, generation = city_or_none(session), GenerationStore(session).current()
    scheme = city.scheme if city else FIVE_LEVEL
    return CityOut(
        name=city.name if city else None,
        name_en=(city.name_en or None) if city else None,
        levels=[
            LevelOut(key=one.key, name_zh=one.name_zh, name_en=one.name_en) for one in scheme.levels
        ],
        ground=scheme.ground,
        bounds=grid_bounds(session, area=EVERYWHERE),
        generation=GenerationOut.of(generation) if generation else None,
    )


@router.get(
    "/overview",
    summary="Count the features of every layer and the incidents in every state",
    responses=_FAILS,
)
def get_overview(session: DbSession, _query: Annotated[NoQuery, Query()]) -> Overview:
    """Return sums over everything that the caller may see.

    Example: `GET /api/v1/overview`
    """
    now = datetime.now(UTC)
    sums = sums_of(session, now=now, area=EVERYWHERE)
    return Overview(
        layers=dict(sums.layers), states=dict(sums.states), overdue=sums.overdue, at=now
    )


@router.get(
    "/heat",
    summary="Count the incidents of the last year of the record in H3 cells",
    response_class=geojson.GeoJsonResponse,
    responses=_FAILS | {200: {"content": {geojson.MEDIA_TYPE: {"schema": {"type": "object"}}}}},
)
def get_heat(
    request: Request,
    session: DbSession,
    tiles: TileDrawing,
    _query: Annotated[NoQuery, Query()],
) -> Response:
    """Return cells with their count as a GeoJSON FeatureCollection.

    Cells with fewer than three incidents have no polygon. `breaks` are the lower bounds of the
    classes that colour the counts, `resolution` is that of H3, `total` counts what lies in all
    cells, `hidden` what lies in cells too small to show, `doubted` what is in no cell because its
    point is not believed; `since` and `until` say which time is meant.

    Example: `GET /api/v1/heat`
    """
    token = tiles.tiling.tokens()["incidents"]
    held = _heat.current(session, token, EVERYWHERE)
    headers = {"ETag": held.tag, "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == held.tag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return geojson.GeoJsonResponse(held.text, headers=headers)
