"""Long work on plans, each job in a process of its own: told of, cancelled, never forgotten.

The database holds the jobs, so any process can tell how far one is and cancel it. The process that
took an order looks after it: it says from time to time that it is there, and ends the work when
that is not wanted any more. What nobody looks after is marked failed.
"""

import logging
import multiprocessing
import os
import socket
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from gis_grid.accounts.audit import Actor
from gis_grid.errors import GisGridError, StorageError
from gis_grid.services.planning.balancing import SHARES, BalanceOrder, offers, task_of
from gis_grid.services.planning.desk import Desk
from gis_grid.storage.acting import acting
from gis_grid.storage.database import opened, sessions
from gis_grid.storage.plans.jobs import Job, JobState, JobStore

log = logging.getLogger(__name__)

LOST = "the server that worked at it was stopped; ask again"
TOLD_EVERY_S = 0.5
"""How often progress is written down."""

LOOK_EVERY_S = 0.5
BEAT_EVERY_S = 10.0
NICE = 5


class _UnwantedError(Exception):
    """Nobody wants the work any more."""


def runner_name() -> str:
    """Return a name for this process that no other one has: host, process, chance."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def is_dead(runner: str) -> bool:
    """Tell whether a process is surely gone: it was on this host, and is not there."""
    host, pid, _ = runner.rsplit(":", 2)
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OSError):
        return False
    return False


class JobRunner:
    """Looks after the jobs that this process took orders for, one at a time."""

    def __init__(self, engine: Engine) -> None:
        """Mark jobs failed whose process is gone."""
        self.name = runner_name()
        self._url = engine.url.render_as_string(hide_password=False)
        self._sessions = sessions(engine)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="plan-jobs")
        self._stopping = threading.Event()
        self.forget_lost()

    def forget_lost(self) -> None:
        """Mark jobs failed that nobody looks after any more."""
        with self._sessions.begin() as session:
            store = JobStore(session)
            dead = frozenset(one for one in store.runners() if is_dead(one))
            store.fail_lost(LOST, now=datetime.now(UTC), runners=dead)

    def order(self, session: Session, plan: int, wanted: BalanceOrder, *, author: str) -> Job:
        """Queue work in a transaction; call `start` when that is committed.

        Raises
        ------
        NotFoundError
            There is no such plan.
        ConflictError
            Work on the plan is going on already.
        """
        return JobStore(session).add(
            plan,
            wanted.model_dump(mode="json"),
            total=SHARES * wanted.proposals,
            runner=self.name,
            author=author,
            now=datetime.now(UTC),
        )

    def start(self, number: int) -> None:
        """Do a queued job when those before it have ended."""
        self._pool.submit(self._look_after, number)

    def close(self) -> None:
        """End the work and mark what was not done as failed."""
        self._stopping.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        now = datetime.now(UTC)
        try:
            with self._sessions.begin() as session:
                JobStore(session).fail_lost(LOST, now=now, runners=frozenset({self.name}))
        except StorageError as error:  # whoever starts next marks what this process left
            log.warning("jobs of %s stay open: %s", self.name, error)

    def _look_after(self, number: int) -> None:
        with self._sessions.begin() as session:
            if not JobStore(session).begin(number, now=datetime.now(UTC)):
                return
        # a fresh interpreter: a fork would copy the threads and connections of a server
        spawn = multiprocessing.get_context("spawn")
        process = spawn.Process(target=work, args=(self._url, number), daemon=True)
        process.start()
        with closing(process):
            self._wait(process, number)
            code = process.exitcode
        if not self._stopping.is_set():
            problem = f"the work ended with code {code} before it was done; ask again"
            _end(self._sessions, number, JobState.FAILED, problem)

    def _wait(self, process: BaseProcess, number: int) -> None:
        beat = 0.0
        while process.is_alive():
            process.join(LOOK_EVERY_S)
            with self._sessions.begin() as session:
                store = JobStore(session)
                wanted = store.get(number).is_going and not self._stopping.is_set()
                if time.monotonic() > beat:
                    store.beat(self.name, now=datetime.now(UTC))
                    beat = time.monotonic() + BEAT_EVERY_S
            if not wanted and process.is_alive():
                process.terminate()
                process.join()


def work(url: str, number: int) -> None:
    """Do a job that has begun: what a process of its own runs.

    Parameters
    ----------
    url
        The database.
    number
        The job.
    """
    if hasattr(os, "nice"):
        os.nice(NICE)  # whoever edits at the same time goes first
    with opened(url) as engine:
        make = sessions(engine)
        with make.begin() as session:
            job = JobStore(session).get(number)
        with acting(Actor(who=job.made_by, via=f"job {number}")):
            try:
                _do(engine, make, job)
            except _UnwantedError:
                return
            except GisGridError as error:
                _end(make, number, JobState.FAILED, str(error))
                return
            _end(make, number, JobState.DONE)


def _do(engine: Engine, make: sessionmaker[Session], job: Job) -> None:
    order = BalanceOrder.model_validate(dict(job.asked))
    with Desk(engine, at_once=1).look(job.plan) as (plan, held):
        state, settings = held.state, held.settings
    tell = _Telling(make, job.number)
    tell.now(0, "reading", step=plan.step)
    for found in offers(task_of(state, order, settings), tell):
        with make.begin() as session:
            JobStore(session).keep(job.number, found)
        tell.now(found.number * SHARES, "judging")


class _Telling:
    """Writes progress down, not too often, and stops when nobody wants the work any more."""

    def __init__(self, make: sessionmaker[Session], number: int) -> None:
        self._make = make
        self._number = number
        self._next = 0.0

    def __call__(self, done: int, said: str) -> None:
        """Say how far it is, when it is time to."""
        if time.monotonic() >= self._next:
            self.now(done, said)

    def now(self, done: int, said: str, *, step: int | None = None) -> None:
        """Say how far it is.

        Raises
        ------
        _UnwantedError
            The job was cancelled or given up.
        """
        with self._make.begin() as session:
            if not JobStore(session).tell(self._number, done=done, said=said, step=step):
                raise _UnwantedError
        self._next = time.monotonic() + TOLD_EVERY_S


def _end(
    make: sessionmaker[Session], number: int, state: JobState, problem: str | None = None
) -> None:
    with make.begin() as session:
        JobStore(session).end(number, state, now=datetime.now(UTC), problem=problem)
