"""Drafts in memory are always level with the database, whatever others do and whatever fails."""

import threading

import numpy as np
import pytest

from gis_grid.errors import ConflictError, InputError, NotFoundError, StorageError
from gis_grid.plan import edits
from gis_grid.plan.stages import Stage
from gis_grid.services.planning.desk import Desk
from gis_grid.storage.database import sessions
from gis_grid.storage.plans.plans import PlanStore
from tests import planned
from tests.planned import NOW, SIDE


@pytest.fixture
def number(engine):
    return planned.store(engine).number


def moving(block, to):
    return lambda held, _: edits.move_blocks(held.state, held.blocks([block]), to)


def step_of(desk, number):
    with desk.look(number) as (plan, held):
        assert plan.step == len(held.draft.log)
        return plan.step


def grid_of(desk, number, block):
    with desk.look(number) as (_, held):
        return held.state.codes[held.state.core.grid[held.blocks([block])[0]]]


def test_a_step_is_seen_by_the_other_process(engine, number):
    mine, yours = Desk(engine), Desk(engine)
    taken = mine.do(number, moving("B000001", "g3"), seen=0, author="ann", now=NOW)
    assert (taken.plan.step, taken.entry.author) == (1, "ann")
    assert grid_of(yours, number, "B000001") == "g3"
    yours.undo(number, seen=1, author="bob", now=NOW)
    assert grid_of(mine, number, "B000001") == "g0"
    mine.redo(number, seen=2, author="ann", now=NOW)
    assert (step_of(mine, number), step_of(yours, number)) == (3, 3)


def test_a_step_over_one_that_was_not_seen_is_refused_and_nothing_changes(engine, number):
    mine, yours = Desk(engine), Desk(engine)
    mine.do(number, moving("B000001", "g3"), seen=0, author="ann", now=NOW)
    with pytest.raises(ConflictError, match=r"since then: 1 ann: 1 blocks to g3"):
        yours.do(number, moving("B000002", "g3"), seen=0, author="bob", now=NOW)
    assert grid_of(yours, number, "B000002") == "g0"
    assert step_of(yours, number) == 1


def test_what_cannot_be_done_leaves_the_draft_as_it_was(engine, number):
    desk = Desk(engine)
    for make in (
        moving("B999999", "g3"),
        moving("B000001", "nowhere"),
        moving("B000001", "g0"),
    ):
        with pytest.raises((InputError, NotFoundError)):
            desk.do(number, make, seen=0, author="ann", now=NOW)
    with pytest.raises(ConflictError, match="nothing to undo"):
        desk.undo(number, seen=0, author="ann", now=NOW)
    assert step_of(desk, number) == 0


def test_a_step_taken_while_the_plan_is_read_is_left_for_the_next_look(engine, number):
    mine, yours = Desk(engine), Desk(engine)
    yours.do(number, moving("B000001", "g3"), seen=0, author="bob", now=NOW)
    real = PlanStore.get

    def overtaken(self, asked):
        PlanStore.get = real
        plan = real(self, asked)
        yours.do(number, moving("B000002", "g3"), seen=1, author="bob", now=NOW)
        return plan

    with mine.look(number):
        pass
    PlanStore.get = overtaken
    try:
        assert step_of(mine, number) == 1
    finally:
        PlanStore.get = real
    assert step_of(mine, number) == 2


@pytest.mark.parametrize("number_asked", [0, 99, -1])
def test_a_plan_that_is_not_there_is_named(engine, number, number_asked):
    with (
        pytest.raises(NotFoundError, match=f"no plan {number_asked}"),
        Desk(engine).look(number_asked),
    ):
        pass


def test_a_step_that_was_not_committed_was_not_taken(engine, number):
    desk = Desk(engine)
    desk.do(number, moving("B000001", "g3"), seen=0, author="ann", now=NOW)

    class GoneError(Exception):
        pass

    real = PlanStore.append

    def lost(self, held, entry):
        real(self, held, entry)
        raise GoneError  # the connection breaks after the row was written, before the commit

    PlanStore.append = lost
    try:
        with pytest.raises(GoneError):
            desk.do(number, moving("B000002", "g3"), seen=1, author="ann", now=NOW)
    finally:
        PlanStore.append = real
    assert grid_of(desk, number, "B000002") == "g0"
    assert grid_of(desk, number, "B000001") == "g3"
    desk.do(number, moving("B000002", "g2"), seen=1, author="ann", now=NOW)
    assert grid_of(Desk(engine), number, "B000002") == "g2"


def test_a_plan_under_review_is_looked_at_only(engine, number):
    desk = Desk(engine)
    with sessions(engine).begin() as session:
        store = PlanStore(session)
        store.move(store.hold(number), Stage.REVIEW, now=NOW)
    for act in (desk.undo, desk.redo):
        with pytest.raises(ConflictError, match="stage review"):
            act(number, seen=0, author="ann", now=NOW)
    assert step_of(desk, number) == 0


def test_a_process_forgets_what_it_was_asked_for_first(engine, number):
    desk = Desk(engine, at_once=1)
    with sessions(engine).begin() as session:
        other = PlanStore(session).copy(number, title="x", author="bob", now=NOW).number
    for turn, (plan, block) in enumerate([(number, "B000001"), (other, "B000002")] * 2):
        to = "g3" if turn < 2 else "g2"
        desk.do(plan, moving(block, to), seen=turn // 2, author="ann", now=NOW)
    assert grid_of(desk, number, "B000001") == "g2"
    assert grid_of(desk, other, "B000001") == "g0"


@pytest.mark.slow
def test_planners_in_two_processes_save_at_once_and_nothing_is_lost(engine, number):
    """Each saves until 25 steps of their own are taken; a conflict is looked at and tried again."""
    each, taken, failed = 25, {"ann": 0, "bob": 0}, []

    def work(name):
        desk = Desk(engine)
        rng = np.random.default_rng(len(taken) + ord(name[0]))
        try:
            while taken[name] < each:
                seen = step_of(desk, number)
                block = f"B{rng.integers(1, SIDE**2 + 1):06d}"

                def onward(held, _, block=block):
                    now = int(held.state.core.grid[held.blocks([block])[0]])
                    to = f"g{(now + 1) % 4}"
                    return edits.move_blocks(held.state, held.blocks([block]), to)

                try:
                    desk.do(number, onward, seen=seen, author=name, now=NOW)
                except ConflictError:
                    continue
                taken[name] += 1
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)

    people = [threading.Thread(target=work, args=(name,)) for name in taken]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert not failed
    with sessions(engine).begin() as session:
        log = PlanStore(session).entries(number)
    assert [one.number for one in log] == [*range(1, 2 * each + 1)]
    assert {name: sum(one.author == name for one in log) for name in taken} == taken
    assert step_of(Desk(engine), number) == 2 * each


def test_the_database_that_went_back_in_time_is_believed(engine, number):
    desk = Desk(engine)
    desk.do(number, moving("B000001", "g3"), seen=0, author="ann", now=NOW)
    with sessions(engine).begin() as session:  # as a backup from before would be
        connection = session.connection()
        connection.exec_driver_sql("DELETE FROM plan_entry")
        connection.exec_driver_sql("UPDATE plan SET step = 0")
    assert step_of(desk, number) == 0
    assert grid_of(desk, number, "B000001") == "g0"


def test_storage_that_is_away_is_told(engine, number, tmp_path):
    desk = Desk(engine)
    step_of(desk, number)
    engine.dispose()
    with sessions(engine).begin() as session:
        session.connection().exec_driver_sql("ALTER TABLE plan_entry RENAME TO plan_entry_away")
    with pytest.raises(StorageError):
        desk.do(number, moving("B000001", "g3"), seen=0, author="ann", now=NOW)
    with sessions(engine).begin() as session:
        session.connection().exec_driver_sql("ALTER TABLE plan_entry_away RENAME TO plan_entry")
    assert step_of(desk, number) == 0
