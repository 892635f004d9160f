import signal
import sqlite3
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from gis_grid.errors import ConflictError, GisGridError, InputError, StorageError
from gis_grid.storage.database import (
    LOCK_WAIT_S,
    open_engine,
    opened,
    require_schema,
    sessions,
    upgrade,
)
from gis_grid.storage.layers import LayerStore, Stored
from tests import databases, disks
from tests.storage.features import points

SOME = points("gates", [(i / 1000, 1) for i in range(2000)], name="东门" * 500)


def one_line(error):
    said = str(error.value)
    assert "\n" not in said
    assert 20 < len(said) < 300
    return said


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "not the address of a database; write sqlite:///city.db or postgresql://"),
        ("city.db", "'city.db' is not the address of a database"),
        ("oracle://host/city", "oracle://host/city is neither SQLite nor PostGIS"),
        ("sqlite:////no/such/folder/city.db", "there is no folder /no/such/folder"),
    ],
)
def test_refuses_an_address_that_leads_nowhere(url, reason):
    with pytest.raises(StorageError, match=reason) as error:
        open_engine(url)
    one_line(error)


def test_never_says_a_password():
    for url in ("postgresql:/ann:hunter2@host/city", "postgresql://ann:hunter2@127.0.0.1:1/city"):
        with pytest.raises(StorageError) as error, opened(url) as engine:
            require_schema(engine)
        assert "hunter2" not in one_line(error)


def test_says_that_a_server_does_not_answer():
    with (
        pytest.raises(StorageError, match=r"cannot be reached .* Connection refused") as error,
        opened("postgresql://ann@127.0.0.1:1/city") as engine,
    ):
        upgrade(engine)
    one_line(error)


@pytest.mark.postgis
@pytest.mark.parametrize(
    ("change", "reason"),
    [({"database": "atlantis"}, "atlantis"), ({"password": "wrong"}, "user|password")],
)
def test_says_what_a_server_refuses(postgis_server, change, reason):
    url = make_url(postgis_server).set(**change).render_as_string(hide_password=False)
    with pytest.raises(StorageError, match=reason) as error, opened(url) as engine:
        require_schema(engine)
    one_line(error)


def test_says_that_a_file_is_no_database(tmp_path):
    path = tmp_path / "city.db"
    path.write_bytes(b"PK\3\4" * 1000)
    with (
        pytest.raises(StorageError, match="is not an SQLite file") as error,
        opened(f"sqlite:///{path}") as engine,
    ):
        upgrade(engine)
    one_line(error)
    assert path.read_bytes() == b"PK\3\4" * 1000


def test_says_that_a_folder_is_no_database(tmp_path):
    with (
        pytest.raises(StorageError, match="cannot be opened"),
        opened(f"sqlite:///{tmp_path}") as engine,
    ):
        upgrade(engine)


def test_says_that_another_writer_holds_the_lock(database_url):
    with opened(database_url) as holder, holder.begin() as connection:
        connection.execute(text("INSERT INTO gate (code) VALUES ('p1')"))
        impatient = open_engine(database_url, lock_wait_s=0.2)
        started = time.monotonic()
        with pytest.raises(StorageError, match="is locked by another") as error:  # noqa: SIM117
            with Session(impatient) as session:
                LayerStore(session).upsert("gates", SOME)
        assert time.monotonic() - started < LOCK_WAIT_S
        one_line(error)
        impatient.dispose()


def test_readers_do_not_wait_for_a_writer(database_url):
    with opened(database_url) as engine, engine.begin() as connection:
        connection.execute(text("INSERT INTO gate (code) VALUES ('p1')"))
        with opened(database_url) as other, Session(other) as session:
            started = time.monotonic()
            assert LayerStore(session).count("gates") == 0
            assert time.monotonic() - started < LOCK_WAIT_S


def test_a_waiting_writer_goes_on_when_the_lock_is_gone(engine):
    done = []

    def write():
        with sessions(engine).begin() as session:
            done.append(LayerStore(session).upsert("gates", SOME))

    waiting = threading.Thread(target=write)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO gate (code) VALUES ('p1')"))
        waiting.start()
        waiting.join(0.3)
        assert done == []
    waiting.join(30)
    assert done == [Stored(stored=1999, updated=1)]


def test_says_that_the_tables_are_missing(bare_database_url):
    with opened(bare_database_url) as engine, Session(engine) as session:
        with pytest.raises(StorageError, match=r"has not the tables.*gis-grid db upgrade") as error:
            LayerStore(session).count("gates")
        one_line(error)


def test_a_bug_is_not_dressed_up(engine):
    with pytest.raises(Exception, match=r"(?i)syntax") as error, engine.connect() as connection:
        connection.execute(text("SELEC 1"))
    assert not isinstance(error.value, GisGridError)


def test_rules_of_the_schema_are_named(engine):
    with pytest.raises(InputError, match="refuses a value"), engine.begin() as connection:
        connection.execute(text("INSERT INTO building (code) VALUES ('x')"))
    for error in (None, ConflictError):
        with sessions(engine)() as session:
            statement = text("INSERT INTO gate (code) VALUES ('x')")
            if error is None:
                session.execute(statement)
                session.commit()
            else:
                with pytest.raises(error, match="has that key already"):
                    session.execute(statement)


def test_sqlite_is_set_up_to_lose_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(databases, "waits_for_the_disk", True)
    with opened(f"sqlite:///{tmp_path / 'city.db'}") as engine, engine.connect() as connection:
        asked = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    full = 2
    assert asked == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
    }


WRITER = """
import sys
from sqlalchemy import make_url, text
from gis_grid.storage.database import open_engine, sessions
engine = open_engine(sys.argv[1])
number = 0
while True:
    with sessions(engine).begin() as session:
        session.execute(text("INSERT INTO gate (code) VALUES (:code)"), {"code": f"{number:06d}"})
    print(number, flush=True)
    number += 1
"""


def test_what_was_acknowledged_survives_a_kill(database_url):
    command = [sys.executable, "-c", WRITER, database_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        for _ in range(25):
            last = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        last = max([last, *map(int, writer.stdout.read().split())])
    with opened(database_url) as engine, Session(engine) as session:
        codes = set(LayerStore(session).codes("gates"))
    assert {f"{number:06d}" for number in range(last + 1)} <= codes


@pytest.fixture
def small_disk(tmp_path):
    with disks.small_disk(tmp_path / "disk", "1536k") as folder:
        yield folder


def store_in_one_go(engine):
    with sessions(engine).begin() as session:
        LayerStore(session).upsert("gates", SOME)


def test_a_full_disk_is_said_and_leaves_the_database_as_it_was(small_disk, sqlite_template):
    path = small_disk / "city.db"
    path.write_bytes(sqlite_template.read_bytes())
    with opened(f"sqlite:///{path}") as engine:
        with Session(engine) as session:
            LayerStore(session).upsert("gates", SOME.iloc[:5])
            session.commit()
        with pytest.raises(StorageError, match="the disk is full; free some space") as error:
            store_in_one_go(engine)
        one_line(error)
        with Session(engine) as session:
            assert LayerStore(session).count("gates") == 5
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_a_file_that_may_not_be_written_is_said(tmp_path, sqlite_template):
    path = tmp_path / "city.db"
    path.write_bytes(sqlite_template.read_bytes())
    with opened(f"sqlite:///file:{path}?mode=ro&uri=true") as engine, Session(engine) as session:
        assert LayerStore(session).count("gates") == 0
        with pytest.raises(StorageError, match="may not be written to"):
            LayerStore(session).upsert("gates", SOME)
