from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import text

from gis_grid.accounts.areas import NOWHERE, Area
from gis_grid.errors import InputError, NotFoundError
from gis_grid.grid.levels import COMMUNITY_GRID
from gis_grid.maps.offline import render
from gis_grid.maps.reports.kinds import KINDS
from gis_grid.router.cells import parents
from gis_grid.services.reporting import moment_of, page_from_database
from gis_grid.storage.city import City, CityStore
from gis_grid.storage.database import open_engine, sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.incidents import recent_or_open
from gis_grid.storage.layers import LayerStore
from tests import databases, drawn

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OF_THE_CITY = [key for key, kind in KINDS.items() if kind.subject != "plans"]
"""A report of a plan needs a plan: tests/cli/test_plan_store.py draws it."""


@pytest.fixture(scope="module")
def sqlite_pages(tmp_path_factory, sqlite_template):
    """Return every report of the drawn city from SQLite, as HTML."""
    engine = open_engine(
        databases.sqlite_database(tmp_path_factory.mktemp("reports"), sqlite_template)
    )
    drawn.store(engine)
    pages = {key: draw(engine, key) for key in OF_THE_CITY}
    engine.dispose()
    return pages


def page(engine, key, options=None, **where):
    kind = KINDS[key]
    return page_from_database(engine, kind, kind.options_of(options or {}), now=NOW, **where)


def draw(engine, key, **where):
    return render(page(engine, key, **where))


def features(found, key):
    return next(len(one.shapes) for one in found.drawing.layers if one.key == key)


@pytest.mark.postgis
def test_both_databases_draw_the_same_files(postgis_server, postgis_template, sqlite_pages):
    with databases.postgis_database(postgis_server, postgis_template) as url:
        engine = open_engine(url)
        drawn.store(engine)
        try:
            assert {key: draw(engine, key) for key in OF_THE_CITY} == sqlite_pages
        finally:
            engine.dispose()


def test_an_empty_database_has_every_report(engine):
    for key in OF_THE_CITY:
        assert "尚无网格版本" in draw(engine, key)


def test_the_area_reaches_down_to_the_rows(engine):
    drawn.store(engine)
    here = Area(frozenset({"E"}))
    assert features(page(engine, "facilities", area=here), "facilities") == 1
    assert features(page(engine, "incidents", area=here), "incidents") == 8
    assert features(page(engine, "incidents", area=Area(frozenset({"A"}))), "incidents") == 0
    assert features(page(engine, "grids", area=here), "fill") == 1
    assert dict(page(engine, "heat", area=NOWHERE).figures)["案件"] == "0"
    for key in OF_THE_CITY:
        assert "网格A" not in draw(engine, key, area=here)


def test_heat_equals_a_count_in_sql(engine):
    drawn.store(engine)
    found = page(engine, "heat", {"days": 3})
    with engine.connect() as connection:
        query = text("SELECT cell FROM incident WHERE reported_at >= :since")
        since = drawn.START + timedelta(days=4)
        cells = [row[0] for row in connection.execute(query, {"since": _bound(engine, since)})]
    _, counts = np.unique(parents(np.array(cells, np.int64), 10), return_counts=True)
    heat = next(one for one in found.drawing.layers if one.key == "heat")
    assert sorted(heat.facts["案件数"]) == sorted(counts[counts >= 3].tolist())
    assert dict(found.figures)["案件"] == str(len(cells)) == "4"


def _bound(engine, moment):
    is_sqlite = engine.dialect.name == "sqlite"
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f") if is_sqlite else moment


def test_the_past_is_drawn_in_its_own_grids(engine):
    drawn.store(engine)
    later = drawn.START + timedelta(days=30)
    with sessions(engine).begin() as session:
        new = drawn.grids({"A": "新名字"})
        GenerationStore(session).publish(new, name="二稿", valid_from=later)
    then = moment_of(engine, 1)
    assert then == drawn.START
    assert "新名字" in draw(engine, "grids")
    old = draw(engine, "grids", at=then)
    assert "新名字" not in old
    assert "第 1 版 · 初稿" in old
    with pytest.raises(NotFoundError, match="no generation 9; there are 1, 2"):
        moment_of(engine, 9)


def test_open_incidents_never_grow_too_old(session):
    CityStore(session).put(City(name="画", area_code="2", scheme=COMMUNITY_GRID, epsg=4550))
    frame = drawn.frames()["incidents"]
    frame.loc[0, "state"], frame.loc[1, "state"] = "handled", "closed"
    LayerStore(session).upsert("incidents", frame)
    until = drawn.START + timedelta(days=7)
    since = drawn.START + timedelta(days=6)
    found = recent_or_open(session, since=since, until=until, most=100)
    assert found["code"].tolist() == ["i0", "i2", "i3", "i4", "i5", "i6", "i7"]
    earlier = recent_or_open(session, since=since, until=until - timedelta(days=1), most=100)
    assert "i7" not in earlier["code"].tolist()
    with pytest.raises(InputError, match="7 incidents are too many for one map of at most 6"):
        recent_or_open(session, since=since, until=until, most=6)


def test_progress_is_told(engine):
    drawn.store(engine)
    told = []
    kind = KINDS["heat"]
    page_from_database(
        engine, kind, kind.options(), now=NOW, progress=lambda *one: told.append(one)
    )
    assert told == [(0, 5), (1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]
