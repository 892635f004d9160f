"""Maps that leave the house: one file, drawn from what the database holds now."""

import gzip
from collections.abc import Iterator
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Literal, get_type_hints
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, create_model
from sqlalchemy import Engine

from api.deps import DbEngine, Reports
from api.live_tiles import Drawn
from api.problems import responses
from api.rights import READ_LAYER, Access, ReadCity, require
from api.schemas import Moment, NoQuery, Word
from gis_grid.accounts.areas import Area
from gis_grid.accounts.permissions import Action
from gis_grid.errors import InputError
from gis_grid.maps.output import Format, rendered
from gis_grid.maps.printed.paper import Paper
from gis_grid.maps.reports.kinds import KINDS
from gis_grid.maps.reports.registry import Kind, Options
from gis_grid.services.planning.picturing import FRAMES
from gis_grid.services.reporting import moment_of, page_from_database

CHUNK = 1 << 16
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts "
    "allow-modals allow-popups"
)
"""The browser itself refuses whatever a page might want from outside, or from our origin."""


class ReportQuery(NoQuery):
    """What every report can be asked for."""

    format: Format = Field(default=Format.HTML, description="File to return.")
    size: Paper = Field(default=Paper.A4, description="Sheet of PNG and PDF, lying.")
    at: Moment | None = Field(default=None, description="The grids valid at this instant.")
    generation: int | None = Field(default=None, ge=1, description="The grids of this generation.")


class ReportOption(BaseModel):
    """An option of a kind of report."""

    name: str
    about: str
    default: str | int | None
    choices: list[str]


class ReportKind(BaseModel):
    """A kind of report."""

    kind: str
    title_zh: str
    title_en: str
    about_zh: str
    about_en: str
    formats: list[Format]
    options: list[ReportOption]
    href: str


def make_router() -> APIRouter:
    """Return the list of kinds, and one route for each."""
    router = APIRouter(tags=["reports"], prefix="/reports")
    router.add_api_route(
        "",
        list_reports,
        summary="List the kinds of reports with their options",
        description="Example: `GET /api/v1/reports`",
    )
    for kind in KINDS.values():
        _add(router, kind)
    return router


async def list_reports(_access: ReadCity) -> list[ReportKind]:
    """Return every kind."""
    return [_described(kind) for kind in KINDS.values()]


def _described(kind: Kind) -> ReportKind:
    options = [
        ReportOption(
            name=one.name,
            about=one.metadata["doc"],
            default=None if one.default is MISSING else one.default,
            choices=list(one.metadata["choices"]),
        )
        for one in fields(kind.options)
    ]
    return ReportKind(
        kind=kind.key,
        title_zh=kind.title.zh,
        title_en=kind.title.en,
        about_zh=kind.about.zh,
        about_en=kind.about.en,
        formats=list(Format),
        options=options,
        href=f"/api/v1/reports/{kind.key}",
    )


def _add(router: APIRouter, kind: Kind) -> None:
    accepted: Any = Annotated[query_of(kind), Query()]
    readers: Any = _readers(kind)

    async def endpoint(
        request: Request,
        engine: DbEngine,
        reports: Reports,
        access: readers,
        query: accepted,
    ) -> Response:
        return await _answer(request, engine, reports, kind, query, access.area)

    endpoint.__name__ = f"report_{kind.key}"
    content: dict[str, object] = {one.media_type.split(";")[0]: {} for one in Format}
    good: dict[int | str, dict[str, Any]] = {200: {"content": content}}
    router.add_api_route(
        f"/{kind.key}",
        endpoint,
        summary=f"Draw a report: {kind.about.en}",
        description=f"One file as an attachment.\n\nExample: `GET /api/v1/reports/{kind.key}`",
        response_class=Response,
        responses=good
        | responses(
            HTTPStatus.NOT_FOUND,
            HTTPStatus.UNPROCESSABLE_ENTITY,
            HTTPStatus.SERVICE_UNAVAILABLE,
        ),
    )


def _readers(kind: Kind) -> Any:  # noqa: ANN401 - what FastAPI's Annotated is
    """Return who may have a kind: whoever may read its subject, a layer or plans."""
    if kind.subject in READ_LAYER:
        return READ_LAYER[kind.subject]
    return Annotated[Access, require(Action.READ, kind.subject)]


def query_of(kind: Kind) -> type[ReportQuery]:
    """Return the parameters of a kind: the common ones, and those that it declares."""
    hints = get_type_hints(kind.options)
    own: dict[str, Any] = {}
    for one in fields(kind.options):
        about = one.metadata
        allowed: Any = Literal[about["choices"]] if about["choices"] else hints[one.name]
        if allowed == str | None:
            allowed = Word | None
        limits = {"ge": about["low"], "le": about["high"]} if about["low"] is not None else {}
        own[one.name] = (allowed, Field(default=one.default, description=about["doc"], **limits))
    name = f"{kind.key.capitalize()}ReportQuery"
    return create_model(name, __base__=ReportQuery, **own)


async def _answer(
    request: Request,
    engine: Engine,
    reports: Reports,
    kind: Kind,
    query: ReportQuery,
    area: Area,
) -> Response:
    if query.at is not None and query.generation is not None:
        message = "`at` and `generation` both choose the grids; give one of them"
        raise InputError(message)
    common = set(ReportQuery.model_fields)
    options = kind.options_of(query.model_dump(exclude=common))
    key = (kind.key, options, query.format, query.size, query.at, query.generation, area)
    drawn = await reports.get(key, partial(_draw, engine, kind, options, query, area))
    headers = {"ETag": drawn.tag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == drawn.tag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    headers |= {"Content-Disposition": _attachment(kind, query)}
    if query.format is Format.HTML:
        headers["Content-Security-Policy"] = POLICY
    return _sent(request, drawn, query.format, headers)


def _draw(engine: Engine, kind: Kind, options: Options, query: ReportQuery, area: Area) -> bytes:
    at = query.at
    if query.generation is not None:
        at = moment_of(engine, query.generation)
    page = page_from_database(
        engine, kind, options, now=datetime.now(UTC), at=at, area=area, frames=FRAMES
    )
    return rendered(page, query.format, paper=query.size)


def _attachment(kind: Kind, query: ReportQuery) -> str:
    """Name the file in both ways that browsers read; the name is ours, never from data."""
    name = f"{kind.title.zh}-{kind.key}.{query.format}"
    return f"attachment; filename={kind.key}.{query.format}; filename*=UTF-8''{quote(name)}"


def _sent(request: Request, drawn: Drawn, how: Format, headers: dict[str, str]) -> Response:
    body = drawn.body
    if drawn.packed and how is Format.HTML and _takes_gzip(request):
        headers["Content-Encoding"] = "gzip"
    elif drawn.packed:
        body = gzip.decompress(body)
    headers["Content-Length"] = str(len(body))
    return StreamingResponse(_chunks(body), media_type=how.media_type, headers=headers)


def _takes_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")


def _chunks(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), CHUNK):
        yield body[start : start + CHUNK]
