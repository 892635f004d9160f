from datetime import date, timedelta

import chinese_calendar
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.demo.worktime import SHIFTS_H, make_clock, workdays

FIRST = date(2025, 1, 20)  # Spring Festival, and Sunday the 26th is worked for it
DAYS = 40


def works(minute: int) -> bool:
    day, of_day = divmod(minute, 24 * 60)
    hour = of_day / 60
    is_workday = chinese_calendar.is_workday(FIRST + timedelta(days=day))
    return is_workday and any(start <= hour < end for start, end in SHIFTS_H)


WORKS = [works(minute) for minute in range(DAYS * 24 * 60)]


@given(st.integers(0, 20 * 24 * 60 - 1), st.integers(1, 40 * 60))
def test_counts_working_minutes_only(start, limit):
    clock = make_clock(FIRST, DAYS)
    minute, left = start, limit
    while left:
        left -= WORKS[minute]
        minute += 1
    due = clock.after(np.array([start * 60.0]), np.array([limit * 60.0]))
    assert due[0] == minute * 60


@given(st.lists(st.floats(0, DAYS * 86_400 - 1), min_size=2, max_size=5))
def test_working_time_never_runs_backwards(moments):
    worked = make_clock(FIRST, DAYS).worked_s(np.sort(np.array(moments)))
    assert (np.diff(worked) >= -1e-6).all()


def test_holidays_and_make_up_days():
    days = workdays(FIRST, 20)
    named = {FIRST + timedelta(days=k): worked for k, worked in enumerate(days.tolist())}
    assert named[date(2025, 1, 26)]  # a Sunday, made up
    assert not named[date(2025, 1, 29)]  # New Year's Day, a Wednesday
    assert not named[date(2025, 2, 1)]
    assert named[date(2025, 2, 8)]  # a Saturday, made up


def test_a_year_that_is_not_announced_yet_has_weekends_only():
    days = workdays(date(2050, 10, 1), 14)  # a Saturday
    assert days.tolist() == [False, False, *(True,) * 5] * 2
