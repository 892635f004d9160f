"""Fixtures that every test may use."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from gis_grid.storage.database import open_engine
from tests import databases, pace, postgres

settings.register_profile("ci", derandomize=True, max_examples=50, deadline=None)
settings.register_profile("nightly", max_examples=1000, deadline=None)
settings.load_profile("ci")
databases.hurry()

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real data; without it the test is skipped (CI refuses to run then)."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared/data beside this checkout")
    return SHARED


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(pace, "pace")
    if not hasattr(config, "workerinput"):  # workers of xdist are told by the environment
        postgres.choose_folder()


def pytest_unconfigure(config: pytest.Config) -> None:
    databases.forget_connections()
    if not hasattr(config, "workerinput"):
        databases.forget_run()


BOTH = ["sqlite", pytest.param("postgis", marks=pytest.mark.postgis)]


@pytest.fixture(scope="session")
def postgis_server() -> str:
    """Return the address of a PostGIS server whose user may create databases."""
    return databases.postgis_server()


@pytest.fixture(scope="session")
def postgis_template(postgis_server) -> str:
    """Return the name of a migrated database on the server."""
    return databases.migrated_template(postgis_server)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    """Return a migrated SQLite file."""
    return databases.migrated_file(tmp_path_factory.mktemp("sqlite") / "template.db")


@pytest.fixture(params=BOTH)
def database_url(request, tmp_path) -> Iterator[str]:
    """Give the address of a new, migrated, empty database: SQLite, then PostGIS."""
    if request.param == "sqlite":
        yield databases.sqlite_database(tmp_path, request.getfixturevalue("sqlite_template"))
        return
    server = request.getfixturevalue("postgis_server")
    template = request.getfixturevalue("postgis_template")
    with databases.postgis_database(server, template) as address:
        yield address


@pytest.fixture(params=BOTH)
def bare_database_url(request, tmp_path) -> Iterator[str]:
    """Give the address of a database without any table: SQLite, then PostGIS."""
    if request.param == "sqlite":
        yield databases.sqlite_database(tmp_path, None)
        return
    server = request.getfixturevalue("postgis_server")
    with databases.postgis_database(server, "template0") as address:
        yield address


@pytest.fixture
def engine(database_url) -> Iterator[Engine]:
    """Give an engine on a new database."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine) -> Iterator[Session]:
    """Give a session whose changes are rolled back."""
    with Session(engine) as session:
        yield session
