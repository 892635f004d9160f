"""Moments as people type them."""

from datetime import datetime

from gis_grid.errors import InputError


def typed_moment(text: str, option: str = "--at") -> datetime:
    """Return the moment that an option names, with the time zone that was typed.

    Raises
    ------
    InputError
        It is no moment, or has no time zone.

    Examples
    --------
    >>> typed_moment("2026-01-01T08:00+08:00").isoformat()
    '2026-01-01T08:00:00+08:00'
    >>> typed_moment("2026-01-01")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    gis_grid.errors.InputError: --at '2026-01-01' has no time zone; write it like ...
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"{option} {text!r} is no moment; write it like 2026-01-01T08:00+08:00"
        raise InputError(message) from None
    if moment.tzinfo is None:
        message = f"{option} {text!r} has no time zone; write it like 2026-01-01T08:00+08:00"
        raise InputError(message)
    return moment
