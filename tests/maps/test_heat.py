import itertools

import h3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.maps.classes import natural_breaks, rounded_breaks
from gis_grid.maps.heat import LEAST, heat_of
from gis_grid.router.cells import encode

COUNTS = st.lists(st.integers(1, 5000), min_size=1, max_size=60).map(
    lambda counts: np.array(counts, np.int64)
)


@given(st.lists(st.tuples(st.floats(123, 123.2), st.floats(41, 41.2)), max_size=80))
def test_nothing_is_lost(points):
    lon, lat = np.array(points).reshape(-1, 2).T
    cells = encode(lon=lon, lat=lat)
    heat = heat_of(cells, np.ones(len(cells), np.int64))
    assert heat.total == len(points)
    assert heat.cells["count"].sum() + heat.hidden == heat.total
    assert (heat.cells["count"] >= LEAST).all()


def test_cells_are_the_parents_that_h3_names():
    lon, lat = np.full(5, 123.01), np.full(5, 41.1)
    heat = heat_of(encode(lon=lon, lat=lat), np.ones(5, np.int64))
    assert heat.cells["cell"].tolist() == [h3.str_to_int(h3.latlng_to_cell(41.1, 123.01, 10))]
    assert heat.cells.geometry.iloc[0].covers(heat.cells.geometry.iloc[0].centroid)


def test_points_without_a_cell_count_nowhere():
    assert heat_of(np.zeros(9, np.int64), np.ones(9, np.int64)).total == 0


def test_a_large_city_gets_coarser_cells():
    rng = np.random.default_rng(1)
    cells = encode(lon=rng.uniform(123, 123.8, 20_000), lat=rng.uniform(41, 41.8, 20_000))
    heat = heat_of(cells, np.full(cells.size, 3))
    assert 6 <= heat.resolution < 10
    assert len(heat.cells) <= 5000
    assert heat.total == 60_000


def best_by_trying_all(counts, classes):
    values = np.unique(counts)

    def deviation(starts):
        edges = [*starts, values[-1] + 1]
        parts = [
            counts[(counts >= low) & (counts < high)] for low, high in itertools.pairwise(edges)
        ]
        return sum(((part - part.mean()) ** 2).sum() for part in parts)

    tries = itertools.combinations(values[1:], min(classes, values.size) - 1)
    return min(deviation((values[0], *rest)) for rest in tries), deviation


@given(st.lists(st.integers(1, 60), min_size=1, max_size=14), st.integers(1, 4))
def test_natural_breaks_are_the_best_of_all(counts, classes):
    counts = np.array(counts, np.int64)
    least, deviation = best_by_trying_all(counts, classes)
    found = natural_breaks(counts, classes=classes)
    assert deviation(found) == pytest.approx(least, abs=1e-6)


@given(COUNTS)
def test_every_count_has_a_class(counts):
    breaks = rounded_breaks(counts, classes=7)
    assert breaks == sorted(set(breaks))
    assert len(breaks) <= 7
    assert breaks[0] == counts.min()


def test_many_distinct_values_are_quick():
    assert len(rounded_breaks(np.arange(1, 50_000), classes=7)) == 7
