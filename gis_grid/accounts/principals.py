"""Who asks: a user, with the roles that hold for this request."""

from dataclasses import dataclass
from typing import Literal

from gis_grid.accounts.roles import Role
from gis_grid.errors import InputError

PrincipalKind = Literal["session", "token", "local"]


@dataclass(frozen=True, slots=True)
class Grant:
    """A role on a grid and everything below it, in every generation that follows.

    Raises
    ------
    InputError
        A grid without the generation in which it was meant, or the other way round.

    Examples
    --------
    >>> Grant(Role.DISPATCHER, "210212001", generation=3).is_everywhere
    False
    >>> Grant(Role.LEADER).is_everywhere
    True
    >>> Grant(Role.LEADER, "")
    Traceback (most recent call last):
    gis_grid.errors.InputError: a grant names a grid and its generation, or neither
    """

    role: Role

    grid_code: str | None = None
    """Code of the grid; None is the whole city, also what lies in no grid."""

    generation: int | None = None
    """Number of the generation in which `grid_code` was meant: a code may mean other ground later,
    so the grid is followed from here along the lineage. None where `grid_code` is."""

    def __post_init__(self) -> None:
        """Refuse half a place."""
        if (self.grid_code is None) != (self.generation is None) or self.grid_code == "":
            msg = "a grant names a grid and its generation, or neither"
            raise InputError(msg)

    @property
    def is_everywhere(self) -> bool:
        """Whether it holds in the whole city, also for what lies in no grid."""
        return self.grid_code is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A user who has shown who they are, with what they may do it as.

    Hashable and equal by value, so that what follows from one can be kept in a cache.

    Examples
    --------
    >>> ann = Principal(code="ann", name="Dispatch 1", grants=(Grant(Role.DISPATCHER, "2102", 1),))
    >>> ann.roles
    frozenset({<Role.DISPATCHER: 'dispatcher'>})
    >>> Principal(code="ann", name="Dispatch 1", grants=ann.grants, limit=()).roles
    frozenset()
    """

    code: str
    """Name under which the user signs in; what the audit log says."""

    name: str
    """Name of the duty account, for people."""

    grants: tuple[Grant, ...]
    """What the user holds, sorted."""

    limit: tuple[Grant, ...] | None = None
    """What the token was made for; None without a limit. What may be done where is allowed by
    `grants` **and** by `limit`: the area of the one cut with the area of the other. So a token may
    name a smaller grid than its user's, and a role that its user has lost since is lost to it."""

    kind: PrincipalKind = "session"
    """``session``: signed in with a cookie. ``token``: a machine. ``local``: command line."""

    via: str = ""
    """Public number of the session or token used, for the audit log; no secret."""

    is_read_only: bool = False
    """The token may read only, whatever the roles would allow."""

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that may be used somewhere."""
        held = frozenset(grant.role for grant in self.grants)
        return held if self.limit is None else held & {grant.role for grant in self.limit}
