"""People who report incidents while plans are published, and who owns what in the end."""

import os
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import shapely

from gis_grid.router.assign import assign_grids
from gis_grid.services.planning.desk import Desk
from gis_grid.services.planning.publication import published
from gis_grid.services.publishing import publish_grids, publish_in
from gis_grid.services.routing import current_router
from gis_grid.storage.database import sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.plans.plans import PlanStore
from gis_grid.values.layers import INCIDENTS
from tests import drawn
from tests.approved import approved_merge

AT_ONCE = int(os.environ.get("AT_ONCE", "25"))
"""Reports in a transaction: an intake stores together what came within a tenth of a second."""

LOAD = {"postgresql": (240, 6, 120), "sqlite": (50, 1, 20)}
"""Reports a second that are begun, by how many people, and how many between two publications:
SQLite has one writer at a time. Who was held up by a publication makes up for it."""

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
        self.longest_s = 0.0
        """Longest that the storing of some reports took, from begin to commit."""
        self.ended = self.began
        self.threads = [threading.Thread(target=self.work, args=(n,)) for n in range(people)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        for thread in self.threads:
            thread.join()
        self.ended = time.perf_counter()

    @property
    def rate(self):
        """Return how many reports were acknowledged a second, over the whole run."""
        return len(self.reported) / (self.ended - self.began)

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
                started = time.perf_counter()
                router, number = self.report(codes, places, states, (router, number))
                self.longest_s = max(self.longest_s, time.perf_counter() - started)
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
    one, into = [("A", "B"), ("E", "H"), ("I", "F")][turn % 3]
    number, now = approved_merge(engine, desk, one, into), datetime.now(UTC)
    with desk.look(number) as (_, held), sessions(engine).begin() as session:
        plan = PlanStore(session).hold(number)
        done, _ = published(
            session, plan, held, name=f"{turn}", valid_from=now, now=now, publish=publish_in
        )
    return done.generation.number


def owner_of(shapes, point):
    """Return who owns a point, by trying every grid; None when nobody does."""
    found = [code for code, shape in shapes.items() if shape.covers(shapely.Point(point))]
    assert len(found) <= 1, "a random point on a border"
    return found[0] if found else None


@dataclass
class Run:
    """What became of a run: who reported what, and the grids of each generation."""

    reporters: Reporters
    shapes: dict
    took_s: list
    """Seconds of each publication."""


def under_load(engine, *, between=None):
    """Publish plans and take them back, in turn, while incidents are reported to the drawn city."""
    with sessions(engine)() as session:
        first = LayerStore(session).read("grids")
    desk, reporters = Desk(engine), Reporters(engine)
    run = Run(reporters, {1: ground_now(engine)}, [])
    reporters.report([*"AEI"], [drawn.middle(letter) for letter in "AEI"], ["closed"] * 3)
    number = 1
    with reporters:
        for turn in range(PUBLICATIONS):
            enough = len(reporters.reported) + (between or reporters.between)
            deadline = time.monotonic() + 60
            while len(reporters.reported) < enough and not reporters.failed:
                assert time.monotonic() < deadline, "nobody reports any more"
                time.sleep(0.01)
            started = time.perf_counter()
            if turn % 2 == 0:
                number = publish_plan(engine, desk, turn)
            else:
                done = publish_grids(
                    engine, first, name="撤销", valid_from=datetime.now(UTC), based_on=number
                )
                number = done.generation.number
            run.took_s.append(time.perf_counter() - started)
            run.shapes[number] = ground_now(engine)
    assert reporters.failed == []
    assert number == 1 + PUBLICATIONS
    return run


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
