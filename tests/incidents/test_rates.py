import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from gis_grid.errors import InputError
from gis_grid.incidents.rates import PER, rates_of

GRIDS = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 9000)), max_size=12)


@given(GRIDS)
def test_the_interval_leaves_a_fortieth_on_each_side(grids):
    counts, households = np.array(grids, np.int64).reshape(-1, 2).T
    found = rates_of(counts, households)
    for at, (count, homes) in enumerate(grids):
        if not homes:
            assert math.isnan(found.rate[at])
            assert math.isnan(found.high[at])
            continue
        low, high = found.low[at] * homes / PER, found.high[at] * homes / PER
        assert poisson.cdf(count, high) == pytest.approx(0.025, rel=1e-6)
        if count:
            assert poisson.sf(count - 1, low) == pytest.approx(0.025, rel=1e-6)
        assert found.low[at] <= found.rate[at] <= found.high[at]


@given(GRIDS)
def test_what_differs_from_the_mean_does_not_hold_it(grids):
    counts, households = np.array(grids, np.int64).reshape(-1, 2).T
    found = rates_of(counts, households)
    homes = sum(homes for _, homes in grids if homes)
    assert math.isnan(found.mean) == (homes == 0)
    for low, high, compared in zip(found.low, found.high, found.compared, strict=True):
        holds = math.isnan(low) or low <= found.mean <= high
        assert (compared == 0) == holds


@pytest.mark.parametrize(("counts", "households"), [([1], [1, 2]), ([-1], [5]), ([1], [-5])])
def test_what_cannot_be_is_refused(counts, households):
    with pytest.raises(InputError, match="none negative"):
        rates_of(counts, households)
