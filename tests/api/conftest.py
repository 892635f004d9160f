from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from gis_grid.settings import Settings
from gis_grid.storage.database import open_engine
from tests import databases, drawn
from tests.signed import signed_in

BOTH = ["sqlite", pytest.param("postgis", marks=pytest.mark.postgis)]


@contextmanager
def new_database(request, folder) -> Iterator[str]:
    if request.param == "sqlite":
        yield databases.sqlite_database(folder, request.getfixturevalue("sqlite_template"))
        return
    server = request.getfixturevalue("postgis_server")
    template = request.getfixturevalue("postgis_template")
    with databases.postgis_database(server, template) as address:
        yield address


@contextmanager
def served(url, folder) -> Iterator[TestClient]:
    """Give a client that asks as an administrator of the whole city."""
    app = create_app(Settings(database_url=url, cache_dir=folder / "cache"))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield signed_in(client, url)


@pytest.fixture(scope="session", params=BOTH)
def empty_client(request, tmp_path_factory) -> Iterator[TestClient]:
    """Give a client of a service whose database has tables and nothing in them; nobody writes."""
    folder = tmp_path_factory.mktemp("empty")
    with new_database(request, folder) as url, served(url, folder) as client:
        yield client


@pytest.fixture(scope="session", params=BOTH)
def client(request, tmp_path_factory) -> Iterator[TestClient]:
    """Give a client of a service that holds the drawn city; nobody writes."""
    folder = tmp_path_factory.mktemp("drawn")
    with new_database(request, folder) as url:
        engine = open_engine(url)
        drawn.store(engine)
        engine.dispose()
        with served(url, folder) as client:
            yield client
