"""Which grid owns a point."""

from http import HTTPStatus
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field

from api import deps, live
from api.problems import responses
from api.schemas import ChainLink, NoQuery, Points, Route, Routes
from gis_grid.geo.datum import Datum, to_wgs84
from gis_grid.grid.naming import chain_of
from gis_grid.router.cells import encode, to_words

router = APIRouter(
    prefix="/route",
    tags=["route"],
    responses=responses(
        HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
    ),
)


class PointQuery(NoQuery):
    """A point and its datum."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    lon: float = Field(ge=-180, le=180, description="Longitude, degrees.", examples=[123.02])
    lat: float = Field(ge=-90, le=90, description="Latitude, degrees.", examples=[41.12])
    datum: Datum = Field(default=Datum.WGS84, description="Datum of lon and lat.")


@router.get("", summary="Find the grid that owns a point")
def route_point(query: Annotated[PointQuery, Query()], routing: deps.Routing) -> Route:
    """Return the ground grid of a point with its chain up to the city.

    A point that no grid owns is no error: its method is `outside` and its grid is null.

    Example: `GET /api/v1/route?lon=123.02&lat=41.12&datum=gcj02`
    """
    lon, lat = to_wgs84(lon=[query.lon], lat=[query.lat], datum=query.datum)
    return _explain(routing.current(), lon=float(lon[0]), lat=float(lat[0]), datum=query.datum)


def _explain(held: live.Routing, *, lon: float, lat: float, datum: Datum) -> Route:
    code = held.router.locate_many(lon=[lon], lat=[lat]).code[0]
    chain = [
        ChainLink(code=one, name=held.names[one].name, level=held.names[one].level)
        for one in chain_of(held.names, code)
    ]
    border_m = held.router.distance_to_border_m(lon=[lon], lat=[lat])
    return Route(
        lon=round(lon, 7),
        lat=round(lat, 7),
        datum=datum,
        method="outside" if code is None else "exact",
        grid_code=code,
        grid_name=chain[0].name if chain else None,
        level=chain[0].level if chain else None,
        chain=chain,
        distance_to_border_m=_metres(border_m)[0],
        cell=to_words(encode(lon=[lon], lat=[lat]))[0],
        generation=held.generation.number,
    )


@router.post("", summary="Find the grids that own many points")
def route_points(points: Points, routing: deps.Routing) -> Routes:
    """Return the ground grid of up to 10,000 points, in the order in which they were given.

    Example: `POST /api/v1/route` with `{"points": [[123.02, 41.12], [0, 0]], "datum": "wgs84"}`
    """
    held = routing.current()
    given = np.array(points.points, dtype=np.float64).reshape(-1, 2)
    lon, lat = to_wgs84(lon=given[:, 0], lat=given[:, 1], datum=points.datum)
    cells = to_words(encode(lon=lon, lat=lat))
    return Routes(
        generation=held.generation.number,
        grid_code=held.router.locate_many(lon=lon, lat=lat).code.tolist(),
        distance_to_border_m=_metres(held.router.distance_to_border_m(lon=lon, lat=lat)),
        cell=[word or None for word in cells],
    )


def _metres(distances_m: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float | None]:
    """Round to centimetres; a distance that is not known is null."""
    return [round(float(one), 2) if np.isfinite(one) else None for one in distances_m]
