"""What was done: entries of the audit log, each sealed by a hash that covers the one before."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

FIRST_HASH = "0" * 64
"""What the first entry stands on."""

Values = Mapping[str, Any]
"""Names and JSON values: text, numbers, flags, None, lists and objects of these."""

NOTHING: Values = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something, and from where."""

    who: str = "local"
    """Code of the account; ``local`` on the command line."""

    via: str = ""
    """Public number of the session or token; no secret."""

    address: str = ""
    """Network address that the request came from."""

    request_id: str = ""
    """Number of the request, as in its answer's ``X-Request-Id`` and in the server's log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What was done to one row, or to many that came together."""

    action: str
    """``add``, ``change``, ``remove``, ``load``, ``publish``, ``grant`` and the like."""

    layer: str
    """Name of the layer, or the kind of thing: ``users``, ``tokens``, ``city``."""

    code: str = ""
    """Key of the row; empty for many rows."""

    before: Values | None = None
    """What it was: only what changed, no personal data. None when it was not there."""

    after: Values | None = None
    """What it is now. None when it is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the log."""

    number: int
    """1 for the first; without gaps."""

    at: datetime
    actor: Actor
    change: Change
    hash: str = field(default="")
    """SHA-256 of the hash before and of everything above, as 64 hexadecimal digits."""

    def sealed(self, before: str) -> "Entry":
        """Return it with its hash.

        Parameters
        ----------
        before
            Hash of the entry before; `FIRST_HASH` for the first.

        Examples
        --------
        >>> entry = Entry(
        ...     number=1,
        ...     at=datetime(2026, 1, 1, tzinfo=UTC),
        ...     actor=Actor(who="ann"),
        ...     change=Change(action="add", layer="users", code="bob"),
        ... )
        >>> entry.sealed(FIRST_HASH).hash[:8], entry.sealed("1" * 64).hash[:8]
        ('5f4ffedc', 'a1defbaa')
        """
        text = f"{before}\n{canonical(self.document())}"
        return replace(self, hash=hashlib.sha256(text.encode()).hexdigest())

    def document(self) -> dict[str, Any]:
        """Return everything but the hash, as JSON values."""
        return {
            "number": self.number,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "who": self.actor.who,
            "via": self.actor.via,
            "address": self.actor.address,
            "request_id": self.actor.request_id,
            "action": self.change.action,
            "layer": self.change.layer,
            "code": self.change.code,
            "before": None if self.change.before is None else dict(self.change.before),
            "after": None if self.change.after is None else dict(self.change.after),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The end of the log: how many entries there are, and the hash of the last."""

    number: int = 0
    hash: str = FIRST_HASH


def canonical(value: object) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, no NaN.

    Examples
    --------
    >>> canonical({"b": 1, "a": ["网格", None, 0.1]})
    '{"a":["网格",null,0.1],"b":1}'
    >>> canonical(float("nan"))
    Traceback (most recent call last):
    ValueError: Out of range float values are not JSON compliant
    """
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def broken(entries: Iterable[Entry], anchors: Iterable[Anchor]) -> str | None:
    """Return what is wrong first in a log; None when nothing is.

    Parameters
    ----------
    entries
        All of them in the order of their numbers.
    anchors
        Where the log ended at some time, as kept beside it or outside; it may have grown since.

    Examples
    --------
    >>> broken([], [Anchor()])
    >>> broken([], [Anchor(number=2, hash="12")])
    'entries 1 to 2 are gone'
    """
    ends = {anchor.number: anchor.hash for anchor in anchors}
    hash_before, number = FIRST_HASH, 0
    for entry in entries:
        if entry.number != number + 1:
            return _gap(number + 1, entry.number - 1)
        if entry.sealed(hash_before).hash != entry.hash:
            return f"entry {entry.number} is not what was written"
        hash_before, number = entry.hash, entry.number
        if ends.get(number, hash_before) != hash_before:
            return f"entry {number} is not the one that the log ended with then"
    last = max(ends, default=0)
    return _gap(number + 1, last) if number < last else None


def _gap(first: int, last: int) -> str:
    if last < first:
        return f"entry {last} stands twice"
    return f"entry {first} is gone" if first == last else f"entries {first} to {last} are gone"
