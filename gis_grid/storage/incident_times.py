"""When incidents were reported and what became of them, counted by the database."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy import true as always
from sqlalchemy.orm import Session

from gis_grid.incidents.record import OUTCOMES, Groups
from gis_grid.storage.scoping import EVERYWHERE, Area, inside
from gis_grid.storage.tables import table_of
from gis_grid.values.layers import INCIDENTS

UTC_OFFSET_S = 8 * 3600
"""The city's clock: Asia/Shanghai knows no summer time."""

DAY_S, HOUR_S, WEEK_H = 86_400, 3600, 168
_TO_THE_HOUR = len("2026-01-31 23")
_THURSDAY_H = 72
"""1970 began on a Thursday; weeks begin on Monday."""

_C = table_of["incidents"].c


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which incidents are counted; None leaves a field open."""

    kind: str | None = None
    source: str | None = None


ALL = Choice()


def chosen(
    choice: Choice, since: datetime, until: datetime, area: Area = EVERYWHERE
) -> ColumnElement[bool]:
    """Test that an incident is of a choice, in an area, reported from `since`, before `until`."""
    scope = inside(INCIDENTS, area)
    tests = [_C.reported_at >= since, _C.reported_at < until]
    tests += [
        column == value
        for column, value in ((_C.kind, choice.kind), (_C.source, choice.source))
        if value is not None
    ]
    return and_(*tests, always() if scope is None else scope)


def outcome_groups(
    session: Session,
    *,
    since: datetime,
    until: datetime,
    now: datetime,
    choice: Choice = ALL,
    area: Area = EVERYWHERE,
) -> Groups:
    """Count incidents by day, outcome and hours until closed.

    Parameters
    ----------
    session
        The database.
    since, until
        From, and before: with a time zone.
    now
        An open incident whose limit lies before it is overdue.
    choice, area
        Which ones, and where.
    """
    dialect = session.get_bind().dialect.name
    day = (_epoch(_C.reported_at, dialect) + UTC_OFFSET_S) // DAY_S
    took = _epoch(_C.closed_at, dialect) - _epoch(_C.reported_at, dialect)
    is_done = and_(_C.state == "closed", _C.closed_at.is_not(None))
    took_s = case((is_done, case((took < 0, 0), else_=took)), else_=-1)
    hours = case((is_done, took_s // HOUR_S), else_=-1)
    parts = select(
        day.label("day"),
        _outcome(now).label("outcome"),
        hours.label("hours"),
        case((is_done, took_s), else_=0).label("took_s"),
    ).where(chosen(choice, since, until, area))
    sub = parts.subquery()
    keys = (sub.c.day, sub.c.outcome, sub.c.hours)
    statement = select(*keys, func.count(), func.sum(sub.c.took_s)).group_by(*keys)
    rows = [[int(value) for value in row] for row in session.execute(statement)]
    columns = np.array(rows, np.int64).reshape(-1, 5).T
    names = ("day", "outcome", "hours", "count", "seconds")
    return Groups(**dict(zip(names, columns, strict=True)))


def daily_counts(
    session: Session,
    *,
    since: datetime,
    until: datetime,
    choice: Choice = ALL,
    area: Area = EVERYWHERE,
) -> dict[int, int]:
    """Return how many were reported on each day (days since 1970); days without any are left out.

    Hours are counted by the database, which needs nothing but an index for that, and days are
    summed here.
    """
    dialect = session.get_bind().dialect.name
    reported = _C.reported_at
    hour = _epoch(reported, dialect) // HOUR_S
    if dialect == "sqlite":  # the text of an instant begins with its day and hour
        hour = func.substr(reported, 1, _TO_THE_HOUR, type_=Text)
    sub = select(hour.label("hour")).where(chosen(choice, since, until, area)).subquery()
    found = session.execute(select(sub.c.hour, func.count()).group_by(sub.c.hour)).all()
    days: Counter[int] = Counter()
    for at, count in found:
        hours = int(np.datetime64(at, "h").astype(np.int64)) if dialect == "sqlite" else int(at)
        days[(hours * HOUR_S + UTC_OFFSET_S) // DAY_S] += count
    return dict(sorted(days.items()))


def weekly_hours(
    session: Session,
    *,
    since: datetime,
    until: datetime,
    choice: Choice = ALL,
    area: Area = EVERYWHERE,
) -> list[list[int]]:
    """Return how many were reported in each hour of the week: seven days from Monday, 24 hours."""
    dialect = session.get_bind().dialect.name
    hour = ((_epoch(_C.reported_at, dialect) + UTC_OFFSET_S) // HOUR_S + _THURSDAY_H) % WEEK_H
    sub = select(hour.label("hour")).where(chosen(choice, since, until, area)).subquery()
    counts = np.zeros(WEEK_H, np.int64)
    for at, count in session.execute(select(sub.c.hour, func.count()).group_by(sub.c.hour)):
        counts[int(at)] = count
    week: list[list[int]] = counts.reshape(7, 24).tolist()
    return week


def _outcome(now: datetime) -> ColumnElement[int]:
    has_limit, is_done = _C.due_at.is_not(None), _C.state == "closed"
    at = {name: literal(number, Integer) for number, name in enumerate(OUTCOMES)}
    return case(
        (_C.state == "rejected", at["rejected"]),
        (and_(is_done, has_limit, _C.closed_at <= _C.due_at), at["in_time"]),
        (and_(is_done, has_limit), at["late"]),
        (is_done, at["untimed"]),
        (and_(has_limit, _C.due_at < now), at["overdue"]),
        else_=at["open"],
    )


def _epoch(column: ColumnElement[Any], dialect: str) -> ColumnElement[int]:
    """Return the whole seconds since 1970 of an instant."""
    if dialect == "postgresql":
        return cast(func.floor(func.extract("epoch", column)), BigInteger)
    return cast(func.strftime("%s", column), BigInteger)
