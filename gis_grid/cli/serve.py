"""``gis-grid serve``: run the web service on a database that is there."""

import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from sqlalchemy import Engine

from gis_grid.cli.db import DatabaseOption
from gis_grid.errors import ConflictError, StorageError
from gis_grid.settings import Settings
from gis_grid.storage import database

APP = "api.app:create_app"
"""What uvicorn imports; gis_grid itself knows nothing of the web."""

DATABASE = "GIS_GRID_DATABASE_URL"

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
        require_ready(engine)
    with listen(host, port) as listener:
        shown = f"[{host}]" if ":" in host else host
        typer.echo(f"http://{shown}:{port}/ shows the map; Ctrl+C stops it")
        run(listener, url)


def require_ready(engine: Engine) -> None:
    """Refuse a database that the service could not use, without making a file.

    Raises
    ------
    StorageError
        It is not there, cannot be reached, or its tables are not those of this version; the
        message names the command that mends it.
    """
    file = engine.url.database
    if engine.dialect.name == "sqlite" and file and not Path(file).exists():
        message = f"there is no {file}; make a city (gis-grid demo) or tables for your own "
        message += f"(gis-grid db upgrade --database {database.name_of(engine)})"
        raise StorageError(message)
    database.require_schema(engine)


def listen(host: str, port: int) -> socket.socket:
    """Take a port before any work begins, so that a taken one is noticed at once.

    Raises
    ------
    ConflictError
        The port is taken, may not be used, or the host is none of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except OSError:
            listener.close()
            raise
    except (OSError, UnicodeError) as error:
        said = getattr(error, "strerror", None) or "no such host"
        message = f"cannot listen on port {port} of {host} ({said}); choose another: --port, --host"
        raise ConflictError(message) from error
    return listener


def run(listener: socket.socket, url: str) -> None:
    """Answer on a port that was taken; the environment is the one way to name the database.

    Raises
    ------
    StorageError
        The service did not start; it has said why.
    """
    os.environ[DATABASE] = url  # noqa: TID251 - the edge where it is set
    server = uvicorn.Server(uvicorn.Config(APP, factory=True, log_level="warning"))
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    if not server.started:
        message = "the service did not start; see the message above"
        raise StorageError(message)
