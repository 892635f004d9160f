"""Balance against METIS alone, GerryChain and spopt, at two sizes.

``python -m tests.benchmarks plan``. Blocks are Voronoi cells with log-normal work (sigma 0.8), as
in research/planning.md A.5: street = 5,000 blocks, 100 grids, 20 seeds; city = 100,000 blocks,
12,900 grids. PLAN_SEEDS and PLAN_CITY=0 make it shorter. A peer is stopped after PLAN_RUN_S seconds
a run, and begins no more runs after PLAN_PEER_S seconds in all.
"""

import multiprocessing
import os
import random
import time
import warnings
from collections import Counter

import geopandas as gpd
import networkx as nx
import numpy as np
import pymetis
import shapely

from gis_grid.plan.balance import balance, rebalance
from gis_grid.plan.blocks import blocks_of
from gis_grid.plan.metis import sub_graph
from gis_grid.plan.problem import problem_of
from gis_grid.plan.state import PlanState
from tests.benchmarks.machine import machine
from tests.plan.voronoi import cells

SEEDS = int(os.environ.get("PLAN_SEEDS", "20"))
CITY = os.environ.get("PLAN_CITY", "1") == "1"
RUN_S = float(os.environ.get("PLAN_RUN_S", "60"))
PEER_S = float(os.environ.get("PLAN_PEER_S", "240"))
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


def timed(method, blocks, seed):
    """Return wall and processor seconds of a run, and what it found."""
    wall, spent = time.perf_counter(), time.process_time()
    found = method(blocks, seed)
    return time.perf_counter() - wall, time.process_time() - spent, found


def _child(pipe, method, blocks, seed):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            pipe.send(timed(method, blocks, seed))
        except Exception as error:  # noqa: BLE001 - a peer may fail in any way
            pipe.send(f"{type(error).__name__}")


def limited(method, blocks, seed):
    """Run a peer in a process that is ended when it takes too long; a text says why it failed."""
    mine, yours = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=_child, args=(yours, method, blocks, seed)
    )
    process.start()
    yours.close()
    try:
        return mine.recv() if mine.poll(RUN_S) else f"not done in {RUN_S:.0f} s"
    except EOFError:
        return "died"
    finally:
        process.kill()
        process.join()


METHODS = {
    "gis-grid": (ours, timed),
    "pymetis alone": (metis, timed),
    "GerryChain trees 5 %": (gerrychain, limited),
    "spopt WardSpatial": (spopt_ward, limited),
}


def compare_methods():
    """Print the table of methods over the seeds."""
    print(f"street: {BLOCKS:,} blocks into {GRIDS} grids, {SEEDS} seeds; median (worst)\n")
    print("| method | runs | s | processor s | largest deviation | mean deviation ", end="")
    print("| broken grids | Polsby-Popper |\n|---|---|---|---|---|---|---|---|")
    city = [made(BLOCKS, seed) for seed in range(SEEDS)]
    ours(city[0], 0)  # compiled before it is measured
    for name, (method, run) in METHODS.items():
        rows, failed, began = [], Counter(), time.perf_counter()
        for seed, blocks in enumerate(city):
            if time.perf_counter() - began > PEER_S:
                failed["not begun"] += 1
                continue
            found = run(method, blocks, seed)
            if isinstance(found, str):
                failed[found] += 1
            else:
                rows.append((*found[:2], *scored(blocks, found[2])))
        runs = ", ".join([f"{len(rows)}", *(f"{n} {why}" for why, n in failed.items())])
        print(f"| {name} | {runs} | {told(rows)} |", flush=True)
    return city


def told(rows):
    """Return median and worst of runs."""
    if not rows:
        return " | ".join("–" * 6)
    wall, spent, largest, mean, broken, round_, _ = np.array(rows).T
    return " | ".join(
        [
            f"{np.median(wall):.2f} ({wall.max():.2f})",
            f"{np.median(spent):.2f} ({spent.max():.2f})",
            f"{np.median(largest):.1%} ({largest.max():.1%})",
            f"{np.median(mean):.1%}",
            f"{broken.max():.0f}",
            f"{np.median(round_):.3f} ({round_.min():.3f})",
        ]
    )


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
        began, cpu = time.perf_counter(), time.process_time()
        found = rebalance(
            state, blocks.column("work"), people, most_moved=0.05, rng=np.random.default_rng(seed)
        )
        spent, cpu = time.perf_counter() - began, time.process_time() - cpu
        less = 1 - found.cv / (before.std() / before.mean())
        after = PlanState(blocks, found.assignment, [str(i) for i in range(GRIDS)])
        broken = (after.pieces(range(GRIDS)) > 1).sum()
        rows.append((spent, cpu, less, found.moved / people.sum(), broken))
    t, cpu, less, moved, broken = np.array(rows).T
    print(
        f"CV less by {np.median(less):.0%} (least {less.min():.0%}), moved {moved.max():.2%} at "
        f"most, {np.median(t):.2f} s ({t.max():.2f}), of a processor {np.median(cpu):.2f} s "
        f"({cpu.max():.2f}), broken {broken.max():.0f}",
        flush=True,
    )


def main():
    """Print everything."""
    print(machine())
    city = compare_methods()
    small_changes(city)
    if not CITY:
        return
    blocks = made(100_000, 1)
    state = bare(blocks)
    began, cpu = time.perf_counter(), time.process_time()
    found = balance(state, blocks.column("work"), 12_900, rng=np.random.default_rng(1))
    spent, cpu = time.perf_counter() - began, time.process_time() - cpu
    after = PlanState(blocks, found.assignment, [str(i) for i in range(12_900)])
    off = np.abs(found.deviation)
    print(
        f"\ncity: 100,000 blocks into 12,900 grids: {spent:.1f} s ({cpu:.1f} s of a processor), "
        f"{(after.core.size[:12_900] > 0).sum():,} not empty, "
        f"{(after.pieces(range(12_900)) > 1).sum()} broken, mean deviation {off.mean():.1%}, "
        f"{(off > 0.05).sum()} above 5 %, {len(found.unsplittable)} of them explained by a block",
        flush=True,
    )


if __name__ == "__main__":
    main()
