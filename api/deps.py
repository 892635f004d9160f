"""What endpoints may ask for."""

from collections.abc import Iterator
from typing import Annotated, TypedDict

from fastapi import Depends, Request
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from api.live import LiveRouting
from api.live_areas import LiveAreas
from api.live_identity import LiveIdentity
from api.live_reports import LiveReports
from api.live_tiles import LiveTiles
from gis_grid.services.planning.desk import Desk
from gis_grid.services.planning.jobs import JobRunner
from gis_grid.storage.special import GivenSpecial


class State(TypedDict):
    """What every request can reach as ``request.state``."""

    engine: Engine
    sessions: sessionmaker[Session]
    identity: LiveIdentity
    areas: LiveAreas
    routing: LiveRouting
    tiles: LiveTiles
    reports: LiveReports
    desk: Desk
    jobs: JobRunner
    special: GivenSpecial | None


def _session(request: Request) -> Iterator[Session]:
    sessions: sessionmaker[Session] = request.state.sessions
    with sessions.begin() as session:  # commits when the endpoint returns, else rolls back
        yield session


# What is only looked up is async: it needs no thread, and each turn of threads costs a request.


async def _sessions(request: Request) -> sessionmaker[Session]:
    sessions: sessionmaker[Session] = request.state.sessions
    return sessions


async def _engine(request: Request) -> Engine:
    engine: Engine = request.state.engine
    return engine


async def _routing(request: Request) -> LiveRouting:
    routing: LiveRouting = request.state.routing
    return routing


async def _areas(request: Request) -> LiveAreas:
    areas: LiveAreas = request.state.areas
    return areas


async def _reports(request: Request) -> LiveReports:
    reports: LiveReports = request.state.reports
    return reports


async def _desk(request: Request) -> Desk:
    desk: Desk = request.state.desk
    return desk


async def _jobs(request: Request) -> JobRunner:
    jobs: JobRunner = request.state.jobs
    return jobs


async def _special(request: Request) -> GivenSpecial | None:
    special: GivenSpecial | None = request.state.special
    return special


async def _tiles(request: Request) -> LiveTiles:
    tiles: LiveTiles = request.state.tiles
    return tiles


DbSession = Annotated[Session, Depends(_session, scope="function")]
Sessions = Annotated[sessionmaker[Session], Depends(_sessions)]
"""For an endpoint that opens and closes its session itself, in its own thread."""

DbEngine = Annotated[Engine, Depends(_engine)]
Special = Annotated[GivenSpecial | None, Depends(_special)]
"""Special grids of a file, which go before those of the database; None without one."""

Routing = Annotated[LiveRouting, Depends(_routing)]
Areas = Annotated[LiveAreas, Depends(_areas)]
TileDrawing = Annotated[LiveTiles, Depends(_tiles)]
Reports = Annotated[LiveReports, Depends(_reports)]
Desks = Annotated[Desk, Depends(_desk)]
JobRunners = Annotated[JobRunner, Depends(_jobs)]
