from datetime import UTC, datetime

from gis_grid.grid.naming import chain_of
from gis_grid.services.reading import grid_names
from gis_grid.storage.database import sessions
from gis_grid.storage.generations import GenerationStore
from tests import drawn

NOW = datetime(2026, 6, 1, tzinfo=UTC)


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
