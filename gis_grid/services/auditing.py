"""The audit log as files, and its health."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from gis_grid.accounts.audit import Anchor, Entry, canonical
from gis_grid.errors import InputError

MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
)
"""What each format is called on the web."""

COLUMNS = (
    *("number", "at", "who", "via", "address", "request_id"),
    *("action", "layer", "code", "before", "after", "hash"),
)

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_HASH_DIGITS = 64


def lines_of(entries: Iterable[Entry], form: str) -> Iterator[str]:
    """Yield the text of entries, a line each.

    Parameters
    ----------
    entries
        In the order in which they go out.
    form
        ``csv`` with a header, where a value that a spreadsheet would run as a formula begins with
        an apostrophe; or ``jsonl``, which is exact.

    Raises
    ------
    InputError
        There is no such format.
    """
    if form not in MEDIA_TYPES:
        msg = f"format {form!r} is unknown; use {' or '.join(MEDIA_TYPES)}"
        raise InputError(msg)
    if form == "jsonl":
        for entry in entries:
            yield canonical(entry.document() | {"hash": entry.hash}) + "\n"
        return
    yield _row(COLUMNS)
    for entry in entries:
        values = entry.document() | {"hash": entry.hash}
        for name in ("before", "after"):
            values[name] = "" if values[name] is None else canonical(values[name])
        yield _row([_harmless(str(values[name])) for name in COLUMNS])


def anchor_of(text: str) -> Anchor:
    """Return the anchor that somebody kept outside, ``NUMBER:HASH``.

    Raises
    ------
    InputError
        It is none.

    Examples
    --------
    >>> anchor_of("12:" + "ab" * 32).number
    12
    >>> anchor_of("12")
    Traceback (most recent call last):
    gis_grid.errors.InputError: anchor '12' is not NUMBER:HASH, as gis-grid doctor --audit shows it
    """
    number, _, seal = text.strip().partition(":")
    if not number.isdecimal() or len(seal) != _HASH_DIGITS:
        msg = f"anchor {text!r} is not NUMBER:HASH, as gis-grid doctor --audit shows it"
        raise InputError(msg)
    return Anchor(number=int(number), hash=seal.lower())


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _row(values: Iterable[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(values)
    return written.getvalue()
