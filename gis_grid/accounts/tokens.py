"""API tokens: what they look like, and what is known of one without its secret."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from gis_grid.accounts.principals import Grant

ID_HEX, SECRET_HEX = 12, 64
_TEXT = re.compile(rf"gg_([0-9a-f]{{{ID_HEX}}})_([0-9a-f]{{{SECRET_HEX}}})")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenText:
    """A token as its owner holds it: a public number, by which it is found, and a secret.

    Examples
    --------
    >>> token = TokenText(id="0123456789ab", secret="f" * 64)
    >>> token.written() == "gg_0123456789ab_" + "f" * 64, "fff" in repr(token)
    (True, False)
    >>> TokenText.read(token.written()) == token
    True
    >>> TokenText.read("gg_0123456789ab_short") is None, TokenText.read("") is None
    (True, True)
    """

    id: str
    secret: str = field(repr=False)

    def written(self) -> str:
        """Return it as one word; the start lets programs that look for leaked secrets find it."""
        return f"gg_{self.id}_{self.secret}"

    @classmethod
    def read(cls, text: str) -> "TokenText | None":
        """Return the token of a word; None when it is none."""
        found = _TEXT.fullmatch(text)
        return cls(id=found[1], secret=found[2]) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What is kept of a token."""

    id: str
    """Public number."""

    account_code: str
    """Name of the account it acts for."""

    label: str
    """What it is for, in the words of who made it."""

    limit: tuple[Grant, ...] | None
    """See `Principal.limit`."""

    is_read_only: bool
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    """To the minute."""

    revoked_at: datetime | None = None

    def is_valid(self, now: datetime) -> bool:
        """Return whether it may be used."""
        return self.revoked_at is None and now < self.expires_at
