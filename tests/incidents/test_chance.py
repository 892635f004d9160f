import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, poisson

from gis_grid.incidents.chance import binomial_tails, poisson_interval


@given(st.integers(0, 10**6))
def test_a_fortieth_lies_beyond_each_end(count):
    low, high = (float(end[0]) for end in poisson_interval([count]))
    assert poisson.cdf(count, high) == pytest.approx(0.025, rel=1e-6)
    if count:
        assert poisson.sf(count - 1, low) == pytest.approx(0.025, rel=1e-6)
    else:
        assert low == 0


def test_what_is_not_known_has_no_interval():
    assert [math.isnan(end[0]) for end in poisson_interval([math.nan])] == [True, True]
    assert [end.shape for end in poisson_interval([])] == [(0,), (0,)]


@given(st.data(), st.integers(0, 2000), st.floats(0.001, 0.999))
def test_the_tails_are_those_of_scipy_stats(data, total, share):
    count = data.draw(st.integers(0, total))
    at_most, at_least = (float(tail[0]) for tail in binomial_tails([count], [total], share))
    assert at_most == pytest.approx(float(binom.cdf(count, total, share)), rel=1e-6, abs=1e-300)
    assert at_least == pytest.approx(float(binom.sf(count - 1, total, share)), rel=1e-6, abs=1e-300)


def test_both_tails_hold_the_count_itself():
    at_most, at_least = binomial_tails(np.arange(8), np.full(8, 7), 0.3)
    both = binom.pmf(np.arange(8), 7, 0.3)
    assert at_most + at_least - 1 == pytest.approx(both)
