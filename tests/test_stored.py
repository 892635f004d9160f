"""The copied city is the one that was stored, and lives on like it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from gis_grid.services.publishing import publish_grids
from gis_grid.storage.audit import AuditStore
from gis_grid.storage.base import metadata
from gis_grid.storage.database import open_engine, sessions
from gis_grid.storage.plans.plans import PlanStore
from tests import databases, drawn, named, planned, redrawn, stored


@pytest.fixture
def second(request, database_url, tmp_path):
    """Give another empty database of the same kind."""
    if database_url.startswith("sqlite"):
        folder = tmp_path / "second"
        folder.mkdir()
        url = databases.sqlite_database(folder, request.getfixturevalue("sqlite_template"))
        engine = open_engine(url)
        yield engine
        engine.dispose()
        return
    server = request.getfixturevalue("postgis_server")
    template = request.getfixturevalue("postgis_template")
    with databases.postgis_database(server, template) as url:
        engine = open_engine(url)
        yield engine
        engine.dispose()


def everything(engine):
    with engine.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(select(table)).fetchall()))
            for name, table in metadata.tables.items()
        }


@pytest.mark.parametrize("city", [drawn, named, planned])
def test_a_copy_holds_the_same_rows(engine, second, city):
    city.store(engine)  # made here, or copied from what an earlier test made
    city.store(second)
    rows = everything(engine)
    assert rows == everything(second)
    assert len(rows["grid"]) >= 14


def test_a_copy_lives_on(engine, second):
    drawn.store(engine)
    drawn.store(second)
    publish_grids(
        second,
        redrawn.merged(),
        name="第2稿",
        valid_from=drawn.START + timedelta(days=1),
        based_on=1,
    )
    with sessions(second).begin() as session:
        assert AuditStore(session).broken() is None
    assert everything(engine) != everything(second)
    with sessions(engine).begin() as session:
        assert PlanStore(session).all() == []


def test_what_is_no_longer_empty_is_filled_row_by_row(engine):
    filled = []
    drawn.store(engine)
    stored.put(engine, filled.append)
    assert filled == [engine]
