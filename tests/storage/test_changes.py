import time

import pytest

from gis_grid.errors import StorageError
from gis_grid.storage.changes import ChangeWatch
from gis_grid.storage.database import open_engine, sessions
from gis_grid.storage.layers import LayerStore
from tests import drawn


def changes_within(watch, before, seconds):
    until = time.monotonic() + seconds
    while watch.token() == before and time.monotonic() < until:
        time.sleep(0.05)
    return watch.token() != before


def test_moves_when_somebody_else_has_written(engine, database_url):
    other = open_engine(database_url)
    with ChangeWatch(other) as watch:
        before = watch.token()
        with sessions(engine).begin() as session:
            LayerStore(session).upsert("cameras", drawn.frames()["cameras"])
        engine.dispose()
        assert changes_within(watch, before, 60)
    other.dispose()


def test_stands_still_when_nobody_writes(engine):
    with ChangeWatch(engine) as watch:
        tokens = {watch.token()}
        with sessions(engine).begin() as session:
            LayerStore(session).count("cameras")
        tokens.add(watch.token())
    assert len(tokens) == 1


def test_a_database_that_is_not_there_is_told(tmp_path):
    engine = open_engine("postgresql://nobody@127.0.0.1:1/nothing")
    with ChangeWatch(engine) as watch, pytest.raises(StorageError):
        watch.token()
    engine.dispose()
