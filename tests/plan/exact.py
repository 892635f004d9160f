"""The exact optimum of small cases by HiGHS: connected grids whose heaviest one is lightest."""

import highspy
import networkx as nx
import numpy as np


def least_heaviest(weights, pairs, count, *, seconds=60.0):
    """Return the least possible weight of the heaviest of `count` connected grids.

    A mixed-integer programme over block and grid; where a solution has a grid in several pieces,
    each piece is told to have a neighbour, and it is solved again.
    """
    n = len(weights)
    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(pairs)
    model = highspy.Highs()
    model.setOptionValue("output_flag", "off")
    model.setOptionValue("time_limit", seconds)
    model.setOptionValue("mip_rel_gap", 1e-6)
    heaviest = model.addVariable(lb=max(weights.max(), weights.sum() / count))
    put = [[model.addBinary() for _ in range(count)] for _ in range(n)]
    for row in put:
        model.addConstr(sum(row) == 1)
    for grid in range(count):
        load = sum(float(weights[v]) * put[v][grid] for v in range(n))
        model.addConstr(load <= heaviest)
        model.addConstr(sum(put[v][grid] for v in range(n)) >= 1)
    model.addConstr(put[int(np.argmax(weights))][0] == 1)  # grids are alike
    while True:
        model.minimize(heaviest)
        if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        values = np.array(model.getSolution().col_value)
        grids = [[v for v in range(n) if values[put[v][grid].index] > 0.5] for grid in range(count)]
        broken = [
            (grid, piece, members)
            for grid, members in enumerate(grids)
            for piece in nx.connected_components(graph.subgraph(members))
            if len(piece) < len(members)
        ]
        if not broken:
            return values[heaviest.index]
        for _, piece, members in broken:
            rim = nx.node_boundary(graph, piece)
            other = next(v for v in members if v not in piece)
            one = next(iter(sorted(piece)))
            for grid in range(count):
                reach = sum(put[v][grid] for v in rim)
                model.addConstr(put[one][grid] + put[other][grid] - reach <= 1)
