"""What is known of an account, without anything by which it could be used."""

from dataclasses import dataclass
from datetime import datetime

from gis_grid.accounts.principals import Grant
from gis_grid.accounts.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account: a duty post or a machine rather than a person."""

    code: str
    """Name under which it signs in."""

    name: str
    """What people call it."""

    grants: tuple[Grant, ...] = ()
    """Sorted by role, grid and generation."""

    is_disabled: bool = False
    has_password: bool = False
    has_totp: bool = False
    """Signing in with a password needs a code of an authenticator, too."""

    password_until: datetime | None = None
    """Until when a one-time password opens a session, in which it can only be changed."""

    identities: tuple[tuple[str, str], ...] = ()
    """Pairs of OpenID provider and subject that sign in as this account."""

    created_at: datetime

    @property
    def is_administrator(self) -> bool:
        """Whether it may administer the whole city, and sign in to do so."""
        return not self.is_disabled and Grant(Role.ADMINISTRATOR) in self.grants
