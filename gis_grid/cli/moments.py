"""Moments as people type them."""

from datetime import UTC, datetime

from gis_grid.errors import InputError


def moment_of(text: str) -> datetime:
    """Return the moment that ``--at`` names, in UTC.

    Raises
    ------
    InputError
        It is no moment, or has no time zone.

    Examples
    --------
    >>> moment_of("2026-01-01T08:00+08:00").isoformat()
    '2026-01-01T00:00:00+00:00'
    >>> moment_of("2026-01-01")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    gis_grid.errors.InputError: --at '2026-01-01' has no time zone; write it like ...
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"--at {text!r} is no moment; write it like 2026-01-01T08:00+08:00"
        raise InputError(message) from None
    if moment.tzinfo is None:
        message = f"--at {text!r} has no time zone; write it like 2026-01-01T08:00+08:00"
        raise InputError(message)
    return moment.astimezone(UTC)
