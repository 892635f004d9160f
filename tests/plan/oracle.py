"""A plan measured from scratch, by things that share no code with the kernel."""

import networkx as nx
import numpy as np
import shapely


def graph_of(state):
    """Return the living blocks as a graph; edges know whether one can walk over them."""
    graph = nx.Graph()
    alive = [int(block) for block in state.alive()]
    graph.add_nodes_from(alive)
    for block in alive:
        for other, _, walkable in state.row(block):
            graph.add_edge(block, other, walkable=walkable)
    return graph


def pieces(state, grid, graph):
    """Count the parts of a grid: land by walking, water hanging on to what it touches."""
    members = [n for n in graph if state.core.grid[n] == grid]
    wet = {n for n in members if state.core.water[n]}
    inside = graph.subgraph(members)
    walked = nx.Graph()
    walked.add_nodes_from(n for n in members if n not in wet)
    walked.add_edges_from(
        (a, b) for a, b, d in inside.edges(data=True) if d["walkable"] and not {a, b} & wet
    )
    lakes = nx.connected_components(inside.subgraph(wet))
    dry = sum(all(nb in wet for n in lake for nb in inside[n]) for lake in lakes)
    return nx.number_connected_components(walked) + dry


def outline(state, grid):
    """Return the ground of a grid as one geometry, by an overlay and not by matching edges."""
    members = state.members(grid)
    return shapely.union_all(state.shapes(members))


def check(state, *, total_m2=None):
    """Assert that everything the kernel keeps is what it should be."""
    graph = graph_of(state)
    alive = state.alive()
    shapes = state.shapes(alive)
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    for grid in range(state.grids):
        members = state.members(grid)
        assert sorted(np.flatnonzero(state.assignment == grid)) == members.tolist()
        assert state.core.size[grid] == len(members)
        sums = state.core.weights[members].sum(axis=0)
        np.testing.assert_allclose(state.core.sums[grid], sums, rtol=1e-9, atol=1e-6)
        ground = outline(state, grid)
        np.testing.assert_allclose(state.area_m2(grid), ground.area, rtol=1e-9, atol=1e-6)
        np.testing.assert_allclose(
            state.around_m(grid)[-1], shapely.length(ground), rtol=1e-6, atol=1e-3
        )
        assert state.pieces(grid) == pieces(state, grid, graph)
    if total_m2 is not None:
        assert abs(shapely.area(shapes).sum() - total_m2) <= 1e-9 * total_m2


def same(one, other):
    """Assert that two states are equal to the last bit."""
    assert one.used == other.used
    assert one.codes == other.codes
    assert one.locks == other.locks
    np.testing.assert_array_equal(one.assignment, other.assignment)
    np.testing.assert_array_equal(one.alive(), other.alive())
    grids = range(one.grids)
    for name in ("sums", "area_m2", "around_m", "pieces"):
        np.testing.assert_array_equal(getattr(one, name)(grids), getattr(other, name)(grids))
    blocks = one.alive()
    assert (one.shapes(blocks) == other.shapes(blocks)).all()
    assert [one.code(int(b)) for b in blocks] == [other.code(int(b)) for b in blocks]
    assert [one.row(int(b)) for b in blocks] == [other.row(int(b)) for b in blocks]
