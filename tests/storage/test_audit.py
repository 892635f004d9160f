import json
import threading
from contextvars import Context
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gis_grid.accounts.audit import Actor, Anchor, Change, canonical
from gis_grid.errors import GisGridError, InputError
from gis_grid.storage.acting import acting, actor, recognise
from gis_grid.storage.audit import AuditStore, Wanted, record
from gis_grid.storage.city import CityStore
from gis_grid.storage.database import sessions
from gis_grid.storage.layers import LayerStore
from tests import drawn

ANN = Actor(who="ann", via="t1", address="10.0.0.7", request_id="r1")


COPIED = (
    "INSERT INTO audit SELECT 6, at, who, via, address, request_id, action, layer, code,"
    " before, after, hash FROM audit WHERE number = 5"
)


def note(code, **values):
    return Change(action="change", layer="incidents", code=code, after=values)


def write(engine, *changes, who=ANN):
    with acting(who), sessions(engine).begin() as session:
        record(session, *changes)


def entries(engine, wanted=None):
    with sessions(engine)() as session:
        return list(AuditStore(session).all(wanted or Wanted()))


def broken(engine, *anchors):
    with sessions(engine)() as session:
        return AuditStore(session).broken(anchors)


@pytest.fixture
def written(engine):
    """Return a database with five entries."""
    for number in range(5):
        write(engine, note(f"i{number}", text="网格 \"'; --\n", number=number, ratio=0.1))
    return engine


def unprotected(engine, statement):
    """Run a statement as somebody would who owns the database and has taken the triggers away."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for (name,) in connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in ("audit", "audit_end"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        connection.execute(text(statement))


def test_an_entry_says_who_did_what_from_where(written):
    first, *_ = entries(written)
    assert (first.number, first.actor, first.change.code) == (1, ANN, "i0")
    assert first.change.after == {"text": "网格 \"'; --\n", "number": 0, "ratio": 0.1}
    assert abs(datetime.now(UTC) - first.at) < timedelta(minutes=1)
    assert broken(written) is None


def test_what_is_rolled_back_was_not_done(written):
    with sessions(written)() as session:
        record(session, note("never"))
        session.rollback()
        session.commit()
    assert len(entries(written)) == 5


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("UPDATE audit SET who = 'bob' WHERE number = 3", "entry 3 is not what was written"),
        ("UPDATE audit SET after = '{}' WHERE number = 1", "entry 1 is not what was written"),
        ("UPDATE audit SET after = 'no json' WHERE number = 5", "entry 5 is not what was written"),
        ("UPDATE audit SET at = '2020-01-01 00:00:00' WHERE number = 2", "entry 2 is not"),
        ("DELETE FROM audit WHERE number = 2", "entry 2 is gone"),
        ("DELETE FROM audit WHERE number > 3", "entries 4 to 5 are gone"),
        ("DELETE FROM audit", "entries 1 to 5 are gone"),
        ("UPDATE audit SET number = 9 WHERE number = 5", "entries 5 to 8 are gone"),
        (COPIED, "entry 6 is not what was written"),
    ],
)
def test_tampering_is_found_and_the_first_broken_row_is_named(written, tampering, found):
    unprotected(written, tampering)
    assert found in broken(written)


def test_a_log_that_was_cut_together_with_its_end_is_found_by_an_anchor_outside(written):
    with sessions(written)() as session:
        anchor = AuditStore(session).end()
    write(written, note("later"))
    assert broken(written, anchor) is None
    fourth = entries(written)[3]
    unprotected(written, "DELETE FROM audit WHERE number > 4")
    unprotected(written, f"UPDATE audit_end SET number = 4, hash = '{fourth.hash}'")
    assert broken(written) is None
    assert broken(written, anchor) == "entry 5 is gone"
    assert "entry 2 is not the one" in broken(written, Anchor(number=2, hash="f" * 64))


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET who = 'bob' WHERE number = 3",
        "DELETE FROM audit WHERE number = 5",
        "DELETE FROM audit_end",
        "UPDATE audit_end SET number = 1",
    ],
)
def test_the_database_itself_refuses(written, tampering):
    with pytest.raises((DBAPIError, GisGridError), match="append-only"), written.begin() as c:
        c.execute(text(tampering))
    assert broken(written) is None
    assert len(entries(written)) == 5


@pytest.mark.postgis
def test_postgis_refuses_to_truncate(written):
    if written.dialect.name != "postgresql":
        return
    for table in ("audit", "audit_end"):
        with pytest.raises((DBAPIError, GisGridError), match="append-only"), written.begin() as c:
            c.execute(text(f"TRUNCATE {table}"))


def test_many_writers_make_one_chain(engine):
    def work(name):
        for number in range(10):
            write(engine, note(f"{name}-{number}"), note("again"), who=Actor(who=name))

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = entries(engine)
    assert [entry.number for entry in found] == list(range(1, 81))
    assert broken(engine) is None
    for name in ("w0", "w1", "w2", "w3"):
        mine = [e.change.code for e in found if e.actor.who == name and e.change.code != "again"]
        assert mine == [f"{name}-{n}" for n in range(10)]


def test_pages_go_backwards_and_fit_what_is_wanted(written):
    write(written, Change(action="grant", layer="users", code="bob"), who=Actor(who="root"))
    start = datetime.now(UTC) - timedelta(hours=1)
    with sessions(written)() as session:
        store = AuditStore(session)
        assert [e.number for e in store.page(limit=2)] == [6, 5]
        assert [e.number for e in store.page(before=5, limit=9)] == [4, 3, 2, 1]
        wanted = Wanted(who="ann", layer="incidents", action="change", code="i3", since=start)
        assert [e.number for e in store.page(wanted)] == [4]
        assert store.page(Wanted(until=start)) == []
        with pytest.raises(InputError, match="limit 0"):
            store.page(limit=0)
        with pytest.raises(InputError, match="without a time zone"):
            store.page(Wanted(since=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_every_change_of_a_layer_is_there(engine):
    drawn.store(engine)
    held = len(entries(engine))
    with acting(ANN), sessions(engine).begin() as session:
        store = LayerStore(session)
        frame = store.read("incidents", limit=2)
        store.upsert("incidents", frame.assign(state="closed"))
        store.upsert("incidents", store.read("incidents"))
        store.delete("incidents", ["i5", "i5", "nothing"])
    new = entries(engine)[held:]
    told = [(e.change.action, e.change.code, e.change.before) for e in new]
    assert told[:2] == [
        ("change", "i0", {"state": "reported"}),
        ("change", "i1", {"state": "reported"}),
    ]
    assert new[0].change.after == {"state": "closed"}
    ((action, code, before),) = told[2:]
    assert (action, code, before["state"], before["grid_code"]) == ("remove", "i5", "reported", "E")
    assert before["geometry"].startswith("POINT (123.003")
    assert broken(engine) is None


def test_personal_data_never_lands_in_the_log(engine):
    drawn.store(engine)
    with sessions(engine).begin() as session:
        store = LayerStore(session)
        frame = store.read("officers", private=True)
        store.upsert("officers", frame.assign(duty_phone="13800000000", role="楼栋长"))
        store.delete("officers", ["o1"])
    log = canonical([entry.document() for entry in entries(engine)])
    for secret in ("不可公开", "800", "13800000000"):
        assert f'"{secret}"' not in log
    change = next(e.change for e in entries(engine, Wanted(layer="officers", action="change")))
    assert change.before == {"duty_phone": "personal data", "role": "网格员"}


def test_rows_that_come_in_bulk_have_one_entry_and_a_digest(engine):
    frame = drawn.points(
        "places", [({"code": f"p{n:03d}", "category": "market"}, "A") for n in range(150)]
    )
    with sessions(engine).begin() as session:
        LayerStore(session).upsert("places", frame.iloc[:120])
    with sessions(engine).begin() as session:
        changed = frame.assign(name=[None] * 140 + ["x"] * 10)
        LayerStore(session).upsert("places", changed.iloc[::-1])
    first, second = entries(engine)
    assert (first.change.action, first.change.after["rows"]) == ("load", 120)
    assert (second.change.action, second.change.after["rows"]) == ("load", 30)
    with sessions(engine).begin() as session:
        LayerStore(session).upsert("places", frame.iloc[110:])
    edits = entries(engine)[2:]
    assert [e.change.code for e in edits] == [f"p{n}" for n in range(140, 150)]
    assert {canonical(e.change.before) for e in edits} == {'{"name":"x"}'}


def test_publications_and_settings_are_there(engine):
    drawn.store(engine)
    found = {e.change.layer: e.change for e in entries(engine)}
    assert found["settings"].before is None
    assert found["settings"].after["name"] == "画市"
    publication = found["grids"]
    assert (publication.action, publication.code) == ("publish", "1")
    assert publication.after["grids"] == publication.after["begun"] == 14
    with sessions(engine).begin() as session:
        CityStore(session).put(CityStore(session).get())
    assert len(entries(engine, Wanted(layer="settings"))) == 1


def test_who_acts_is_known_below_the_edge():
    def told():
        yield actor()
        with acting(Actor(address="10.0.0.7", request_id="r2")):
            recognise("ann", "t9")
            yield actor()
        yield actor()

    before, during, after = Context().run(list, told())  # where nobody was recognised before
    assert before == after == Actor(who="local")
    assert during == Actor(who="ann", via="t9", address="10.0.0.7", request_id="r2")


def test_the_log_is_json_all_over(written):
    for entry in entries(written):
        assert json.loads(canonical(entry.document()))["number"] == entry.number
