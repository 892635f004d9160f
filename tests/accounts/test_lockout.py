from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.accounts.lockout import PER_ACCOUNT, PER_ADDRESS, Tries

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
RULES = st.sampled_from([PER_ACCOUNT, PER_ADDRESS])
WAITS = st.lists(st.integers(0, 3000), min_size=1, max_size=80)


@given(RULES, WAITS)
def test_waits_are_those_of_the_formula(rule, waits):
    """Whoever tries as early as allowed waits 0, then first, first·2, first·4 … most."""
    tries, now, failures = Tries(), START, 0
    for s in waits:
        now += timedelta(seconds=s + tries.left_s(rule, now))
        assert tries.left_s(rule, now) == 0
        failures = 1 if tries.last_at and (now - tries.last_at).total_seconds() > rule.forget_s else failures + 1  # noqa: E501  # fmt: skip
        tries = tries.failed(rule, now)
        expected = 0 if failures < rule.free else min(rule.most_s, rule.first_s * 2 ** (failures - rule.free))  # noqa: E501  # fmt: skip
        assert tries.left_s(rule, now) == expected


@given(RULES, st.integers(0, 10_000), st.integers(-(10**6), 10**6))
def test_nobody_waits_longer_than_the_rule_says(rule, failures, s):
    left = Tries(failures=failures, last_at=START).left_s(rule, START + timedelta(seconds=s))
    assert 0 <= left <= rule.wait_s(failures) <= rule.most_s  # nor when the clock went back


@given(RULES, st.integers(0, 10_000))
def test_more_failures_never_wait_less(rule, failures):
    assert rule.wait_s(failures) <= rule.wait_s(failures + 1)


@pytest.mark.parametrize(("rule", "most"), [(PER_ACCOUNT, 105), (PER_ADDRESS, 160)])
def test_a_day_of_guessing_tries_few_passwords(rule, most):
    """The strength of a password of ten characters rests on this number."""
    tries, now, made = Tries(), START, 0
    while now < START + timedelta(days=1):
        tries, made = tries.failed(rule, now), made + 1
        now += timedelta(seconds=max(1, tries.left_s(rule, now)))
    assert made <= most


def test_a_part_of_a_second_is_waited_for():
    tries = Tries(failures=5, last_at=START)
    assert tries.left_s(PER_ACCOUNT, START + timedelta(seconds=29.001)) == 1
    assert tries.left_s(PER_ACCOUNT, START + timedelta(seconds=30)) == 0
