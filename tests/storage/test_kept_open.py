from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text

from gis_grid.errors import StorageError
from gis_grid.storage.kept_open import KeptOpen


@pytest.fixture
def kept(engine):
    kept = KeptOpen(engine)
    yield kept
    kept.close()


def one(connection):
    return connection.execute(text("SELECT 1")).scalar_one()


def test_the_same_connection_is_used_again(kept):
    used = [kept.read(lambda connection: connection) for _ in range(3)]
    assert used[0] is used[1] is used[2]
    assert used[0].get_execution_options()["isolation_level"] == "AUTOCOMMIT"


def test_two_threads_never_share_one(kept):
    together = Barrier(2)

    def work(connection):
        together.wait(10)
        return connection

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: kept.read(work), range(2))
    assert first is not second


def test_one_that_died_is_replaced_without_a_word(kept):
    dead = kept.read(lambda connection: connection)
    dead.close()
    calls = []

    def work(connection):
        calls.append(connection)
        if connection is dead:
            message = "went away"
            raise StorageError(message)
        return one(connection)

    assert kept.read(work) == 1
    assert calls[0] is dead
    assert len(calls) == 2


def test_a_server_that_ends_a_connection_is_asked_anew(engine, kept):
    if engine.dialect.name == "sqlite":
        pytest.skip("no server")
    process = kept.read(lambda link: link.execute(text("SELECT pg_backend_pid()")).scalar_one())
    with engine.begin() as other:
        assert other.execute(text("SELECT pg_terminate_backend(:it)"), {"it": process}).scalar()
    assert kept.read(one) == 1


def test_a_failure_of_a_new_connection_is_told(kept):
    def broken(connection):
        return connection.execute(text("SELECT * FROM not_there")).all()

    for _ in range(2):
        with pytest.raises(StorageError, match="has not the tables of this version"):
            kept.read(broken)
    assert kept.read(one) == 1


def test_nothing_is_kept_after_the_end(kept):
    inside = []

    def work(connection):
        kept.close()
        inside.append(connection)
        return one(connection)

    assert kept.read(work) == 1
    assert inside[0].closed
