"""The clock of the working day: when a limit of so many working hours runs out."""

from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar
import numpy as np

from gis_grid.demo.kinds import Bools, Floats, Ints

SHIFTS_H = ((8.5, 12.0), (13.5, 18.0))
"""Working hours of a working day, Asia/Shanghai."""

_DAY_S = 86_400
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkClock:
    """Working shifts in seconds after the first midnight."""

    start_s: Ints
    end_s: Ints
    before_s: Ints
    """Working seconds before each shift."""

    def worked_s(self, at_s: Floats) -> Floats:
        """Return the working seconds that have passed at each moment."""
        k = np.maximum(np.searchsorted(self.start_s, at_s, side="right") - 1, 0)
        inside = np.clip(at_s - self.start_s[k], 0, self.end_s[k] - self.start_s[k])
        return np.asarray(self.before_s[k] + inside, np.float64)

    def after(self, at_s: Floats, limit_s: Floats) -> Floats:
        """Return the moment at which `limit_s` working seconds have passed since each `at_s`.

        A limit that runs out at the end of a shift runs out there, not at the start of the next.

        Examples
        --------
        >>> clock = make_clock(date(2025, 1, 1), 10)  # a Wednesday, and a holiday
        >>> (clock.after(np.array([0.0, 86400 + 17.5 * 3600]), np.array([3600.0, 3600.0])) / 3600).tolist()
        [33.5, 57.0]
        """  # noqa: E501 - one call
        goal = self.worked_s(at_s) + limit_s
        done = self.before_s + self.end_s - self.start_s
        k = np.minimum(np.searchsorted(done, goal, side="left"), len(done) - 1)
        return np.asarray(self.start_s[k] + goal - self.before_s[k], np.float64)


def workdays(first: date, count: int) -> Bools:
    """Say which days are worked in China, with public holidays and make-up days.

    The holidays of a year are announced late in the year before; in one that is not known, and
    where nothing is known yet, Monday to Friday are worked.
    """
    days = (first + timedelta(days=k) for k in range(count))
    return np.array([_is_worked(day) for day in days], bool)


def _is_worked(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # its year is beyond the calendar
        return day.weekday() < _SATURDAY


def make_clock(first: date, count: int) -> WorkClock:
    """Make the clock for `count` days from midnight of `first`."""
    day = np.flatnonzero(workdays(first, count))[:, None] * _DAY_S
    shifts = (np.array(SHIFTS_H) * 3600).astype(np.int64)
    start, end = ((day + shifts[:, k]).ravel() for k in (0, 1))
    return WorkClock(start, end, np.cumsum(end - start) - (end - start))
