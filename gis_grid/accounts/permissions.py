"""What each role may do with what: one table, read by everything that asks."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from gis_grid.accounts.principals import Grant
from gis_grid.accounts.roles import Role
from gis_grid.errors import InputError
from gis_grid.values.layers import LAYERS


class Action(StrEnum):
    """What somebody wants to do."""

    READ = "read"
    """See rows, one by one or in pages, on a map or in a report."""

    EXPORT = "export"
    """Take rows away in bulk."""

    CONTACT = "contact"
    """See personal data: an officer's name and duty phone, a reporter's callback number."""

    WRITE = "write"
    """Add, change or remove rows."""

    PUBLISH = "publish"
    """Make a plan the current generation."""


BASE_MAP = frozenset({"streets", "landcover", "walls", "gates", "ways"})
"""Layers that are the map under everything: for everyone who is signed in, without an area."""

TOPICS = frozenset({"city", "special", "plans", "statistics", "jobs", "users", "settings", "audit"})
"""What there is besides the layers. ``city``: its name, levels and generations; ``special``: the
special grids, which lie over the others and belong to none."""

CITY_WIDE = frozenset({"users", "settings", "audit"})
"""Topics that belong to no grid: only who may do it everywhere may do it at all."""

RESOURCES = frozenset(LAYERS) | TOPICS

_R, _X, _C = Action.READ, Action.EXPORT, Action.CONTACT
_W, _P = Action.WRITE, Action.PUBLISH

_LAYERS = frozenset(LAYERS) | {"city", "special", "statistics"}
_THINGS = frozenset({"facilities", "places", "buildings", "entrances", "speakers", "cameras"})

Rights = Mapping[Action, frozenset[str]]

RIGHTS: Mapping[Role, Rights] = MappingProxyType(
    {
        Role.VIEWER: {_R: _LAYERS},
        Role.LEADER: {_R: _LAYERS | {"plans"}, _X: frozenset({"statistics"})},
        Role.DISPATCHER: {
            _R: _LAYERS | {"jobs"},
            _C: frozenset({"officers", "incidents"}),
            _W: frozenset({"incidents", "jobs"}),
        },
        Role.CHECKER: {
            _R: _LAYERS,
            _C: frozenset({"officers", "incidents"}),
            _W: frozenset({"incidents"}),
        },
        Role.DUTY_CHIEF: {
            _R: _LAYERS | {"jobs"},
            _X: frozenset({"incidents", "statistics"}),
            _C: frozenset({"officers", "incidents"}),
            _W: frozenset({"incidents", "officers", "jobs"}),
        },
        Role.PLANNER: {
            _R: _LAYERS | {"plans", "jobs"},
            _X: (_LAYERS - {"officers", "incidents"}) | {"plans"},
            _W: frozenset({"plans", "jobs"}),
            _P: frozenset({"plans", "grids"}),
        },
        Role.OFFICER: {
            _R: _LAYERS,
            _C: frozenset({"officers"}),
            _W: frozenset({"incidents"}),
        },
        Role.INTEGRATION: {
            _R: _LAYERS | {"jobs"},
            _X: _LAYERS - {"officers"},
            _W: _THINGS | {"incidents", "jobs"},
        },
        Role.ADMINISTRATOR: dict.fromkeys(Action, RESOURCES),
    }
)
"""What each role may do, on the grids that it is granted on."""

READING = frozenset({Action.READ, Action.EXPORT, Action.CONTACT})
"""Actions that change nothing."""


def allowed(role: Role, action: Action, resource: str) -> bool:
    """Return whether a role may do `action` with `resource`, somewhere.

    Examples
    --------
    >>> allowed(Role.DISPATCHER, Action.WRITE, "incidents")
    True
    >>> allowed(Role.PLANNER, Action.CONTACT, "officers")
    False
    """
    return resource in RIGHTS[role].get(action, frozenset())


def granting(
    grants: Iterable[Grant], action: Action, resource: str, *, is_read_only: bool = False
) -> tuple[Grant, ...]:
    """Return those of some grants that allow `action` with `resource`.

    Parameters
    ----------
    grants
        `Principal.grants`, or `Principal.limit`: what both allow is allowed.
    action, resource
        What is to be done with what.
    is_read_only
        Nothing but reading is allowed.

    Raises
    ------
    InputError
        Nothing is called `resource`.

    Examples
    --------
    >>> ann = (Grant(Role.LEADER), Grant(Role.OFFICER))
    >>> granting(ann, Action.WRITE, "incidents")
    (Grant(role=<Role.OFFICER: 'officer'>, grid_code=None, generation=None),)
    >>> granting(ann, Action.WRITE, "incidents", is_read_only=True)
    ()
    >>> granting(ann, Action.WRITE, "everything")
    Traceback (most recent call last):
    gis_grid.errors.InputError: there are no rights on 'everything'
    """
    if resource not in RESOURCES:
        msg = f"there are no rights on {resource!r}"
        raise InputError(msg)
    if is_read_only and action not in READING:
        return ()
    return tuple(grant for grant in grants if allowed(grant.role, action, resource))


def roles_for(action: Action, resource: str) -> tuple[Role, ...]:
    """Return the roles that may do it: what a refusal names."""
    return tuple(role for role in Role if allowed(role, action, resource))


def has_no_place(resource: str) -> bool:
    """Return whether nothing of `resource` has a grid: whoever may at all, may everywhere."""
    return resource in BASE_MAP or resource in {"city", "special"}
