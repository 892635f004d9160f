"""Jobs in the database: begun once, told of by anybody, and never going on without anyone."""

from datetime import timedelta

import numpy as np
import pytest

from gis_grid.errors import ConflictError, NotFoundError, StorageError
from gis_grid.storage.audit import AuditStore, Wanted
from gis_grid.storage.database import sessions
from gis_grid.storage.plans.jobs import LOST_AFTER, JobState, JobStore, Kept, _unpack
from tests import planned
from tests.planned import NOW

LATER = NOW + timedelta(seconds=5)


@pytest.fixture
def city(engine):
    planned.store(engine)
    return engine


def add(engine, plan=1, runner="h:1:a"):
    with sessions(engine).begin() as session:
        return JobStore(session).add(
            plan, {"mode": "scratch"}, total=200, runner=runner, author="ann", now=NOW
        )


def do(engine, what):
    with sessions(engine).begin() as session:
        return what(JobStore(session))


KEPT = Kept(
    number=1,
    figures={"cv": 0.125},
    before=np.array([0, 1, -1]),
    after=np.array([0, 2, -1]),
    alive=np.array([0, 1]),
    grids=2,
    codes={2: "网格002"},
    ground="0" * 64,
)


def test_a_job_goes_from_queue_to_end(city):
    job = add(city)
    assert (job.state, job.done, job.step, job.is_going) == ("queued", 0, None, True)
    assert not do(city, lambda s: s.tell(job.number, done=3, said="dividing"))  # not begun
    assert do(city, lambda s: s.begin(job.number, now=LATER))
    assert not do(city, lambda s: s.begin(job.number, now=LATER))  # by one process only
    assert do(city, lambda s: s.tell(job.number, done=120, said="refining", step=4))
    do(city, lambda s: s.keep(job.number, KEPT))
    now = do(city, lambda s: s.get(job.number))
    assert (now.state, now.done, now.said, now.step) == ("running", 120, "refining", 4)
    assert do(city, lambda s: s.end(job.number, JobState.DONE, now=LATER))
    assert not do(city, lambda s: s.end(job.number, JobState.FAILED, now=LATER, problem="x"))
    assert do(city, lambda s: s.get(job.number)).ended_at == LATER
    assert do(city, lambda s: s.figures(job.number)) == [(1, {"cv": 0.125})]
    found = do(city, lambda s: s.proposal(job.number, 1))
    for name in ("before", "after", "alive"):
        np.testing.assert_array_equal(getattr(found, name), getattr(KEPT, name))
    assert (found.grids, found.codes, found.ground) == (2, KEPT.codes, KEPT.ground)


def test_a_plan_has_one_job_at_a_time(city):
    first = add(city)
    with pytest.raises(ConflictError, match=f"job {first.number} works on plan 1 already"):
        add(city)
    cancelled = do(city, lambda s: s.cancel(first.number, now=LATER))
    assert cancelled.state == "cancelled"
    assert not do(city, lambda s: s.begin(first.number, now=LATER))
    with pytest.raises(ConflictError, match="is cancelled; there is nothing to cancel"):
        do(city, lambda s: s.cancel(first.number, now=LATER))
    second = add(city)
    assert [job.number for job in do(city, lambda s: s.of(1))] == [second.number, first.number]


def test_what_nobody_looks_after_has_failed(city):
    job = add(city, runner="h:1:a")
    gone = frozenset({"h:2:b"})
    assert do(city, lambda s: s.fail_lost("stopped", now=LATER, runners=gone)) == []
    do(city, lambda s: s.beat("h:1:a", now=LATER))
    late = LATER + LOST_AFTER
    assert do(city, lambda s: s.fail_lost("stopped", now=late, runners=gone)) == []
    assert do(city, lambda s: s.runners()) == {"h:1:a"}
    after = late + timedelta(seconds=1)
    assert do(city, lambda s: s.fail_lost("stopped", now=after, runners=gone)) == [job.number]
    found = do(city, lambda s: s.get(job.number))
    assert (found.state, found.problem) == ("failed", "stopped")
    other = add(city, runner="h:2:b")
    assert do(city, lambda s: s.fail_lost("stopped", now=NOW, runners=gone)) == [other.number]


def test_what_is_done_with_jobs_is_in_the_audit_log(city):
    job = add(city)
    do(city, lambda s: s.cancel(job.number, now=LATER))
    with sessions(city)() as session:
        found = list(AuditStore(session).all(Wanted(layer="jobs")))
        assert AuditStore(session).broken([]) is None
    assert [(one.change.action, one.change.code) for one in found] == [
        ("add", str(job.number)),
        ("change", str(job.number)),
    ]
    assert found[1].change.after == {"state": "cancelled"}


def test_what_is_not_there_is_named(city):
    for what in (lambda s: s.get(7), lambda s: s.proposal(7, 1), lambda s: s.cancel(7, now=NOW)):
        with pytest.raises(NotFoundError, match="job 7"):
            do(city, what)
    with pytest.raises(NotFoundError, match="no plan 99"):
        add(city, plan=99)
    with pytest.raises(StorageError, match="ask for new proposals"):
        _unpack(1, {}, b"PK not this")
