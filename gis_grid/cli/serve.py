"""``gis-grid serve``: run the web service on a database that is there."""

from typing import Annotated

import typer

from gis_grid.cli.db import DatabaseOption
from gis_grid.cli.server import address_of, listen, run
from gis_grid.settings import Settings
from gis_grid.storage import database

HostOption = Annotated[
    str, typer.Option(help="Address to listen on; 0.0.0.0 is every one of this machine.")
]
PortOption = Annotated[int, typer.Option(min=1, max=65_535)]


def serve(
    *,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8000,
    url: DatabaseOption = None,
) -> None:
    """Show the map and answer the API until Ctrl+C."""
    url = url or Settings().database_url
    with database.opened(url) as engine:
        database.require_schema(engine)
    with listen(host, port) as listener:
        typer.echo(f"{address_of(host, port)}/ shows the map; Ctrl+C stops it")
        run(listener, url)
