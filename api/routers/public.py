"""What everybody may see without an account, where the city wants that."""

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated
from zoneinfo import ZoneInfo

import shapely
from fastapi import APIRouter, Depends, Query, Response

from api.deps import Areas, DbSession
from api.geojson import MEDIA_TYPE, GeoJsonResponse
from api.limiting import PerMinute
from api.problems import responses
from api.rights import OPEN
from api.schemas import NoQuery
from gis_grid.services.public_view import STEP, PublicView, public_view

CITY_TIME = ZoneInfo("Asia/Shanghai")
MOST_A_MINUTE = 60


def make_router() -> APIRouter:
    """Return the public view; it is part of the service only where it is switched on."""
    router = APIRouter(
        prefix="/public", tags=["public"], dependencies=[OPEN, Depends(PerMinute(MOST_A_MINUTE))]
    )
    router.add_api_route(
        "/grids",
        list_public_grids,
        summary="Count the incidents of the last twelve months by grid",
        response_class=GeoJsonResponse,
        responses={
            200: {"content": {MEDIA_TYPE: {"schema": {"type": "object"}}}},
            **responses(
                HTTPStatus.NOT_FOUND,
                HTTPStatus.UNPROCESSABLE_ENTITY,
                HTTPStatus.TOO_MANY_REQUESTS,
                HTTPStatus.SERVICE_UNAVAILABLE,
            ),
        },
    )
    return router


def list_public_grids(
    session: DbSession, areas: Areas, _query: Annotated[NoQuery, Query()]
) -> Response:
    """Return the grids above the ground as GeoJSON with a coarse `count`; null is fewer than five.

    One level, one period, steps of five, no totals: no two figures differ by a small number.

    Example: `GET /api/v1/public/grids`
    """
    view = public_view(session, areas.territory(), now=datetime.now(UTC).astimezone(CITY_TIME))
    return GeoJsonResponse(written(view), headers={"Cache-Control": "public, max-age=3600"})


def written(view: PublicView) -> str:
    """Write the view as a GeoJSON FeatureCollection."""
    shapes = shapely.to_geojson(view.grids.geometry.to_numpy())
    rows = zip(view.grids["code"], view.grids["name"], view.grids["count"], shapes, strict=True)
    head = {
        "type": "FeatureCollection",
        "level": view.level,
        "since": view.since.isoformat(),
        "until": view.until.isoformat(),
        "step": STEP,
    }
    features = ",".join(
        f'{{"type":"Feature","id":{json.dumps(code)},"geometry":{shape},"properties":'
        f"{json.dumps({'name': name if isinstance(name, str) else None, 'count': count})}}}"
        for code, name, count, shape in rows
    )
    return f'{json.dumps(head)[:-1]},"features":[{features}]}}'
