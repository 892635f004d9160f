"""Plans are published and taken back while incidents are reported: each has one owner, of now."""

import threading
import time
from datetime import UTC, datetime

import numpy as np
import shapely

from gis_grid.plan import edits
from gis_grid.plan.stages import Stage
from gis_grid.router.assign import assign_grids
from gis_grid.services.planning.desk import Desk
from gis_grid.services.planning.publication import mark_published, publication_of
from gis_grid.services.planning.starting import begin
from gis_grid.services.publishing import publish_grids, publish_in
from gis_grid.services.routing import current_router
from gis_grid.storage.database import sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.plans.plans import PlanStore
from gis_grid.values.layers import INCIDENTS
from tests import drawn

AT_ONCE = 10
"""Reports in a transaction."""

LOAD = {"postgresql": (200, 4, 120), "sqlite": (50, 1, 20)}
"""Reports a second, by how many people, and how many between two publications: SQLite has one
writer at a time."""

PUBLICATIONS = 5
"""Every other one takes the one before back."""
A_FIFTH, MARGIN = 0.2, 5e-4
CORNERS = np.add([drawn.WEST, drawn.SOUTH], [[-MARGIN], [3 * drawn.SIDE + MARGIN]])
"""Reports come from a little beyond the city too; nobody owns those."""


class Reporters:
    """Report incidents at a steady rate, as an intake does: hold, route, store."""

    def __init__(self, engine):
        self.engine = engine
        self.reported, self.closed, self.failed = [], {}, []
        self.is_over = threading.Event()
        self.began = time.perf_counter()
        self.lock = threading.Lock()
        self.due = 0
        self.a_second, people, self.between = LOAD[engine.dialect.name]
        self.threads = [threading.Thread(target=self.work, args=(n,)) for n in range(people)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def work(self, person):
        rng, router, number = np.random.default_rng(person), None, 0
        try:
            while not self.is_over.is_set():
                with self.lock:
                    self.due += 1
                    due = self.began + self.due * AT_ONCE / self.a_second
                time.sleep(max(0.0, due - time.perf_counter()))
                places = rng.uniform(*CORNERS, (AT_ONCE, 2))
                states = rng.choice(["closed", "reported"], AT_ONCE, p=[A_FIFTH, 1 - A_FIFTH])
                codes = [f"t{due}-{person}-{one}" for one in range(AT_ONCE)]
                router, number = self.report(codes, places, states, (router, number))
        except Exception as error:  # noqa: BLE001 - told to the test
            self.failed.append(error)

    def report(self, codes, places, states, held=(None, 0)):
        """Store incidents by the grids that are current; some are closed at once."""
        router, number = held
        rows = [
            {"code": code, "state": state, "reported_at": drawn.START}
            for code, state in zip(codes, states, strict=True)
        ]
        frame = drawn.layer("incidents", rows, shapely.points(places))
        with sessions(self.engine).begin() as session:
            store = GenerationStore(session)
            store.hold()
            if store.number() != number:
                router, generation = current_router(self.engine)
                number = generation.number
            owned = assign_grids(frame, router)
            LayerStore(session).upsert("incidents", owned[[*INCIDENTS.field_names, "geometry"]])
        owners = [owner or None for owner in owned["grid_code"].fillna("")]
        self.reported += zip(codes, [number] * len(codes), places, owners, strict=True)
        found = zip(codes, states, owners, strict=True)
        self.closed |= {code: owner for code, state, owner in found if state == "closed"}
        return router, number


def ground_now(engine):
    with sessions(engine)() as session:
        grids = LayerStore(session).read("grids")
    mine = grids[grids["level"] == "subarea"]
    return dict(zip(mine["code"], mine.geometry, strict=True))


def publish_plan(engine, desk, turn):
    """Redraw the city another way each time, and publish it; return the number it got."""
    now = datetime.now(UTC)
    with sessions(engine).begin() as session:
        store, begun = PlanStore(session), begin(session, "s")
        plan = store.add(
            title="x",
            area_code="s",
            generation=begun.generation,
            start_digest=store.keep_start(begun.start, now=now),
            settings={},
            author="ann",
            now=now,
        )
    one, into = [("A", "B"), ("E", "H"), ("I", "F")][turn % 3]
    desk.do(
        plan.number,
        lambda held, _: edits.merge(held.state, [one], into),
        seen=0,
        author="ann",
        now=now,
    )
    for stage in (Stage.REVIEW, Stage.APPROVED):
        with sessions(engine).begin() as session:
            store = PlanStore(session)
            store.move(store.hold(plan.number), stage, now=now)
    with desk.look(plan.number) as (_, held), sessions(engine).begin() as session:
        plan = PlanStore(session).hold(plan.number)
        found = publication_of(session, plan, held)
        done = publish_in(
            session, found.grids, name=f"{turn}", valid_from=now, based_on=found.based_on
        )
        mark_published(session, plan, done.generation.number, now=now)
    return done.generation.number


def owner_of(shapes, point):
    """Return who owns a point, by trying every grid; None when nobody does."""
    found = [code for code, shape in shapes.items() if shape.covers(shapely.Point(point))]
    assert len(found) <= 1, "a random point on a border"
    return found[0] if found else None


def test_incidents_reported_during_publications_have_one_owner_of_one_generation(engine):
    drawn.store(engine)
    with sessions(engine)() as session:
        first = LayerStore(session).read("grids")
    desk, shapes, reporters = Desk(engine), {1: ground_now(engine)}, Reporters(engine)
    reporters.report([*"AEI"], [drawn.middle(letter) for letter in "AEI"], ["closed"] * 3)
    with reporters:
        for turn in range(PUBLICATIONS):
            enough = len(reporters.reported) + reporters.between
            deadline = time.monotonic() + 60
            while len(reporters.reported) < enough and not reporters.failed:
                assert time.monotonic() < deadline, "nobody reports any more"
                time.sleep(0.01)
            if turn % 2 == 0:
                number = publish_plan(engine, desk, turn)
            else:
                done = publish_grids(
                    engine, first, name="撤销", valid_from=datetime.now(UTC), based_on=number
                )
                number = done.generation.number
            shapes[number] = ground_now(engine)
    assert reporters.failed == []
    assert number == 1 + PUBLICATIONS
    require_one_owner(engine, reporters, shapes)


def require_one_owner(engine, reporters, shapes):
    """Assert by brute force who owns what, at intake and in the end."""
    with sessions(engine)() as session:
        rows = LayerStore(session).read("incidents")
    owners = rows["grid_code"].where(rows["grid_code"].notna(), "").tolist()
    stored = {code: owner or None for code, owner in zip(rows["code"], owners, strict=True)}
    assert rows["code"].is_unique
    assert {code for code, *_ in reporters.reported} <= set(stored)
    assert len({number for _, number, *_ in reporters.reported}) >= PUBLICATIONS
    now = shapes[max(shapes)]
    for code, number, place, owner in reporters.reported:
        assert owner == owner_of(shapes[number], place), (code, number)
        keeps = code in reporters.closed and owner is not None
        assert stored[code] == (owner if keeps else owner_of(now, place)), code
    assert set(reporters.closed.values()) - {None} - set(now), "no closed one outlived its grid"
