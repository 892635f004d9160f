import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from gis_grid.storage import schema, search_terms
from gis_grid.storage.database import open_engine
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.tables import search_term, version
from gis_grid.values.layers import LAYERS
from tests import drawn, named
from tests.storage.features import frames


def kept(session, layer):
    statement = select(search_term.c.term, search_term.c.code).where(search_term.c.layer == layer)
    return {(term, code) for term, code in session.execute(statement)}


def wanted(session, layer):
    """Compute the pieces of what a layer holds now, from scratch."""
    frame = LayerStore(session).read(layer)
    columns = {
        name: frame[name].astype(object).where(frame[name].notna(), None).tolist()
        for name in ("code", *search_terms.SEARCHED[layer])
    }
    return search_terms.terms_of(LAYERS[layer], columns)


@pytest.mark.parametrize("layer", ["buildings", "facilities", "places"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=5)
@given(data=st.data())
def test_follows_every_change_of_a_layer(engine, layer, data):
    with Session(engine) as session:
        store = LayerStore(session)
        for _ in range(2):
            store.upsert(layer, data.draw(frames(LAYERS[layer])))
            assert kept(session, layer) == wanted(session, layer)
        codes = store.codes(layer)
        store.delete(layer, codes[:1])
        assert kept(session, layer) == wanted(session, layer)
        store.delete(layer, codes)
        assert kept(session, layer) == set()
        session.rollback()


def test_follows_a_new_generation(engine):
    drawn.store(engine)
    with Session(engine) as session:
        before = kept(session, "grids")
        assert before == wanted(session, "grids")
    with Session(engine) as session:
        later = drawn.START.replace(month=3)
        GenerationStore(session).publish(drawn.grids(named.NAMES), name="新", valid_from=later)
        assert kept(session, "grids") == wanted(session, "grids")
        assert kept(session, "grids") != before
        assert ("花园第1网格", "A") in kept(session, "grids")


def test_an_upgrade_makes_pieces_of_what_is_there(engine):
    named.store(engine)
    with Session(engine) as session, session.begin():
        known = {name: kept(session, name) for name in search_terms.SEARCHED}
        session.execute(text("DELETE FROM search_term"))
        session.execute(update(version).where(version.c.topic == "search").values(number=0))
    schema.upgrade(engine)
    with Session(engine) as session:
        assert {name: kept(session, name) for name in search_terms.SEARCHED} == known
        assert all(known.values())


def test_an_upgrade_of_the_same_edition_touches_nothing(engine):
    named.store(engine)
    with Session(engine) as session, session.begin():
        session.execute(text("DELETE FROM search_term"))
    schema.upgrade(engine)
    with Session(engine) as session:
        assert kept(session, "grids") == set()


def test_an_older_schema_has_no_pieces(bare_database_url):
    engine = open_engine(bare_database_url)
    schema.upgrade(engine, to="0002")
    schema.upgrade(engine)
    with Session(engine) as session:
        edition = select(version.c.number).where(version.c.topic == "search")
        assert session.scalar(edition) == search_terms.EDITION
    engine.dispose()
