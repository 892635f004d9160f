"""Figures of the record: incidents by day, spans compared, and where they are many."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field, model_validator

from api import geojson
from api.deps import Areas, DbSession, TileDrawing
from api.held import heat_text
from api.problems import responses
from api.rights import ReadStatistics
from api.schemas import NoQuery, Word
from gis_grid.services.overview import heat_within
from gis_grid.services.statistics import (
    WINDOW_DAYS,
    Span,
    Window,
    recorded,
    reports_by_day,
    window_of,
)
from gis_grid.storage.incident_times import Choice

router = APIRouter(tags=["statistics"])
FAILS = responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
GEOJSON: dict[int | str, dict[str, Any]] = {
    200: {"content": {geojson.MEDIA_TYPE: {"schema": {"type": "object"}}}}
}
_MOST_DAYS = 3660


class ChoiceQuery(NoQuery):
    """Which incidents are counted."""

    kind: Literal["facility", "event"] | None = Field(default=None, description="部件 or 事件.")
    source: Word | None = Field(default=None, description="Who reported it, such as hotline.")

    @property
    def choice(self) -> Choice:
        """Return them as storage takes them."""
        return Choice(kind=self.kind, source=self.source)


class SpanQuery(ChoiceQuery):
    """Which days."""

    first: date | None = Field(default=None, description="First day, in the city's time.")
    last: date | None = Field(default=None, description="Last day, included.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if (self.first is None) != (self.last is None):
            message = "first and last belong together; give both or none"
            raise ValueError(message)
        if self.first and self.last and not 0 <= (self.last - self.first).days < _MOST_DAYS:
            message = f"last must be first or a day within {_MOST_DAYS} days after it"
            raise ValueError(message)
        return self

    @property
    def span(self) -> Span | None:
        """Return the days; None when they are left to the record."""
        if self.first is None or self.last is None:
            return None
        return Span(first=self.first, last=self.last)


class HeatQuery(SpanQuery):
    """Which heat."""

    resolution: int | None = Field(
        default=None, ge=6, le=10, description="H3 resolution instead of the one that suits."
    )
    breaks: Annotated[
        str | None,
        Field(
            pattern=r"^[1-9]\d{0,8}(,[1-9]\d{0,8}){0,6}$",
            description="Lower bounds of the classes instead of natural ones, as in `3,6,11`.",
        ),
    ] = None

    @property
    def limits(self) -> tuple[int, ...] | None:
        """Return the lower bounds in order, each once."""
        given = self.breaks
        return None if given is None else tuple(sorted({int(one) for one in given.split(",")}))


class DaysOut(BaseModel):
    """Incidents by the day of their report."""

    first: date | None
    last: date | None
    """The last year of the record, in the city's time; null without any incident."""

    reported: list[int]
    """One number a day."""


class FiguresOut(BaseModel):
    """Figures of some days, each with what it is a part of."""

    reported: int
    accepted: int
    """Those that were not rejected."""

    closed: int
    """Of the accepted ones."""

    timed: int
    """Closed ones that had a limit, and open ones beyond theirs."""

    in_time: int
    """Of the timed ones."""

    mean_h: float | None
    """Hours by the clock from report to closing; null when nothing was closed."""

    p90_h: int | None
    """Nine of ten were closed before so many full hours had passed."""


class WeekOut(FiguresOut):
    """Figures of seven days."""

    last: date


class RankedOut(BaseModel):
    """A grid with its rate."""

    code: str
    name: str | None
    count: int
    households: int | None
    rate: float | None
    """Incidents per 1,000 households."""

    low: float | None
    high: float | None
    """95 % interval of the rate (Poisson)."""

    compared: int
    """1 above the mean, -1 below, 0 where chance may explain the difference."""


class WindowOut(BaseModel):
    """A span of days, and the span of the same length before it."""

    first: date | None
    last: date | None
    now: FiguresOut | None
    before: FiguresOut | None
    weeks: list[WeekOut]
    """Twelve weeks up to the last day, the oldest first."""

    level: str
    """Level of the ranked grids: the widest with at least five of them."""

    mean: float | None
    """Rate of all of them together."""

    grids: list[RankedOut]
    elsewhere: int
    """Incidents in none of them."""

    hours: list[list[int]]
    """Seven days from Monday, 24 hours each."""


@router.get(
    "/statistics/days",
    summary="Count the incidents of the last year of the record by day",
    response_model=DaysOut,
    responses=FAILS,
)
def list_days(
    request: Request,
    session: DbSession,
    tiles: TileDrawing,
    access: ReadStatistics,
    query: Annotated[ChoiceQuery, Query()],
) -> Response:
    """Return one number for each day; days are those of the city (UTC+8).

    Example: `GET /api/v1/statistics/days?kind=event`
    """

    def made() -> str:
        span = recorded(session, area=access.area)
        if span is None:
            return DaysOut(first=None, last=None, reported=[]).model_dump_json()
        counts = reports_by_day(session, span, choice=query.choice, area=access.area)
        return DaysOut(first=span.first, last=span.last, reported=counts).model_dump_json()

    return kept(request, tiles, ("days", access.area, query.choice), made)


@router.get(
    "/statistics/window",
    summary="Compare a span of days with the one before, and grids by their rate",
    response_model=WindowOut,
    responses=FAILS,
)
def get_window(
    request: Request,
    session: DbSession,
    tiles: TileDrawing,
    areas: Areas,
    access: ReadStatistics,
    query: Annotated[SpanQuery, Query()],
) -> Response:
    """Return the figures of `first` to `last`; without them of the last 28 days of the record.

    Example: `GET /api/v1/statistics/window?first=2025-10-25&last=2025-11-21`
    """
    area = access.area

    def made() -> str:
        span = query.span or latest(recorded(session, area=area))
        if span is None:
            return _NOTHING.model_dump_json()
        found = window_of(
            session,
            areas.territory(),
            span,
            now=datetime.now(UTC),
            choice=query.choice,
            area=area,
        )
        return _told(found).model_dump_json()

    question = ("window", areas.territory().generation, area, query.choice, query.span)
    return kept(request, tiles, question, made)


@router.get(
    "/heat",
    summary="Count incidents in H3 cells",
    response_class=geojson.GeoJsonResponse,
    responses=FAILS | GEOJSON,
)
def get_heat(
    request: Request,
    session: DbSession,
    tiles: TileDrawing,
    access: ReadStatistics,
    query: Annotated[HeatQuery, Query()],
) -> Response:
    """Return cells with their count as a GeoJSON FeatureCollection; without days, of the last year.

    Cells with fewer than three incidents have no polygon. `breaks` are the lower bounds of the
    classes that colour the counts, `resolution` is that of H3, `total` counts what lies in all
    cells, `hidden` what lies in cells too small to show, `doubted` what is in no cell because its
    point is not believed; `since` and `until` say which time is meant.

    Example: `GET /api/v1/heat?first=2025-10-25&last=2025-11-21`
    """
    span = query.span

    def made() -> str:
        instants = None if span is None else span.whole_instants
        found = heat_within(
            session,
            instants,
            choice=query.choice,
            area=access.area,
            resolution=query.resolution,
            breaks=query.limits,
        )
        return heat_text(found)

    question = ("heat", access.area, query.choice, span, query.resolution, query.limits)
    return kept(request, tiles, question, made, media_type=geojson.MEDIA_TYPE)


def kept(
    request: Request,
    tiles: TileDrawing,
    question: tuple[object, ...],
    made: Callable[[], str],
    media_type: str = "application/json",
) -> Response:
    """Answer with what was made of the incidents once, until they change."""
    held = tiles.texts.current(question, tiles.tiling.tokens()["incidents"], made)
    headers = {"ETag": held.tag, "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == held.tag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(held.text, headers=headers, media_type=media_type)


def latest(year: Span | None) -> Span | None:
    """Return the last days of a record."""
    if year is None:
        return None
    return Span(first=year.last - timedelta(days=WINDOW_DAYS - 1), last=year.last)


_NOTHING = WindowOut(
    first=None, last=None, now=None, before=None, weeks=[], level="", mean=None, grids=[],
    elsewhere=0, hours=[],
)  # fmt: skip


def _told(found: Window) -> WindowOut:
    return WindowOut(
        first=found.span.first,
        last=found.span.last,
        now=FiguresOut(**asdict(found.now)),
        before=FiguresOut(**asdict(found.before)),
        weeks=[WeekOut(last=last, **asdict(figures)) for last, figures in found.weeks],
        level=found.level,
        mean=found.mean,
        grids=[RankedOut(**asdict(one)) for one in found.grids],
        elsewhere=found.elsewhere,
        hours=[list(day) for day in found.hours],
    )
