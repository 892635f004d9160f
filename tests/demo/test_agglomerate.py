import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.demo.agglomerate import Regions, agglomerate


@st.composite
def regions(draw):
    """Draw a board of squares with loads, areas and groups."""
    width, height = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    n = width * height
    index = np.arange(n).reshape(height, width)
    across = np.c_[index[:, :-1].ravel(), index[:, 1:].ravel()]
    down = np.c_[index[:-1].ravel(), index[1:].ravel()]
    pair = np.concatenate([across, down])
    number = st.floats(0.1, 100)
    load = np.array(draw(st.lists(number, min_size=n, max_size=n)))
    area = np.array(draw(st.lists(number, min_size=n, max_size=n)))
    border = np.array(draw(st.lists(number, min_size=len(pair), max_size=len(pair))))
    within = np.array(draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)))
    return Regions(load, area, pair, border, within)


def allowed(found: Regions) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(range(len(found.load)))
    same = found.within[found.pair[:, 0]] == found.within[found.pair[:, 1]]
    graph.add_edges_from(found.pair[same].tolist())
    return graph


@given(regions(), st.integers(1, 40))
def test_parts_are_connected_and_inside_one_group(found, target):
    label = agglomerate(found, target)
    graph = allowed(found)
    for part in range(label.max() + 1):
        assert nx.is_connected(graph.subgraph(np.flatnonzero(label == part).tolist()))


@given(regions(), st.integers(1, 40))
def test_there_are_as_many_as_asked_for_or_as_few_as_possible(found, target):
    label = agglomerate(found, target)
    fewest = nx.number_connected_components(allowed(found))
    assert len(np.unique(label)) == min(max(target, fewest), len(found.load))


@given(regions(), st.floats(1, 300))
def test_no_joined_part_is_too_large(found, most):
    label = agglomerate(found, 1, most)
    area = np.bincount(label, found.area_m2)
    joined = np.bincount(label) > 1
    assert (area[joined] <= most + 0.01).all()


@given(regions(), st.integers(1, 40))
def test_same_input_same_labels(found, target):
    assert agglomerate(found, target).tolist() == agglomerate(found, target).tolist()


@given(regions(), st.integers(1, 9))
def test_grouped_regions_keep_load_and_area(found, target):
    label = agglomerate(found, target)
    within = np.zeros(label.max() + 1, int)
    grouped = found.grouped(label, within)
    assert np.isclose(grouped.load.sum(), found.load.sum())
    assert np.isclose(grouped.area_m2.sum(), found.area_m2.sum())
    cut = label[found.pair[:, 0]] != label[found.pair[:, 1]]
    assert np.isclose(grouped.border_m.sum(), found.border_m[cut].sum())


def test_the_river_parts_the_city():
    """Four equal blocks in a row; the border in the middle is water and hardly counts."""
    row = Regions(
        np.ones(4),
        np.ones(4),
        np.array([[0, 1], [1, 2], [2, 3]]),
        np.array([10.0, 0.2, 10.0]),
        np.zeros(4, int),
    )
    assert agglomerate(row, 2).tolist() == [0, 0, 1, 1]
