import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_grid.errors import ConflictError, InputError, NotFoundError
from gis_grid.grid.generations import Generation, Lineage, require_sequence
from gis_grid.storage.generations import CHANNEL, GenerationStore
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.tables import table_of
from tests.storage.features import areas, assert_same

START = datetime(2026, 1, 1, tzinfo=UTC)


def grids(names):
    """Make a grid for each code: its place follows from the code, its name is given."""
    shapes = [shapely.box(int(code), 0, int(code) + 1, 1) for code in names]
    return areas("grids", shapes, code=list(names), name=list(names.values()), level="subarea")


def rows(session):
    """Return code, first and last generation of every row that is kept."""
    grid = table_of["grids"].c
    found = session.execute(select(grid.code, grid.first_generation, grid.last_generation))
    return sorted(tuple(row) for row in found)


def test_publishes_and_remembers(session):
    store = GenerationStore(session)
    assert (store.number(), store.current(), store.all()) == (0, None, [])
    first = store.publish(grids({"1": "a", "2": "b"}), name="一", valid_from=START)
    assert first == Generation(number=1, name="一", valid_from=START)
    later = START + timedelta(days=30)
    lineage = [
        Lineage(old_code="1", new_code="1", share=0.5, amount=7.0, kind="split"),
        Lineage(old_code="1", new_code="3", share=0.5, share_of_new=0.25),
    ]
    second = store.publish(
        grids({"2": "b", "1": "A", "3": "c"}), name="二", valid_from=later, lineage=lineage
    )
    assert second == Generation(number=2, name="二", valid_from=later)
    assert store.all() == [
        Generation(number=1, name="一", valid_from=START, valid_to=later),
        second,
    ]
    assert store.current() == second
    assert store.number() == 2
    assert rows(session) == [("1", 1, 1), ("1", 2, None), ("2", 1, None), ("3", 2, None)]
    assert store.lineage(2) == lineage
    assert store.lineage(1) == []
    assert store.at(later - timedelta(microseconds=1)).number == 1
    assert store.at(later).number == 2
    with pytest.raises(NotFoundError, match="no generation is valid at 2025"):
        store.at(START - timedelta(days=1))


def test_nothing_new_is_no_new_generation(session):
    store = GenerationStore(session)
    first = store.publish(grids({"1": "a"}), name="一", valid_from=START)
    again = store.publish(
        LayerStore(session).read("grids"), name="二", valid_from=START + timedelta(days=1)
    )
    assert again == first
    assert store.number() == 1
    assert rows(session) == [("1", 1, None)]


HISTORIES = st.lists(
    st.dictionaries(st.sampled_from("123456"), st.sampled_from(["x", "y", ""]), min_size=1),
    min_size=1,
    max_size=5,
)


@given(history=HISTORIES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=6)
def test_every_generation_can_be_read_again(session, history):
    session.rollback()  # what the example before stored
    store, layers = GenerationStore(session), LayerStore(session)
    published = []
    for day, names in enumerate(history):
        frame = grids(names)
        new = store.publish(frame, name=str(day), valid_from=START + timedelta(days=day))
        if not published or new != published[-1][0]:
            published.append((new, frame))
    require_sequence(store.all())
    assert len(store.all()) == len(published)
    for generation, frame in published:
        found = layers.read("grids", at=generation.valid_from)
        assert found["code"].tolist() == sorted(frame["code"])
        named = dict(zip(frame["code"], frame["name"], strict=True))
        assert dict(zip(found["code"], found["name"], strict=True)) == named
    assert_same(layers.read("grids"), found)


@pytest.mark.parametrize(
    ("change", "error", "reason"),
    [
        ({"valid_from": START}, ConflictError, "generation 1 is valid from 2026-01-01"),
        ({"valid_from": datetime(2026, 2, 1)}, InputError, "without a time zone"),  # noqa: DTZ001
        ({"grids": grids({"1": "a"}).iloc[:0]}, InputError, "there are none to publish"),
        ({"grids": grids({"1": "a"}).to_crs(3857)}, InputError, "grids"),
        ({"grids": grids({"1": "a"}).assign(code="")}, InputError, "code is empty"),
    ],
)
def test_refuses_what_cannot_follow(session, change, error, reason):
    store = GenerationStore(session)
    store.publish(grids({"1": "a"}), name="一", valid_from=START)
    session.commit()
    wanted = {"grids": grids({"1": "b"}), "valid_from": START + timedelta(days=1)} | change
    with pytest.raises(error, match=reason):
        store.publish(wanted.pop("grids"), name="二", **wanted)
    session.rollback()
    assert [each.number for each in store.all()] == [1]
    assert rows(session) == [("1", 1, None)]


def test_the_loser_of_two_at_once_is_told(engine):
    """Both start from generation 0; the second waits for the first and must not win over it."""
    inside, done = threading.Event(), []

    def second():
        with Session(engine) as session:
            store = GenerationStore(session)
            number = store.number

            def number_then_wait():
                found = number()
                inside.set()
                return found

            store.number = number_then_wait
            try:
                store.publish(grids({"1": "b"}), name="late", valid_from=START)
                session.commit()
                done.append("published")
            except ConflictError as error:
                done.append(str(error))

    with Session(engine) as session:
        GenerationStore(session).publish(grids({"1": "a"}), name="first", valid_from=START)
        thread = threading.Thread(target=second)
        thread.start()
        assert inside.wait(10)
        thread.join(0.3)
        assert done == []  # it waits for us
        session.commit()
    thread.join(20)
    assert done == ["generation 1 was published by somebody else meanwhile; look at it first"]
    with Session(engine) as session:
        assert [each.name for each in GenerationStore(session).all()] == ["first"]


def test_an_aborted_publication_leaves_no_trace(engine):
    with Session(engine) as session:
        GenerationStore(session).publish(grids({"1": "a"}), name="first", valid_from=START)
        session.rollback()
    with Session(engine) as session:
        store = GenerationStore(session)
        assert (store.number(), store.all(), rows(session)) == (0, [], [])
        assert store.publish(grids({"1": "a"}), name="x", valid_from=START).number == 1


def test_listeners_hear_the_number_after_the_commit(engine):
    if engine.dialect.name != "postgresql":
        with Session(engine) as session:  # SQLite has no bell: readers look at the number
            GenerationStore(session).publish(grids({"1": "a"}), name="x", valid_from=START)
            with Session(engine) as other:
                assert GenerationStore(other).number() == 0
            session.commit()
            with Session(engine) as other:
                assert GenerationStore(other).number() == 1
        return
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        with Session(engine) as session:
            GenerationStore(session).publish(grids({"1": "a"}), name="x", valid_from=START)
            assert list(listener.notifies(timeout=0.1)) == []
            session.commit()
        assert [heard.payload for heard in listener.notifies(timeout=10, stop_after=1)] == ["1"]


def test_a_frame_is_not_changed(session):
    frame = grids({"1": "a"})
    before = frame.copy()
    GenerationStore(session).publish(frame, name="x", valid_from=START)
    assert_geodataframe_equal(frame, before)
