"""Errors as RFC 9457 problem documents. The only place that knows status codes."""

import logging
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from gis_grid.errors import (
    ConflictError,
    DeniedError,
    GisGridError,
    IdentityError,
    InputError,
    LockedError,
    NotFoundError,
    SecondFactorError,
    StaleError,
    StorageError,
)

STATUS: Mapping[type[Exception], HTTPStatus] = MappingProxyType(
    {
        NotFoundError: HTTPStatus.NOT_FOUND,
        IdentityError: HTTPStatus.UNAUTHORIZED,
        LockedError: HTTPStatus.TOO_MANY_REQUESTS,
        DeniedError: HTTPStatus.FORBIDDEN,
        StaleError: HTTPStatus.PRECONDITION_FAILED,
        ConflictError: HTTPStatus.CONFLICT,
        InputError: HTTPStatus.UNPROCESSABLE_ENTITY,
        StorageError: HTTPStatus.SERVICE_UNAVAILABLE,
        GisGridError: HTTPStatus.INTERNAL_SERVER_ERROR,
        Exception: HTTPStatus.INTERNAL_SERVER_ERROR,
    }
)
"""The status of each exception; a subclass without a line has that of its nearest ancestor."""

SECOND_FACTOR = "urn:gis-grid:second-factor"
"""Type of the problem that name and password are right and a code is needed, too."""

MEDIA_TYPE = "application/problem+json"

ADDRESS = re.compile(r"\S+:/\S+|\s*\(.*\)$")
"""The address of a database, and what its driver said of it: for the log, not for who asks."""

log = logging.getLogger(__name__)


class FieldError(BaseModel):
    """One thing wrong with a request."""

    pointer: str
    """Where, as a JSON pointer: ``#/query/limit``."""

    detail: str


class Problem(BaseModel):
    """Why a request failed."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    instance: str
    """Path of the request."""

    errors: list[FieldError] | None = None
    reason: str | None = Field(
        default=None, description="The kind of refusal, where a page says it in its own words."
    )
    about: dict[str, str] | None = Field(default=None, description="What the reason is about.")


def responses(*statuses: HTTPStatus) -> dict[int | str, dict[str, object]]:
    """Return what a route says of its problems in the API description."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {int(status): {"description": status.phrase, "content": content} for status in statuses}


def add_handlers(app: FastAPI) -> None:
    """Answer every failure of `app` with ``application/problem+json``."""
    app.add_exception_handler(GisGridError, _domain)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def refusal(request: Request, error: HTTPException) -> JSONResponse:
    """Return the answer to a request that never reached the application."""
    return _answer(request, HTTPStatus(error.status_code), detail=str(error.detail))


def _domain(request: Request, error: Exception) -> JSONResponse:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s %s: %s", request.method, request.url.path, error)
    kind = SECOND_FACTOR if isinstance(error, SecondFactorError) else "about:blank"
    said = str(error)
    if isinstance(error, StorageError):
        said = ADDRESS.sub(lambda found: "the database" if ":/" in found[0] else "", said)
    why = error if isinstance(error, GisGridError) else None
    answer = _answer(request, status, detail=said, kind=kind, why=why)
    if isinstance(error, LockedError):
        answer.headers["Retry-After"] = str(error.retry_after_s)
    elif isinstance(error, IdentityError):
        answer.headers["WWW-Authenticate"] = 'Bearer realm="gis-grid"'
    return answer


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - for the type checker
    errors = [
        FieldError(pointer="#/" + "/".join(map(str, one["loc"])), detail=one["msg"])
        for one in error.errors()
    ]
    detail = "; ".join(f"{one.pointer}: {one.detail}" for one in errors)
    return _answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, detail=detail, errors=errors)


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - for the type checker
    answer = _answer(request, HTTPStatus(error.status_code), detail=_said(request, error))
    answer.headers.update(error.headers or {})
    return answer


def _said(request: Request, error: HTTPException) -> str:
    if error.status_code == HTTPStatus.NOT_FOUND:
        return f"there is nothing at {request.url.path}; see /api/v1/openapi.json"
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"{request.method} is not possible at {request.url.path}"
    return str(error.detail)


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    detail = "something that should not happen happened; the server's log says what"
    return _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, detail=detail)


def _answer(
    request: Request,
    status: HTTPStatus,
    *,
    detail: str,
    errors: Sequence[FieldError] | None = None,
    kind: str = "about:blank",
    why: GisGridError | None = None,
) -> JSONResponse:
    problem = Problem(
        type=kind,
        title=status.phrase,
        status=status,
        detail=detail,
        instance=request.url.path,
        errors=list(errors) if errors else None,
        reason=why.reason if why else None,
        about=(why.about or None) if why else None,
    )
    body = problem.model_dump(exclude_none=True)
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE)
