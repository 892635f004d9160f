"""How long somebody waits after wrong passwords: not at all at first, then longer and longer."""

import ipaddress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When to make somebody wait.

    Examples
    --------
    >>> [PER_ACCOUNT.wait_s(failures) for failures in (0, 4, 5, 6, 7, 99)]
    [0, 0, 30, 60, 120, 900]
    """

    free: int
    """With this many failures the waiting begins."""

    first_s: int
    """The first wait in seconds; each further failure doubles it."""

    most_s: int
    """No wait is longer."""

    forget_s: int
    """After so many seconds without a failure all of them are forgotten; longer than `most_s`."""

    def wait_s(self, failures: int) -> int:
        """Return how many seconds to wait after so many failures."""
        if failures < self.free:
            return 0
        doublings = min(failures - self.free, 30)
        return min(self.most_s, self.first_s << doublings)


PER_ACCOUNT = Rule(free=5, first_s=30, most_s=900, forget_s=86_400)
"""Somebody guesses the password of one account."""

PER_ADDRESS = Rule(free=50, first_s=30, most_s=900, forget_s=3_600)
"""Somebody tries one password on many accounts. An office shares an address, so it allows more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """The failures of one account or one address.

    Examples
    --------
    >>> from datetime import UTC
    >>> now = datetime(2026, 11, 21, 8, tzinfo=UTC)
    >>> four = Tries(failures=4, last_at=now)
    >>> four.left_s(PER_ACCOUNT, now), four.failed(PER_ACCOUNT, now).left_s(PER_ACCOUNT, now)
    (0, 30)
    >>> Tries().failed(PER_ACCOUNT, now).failures, Tries().left_s(PER_ACCOUNT, now)
    (1, 0)
    >>> four.failed(PER_ACCOUNT, now + timedelta(days=2)).failures
    1
    """

    failures: int = 0
    last_at: datetime | None = None

    def left_s(self, rule: Rule, now: datetime) -> int:
        """Return how many whole seconds are left to wait, rounded up; 0 when a try is allowed.

        A clock that went back makes nobody wait longer than the rule says.
        """
        if self.last_at is None:
            return 0
        whole = timedelta(seconds=rule.wait_s(self.failures))
        left = min(whole, self.last_at + whole - now)
        return max(0, -(-left // timedelta(seconds=1)))

    def failed(self, rule: Rule, now: datetime) -> "Tries":
        """Return what is known after one more failure."""
        is_old = self.last_at is None or now - self.last_at > timedelta(seconds=rule.forget_s)
        return replace(self, failures=1 if is_old else self.failures + 1, last_at=now)


def neighbourhood(address: str) -> str:
    """Return what to count tries from an address by: in IPv6 the 64 bits that one line is given.

    Examples
    --------
    >>> neighbourhood("2001:db8:1:2:a::1") == neighbourhood("2001:db8:1:2:b::2")
    True
    >>> neighbourhood("192.0.2.1"), neighbourhood("::ffff:c000:201"), neighbourhood("")
    ('192.0.2.1', '192.0.2.1', '')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found.packed, 64), strict=False))
