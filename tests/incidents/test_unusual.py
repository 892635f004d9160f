import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from gis_grid.errors import InputError
from gis_grid.incidents.unusual import FALSE_SHARE, unusual

COUNTS = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 1200)), min_size=1, max_size=30)


def chance(now, total, share):
    """Return twice the smaller tail, by the distribution of scipy.stats."""
    whole = stats.binom(total, share)
    return min(1.0, 2 * min(whole.cdf(now), whole.sf(now - 1)))


@given(COUNTS, st.integers(1, 400), st.integers(1, 400))
def test_agrees_with_scipy_on_every_count(pairs, now_days, before_days):
    now, before = np.array(pairs).T
    found = unusual(now, before, now_days=now_days, before_days=before_days)
    share = now_days / (now_days + before_days)
    wanted = [chance(n, n + b, share) for n, b in pairs]
    np.testing.assert_allclose(found.chance, wanted, rtol=1e-7, atol=1e-300)
    np.testing.assert_allclose(found.expected, before * now_days / before_days)
    low = np.where(now > 0, stats.chi2.ppf(0.025, 2 * np.maximum(now, 1)) / 2, 0)
    np.testing.assert_allclose(found.low, low, rtol=1e-7)
    np.testing.assert_allclose(found.high, stats.chi2.ppf(0.975, 2 * (now + 1)) / 2, rtol=1e-7)


@given(COUNTS)
def test_what_is_called_unusual_passes_benjamini_and_hochberg(pairs):
    now, before = np.array(pairs).T
    found = unusual(now, before, now_days=28, before_days=84)
    passed = stats.false_discovery_control(np.minimum(found.chance, 1)) <= FALSE_SHARE
    outside = (found.low > found.expected) | (found.high < found.expected)
    assert (found.compared != 0).tolist() == (passed & outside).tolist()
    assert ((found.compared > 0) <= (now > found.expected)).all()


def test_chance_alone_is_seldom_called_unusual():
    rng = np.random.default_rng(3)
    wrong = 0
    for _ in range(40):
        usual = rng.gamma(2, 4, 500)
        found = unusual(rng.poisson(usual), rng.poisson(3 * usual), now_days=28, before_days=84)
        wrong += bool(found.compared.any())
    assert wrong / 40 <= 2 * FALSE_SHARE + 0.05


def test_what_has_changed_is_found_among_many():
    rng = np.random.default_rng(4)
    usual = np.full(500, 9.0)
    now, before = rng.poisson(usual), rng.poisson(3 * usual)
    now[17], now[41] = 45, 0
    found = unusual(now, before, now_days=28, before_days=84)
    assert found.compared[17] == 1
    assert found.compared[41] in {0, -1}
    assert np.argmin(found.chance) == 17


@pytest.mark.parametrize(
    ("now", "before", "days", "because"),
    [
        ([1], [1, 2], (1, 1), "as many"),
        ([-1], [1], (1, 1), "none negative"),
        ([1], [1], (0, 1), "0 and 1 days"),
        ([1], [1], (1, 0), "1 and 0 days"),
    ],
)
def test_refuses_what_cannot_be_compared(now, before, days, because):
    with pytest.raises(InputError, match=because):
        unusual(now, before, now_days=days[0], before_days=days[1])
