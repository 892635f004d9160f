"""What endpoints may ask for."""

from collections.abc import Iterator
from typing import Annotated, TypedDict

from fastapi import Depends, Request
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from api.live import LivePage, LiveRouting


class State(TypedDict):
    """What every request can reach as ``request.state``."""

    engine: Engine
    sessions: sessionmaker[Session]
    routing: LiveRouting
    page: LivePage


def _session(request: Request) -> Iterator[Session]:
    sessions: sessionmaker[Session] = request.state.sessions
    with sessions.begin() as session:  # commits when the endpoint returns, else rolls back
        yield session


def _engine(request: Request) -> Engine:
    engine: Engine = request.state.engine
    return engine


def _routing(request: Request) -> LiveRouting:
    routing: LiveRouting = request.state.routing
    return routing


def _page(request: Request) -> LivePage:
    page: LivePage = request.state.page
    return page


DbSession = Annotated[Session, Depends(_session, scope="function")]
DbEngine = Annotated[Engine, Depends(_engine)]
Routing = Annotated[LiveRouting, Depends(_routing)]
Page = Annotated[LivePage, Depends(_page)]
