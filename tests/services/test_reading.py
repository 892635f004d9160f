from datetime import UTC, datetime, timedelta

import pytest

from gis_grid.demo.city import make_city
from gis_grid.grid.naming import chain_of
from gis_grid.maps.city import DRAWN, city_page
from gis_grid.services.demo_city import store_city
from gis_grid.services.reading import UNNAMED, grid_names, picture_of
from gis_grid.storage.database import opened, sessions
from gis_grid.storage.generations import GenerationStore
from tests import databases, drawn

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def test_a_picture_holds_what_is_stored(engine):
    drawn.store(engine)
    picture = picture_of(engine, now=NOW)
    assert picture.name == "画市"
    assert set(picture.layers) == set(DRAWN)
    assert picture.counts["incidents"] == picture.heat.total == 8
    assert picture.until - picture.since == timedelta(days=365)
    assert picture.words["places"]["market"]
    assert picture.generation.number == 1


def test_both_databases_draw_the_same_page(engine):
    drawn.store(engine)
    page = city_page(picture_of(engine, now=NOW))
    assert page.count("网格E") == 2  # its name on the map and in its card


def test_an_empty_database_has_a_picture(engine):
    picture = picture_of(engine, now=NOW)
    assert picture.name == UNNAMED
    assert picture.since is picture.until is picture.generation is None
    assert all(len(frame) == 0 for frame in picture.layers.values())


def test_every_grid_leads_up_to_the_city(engine):
    drawn.store(engine)
    with sessions(engine).begin() as session:
        names = grid_names(session, GenerationStore(session).current())
    chains = [chain_of(names, letter) for letter in drawn.BOXES]
    assert all(chain[-3:] == ["s", "d", "c"] for chain in chains)
    assert [names[code].level for code in chains[0]] == [
        "subarea",
        "community",
        "subdistrict",
        "district",
        "city",
    ]


def test_a_circle_of_parents_ends(engine):
    drawn.store(engine)
    with sessions(engine).begin() as session:
        names = dict(grid_names(session, GenerationStore(session).current()))
    names["c"] = names["A"]
    assert len(chain_of(names, "A")) == len(set(chain_of(names, "A")))


@pytest.mark.slow
def test_the_page_of_the_small_city_is_small(tmp_path, sqlite_template):
    with opened(databases.sqlite_database(tmp_path, sqlite_template)) as engine:
        store_city(engine, make_city("small", 7))
        page = city_page(picture_of(engine, now=NOW))
    assert 500_000 < len(page.encode()) < 8_000_000
    assert "第 1 版" in page
