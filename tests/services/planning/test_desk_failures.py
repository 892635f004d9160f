"""A full disk and a lost connection in the middle of a plan: what was acknowledged is kept."""

import os
import threading

import numpy as np
import psycopg
import pytest
from sqlalchemy import make_url

from gis_grid.errors import StorageError
from gis_grid.plan import edits
from gis_grid.services.planning.desk import Desk
from gis_grid.storage.database import open_engine, opened, sessions
from gis_grid.storage.plans.plans import PlanStore
from tests import databases, disks, planned
from tests.plan import oracle
from tests.planned import NOW, SIDE


class Brushing:
    """Takes step after step on a desk, and knows which were acknowledged."""

    def __init__(self, desk, number):
        self.desk, self.number = desk, number
        self.rng = np.random.default_rng(8)
        self.acknowledged, self.refused = [], []

    def step(self):
        """Move a block on to the next grid; a step that could not be kept is counted."""
        block = f"B{self.rng.integers(1, SIDE**2 + 1):06d}"

        def onward(held, _):
            [number] = held.blocks([block])
            to = (int(held.state.core.grid[number]) + 1) % 4
            return edits.move_blocks(held.state, [number], f"g{to}")

        try:
            seen = self.last_step()
            done = self.desk.do(self.number, onward, seen=seen, author="ann", now=NOW)
            self.acknowledged.append(done.entry)
        except StorageError as error:
            self.refused.append(str(error))

    def last_step(self):
        with self.desk.look(self.number) as (plan, held):
            assert plan.step == len(held.draft.log)
            return plan.step

    def require_all_kept(self, engine):
        """Assert that the log holds what was acknowledged, and that a new process agrees."""
        with sessions(engine).begin() as session:
            log = PlanStore(session).entries(self.number)
        assert [entry.number for entry in log] == [*range(1, len(log) + 1)]
        kept = {entry.number: entry for entry in log}
        assert [kept[entry.number] for entry in self.acknowledged] == self.acknowledged
        assert len(log) <= len(self.acknowledged) + len(self.refused)
        with self.desk.look(self.number) as (_, mine), Desk(engine).look(self.number) as (_, other):
            assert mine.draft.log == other.draft.log == log
            oracle.same(mine.state, other.state)


def test_a_full_disk_refuses_the_step_and_keeps_the_others(tmp_path, sqlite_template):
    with disks.small_disk(tmp_path / "disk", "3m") as folder:
        path, filler = folder / "city.db", folder / "filler"
        path.write_bytes(sqlite_template.read_bytes())
        with opened(f"sqlite:///{path}") as engine:
            brushing = Brushing(Desk(engine), planned.store(engine).number)
            brushing.step()
            free = os.statvfs(folder)
            filler.write_bytes(b"x" * (free.f_bavail * free.f_frsize))
            for _ in range(400):
                brushing.step()
                if brushing.refused:
                    break
            assert "the disk is full; free some space" in brushing.refused[0]
            taken = len(brushing.acknowledged)
            brushing.require_all_kept(engine)
            filler.unlink()
            for _ in range(5):
                brushing.step()
            assert len(brushing.acknowledged) == taken + 5
            brushing.require_all_kept(engine)


@pytest.mark.postgis
def test_a_connection_that_breaks_loses_no_step(postgis_server, postgis_template):
    with databases.postgis_database(postgis_server, postgis_template) as url:
        engine = open_engine(url)
        brushing = Brushing(Desk(engine), planned.store(engine).number)
        is_over = threading.Event()

        def stream():
            while not is_over.is_set():
                brushing.step()

        worker = threading.Thread(target=stream)
        worker.start()
        try:
            for cut in range(1, 11):
                while len(brushing.acknowledged) < 5 * cut and worker.is_alive():
                    worker.join(0.002)
                break_connections(url)
        finally:
            is_over.set()
            worker.join()
        taken = len(brushing.acknowledged)
        assert taken >= 50
        assert brushing.refused
        brushing.step()
        assert len(brushing.acknowledged) == taken + 1
        brushing.require_all_kept(engine)
        engine.dispose()


def break_connections(url):
    """Let the server hang up on everybody who uses a database."""
    address = make_url(url)
    admin = address.set(drivername="postgresql", database="postgres")
    with psycopg.connect(admin.render_as_string(hide_password=False), autocommit=True) as link:
        link.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [address.database],
        )
