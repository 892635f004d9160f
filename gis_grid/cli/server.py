"""A port that is taken early, and the web service that answers on it."""

import os
import socket
from contextlib import suppress

import uvicorn

from gis_grid.errors import ConflictError, StorageError

APP = "api.app:create_app"
"""What uvicorn imports; gis_grid itself knows nothing of the web."""

DATABASE = "GIS_GRID_DATABASE_URL"


def address_of(host: str, port: int) -> str:
    """Return where a browser finds the service.

    Examples
    --------
    >>> address_of("127.0.0.1", 8000), address_of("::1", 8000)
    ('http://127.0.0.1:8000', 'http://[::1]:8000')
    """
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


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
