"""Balance against METIS alone, GerryChain and spopt; how long an edit takes; sizes.

``python -m tests.benchmarks plan``. Blocks are Voronoi cells with log-normal work (sigma 0.8), as
in research/planning.md A.5: street = 5,000 blocks, 100 grids, 20 seeds; city = 100,000 blocks,
12,900 grids. PLAN_SEEDS and PLAN_CITY=0 make it shorter.
"""

import os
import random
import time
import warnings

import geopandas as gpd
import networkx as nx
import numpy as np
import pymetis
import shapely

from gis_grid.plan import drawing, edits
from gis_grid.plan.balance import balance, rebalance
from gis_grid.plan.blocks import blocks_of
from gis_grid.plan.log import Draft
from gis_grid.plan.metis import sub_graph
from gis_grid.plan.problem import problem_of
from gis_grid.plan.spots import Spots
from gis_grid.plan.state import PlanState
from tests.benchmarks.machine import machine
from tests.plan.drawn import WHO
from tests.plan.voronoi import cells

SEEDS = int(os.environ.get("PLAN_SEEDS", "20"))
CITY = os.environ.get("PLAN_CITY", "1") == "1"
BLOCKS, GRIDS = 5_000, 100


def made(count, seed):
    """Return blocks with work and households."""
    rng = np.random.default_rng(seed)
    work = rng.lognormal(0.0, 0.8, count)
    people = np.ceil(rng.lognormal(0.0, 0.8, count) * 10)
    return blocks_of(cells(count, rng), weights={"work": work, "households": people})


def bare(blocks):
    """Return a plan without grids."""
    return PlanState(blocks, np.full(len(blocks), -1), [])


def ours(blocks, seed):
    """Balance with gis_grid."""
    found = balance(bare(blocks), blocks.column("work"), GRIDS, rng=np.random.default_rng(seed))
    return found.assignment


def metis(blocks, seed):
    """Divide with pymetis, contiguous k-way, border lengths as edge weights."""
    state, work = bare(blocks), blocks.column("work")
    graph = problem_of(state, work, target=0.0).graph
    xadj, adjncy, border = sub_graph(graph, np.arange(len(blocks)))
    found = pymetis.part_graph(
        GRIDS,
        pymetis.CSRAdjacency(xadj.astype(np.int32), adjncy.astype(np.int32)),
        vweights=np.maximum(1, np.rint(work / work.mean() * 1000)).astype(np.int32),
        eweights=np.maximum(1, np.rint(border)).astype(np.int32),
        recursive=False,
        options=pymetis.Options(ufactor=30, seed=seed, contig=1),
    )
    return np.asarray(found.vertex_part)


def gerrychain(blocks, seed):
    """Divide with GerryChain's recursive trees, 5 %."""
    from gerrychain import Graph  # noqa: PLC0415 - slow to load
    from gerrychain.partition import recursive_tree_part  # noqa: PLC0415

    work = np.rint(blocks.column("work") * 1000).astype(int)
    graph = nx.Graph()
    graph.add_nodes_from((at, {"work": int(load)}) for at, load in enumerate(work))
    graph.add_edges_from(map(tuple, blocks.links.pair.tolist()))
    mine = Graph.from_networkx(graph)
    if hasattr(mine, "convert_from_nx_to_rx"):
        mine = mine.convert_from_nx_to_rx()
    target = work.sum() / GRIDS
    found = recursive_tree_part(
        mine, list(range(GRIDS)), target, "work", 0.05, rng=random.Random(seed)
    )
    part = np.full(len(blocks), -1)
    for node, grid in found.items():
        part[mine.original_nx_node_id_for_internal_node_id(node)] = grid
    return part


def spopt_ward(blocks, seed):
    """Divide with spopt's WardSpatial; its others take minutes (research/planning.md A.5)."""
    import libpysal  # noqa: PLC0415 - slow to load
    from spopt.region import WardSpatial  # noqa: PLC0415

    near = {at: [] for at in range(len(blocks))}
    for one, other in blocks.links.pair.tolist():
        near[one].append(other)
        near[other].append(one)
    middle = shapely.get_coordinates(shapely.centroid(blocks.shapes))
    frame = gpd.GeoDataFrame({"x": middle[:, 0], "y": middle[:, 1]}, geometry=blocks.shapes)
    np.random.seed(seed)  # noqa: NPY002 - spopt draws from it
    model = WardSpatial(
        frame, libpysal.weights.W(near, silence_warnings=True), ["x", "y"], n_clusters=GRIDS
    )
    model.solve()
    return np.asarray(model.labels_)


def scored(blocks, assignment):
    """Return largest and mean deviation, broken grids, compactness and parts."""
    names, number = np.unique(assignment, return_inverse=True)
    state = PlanState(blocks, number, [str(name) for name in names])
    grids = state.living_grids()
    work = state.sums(grids)[:, 0]
    off = np.abs(work / (blocks.column("work").sum() / GRIDS) - 1)
    around = state.around_m(grids)[:, -1]
    round_ = 4 * np.pi * state.area_m2(grids) / around**2
    return off.max(), off.mean(), int((state.pieces(grids) > 1).sum()), round_.mean(), len(grids)


def compare_methods():
    """Print the table of methods over the seeds."""
    print(f"street: {BLOCKS:,} blocks into {GRIDS} grids, {SEEDS} seeds; median (worst)\n")
    print("| method | s | largest deviation | mean deviation | broken grids | Polsby-Popper |")
    print("|---|---|---|---|---|---|")
    city = [made(BLOCKS, seed) for seed in range(SEEDS)]
    ours(city[0], 0)  # compiled before it is measured
    methods = {"gis-grid": ours, "pymetis alone": metis, "GerryChain trees 5 %": gerrychain}
    methods["spopt WardSpatial"] = spopt_ward
    for name, method in methods.items():
        rows = []
        for seed, blocks in enumerate(city):
            began = time.perf_counter()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    found = method(blocks, seed)
                except RuntimeError:  # GerryChain may find no cut
                    continue
            rows.append((time.perf_counter() - began, *scored(blocks, found)))
        failed = f", {len(city) - len(rows)} failed" if len(rows) < len(city) else ""
        t, largest, mean, broken, round_, _ = np.array(rows).T
        print(
            f"| {name}{failed} | {np.median(t):.2f} ({t.max():.2f}) | {np.median(largest):.1%} "
            f"({largest.max():.1%}) | {np.median(mean):.1%} | {broken.max():.0f} | "
            f"{np.median(round_):.3f} ({round_.min():.3f}) |",
            flush=True,
        )
    return city


def small_changes(city):
    """Print what a small change buys."""
    print("\nminimal change: grids of equal area to begin with, at most 5 % of households moved\n")
    rows = []
    for seed, blocks in enumerate(city):
        area = shapely.area(blocks.shapes)
        first = balance(bare(blocks), area, GRIDS, rng=np.random.default_rng(seed))
        state = PlanState(blocks, first.assignment, [str(i) for i in range(GRIDS)])
        before = state.sums(range(GRIDS))[:, 0]
        people = blocks.column("households")
        began = time.perf_counter()
        found = rebalance(
            state, blocks.column("work"), people, most_moved=0.05, rng=np.random.default_rng(seed)
        )
        spent = time.perf_counter() - began
        less = 1 - found.cv / (before.std() / before.mean())
        after = PlanState(blocks, found.assignment, [str(i) for i in range(GRIDS)])
        broken = (after.pieces(range(GRIDS)) > 1).sum()
        rows.append((spent, less, found.moved / people.sum(), broken))
    t, less, moved, broken = np.array(rows).T
    print(
        f"CV less by {np.median(less):.0%} (least {less.min():.0%}), moved {moved.max():.2%} at "
        f"most, {np.median(t):.2f} s ({t.max():.2f}), broken {broken.max():.0f}",
        flush=True,
    )


def edit_times(blocks, grids, seed=1):
    """Return milliseconds of edits that move one block, and of cuts by a dragged border."""
    found = balance(
        bare(blocks), shapely.area(blocks.shapes), grids, rng=np.random.default_rng(seed)
    )
    state = PlanState(blocks, found.assignment, [f"g{i}" for i in range(grids)])
    draft, spots, rng = Draft(state), Spots(state), np.random.default_rng(seed)
    moves, cuts = [], []
    while len(moves) < 4_000:
        block = int(rng.integers(state.used))
        own = int(state.core.grid[block])
        others = [int(n) for n in state.neighbours(block) if state.core.grid[n] != own]
        if not state.is_alive(block) or not others or state.core.size[own] < 2:
            continue
        to = state.codes[state.core.grid[others[0]]]
        began = time.perf_counter()
        draft.do(edits.move_blocks(state, [block], to), **WHO)
        moves.append(time.perf_counter() - began)
        if len(moves) % 40 == 0:
            x, y = state.shape(block).centroid.coords[0]
            area = shapely.Point(x, y).buffer(8, quad_segs=2)
            code = state.codes[own]
            if state.core.size[own]:
                began = time.perf_counter()
                edit = drawing.claim_area(state, area, code, spots)
                if edit.ops:
                    draft.do(edit, **WHO)
                    cuts.append(time.perf_counter() - began)
    return np.array(moves) * 1e3, np.array(cuts) * 1e3


def main():
    """Print everything."""
    print(machine())
    city = compare_methods()
    small_changes(city)
    if not CITY:
        return
    blocks = made(100_000, 1)
    state = bare(blocks)
    began = time.perf_counter()
    found = balance(state, blocks.column("work"), 12_900, rng=np.random.default_rng(1))
    spent = time.perf_counter() - began
    after = PlanState(blocks, found.assignment, [str(i) for i in range(12_900)])
    off = np.abs(found.deviation)
    print(
        f"\ncity: 100,000 blocks into 12,900 grids: {spent:.1f} s, "
        f"{(after.core.size[:12_900] > 0).sum():,} not empty, "
        f"{(after.pieces(range(12_900)) > 1).sum()} broken, mean deviation {off.mean():.1%}, "
        f"{(off > 0.05).sum()} above 5 %, {len(found.unsplittable)} of them explained by a block",
        flush=True,
    )
    times = {grids: edit_times(blocks, grids) for grids in (100, 12_900)}
    print("\n| edit, 100,000 blocks | 100 grids: p50, p99 ms | 12,900 grids: p50, p99 ms | ratio |")
    print("|---|---|---|---|")
    for at, name in enumerate(("move a block", "cut and claim an area")):
        few, many = (np.percentile(times[grids][at], [50, 99]) for grids in (100, 12_900))
        print(
            f"| {name} | {few[0]:.3f}, {few[1]:.3f} | {many[0]:.3f}, {many[1]:.3f} | "
            f"{many[0] / few[0]:.2f} |"
        )


if __name__ == "__main__":
    main()
