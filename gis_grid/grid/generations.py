"""Generations: which set of grids was valid when, and what became of each grid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from gis_grid.errors import InputError, NotFoundError
from gis_grid.grid.lineage import Lineage, lineage_by_weight, lineage_of

__all__ = [
    "Generation",
    "Lineage",
    "generation_at",
    "lineage_by_weight",
    "lineage_of",
    "require_aware",
    "require_sequence",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """The set of grids valid from one instant until another.

    Raises
    ------
    InputError
        `number` is below 1, an instant has no time zone, or the end does not come after
        the start.
    """

    number: int
    """1 for the first; each publication adds one."""

    name: str
    """What people call it."""

    valid_from: datetime
    """First instant at which it is valid, with a time zone."""

    valid_to: datetime | None = None
    """First instant at which it is no longer valid; None while it is current."""

    def __post_init__(self) -> None:
        """Refuse a generation that could never be valid."""
        if self.number < 1:
            message = f"generation number {self.number} is not positive; the first is 1"
            raise InputError(message)
        require_aware(self.valid_from, f"start of generation {self.number}")
        if self.valid_to is None:
            return
        require_aware(self.valid_to, f"end of generation {self.number}")
        if self.valid_to <= self.valid_from:
            message = f"generation {self.number} ends at {self.valid_to}, not after its start"
            raise InputError(message)

    def covers(self, moment: datetime) -> bool:
        """Return whether the generation is valid at `moment`: from its start, before its end.

        Raises
        ------
        InputError
            `moment` has no time zone.
        """
        require_aware(moment, "moment")
        return self.valid_from <= moment and (self.valid_to is None or moment < self.valid_to)


def require_aware(moment: datetime, what: str) -> None:
    """Raise unless `moment` says which time zone it is in.

    Raises
    ------
    InputError
        `moment` has no time zone.
    """
    if moment.utcoffset() is None:
        message = f"{what} is {moment.isoformat()} without a time zone; add one, such as +00:00"
        raise InputError(message)


def generation_at(generations: Sequence[Generation], moment: datetime) -> Generation:
    """Return the generation that is valid at `moment`.

    Parameters
    ----------
    generations
        In any order; at most one may be valid at a time (`require_sequence`).
    moment
        An instant with a time zone. At the very end of a generation the next one is valid.

    Raises
    ------
    NotFoundError
        None is valid then.
    InputError
        `moment` has no time zone.

    Examples
    --------
    >>> from datetime import UTC
    >>> first = Generation(number=1, name="2025", valid_from=datetime(2025, 1, 1, tzinfo=UTC))
    >>> generation_at([first], datetime(2025, 1, 1, tzinfo=UTC)).name
    '2025'
    >>> generation_at([first], datetime(2024, 12, 31, tzinfo=UTC))
    Traceback (most recent call last):
    gis_grid.errors.NotFoundError: no generation is valid at 2024-12-31T00:00:00+00:00
    """
    for generation in generations:
        if generation.covers(moment):
            return generation
    require_aware(moment, "moment")
    message = f"no generation is valid at {moment.isoformat()}"
    raise NotFoundError(message)


def require_sequence(generations: Sequence[Generation]) -> None:
    """Raise unless the generations follow each other without gap or overlap.

    Taken by number, each must end at the instant at which the next one starts; only the last
    may have no end. No generations at all are fine.

    Raises
    ------
    InputError
        A number occurs twice, or two neighbours leave a gap or overlap.
    """
    for older, newer in pairwise(sorted(generations, key=lambda each: each.number)):
        if older.number == newer.number:
            message = f"generation {older.number} occurs twice"
            raise InputError(message)
        if older.valid_to != newer.valid_from:
            message = (
                f"generation {older.number} ends at {older.valid_to}, "
                f"but generation {newer.number} starts at {newer.valid_from}; they must meet"
            )
            raise InputError(message)
