"""What a span of days says about incidents: how many, how many done, in time, and how long."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OUTCOMES = ("open", "overdue", "in_time", "late", "untimed", "rejected")
"""Open and not late, open and late, closed within its limit, closed after it, closed without a
limit, and not accepted at all."""

_CLOSED = ("in_time", "late", "untimed")
_DUE = ("overdue", "in_time", "late")
TAIL = 0.9

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Groups:
    """Incidents counted by day of report, outcome and whole hours until closed.

    Attributes
    ----------
    day
        Days since 1970-01-01 in the city's time, int64, shape ``(n,)``.
    outcome
        Position in `OUTCOMES`.
    hours
        Whole hours from report to closing; -1 where it is not closed.
    count
        Incidents, each at least 1.
    seconds
        Sum of the seconds from report to closing; 0 where it is not closed.
    """

    day: Ints
    outcome: Ints
    hours: Ints
    count: Ints
    seconds: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Figures of a span of days, each with what it is a part of."""

    reported: int
    """Incidents reported, rejected ones included."""

    accepted: int
    """Those that were not rejected: the whole that `closed` is a part of."""

    closed: int
    timed: int
    """Closed with a limit, or open beyond it: the whole that `in_time` is a part of."""

    in_time: int
    mean_h: float | None
    """Hours by the clock from report to closing; None when nothing was closed."""

    p90_h: int | None
    """Nine of ten were closed before this many full hours had passed."""


def figures_of(groups: Groups, first: int, last: int) -> Figures:
    """Return the figures of the days from `first` to `last`, both included.

    Examples
    --------
    >>> row = {"day": [0, 0, 9], "outcome": [2, 5, 2], "hours": [3, -1, 5]}
    >>> row |= {"count": [4, 1, 7], "seconds": [40_000, 0, 9]}
    >>> groups = Groups(**{name: np.array(values) for name, values in row.items()})
    >>> found = figures_of(groups, 0, 8)
    >>> found.reported, found.accepted, found.closed, found.in_time, found.timed, found.p90_h
    (5, 4, 4, 4, 4, 4)
    >>> round(found.mean_h, 2), figures_of(groups, 1, 8).mean_h
    (2.78, None)
    """
    inside = (groups.day >= first) & (groups.day <= last)
    outcome, count = groups.outcome[inside], groups.count[inside]
    sums = np.bincount(outcome, weights=count, minlength=len(OUTCOMES)).astype(np.int64)
    by = dict(zip(OUTCOMES, sums.tolist(), strict=True))
    closed = sum(by[name] for name in _CLOSED)
    took = groups.hours[inside] >= 0
    seconds = int(groups.seconds[inside][took].sum())
    timed = int(count[took].sum())
    return Figures(
        reported=sum(by.values()),
        accepted=sum(by.values()) - by["rejected"],
        closed=closed,
        timed=sum(by[name] for name in _DUE),
        in_time=by["in_time"],
        mean_h=seconds / timed / 3600 if timed else None,
        p90_h=_tail(groups.hours[inside][took], count[took]),
    )


def _tail(hours: Ints, count: Ints) -> int | None:
    if not count.size:
        return None
    order = np.argsort(hours, kind="stable")
    reached = np.cumsum(count[order])
    return int(hours[order][np.searchsorted(reached, TAIL * reached[-1])]) + 1
