"""``gis-grid serve``: run the web service on a database that is there."""

from contextlib import suppress
from typing import Annotated

import typer
from sqlalchemy import Engine

from gis_grid.cli.db import DatabaseOption
from gis_grid.cli.server import address_of, listen, run
from gis_grid.errors import NotFoundError
from gis_grid.services.routing import current_router
from gis_grid.services.special_file import special_grids
from gis_grid.settings import Settings
from gis_grid.storage import database
from gis_grid.storage.accounts.users import UserStore

HostOption = Annotated[
    str, typer.Option(help="Address to listen on; 0.0.0.0 is every one of this machine.")
]
PortOption = Annotated[int, typer.Option(min=1, max=65_535)]
FIRST = "gis-grid user add NAME --admin"
"""How the first administrator is made: there is nobody by default."""

WorkersOption = Annotated[
    int, typer.Option(min=1, max=64, help="Processes that answer; as many as processors is plenty.")
]


def serve(
    *,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8000,
    workers: WorkersOption = 1,
    url: DatabaseOption = None,
) -> None:
    """Show the map and answer the API until Ctrl+C."""
    settings = Settings()
    url = url or settings.database_url
    with database.opened(url) as engine:
        database.require_schema(engine)
        is_unattended, named = _has_no_users(engine), database.name_of(engine)
        if workers > 1:
            _prepare(engine, settings)
    with listen(host, port) as listener:
        by = f" ({workers} workers)" if workers > 1 else ""
        typer.echo(f"{address_of(host, port)}/ shows the map{by}; Ctrl+C stops it")
        if is_unattended:
            typer.echo(f"nobody can sign in yet; run: {FIRST} --database {named}")
        run(listener, url, workers)


def _has_no_users(engine: Engine) -> bool:
    with database.sessions(engine)() as session:
        return not UserStore(session).all()


def _prepare(engine: Engine, settings: Settings) -> None:
    """Refuse now what every worker would; build the router once, for all to map into memory."""
    special_grids(settings.special_file)
    with suppress(NotFoundError):  # without a city they serve what there is
        current_router(engine, cache_dir=settings.cache_dir)
