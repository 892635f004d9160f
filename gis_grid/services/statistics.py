"""What leaders ask of the record: figures of a span of days, compared, and grids by their rate."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from sqlalchemy.orm import Session

from gis_grid.accounts.areas import EVERYWHERE, Area, Territory
from gis_grid.errors import InputError
from gis_grid.grid.levels import LEVEL_KEYS
from gis_grid.incidents.rates import rates_of
from gis_grid.incidents.record import Figures, figures_of
from gis_grid.storage.incident_counts import counts_by_grid
from gis_grid.storage.incident_times import (
    ALL,
    UTC_OFFSET_S,
    Choice,
    daily_counts,
    outcome_groups,
    weekly_hours,
)
from gis_grid.storage.incidents import last_reported_at
from gis_grid.storage.layers import LayerStore

EPOCH = date(1970, 1, 1)
YEAR_DAYS, WINDOW_DAYS, WEEK_DAYS = 365, 28, 7
WEEKS = 12
FEW = 5
"""A ranking has at least so many grids, where the city has a level with as many."""

_OFFSET = timedelta(seconds=UTC_OFFSET_S)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days of the city, both ends included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse days that run backwards."""
        if self.last < self.first:
            message = f"the last day {self.last} lies before the first, {self.first}"
            raise InputError(message)

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Span":
        """Return as many days, just before."""
        return Span(first=self.first - timedelta(days=self.days), last=self.first - _DAY)

    @property
    def instants(self) -> tuple[datetime, datetime]:
        """Return when it begins, and when the day after it does."""
        return _midnight(self.first), _midnight(self.last + _DAY)

    @property
    def whole_instants(self) -> tuple[datetime, datetime]:
        """Return its first and its last instant, both included."""
        since, until = self.instants
        return since, until - timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One grid of the ranking."""

    code: str
    name: str | None
    count: int
    households: int | None
    rate: float | None
    """Per 1,000 households, with its 95 % interval; None where nobody lives or nobody counted."""

    low: float | None
    high: float | None
    compared: int
    """1 above the mean, -1 below it, 0 where chance may explain the difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What a span says, and the span before it."""

    span: Span
    now: Figures
    before: Figures
    weeks: Sequence[tuple[date, Figures]]
    """Last day and figures of the twelve weeks up to the end, the oldest first."""

    level: str
    """Level of the grids that are ranked."""

    mean: float | None
    grids: Sequence[Ranked]
    """The highest rate first, those without one last."""

    elsewhere: int
    """Believed incidents that no grid of the level owns."""

    hours: Sequence[Sequence[int]]
    """Incidents of each hour of the week: seven days from Monday, 24 hours of the city's clock."""


def day_of(moment: datetime) -> date:
    """Return the day of the city in which a moment lies."""
    return (moment.astimezone(UTC) + _OFFSET).date()


def recorded(session: Session, *, area: Area = EVERYWHERE) -> Span | None:
    """Return the last year of the record; None without any incident."""
    latest = last_reported_at(session, area=area)
    if latest is None:
        return None
    last = day_of(latest)
    return Span(first=last - timedelta(days=YEAR_DAYS - 1), last=last)


def reports_by_day(
    session: Session, span: Span, *, choice: Choice = ALL, area: Area = EVERYWHERE
) -> list[int]:
    """Return how many incidents were reported on each day of a span."""
    since, until = span.instants
    counts = daily_counts(session, since=since, until=until, choice=choice, area=area)
    first = _number(span.first)
    return [counts.get(first + day, 0) for day in range(span.days)]


def window_of(
    session: Session,
    land: Territory,
    span: Span,
    *,
    now: datetime,
    choice: Choice = ALL,
    area: Area = EVERYWHERE,
) -> Window:
    """Compare a span with the one before it, and the grids of a level with each other.

    Parameters
    ----------
    session
        The database.
    land
        The grids of the current generation.
    span
        Which days.
    now
        What is open and due before it is overdue.
    choice, area
        Which incidents, and where.
    """
    weeks = [
        Span(first=last - timedelta(days=WEEK_DAYS - 1), last=last)
        for last in (span.last - timedelta(days=WEEK_DAYS * back) for back in range(WEEKS))
    ]
    since = _midnight(min(span.before.first, weeks[-1].first))
    begin, until = span.instants
    groups = outcome_groups(session, since=since, until=until, now=now, choice=choice, area=area)

    def figures(part: Span) -> Figures:
        return figures_of(groups, _number(part.first), _number(part.last))

    counts = counts_by_grid(session, since=begin, until=until, choice=choice, area=area)
    level = ranked_level(land, area)
    grids, mean = _ranking(session, land.sums_at(level, counts), level, area)
    return Window(
        span=span,
        now=figures(span),
        before=figures(span.before),
        weeks=[(week.last, figures(week)) for week in reversed(weeks)],
        level=level,
        mean=mean,
        grids=grids,
        elsewhere=sum(counts.values()) - sum(one.count for one in grids),
        hours=weekly_hours(session, since=begin, until=until, choice=choice, area=area),
    )


def ranked_level(land: Territory, area: Area) -> str:
    """Return the widest level with at least `FEW` grids in an area, else that with the most."""
    many = Counter(
        str(level)
        for code, level in zip(land.tree.codes, land.tree.levels, strict=True)
        if area.codes is None or code in area.codes
    )
    seen = [level for level in LEVEL_KEYS if many[level]]
    wide = [level for level in seen if many[level] >= FEW]
    return wide[0] if wide else max(seen, key=lambda level: many[level], default="")


def _ranking(
    session: Session, counts: Mapping[str, int], level: str, area: Area
) -> tuple[list[Ranked], float | None]:
    frame = LayerStore(session).read("grids", level=level, area=area) if level else None
    if frame is None or frame.empty:
        return [], None
    households = frame["households"].to_numpy(np.float64, na_value=np.nan)
    count = [counts.get(code, 0) for code in frame["code"]]
    rates = rates_of(count, households)
    ranked = [
        Ranked(
            code=code,
            name=name if isinstance(name, str) else None,
            count=count[at],
            households=None if np.isnan(households[at]) else int(households[at]),
            rate=_known(rates.rate[at]),
            low=_known(rates.low[at]),
            high=_known(rates.high[at]),
            compared=int(rates.compared[at]),
        )
        for at, (code, name) in enumerate(zip(frame["code"], frame["name"], strict=True))
    ]
    ranked.sort(key=lambda one: (one.rate is None, -(one.rate or 0), one.code))
    return ranked, _known(rates.mean)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - _OFFSET


def _number(day: date) -> int:
    return (day - EPOCH).days
