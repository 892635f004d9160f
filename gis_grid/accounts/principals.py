"""Who asks: a user, with the roles that hold for this request."""

from collections.abc import Iterable
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
    >>> who = Principal(code="ann", name="Dispatch 1", grants=(Grant(Role.DISPATCHER, "2102", 1),))
    >>> who.has(Role.DISPATCHER), who.has(Role.PLANNER)
    (True, False)
    >>> Principal(code="nobody", name="", grants=()).roles
    frozenset()
    """

    code: str
    """Name under which the user signs in; what the audit log says."""

    name: str
    """Name of the duty account, for people."""

    grants: tuple[Grant, ...]
    """Sorted; for a token those of the user that the token may use."""

    kind: PrincipalKind = "session"
    """``session``: signed in with a cookie. ``token``: a machine. ``local``: command line."""

    via: str = ""
    """Public number of the session or token used, for the audit log; no secret."""

    is_read_only: bool = False
    """The token may read only, whatever the roles would allow."""

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held anywhere."""
        return frozenset(grant.role for grant in self.grants)

    def has(self, role: Role) -> bool:
        """Return whether the role is held anywhere."""
        return any(grant.role is role for grant in self.grants)


def narrowed(grants: Iterable[Grant], limit: Iterable[Grant] | None) -> tuple[Grant, ...]:
    """Return the grants that are also in `limit`, sorted; all of them when it is None.

    A token keeps the grants it was given; one that its user has lost since is lost to it too.

    Examples
    --------
    >>> ann = [Grant(Role.PLANNER), Grant(Role.DISPATCHER, "2102", 1)]
    >>> narrowed(ann, [Grant(Role.PLANNER), Grant(Role.ADMINISTRATOR)])
    (Grant(role=<Role.PLANNER: 'planner'>, grid_code=None, generation=None),)
    >>> narrowed(ann, [])
    ()
    >>> len(narrowed(ann, None))
    2
    """
    kept = set(grants) if limit is None else set(grants) & set(limit)
    return tuple(sorted(kept, key=_order))


def _order(grant: Grant) -> tuple[str, str, int]:
    return (grant.role, grant.grid_code or "", grant.generation or 0)
