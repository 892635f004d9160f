"""A port that is taken early, and the web service that answers on it."""

import os
import socket
from contextlib import suppress

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from gis_grid.errors import ConflictError, StorageError

APP = "api.serving:create_app"
"""What uvicorn imports; gis_grid itself knows nothing of the web."""

WORKER_ANSWERS_S = 60
"""After so long without a sign of life a worker is begun again; a busy machine starts it slowly."""

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


def run(listener: socket.socket, url: str, workers: int = 1) -> None:
    """Answer on a port that was taken; the environment is the one way to name the database.

    Several workers are processes of their own, begun again when one dies; they share the port and
    the pages of the saved router.

    Raises
    ------
    StorageError
        The service did not start; it has said why.
    """
    os.environ[DATABASE] = url  # noqa: TID251 - the edge where it is set
    config = uvicorn.Config(
        APP,
        factory=True,
        log_level="warning",
        workers=workers,
        timeout_worker_healthcheck=WORKER_ANSWERS_S,
    )
    with suppress(KeyboardInterrupt):
        started = _run_alone(config, listener) if workers == 1 else _run_many(config, listener)
        if not started:
            message = "the service did not start; see the message above"
            raise StorageError(message)


def _run_alone(config: uvicorn.Config, listener: socket.socket) -> bool:
    server = uvicorn.Server(config)
    server.run(sockets=[listener])
    return server.started


def _run_many(config: uvicorn.Config, listener: socket.socket) -> bool:
    parent = Multiprocess(config, sockets=[listener])
    parent.run()
    return all(worker.exitcode != STARTUP_FAILURE for worker in parent.processes)
