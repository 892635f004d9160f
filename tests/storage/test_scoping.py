import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from gis_grid.accounts.permissions import BASE_MAP
from gis_grid.errors import NotFoundError
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.scoping import EVERYWHERE, NOWHERE, Area, inside, lies_in, owner_of
from gis_grid.storage.tables import table_of
from gis_grid.values.layers import LAYERS
from tests import drawn

CODES = sorted({*drawn.BOXES, "c", "d", "s", "w", "e", "' OR 1=1 --", '"', "网格"})


@pytest.fixture
def city(engine, session):
    drawn.store(engine)
    with engine.begin() as connection:  # one that nobody owns
        incident = table_of["incidents"]
        connection.execute(incident.update().where(incident.c.code == "i0").values(grid_code=None))
    return LayerStore(session)


def oracle(store, name, area):
    frame = store.read(name)
    owner = owner_of(LAYERS[name])
    if owner is None:
        return frame["code"].tolist()
    owners = [None if not isinstance(code, str) else code for code in frame[owner]]
    return [code for code, own in zip(frame["code"], owners, strict=True) if own in area]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
    max_examples=5,
)
@given(area=st.builds(Area, st.none() | st.frozensets(st.sampled_from(CODES))))
def test_every_way_to_read_stays_inside(city, area):
    for name in LAYERS:
        wanted = oracle(city, name, area)
        assert city.read(name, area=area)["code"].tolist() == wanted
        assert city.codes(name, area=area) == wanted
        assert city.count(name, area=area) == len(wanted)
        pages = [code for part in city.chunks(name, 2, area=area) for code in part["code"]]
        assert pages == wanted
        if LAYERS[name].geometry is not None:
            boxed = city.read(name, area=area, bbox=(122, 40, 124, 42))
            assert boxed["code"].tolist() == wanted
        for code in city.codes(name)[:3]:
            if code in wanted:
                assert city.get(name, code, area=area)["code"].tolist() == [code]
            else:
                with pytest.raises(NotFoundError):
                    city.get(name, code, area=area)


@pytest.mark.parametrize("seek", [True, False])
def test_seeking_and_sifting_find_the_same(city, session, seek):
    code = table_of["grids"].c.code
    area = Area(frozenset({"A", "w", "none of them"}))
    found = session.scalars(select(code).where(lies_in(code, area, seek=seek)).order_by(code))
    assert found.all() == ["A", "w"]


def test_what_needs_no_test_has_none():
    assert inside(LAYERS["places"], EVERYWHERE) is None
    assert {name for name, layer in LAYERS.items() if inside(layer, NOWHERE) is None} == BASE_MAP


def test_a_single_grid_is_found_by_its_index(city, session):
    """A Boolean in brackets with "= 1" behind it would be a scan on SQLite."""
    incident = table_of["incidents"]
    asked = select(incident.c.code).where(inside(LAYERS["incidents"], Area(frozenset({"E"}))))
    if session.get_bind().dialect.name == "sqlite":
        text = str(asked.compile(session.get_bind()))
        assert "= 1" not in text
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", ("[]",)).all()
        assert any("ix_incident_grid_code" in row[3] and "SEARCH" in row[3] for row in plan)
