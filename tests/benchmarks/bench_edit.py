"""One step of a plan with 100,000 blocks: its computing, and over HTTP with its commit.

``python -m tests.benchmarks edit``; EDIT_BLOCKS, EDIT_STEPS and EDIT_HTTP_STEPS make it smaller.
Computing is told in processor time too, so that a busy machine does not spoil it.
"""

import os
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import shapely
from sqlalchemy import create_engine

from gis_grid.accounts.roles import Role
from gis_grid.errors import GeometryError, InputError
from gis_grid.plan import drawing, edits
from gis_grid.plan.balance import Wish, balance
from gis_grid.plan.blocks import blocks_of
from gis_grid.plan.log import Draft
from gis_grid.plan.spots import Spots
from gis_grid.plan.state import PlanState
from gis_grid.storage.database import open_engine, opened, sessions, upgrade
from gis_grid.storage.plans.packing import Start
from gis_grid.storage.plans.plans import PlanStore
from tests import drawn, postgres
from tests.benchmarks.machine import machine
from tests.plan.drawn import WHO
from tests.plan.voronoi import cells
from tests.planned import NOW, ORIGIN_M
from tests.processes import service
from tests.signed import token

BLOCKS = int(os.environ.get("EDIT_BLOCKS", "100_000"))
STEPS = int(os.environ.get("EDIT_STEPS", "4_000"))
HTTP_STEPS = int(os.environ.get("EDIT_HTTP_STEPS", "400"))
WARM_UP = 20
GRIDS = tuple(count for count in (100, 12_900) if count * 4 < BLOCKS)
A_CUT_IN = 20
"""After one move in so many, blocks are cut: once in each way."""


def made(count=BLOCKS):
    """Return Voronoi blocks with work and households."""
    rng = np.random.default_rng(1)
    shapes = cells(count, rng).translate(*ORIGIN_M)
    work, people = rng.lognormal(0.0, 0.8, (2, count))
    return blocks_of(shapes, weights={"work": work, "households": np.ceil(people * 10)})


def divided(blocks, grids):
    """Return a plan of so many grids of like area."""
    bare = PlanState(blocks, np.full(len(blocks), -1), [])
    wish, rng = Wish(tries=0), np.random.default_rng(1)
    found = balance(bare, shapely.area(blocks.shapes), grids, rng=rng, wish=wish)
    return PlanState(blocks, found.assignment, [f"g{i}" for i in range(grids)])


def border_block(state, rng):
    """Return a block on a border and the code of the grid beyond."""
    while True:
        block = int(rng.integers(state.used))
        own = int(state.core.grid[block])
        others = [int(n) for n in state.neighbours(block) if state.core.grid[n] != own]
        if state.is_alive(block) and others and state.core.size[own] > 1:
            return block, state.codes[state.core.grid[others[0]]]


def a_claim(state, spots, rng):
    """Return how to claim the middle of a block on a border."""
    block, to = border_block(state, rng)
    area = shapely.Point(state.shape(block).centroid).buffer(8, quad_segs=2)
    return lambda: drawing.claim_area(state, area, to, spots)


def a_drag(state, spots, rng):
    """Return how to drag the border of two grids: its ends stay, a corner between them moves."""
    lines = np.empty(0, object)
    while not len(lines):
        block, to = border_block(state, rng)
        pair = [int(state.core.grid[block]), state.grid_of(to)]
        lines = shapely.get_parts(drawing.border_between(state, *pair))
    xy = shapely.get_coordinates(lines[0])
    a, b = (0, len(xy) - 1) if len(xy) == 2 else np.sort(rng.choice(len(xy), 2, replace=False))
    aside = rng.normal(0, 0.3, 2) * np.hypot(*(xy[b] - xy[a]))
    bent = shapely.LineString([xy[a], (xy[a] + xy[b]) / 2 + aside, xy[b]])
    return lambda: drawing.drag_border(state, *(state.codes[g] for g in pair), bent, spots)


def a_split(state, spots, rng):
    """Return how to split a grid by a line through it."""
    grid = int(rng.choice(state.living_grids()))
    west, south, east, north = shapely.total_bounds(state.shapes(state.members(grid)))
    ends = [west, south] + rng.uniform(0.2, 0.8, (2, 2)) * [east - west, north - south]
    line, code = shapely.LineString(ends), f"s{state.grids}"
    return lambda: drawing.split_by_line(state, state.codes[grid], line, code, spots)


CUTS = {"cut and claim": a_claim, "drag a border": a_drag, "split by a line": a_split}


def computing(state):
    """Return times of each kind of step: wall and processor milliseconds, shape ``(n, 2)``."""
    draft, spots, rng = Draft(state.copy()), Spots(state), np.random.default_rng(2)
    state, moves = draft.state, "move a block"
    took = {name: [] for name in (moves, *CUTS)}

    def timed(into, make):
        wall, spent = time.perf_counter(), time.process_time()
        try:
            edit = make()
        except (GeometryError, InputError):  # it would leave a sliver, or takes no ground
            return
        if edit.ops:
            draft.do(edit, **WHO)
            into.append((time.perf_counter() - wall, time.process_time() - spent))

    for step in range(STEPS):
        block, to = border_block(state, rng)
        timed(took[moves], lambda block=block, to=to: edits.move_blocks(state, [block], to))
        if step % A_CUT_IN == 0:
            for name, make in CUTS.items():
                timed(took[name], make(state, spots, rng))
    return {name: np.array(times) * 1e3 for name, times in took.items()}


def tell_computing(plans):
    print("| computing, ms | grids | wall p50 | wall p99 | processor p50 | processor p99 |")
    print("|---|---:|---:|---:|---:|---:|")
    middle = {}
    for grids, state in plans.items():
        for name, times in computing(state).items():
            p50, p99 = np.percentile(times, [50, 99], axis=0)
            told = f"{p50[0]:.3f} | {p99[0]:.3f} | {p50[1]:.3f} | {p99[1]:.3f}"
            print(f"| {name} | {grids:,} | {told} |", flush=True)
            middle[name, grids] = p50[1]
    if len(GRIDS) > 1:
        few, many = (middle["move a block", grids] for grids in (GRIDS[0], GRIDS[-1]))
        print(
            f"\n{GRIDS[-1]:,} grids against {GRIDS[0]}: {many / few:.2f} times the processor time"
        )


@contextmanager
def database(kind, folder):
    """Give the address of a migrated database with the drawn city."""
    if kind == "SQLite":
        url = f"sqlite:///{folder / 'city.db'}"
    else:
        postgres.choose_folder()
        url = postgres.url()
        with create_engine(url, isolation_level="AUTOCOMMIT").connect() as link:
            link.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")
    try:
        with opened(url) as engine:
            upgrade(engine)
            drawn.store(engine)
        yield url
    finally:
        if kind != "SQLite":
            postgres.stop()


def stored(url, state):
    """Keep a plan that begins with a state; return its number."""
    codes = tuple(state.codes)
    start = Start(state.blocks, state.assignment, codes, (None,) * len(codes))
    engine = open_engine(url)
    with sessions(engine).begin() as session:
        plans = PlanStore(session)
        digest = plans.keep_start(start, now=NOW)
        about = {"title": "x", "area_code": "s", "generation": 1, "settings": {}}
        number = plans.add(**about, start_digest=digest, author="ann", now=NOW).number
    engine.dispose()
    return number


def over_http(client, number, state):
    """Return milliseconds of steps from the request to the last byte; each is committed."""
    rng, took, mirror, seen = np.random.default_rng(3), [], state.copy(), 0
    draft = Draft(mirror)
    for _ in range(WARM_UP + HTTP_STEPS):
        block, to = border_block(mirror, rng)
        wish = {"do": "move_blocks", "blocks": [mirror.code(block)], "to": to}
        began = time.perf_counter()
        status, told = client.step(number, wish, seen)
        took.append(time.perf_counter() - began)
        assert status == 200, told
        seen = told["plan"]["step"]
        draft.do(edits.move_blocks(mirror, [block], to), **WHO)
    return np.array(took[WARM_UP:]) * 1e3


def tell_http(plans):
    print("\n| over HTTP with commit, ms | grids | p50 | p95 | p99 | worst |")
    print("|---|---:|---:|---:|---:|---:|")
    for kind in ("SQLite", "PostGIS"):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with database(kind, folder) as url:
                numbers = {grids: stored(url, state) for grids, state in plans.items()}
                text = token(url, (Role.PLANNER, "s"), code="ann", is_read_only=False)
                with service(url, folder) as running:
                    for grids, number in numbers.items():
                        took = over_http(running.client(text), number, plans[grids])
                        told = " | ".join(f"{x:.1f}" for x in np.percentile(took, [50, 95, 99]))
                        print(f"| {kind} | {grids:,} | {told} | {took.max():.1f} |", flush=True)


def main():
    """Print both tables."""
    blocks = made()
    plans = {grids: divided(blocks, grids) for grids in GRIDS}
    computing(divided(made(1_000), 10))  # compiled before it is measured
    print(f"{BLOCKS:,} Voronoi blocks; {STEPS:,} moves of a block over a border, three cuts after")
    print(f"each {A_CUT_IN}th; {HTTP_STEPS} steps one after the other over HTTP. {machine()}")
    print("The private PostGIS of the tests runs without fsync; SQLite syncs every commit.\n")
    tell_computing(plans)
    tell_http(plans)


if __name__ == "__main__":
    main()
