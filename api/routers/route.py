"""Which grid owns a point."""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Self

import numpy as np
import pyarrow as pa
from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, ValidationError, model_validator
from pydantic_core import to_json

from api import arrow, deps, live
from api.etags import etag_of, headers_of, is_held, unchanged
from api.problems import responses
from api.rights import ReadGrids
from api.schemas import (
    POINTS_AT_MOST,
    Accuracy,
    Limit,
    Moment,
    NoQuery,
    Points,
    Route,
    Routes,
    Word,
)
from api.told import metres, told_route
from gis_grid.accounts.areas import Area
from gis_grid.errors import InputError, NotFoundError
from gis_grid.geo.datum import Datum, to_wgs84
from gis_grid.router.cells import encode, to_words
from gis_grid.router.explaining.rules import NEAREST_LIMIT_M
from gis_grid.services.explaining import Report, explain
from gis_grid.services.tiling import area_token
from gis_grid.storage.versions import versions
from gis_grid.storage.whereabouts import Kept, facility_at

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

JSON = "application/json"

router = APIRouter(
    prefix="/route",
    tags=["route"],
    responses=responses(
        HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
    ),
)


NOT_YOURS = "the point lies in no grid of your area"

QUICK_M = 500.0
"""Up to this accuracy an explanation takes less time than another thread needs to begin."""

BODY_BYTES = 4_000_000
"""Ten thousand points take 0.5 MB."""

_ANSWERS: dict[int | str, dict[str, Any]] = {
    int(HTTPStatus.NOT_MODIFIED): {"description": "The client holds this answer already."}
}
_STREAMED: dict[int | str, dict[str, Any]] = {200: {"content": {arrow.MEDIA_TYPE: {}}}}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {"schema": Points.model_json_schema()},
            arrow.MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
_STREAM: dict[str, Any] = {
    "grid_code": pa.string(),
    "distance_to_border_m": pa.float64(),
    "cell": pa.string(),
}


class StreamQuery(NoQuery):
    """What an Arrow stream cannot say of itself."""

    at: Moment | None = Field(
        default=None, description="For an Arrow stream: route by the grids that were valid then."
    )
    datum: Datum = Field(default=Datum.WGS84, description="For an Arrow stream: its datum.")


class PointQuery(NoQuery):
    """A point and its datum, or a facility, or both."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    lon: float | None = Field(
        default=None, ge=-180, le=180, description="Longitude, degrees.", examples=[123.02]
    )
    lat: float | None = Field(
        default=None, ge=-90, le=90, description="Latitude, degrees.", examples=[41.12]
    )
    datum: Datum = Field(default=Datum.WGS84, description="Datum of lon and lat.")
    accuracy_m: Accuracy | None = None
    facility_code: Word | None = Field(
        default=None, description="The facility it is about: its own grid and bodies answer."
    )
    nearest_limit_m: Limit = NEAREST_LIMIT_M
    at: Moment | None = Field(
        default=None,
        description="Route by the grids that were valid then; without it, by those of now.",
        examples=["2026-06-01T00:00:00+08:00"],
    )

    @model_validator(mode="after")
    def _some_place(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            message = "lon and lat belong together; give both"
            raise ValueError(message)
        if self.lon is None and self.facility_code is None:
            message = "give lon and lat, or a facility_code"
            raise ValueError(message)
        return self

    @property
    def is_quick(self) -> bool:
        """Say whether the answer needs no database and next to no time."""
        return self.facility_code is None and self.at is None and (self.accuracy_m or 0) <= QUICK_M

    def report(self, facility: Kept | None) -> Report:
        """Return what is asked, in WGS-84."""
        lon, lat = self.lon, self.lat
        if lon is not None and lat is not None:
            lons, lats = to_wgs84(lon=[lon], lat=[lat], datum=self.datum)
            lon, lat = float(lons[0]), float(lats[0])
        return Report(
            lon=lon,
            lat=lat,
            accuracy_m=self.accuracy_m,
            facility=facility,
            nearest_limit_m=self.nearest_limit_m,
        )


@router.get(
    "",
    summary="Find who answers for a point, and why",
    response_model=Route,
    responses=_ANSWERS,
)
async def route_point(
    request: Request,
    query: Annotated[PointQuery, Query()],
    routing: deps.Routing,
    sessions: deps.Sessions,
    access: ReadGrids,
) -> Response:
    """Return the owner of a point with its chain up to the city, the reason and the doubts.

    A point that nobody owns is no error: its method is `outside` and its grid is null. The ETag
    changes with the generation and with whatever else the answer tells: buildings, entrances,
    officers, facilities, special grids. A point of somebody else's ground is a 404; neighbours
    outside the caller's area are left out of `alternates` and `officers`.

    Example: `GET /api/v1/route?lon=123.02&lat=41.12&datum=gcj02&accuracy_m=30`
    """
    held = routing.held() if query.is_quick else None
    if held is not None:  # all is in memory: no thread, no database
        return point_answer(request, query, held, None, "", access.area)
    return await run_in_threadpool(_looked_up, request, query, routing, sessions, access.area)


def _looked_up(
    request: Request,
    query: PointQuery,
    routing: live.LiveRouting,
    sessions: "sessionmaker[Session]",
    area: Area,
) -> Response:
    held = routing.at(query.at)
    if query.facility_code is None:
        return point_answer(request, query, held, None, "", area)
    with sessions.begin() as session:
        counter = versions(session).get("facilities", 0)
        facility = facility_at(session, query.facility_code, area=area)
    return point_answer(request, query, held, facility, str(counter), area)


def point_answer(
    request: Request,
    query: PointQuery,
    held: live.Routing,
    facility: Kept | None,
    counter: str,
    area: Area,
) -> Response:
    """Answer for a point with what is in memory.

    Raises
    ------
    NotFoundError
        It lies on ground outside the area.
    """
    number = held.generation.number
    tag = etag_of(number, held.stamp, counter, area_token(area))
    if is_held(request, tag):
        return unchanged(tag)
    told = explain(held.guide, held.around, query.report(facility), area=area)
    if told is None:
        raise NotFoundError(NOT_YOURS)
    route = told_route(told, held.guide, generation=number, datum=query.datum)
    return Response(route.model_dump_json(), media_type=JSON, headers=headers_of(tag))


@router.post(
    "",
    summary="Find the grids that own many points",
    response_model=Routes,
    openapi_extra=_BODY,
    responses=_STREAMED
    | responses(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
)
async def route_points(
    request: Request,
    query: Annotated[StreamQuery, Query()],
    routing: deps.Routing,
    access: ReadGrids,
) -> Response:
    """Return the ground grid of up to 10,000 points, in the order in which they were given.

    With `explain` (up to 1,000 points) every answer also comes in full, as from `GET`. An Arrow
    stream of the columns lon and lat is answered by one of grid_code, distance_to_border_m and
    cell, whose metadata say the `generation`; there `at` and `datum` are query parameters. A point
    of somebody else's ground is answered like one outside every grid, and explained by null.

    Example: `POST /api/v1/route` with `{"points": [[123.02, 41.12], [0, 0]], "datum": "wgs84"}`
    """
    body = await _body_of(request)
    kind = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if kind == arrow.MEDIA_TYPE:
        return await run_in_threadpool(_stream_answer, body, query, routing, access.area)
    if kind != JSON:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send {JSON} or {arrow.MEDIA_TYPE}")
    if query != StreamQuery():
        msg = "with JSON, at and datum belong into the body"
        raise InputError(msg)
    return await run_in_threadpool(_json_answer, body, routing, access.area)


async def _body_of(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            said = f"more than {BODY_BYTES:,} bytes; send the points in several requests"
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, said)
    return bytes(body)


def _json_answer(body: bytes, routing: live.LiveRouting, area: Area) -> Response:
    points = _points_in(body)
    held = routing.at(points.at)
    given = np.array(points.points, dtype=np.float64).reshape(-1, 2)
    lon, lat = to_wgs84(lon=given[:, 0], lat=given[:, 1], datum=points.datum)
    code, border_m, cell = _routed(held, lon, lat, area)
    told = None
    if points.explain:
        places = zip(lon.tolist(), lat.tolist(), strict=True)
        told = _explained(held, points, places, area)
    number = held.generation.number
    answer = {
        "generation": number,
        "grid_code": code.tolist(),
        "distance_to_border_m": [metres(one) for one in border_m.tolist()],
        "cell": [word or None for word in cell],
        "explained": told,
    }
    stamp = held.stamp if points.explain else held.ground_stamp
    tag = etag_of(number, stamp, area_token(area))
    return Response(to_json(answer), media_type=JSON, headers=headers_of(tag))


def _points_in(body: bytes) -> Points:
    try:
        return Points.model_validate(json.loads(body))  # JSON as Python reads it: with NaN
    except ValidationError as error:
        errors = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
        raise RequestValidationError(errors) from error
    except (ValueError, RecursionError) as error:
        wrong = {"type": "json_invalid", "loc": ("body",), "msg": f"no JSON: {error}"}
        raise RequestValidationError([wrong]) from error


def _stream_answer(
    body: bytes, query: StreamQuery, routing: live.LiveRouting, area: Area
) -> Response:
    lon, lat = arrow.points_in(body, at_most=POINTS_AT_MOST)
    held = routing.at(query.at)
    lon, lat = to_wgs84(lon=lon, lat=lat, datum=query.datum)
    code, border_m, cell = _routed(held, lon, lat, area)
    number = held.generation.number
    columns: dict[str, arrow.Column] = {
        "grid_code": code,
        "distance_to_border_m": np.where(np.isfinite(border_m), np.round(border_m, 2), np.nan),
        "cell": [word or None for word in cell],
    }
    answer = arrow.stream_of(columns, _STREAM, {"generation": str(number)})
    tag = etag_of(number, held.ground_stamp, area_token(area))
    return Response(answer, media_type=arrow.MEDIA_TYPE, headers=headers_of(tag))


def _routed(
    held: live.Routing, lon: arrow.Floats, lat: arrow.Floats, area: Area
) -> tuple[NDArray[np.object_], arrow.Floats, NDArray[np.object_]]:
    """Return code, distance to the border and cell of points; nobody's outside the area."""
    found = held.router.locate_many(lon=lon, lat=lat)
    border_m = held.router.distance_to_border_m(lon=lon, lat=lat, index=found.index)
    code = found.code
    if not area.is_everywhere:
        mine = np.array([one in area for one in code], dtype=bool)
        code, border_m = code.copy(), np.where(mine, border_m, np.nan)
        code[~mine] = None
    return code, border_m, to_words(encode(lon=lon, lat=lat))


def _explained(
    held: live.Routing, points: Points, places: Iterable[tuple[float, float]], area: Area
) -> list[Route | None]:
    reports = (
        Report(
            lon=lon,
            lat=lat,
            accuracy_m=points.accuracy_m,
            nearest_limit_m=points.nearest_limit_m,
        )
        for lon, lat in places
    )
    number = held.generation.number
    told = (explain(held.guide, held.around, report, area=area) for report in reports)
    return [
        None if one is None else told_route(one, held.guide, generation=number, datum=points.datum)
        for one in told
    ]
