"""What is worth a look: the hot spot, grids out of the ordinary, and how dense incidents are."""

from datetime import date
from http import HTTPStatus
from typing import Annotated

import shapely
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from api import geojson
from api.deps import Areas, DbSession, TileDrawing
from api.held import density_text
from api.problems import responses
from api.rights import ReadStatistics
from api.routers.statistics import FAILS, GEOJSON, SpanQuery, kept, latest
from gis_grid.maps.density import BANDWIDTH_M, NARROWEST_M, WIDEST_M
from gis_grid.router.cells import to_words
from gis_grid.services.attention import Asked, Attention, Hot, attention
from gis_grid.services.overview import density_within, ground_level
from gis_grid.services.statistics import Span, ranked_level, recorded
from gis_grid.storage.incidents import first_reported_at

router = APIRouter(tags=["statistics"])


class DensityQuery(SpanQuery):
    """Which density."""

    bandwidth_m: float = Field(
        default=BANDWIDTH_M,
        ge=NARROWEST_M,
        le=WIDEST_M,
        allow_inf_nan=False,
        description="Standard deviation of the Gaussian kernel, metres.",
    )
    breaks: Annotated[
        str | None,
        Field(
            pattern=r"^\d{1,7}(\.\d{1,6})?(,\d{1,7}(\.\d{1,6})?){0,6}$",
            description="Lower bounds of the classes, incidents per km², instead of natural ones.",
        ),
    ] = None

    @property
    def limits(self) -> tuple[float, ...] | None:
        """Return the lower bounds in order, each once."""
        given = self.breaks
        return None if given is None else tuple(sorted({float(one) for one in given.split(",")}))


class HotOut(BaseModel):
    """The cell that stands out with its neighbours."""

    cell: str
    """H3 cell of the resolution of the heat map of these days."""

    resolution: int
    lon: float
    lat: float
    bbox: tuple[float, float, float, float]
    outline: list[tuple[float, float]]
    """Corners, WGS-84 degrees."""

    count: int
    mean: float
    """Incidents in a cell of the city, on the average."""

    score: float
    """Gi* of Ord and Getis (1995); above 1.96 it is no chance."""

    weeks: list[int]
    """Twelve weeks up to the last day, the oldest first."""

    @classmethod
    def of(cls, hot: Hot) -> "HotOut":
        """Make one from the domain object."""
        west, south, east, north = shapely.bounds(hot.spot.outline).round(6).tolist()
        corners = shapely.get_coordinates(hot.spot.outline).round(6).tolist()
        return cls(
            cell=str(to_words([hot.spot.cell])[0]),
            resolution=hot.resolution,
            lon=round(hot.lon, 6),
            lat=round(hot.lat, 6),
            bbox=(west, south, east, north),
            outline=[(lon, lat) for lon, lat in corners],
            count=hot.spot.count,
            mean=hot.spot.mean,
            score=hot.spot.score,
            weeks=[*hot.weeks],
        )


class StandingOut(BaseModel):
    """A grid whose count is out of the ordinary."""

    code: str
    name: str | None
    count: int
    expected: float
    """What it had before, for as many days."""

    low: float
    high: float
    """95 % interval of the count (Poisson); what was expected lies outside."""

    chance: float
    """Probability of such a difference when nothing has changed."""

    compared: int
    """1 far more than before, -1 far fewer."""


class AttentionOut(BaseModel):
    """What is worth a look in some days."""

    first: date | None
    last: date | None
    hot: HotOut | None
    """Null when no cell stands out."""

    grids: list[StandingOut]
    """The least likely first, at most twelve."""

    more: int
    """Grids out of the ordinary that are not listed."""

    compared: int
    """Grids that were compared."""

    usual_days: int | None
    """How many days before say what is usual; null when the record is too short."""


@router.get(
    "/statistics/attention",
    summary="Say what is worth a look: the hot spot and grids out of the ordinary",
    response_model=AttentionOut,
    responses=FAILS,
)
def get_attention(
    request: Request,
    session: DbSession,
    tiles: TileDrawing,
    areas: Areas,
    access: ReadStatistics,
    query: Annotated[SpanQuery, Query()],
) -> Response:
    """Return the hot spot of `first` to `last`, and grids that differ from their 12 weeks before.

    Without days of the last 28 of the record. Grids are told from chance by an exact test; of those
    listed at most 5 % are expected to be there by chance.

    Example: `GET /api/v1/statistics/attention?first=2025-10-25&last=2025-11-21`
    """
    area, land = access.area, areas.territory()

    def made() -> str:
        span = query.span or latest(recorded(session, area=area))
        oldest = first_reported_at(session, area=area)
        if span is None or oldest is None:
            return _NOTHING.model_dump_json()
        since, until = span.instants
        found = attention(
            session,
            land,
            Asked(since=since, until=until, recorded_since=oldest),
            ground=ground_level(session),
            wide=ranked_level(land, area),
            choice=query.choice,
            area=area,
        )
        return _told(span, found).model_dump_json()

    question = ("attention", land.generation, area, query.choice, query.span)
    return kept(request, tiles, question, made)


@router.get(
    "/density",
    summary="Draw how dense incidents are, as bands of incidents per km²",
    response_class=geojson.GeoJsonResponse,
    responses=responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE) | GEOJSON,
)
def get_density(
    request: Request,
    session: DbSession,
    tiles: TileDrawing,
    access: ReadStatistics,
    query: Annotated[DensityQuery, Query()],
) -> Response:
    """Return a Gaussian kernel density as a GeoJSON FeatureCollection of bands that do not overlap.

    Without days, of the last year of the record. No place is coloured with fewer than three
    incidents within one bandwidth. `breaks` are the lower bounds of the classes, incidents per km²
    in the whole time; `since` and `until` say which.

    Example: `GET /api/v1/density?first=2025-10-25&last=2025-11-21&bandwidth_m=400`
    """
    span = query.span

    def made() -> str:
        found = density_within(
            session,
            None if span is None else span.whole_instants,
            choice=query.choice,
            area=access.area,
            bandwidth_m=query.bandwidth_m,
            breaks=query.limits,
        )
        return density_text(found)

    question = ("density", access.area, query.choice, span, query.bandwidth_m, query.limits)
    return kept(request, tiles, question, made, media_type=geojson.MEDIA_TYPE)


_NOTHING = AttentionOut(
    first=None, last=None, hot=None, grids=[], more=0, compared=0, usual_days=None
)


def _told(span: Span, found: Attention) -> AttentionOut:
    return AttentionOut(
        first=span.first,
        last=span.last,
        hot=None if found.hot is None else HotOut.of(found.hot),
        grids=[
            StandingOut(**{name: getattr(one, name) for name in StandingOut.model_fields})
            for one in found.grids
        ],
        more=found.more,
        compared=found.compared,
        usual_days=found.usual_days,
    )
