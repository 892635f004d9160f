"""Which grid owns a point."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Annotated, Self

import numpy as np
from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field, model_validator
from sqlalchemy.orm import Session

from api import deps, live
from api.problems import responses
from api.schemas import Accuracy, Limit, Moment, NoQuery, Points, Route, Routes, Word
from api.told import metres, told_route
from gis_grid.geo.datum import Datum, to_wgs84
from gis_grid.router.cells import encode, to_words
from gis_grid.router.explaining.rules import NEAREST_LIMIT_M
from gis_grid.services.explaining import Report, explain

router = APIRouter(
    prefix="/route",
    tags=["route"],
    responses=responses(
        HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
    ),
)


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

    def report(self) -> Report:
        """Return what is asked, in WGS-84."""
        lon, lat = self.lon, self.lat
        if lon is not None and lat is not None:
            lons, lats = to_wgs84(lon=[lon], lat=[lat], datum=self.datum)
            lon, lat = float(lons[0]), float(lats[0])
        return Report(
            lon=lon,
            lat=lat,
            accuracy_m=self.accuracy_m,
            facility_code=self.facility_code,
            nearest_limit_m=self.nearest_limit_m,
        )


@router.get("", summary="Find who answers for a point, and why")
def route_point(
    query: Annotated[PointQuery, Query()], routing: deps.Routing, sessions: deps.Sessions
) -> Route:
    """Return the owner of a point with its chain up to the city, the reason and the doubts.

    A point that nobody owns is no error: its method is `outside` and its grid is null.

    Example: `GET /api/v1/route?lon=123.02&lat=41.12&datum=gcj02&accuracy_m=30`
    """
    held = routing.at(query.at)
    with sessions.begin() as session:
        told = explain(session, held.guide, query.report())
    return told_route(told, held.guide, generation=held.generation.number, datum=query.datum)


@router.post("", summary="Find the grids that own many points")
def route_points(points: Points, routing: deps.Routing, sessions: deps.Sessions) -> Routes:
    """Return the ground grid of up to 10,000 points, in the order in which they were given.

    With `explain` (up to 1,000 points) every answer also comes in full, as from `GET`.

    Example: `POST /api/v1/route` with `{"points": [[123.02, 41.12], [0, 0]], "datum": "wgs84"}`
    """
    held = routing.current()
    given = np.array(points.points, dtype=np.float64).reshape(-1, 2)
    lon, lat = to_wgs84(lon=given[:, 0], lat=given[:, 1], datum=points.datum)
    cells = to_words(encode(lon=lon, lat=lat))
    found = held.router.locate_many(lon=lon, lat=lat)
    border_m = held.router.distance_to_border_m(lon=lon, lat=lat, index=found.index)
    told = None
    if points.explain:
        with sessions.begin() as session:
            told = _explained(session, held, points, zip(lon.tolist(), lat.tolist(), strict=True))
    return Routes(
        generation=held.generation.number,
        grid_code=found.code.tolist(),
        distance_to_border_m=[metres(one) for one in border_m.tolist()],
        cell=[word or None for word in cells],
        explained=told,
    )


def _explained(
    session: Session, held: live.Routing, points: Points, places: Iterable[tuple[float, float]]
) -> list[Route]:
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
    return [
        told_route(
            explain(session, held.guide, report), held.guide, generation=number, datum=points.datum
        )
        for report in reports
    ]
