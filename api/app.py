"""The web service: ``uvicorn --factory api.app:create_app``."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from functools import cache
from http import HTTPStatus

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute

from api import problems
from api.deps import State
from api.hardening import HardeningMiddleware
from api.identity import CookieMiddleware
from api.live import LiveRouting
from api.live_areas import LiveAreas
from api.live_identity import live_identity
from api.live_reports import LiveReports
from api.live_schedule import LiveSchedule
from api.live_tiles import LiveTiles
from api.quick import QuickMiddleware
from api.routers import (
    account,
    attention,
    audit,
    branches,
    city,
    contacts,
    described,
    health,
    layers,
    oidc,
    pages,
    plan_comparison,
    plan_files,
    plan_jobs,
    plan_publication,
    plan_steps,
    plan_tiles,
    plans,
    public,
    reports,
    route,
    search,
    session,
    special,
    statistics,
    tiles,
    users,
)
from gis_grid import __version__
from gis_grid.services.planning.desk import Desk
from gis_grid.services.planning.jobs import JobRunner
from gis_grid.services.special_file import given_special, special_grids
from gis_grid.settings import Settings
from gis_grid.storage.database import opened, require_schema, sessions


def create_app(settings: Settings | None = None, *, is_ahead: bool = False) -> FastAPI:
    """Build the service.

    Parameters
    ----------
    settings
        Where the data lies; read from the environment when None.
    is_ahead
        Whether to build, when it starts, what the first requests would wait for.

    Raises
    ------
    StorageError
        When the service starts: the database cannot be reached, or its tables are not those of
        this version; the message names the command that mends it.
    InputError
        When the service starts: the file of special grids cannot be used, or the secret is too
        short.
    """
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        with opened(settings.database_url) as engine:
            require_schema(engine)
            given = special_grids(settings.special_file)
            live = LiveRouting(engine, cache_dir=settings.cache_dir, special=given)
            desk = Desk(engine)
            special = given_special(settings.special_file)
            drawing = LiveTiles(engine, special=special)
            if is_ahead:
                live.begin(then=drawing.prepare)
            with (
                closing(live) as routing,
                closing(drawing),
                closing(LiveReports(engine)) as reporting,
                closing(JobRunner(engine)) as jobs,
                closing(LiveSchedule(engine, desk)),
            ):
                yield {
                    "engine": engine,
                    "sessions": sessions(engine),
                    "identity": live_identity(engine, settings),
                    "areas": LiveAreas(engine),
                    "routing": routing,
                    "tiles": drawing,
                    "reports": reporting,
                    "desk": desk,
                    "jobs": jobs,
                    "special": special,
                }

    app = FastAPI(
        title="gis-grid",
        version=__version__,
        description="Spatial governance for cities that are managed grid by grid (网格化管理).",
        lifespan=lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # these two pages would load scripts from outside
        redoc_url=None,
        generate_unique_id_function=_operation,
    )
    problems.add_handlers(app)
    app.add_middleware(QuickMiddleware)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=4)
    app.add_middleware(CookieMiddleware)
    app.add_middleware(HardeningMiddleware, is_https=settings.https)
    app.router.routes += _routes()
    if settings.public_view:
        app.router.routes += _first_version(public.make_router()).routes  # it counts who asks
    app.add_route("/openapi.json", _description, include_in_schema=False)
    app.include_router(pages.router)
    return app


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Return what every service has; made once a process, since it holds nothing of one."""
    whole = APIRouter(generate_unique_id_function=_operation)
    whole.include_router(plan_tiles.router)  # before the layers of the city: they take any word
    whole.include_router(tiles.router)  # routes are tried in turn: what is asked most comes early
    version = _first_version(
        route.router,  # the first is found fastest, and this one is asked most
        health.router,
        session.router,
        oidc.router,
        account.router,
        users.router,
        audit.router,
        city.router,
        statistics.router,
        attention.router,
        special.router,
        branches.router,
        search.router,
        contacts.router,
        described.router,
        tiles.described,
        plan_files.router,  # before those of one plan: `import` is no number
        plans.router,
        plan_steps.router,
        plan_jobs.router,
        plan_comparison.router,
        plan_publication.router,
        plan_publication.reverting,
        reports.make_router(),
        layers.make_router(),
    )
    return (*whole.routes, *version.routes)


def _first_version(*routers: APIRouter) -> APIRouter:
    """Return what has the routes of several routers under the address of this version."""
    refused = problems.responses(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
    whole = APIRouter(generate_unique_id_function=_operation)
    v1 = APIRouter(prefix="/api/v1", responses={"default": {"model": problems.Problem}, **refused})
    for router in routers:
        v1.include_router(router)
    whole.include_router(v1)
    return whole


async def _description(request: Request) -> Response:
    """Send the description of the service; strangers may read it, too."""
    return JSONResponse(request.app.openapi())


def _operation(route: APIRoute) -> str:
    return route.name
