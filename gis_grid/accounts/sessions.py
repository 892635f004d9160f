"""What a session cookie is worth now: the rules of rotation, of idling and of a replayed cookie."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRules:
    """How long a session lives."""

    idle: timedelta = timedelta(minutes=60)
    """It ends when nothing was asked for so long."""

    most: timedelta = timedelta(hours=12)
    """It ends after so long in any case."""

    turn: timedelta = timedelta(minutes=15)
    """The cookie is exchanged when it is so old."""

    grace: timedelta = timedelta(seconds=60)
    """The cookie before is still taken for so long: several requests of a page cross."""

    touch: timedelta = timedelta(seconds=30)
    """How often at most it is written down that something was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the database holds of a session."""

    turn: int
    """How often the cookie was exchanged."""

    opened_at: datetime
    turned_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None


class Verdict(StrEnum):
    """What to do with a cookie whose signature is right."""

    GOOD = "good"
    """It is the present one."""

    DUE = "due"
    """It is the present one and old enough to be exchanged."""

    LATE = "late"
    """It was exchanged a moment ago; take it, and hand out the present one again."""

    OVER = "over"
    """The session has ended, by itself or because somebody ended it."""

    REPLAYED = "replayed"
    """It was exchanged long ago: two hold cookies of this session, so end it for both."""

    UNKNOWN = "unknown"
    """It is of a turn that never was: the database was restored from an older copy."""


def judge(held: Held, turn: int, *, now: datetime, rules: SessionRules) -> Verdict:
    """Return what a cookie of `turn` is worth.

    Examples
    --------
    >>> from datetime import UTC
    >>> nine = datetime(2026, 11, 21, 9, tzinfo=UTC)
    >>> held = Held(turn=2, opened_at=nine, turned_at=nine, seen_at=nine)
    >>> def after(turn, **delta):
    ...     return judge(held, turn, now=nine + timedelta(**delta), rules=SessionRules()).value
    >>> after(2, minutes=1), after(2, minutes=20), after(2, minutes=61), after(2, days=1)
    ('good', 'due', 'over', 'over')
    >>> after(1, seconds=10), after(1, minutes=2), after(0, seconds=10), after(3)
    ('late', 'replayed', 'replayed', 'unknown')
    """
    if held.ended_at is not None or now >= ends_at(held, rules):
        return Verdict.OVER
    if turn > held.turn:
        return Verdict.UNKNOWN
    if turn < held.turn:
        is_late = turn == held.turn - 1 and now - held.turned_at <= rules.grace
        return Verdict.LATE if is_late else Verdict.REPLAYED
    return Verdict.DUE if now - held.turned_at >= rules.turn else Verdict.GOOD


def ends_at(held: Held, rules: SessionRules) -> datetime:
    """Return when a session ends by itself unless something is asked before."""
    return min(held.seen_at + rules.idle, held.opened_at + rules.most)
