"""What a request may do and where: every route declares it here, and nowhere else.

A route takes ``Annotated[Access, require(action, resource)]`` and passes `Access.area` down. Routes
that need no right say so: `open_to_all`, or that they are about the account that asks: `own`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from starlette.concurrency import run_in_threadpool
from typing_extensions import override

from api.deps import Areas
from api.identity import SAFE, SignedIn
from gis_grid.accounts.areas import Area
from gis_grid.accounts.permissions import CITY_WIDE, READING, Action, roles_for
from gis_grid.accounts.principals import Principal
from gis_grid.errors import DeniedError
from gis_grid.services.accounts.recognising import Recognised
from gis_grid.storage.acting import recognise
from gis_grid.values.layers import LAYERS
from gis_grid.values.tiles import TILE_LAYERS


@dataclass(frozen=True, slots=True)
class Access:
    """Who asks, and where the request may do what its route declares."""

    principal: Principal
    area: Area


@dataclass(frozen=True, slots=True)
class Right:
    """What a route declares: an action on a resource."""

    action: Action
    resource: str

    async def __call__(self, request: Request, who: SignedIn, areas: Areas) -> Access:
        """Return the access of the request.

        Raises
        ------
        IdentityError
            Nobody has signed in.
        DeniedError
            Who asks may do this nowhere.
        """
        _require_chosen(who)
        action, resource = self.action_of(request), self.resource_of(request)
        return await access_to(areas, who.principal, action, resource)

    def action_of(self, request: Request) -> Action:  # noqa: ARG002 - see `MethodRight`
        """Return what a request does."""
        return self.action

    def resource_of(self, request: Request) -> str:  # noqa: ARG002 - a tile's is in its address
        """Return the resource that a request is about."""
        return self.resource


class TileRight(Right):
    """To read the layer of the city that a layer of tiles is made of."""

    @override
    def resource_of(self, request: Request) -> str:
        found = TILE_LAYERS.get(str(request.path_params.get("layer")))
        return self.resource if found is None else found.source


class MethodRight(Right):
    """To read by GET and HEAD, to do the declared action by any other method."""

    @override
    def action_of(self, request: Request) -> Action:
        return Action.READ if request.method in SAFE else self.action


def require(action: Action, resource: str) -> Any:  # noqa: ANN401 - what FastAPI's Depends is
    """Return the dependency by which a route declares what it does with what."""
    return Depends(Right(action, resource))


ReadTiles = Annotated[Access, Depends(TileRight(Action.READ, "grids"))]


async def access_to(areas: Areas, who: Principal, action: Action, resource: str) -> Access:
    """Return the access of somebody to a resource.

    Raises
    ------
    DeniedError
        They may do this nowhere; or the resource belongs to no grid, and they may not everywhere.
    """
    recognise(who.code, who.via)
    area = areas.at_once(who, action, resource)
    if area is None:
        area = await run_in_threadpool(areas.area, who, action, resource)
    if area.is_nowhere or (resource in CITY_WIDE and not area.is_everywhere):
        raise DeniedError(_refusal(who, action, resource))
    return Access(who, area)


async def open_to_all() -> None:
    """Declare that a route needs no right: strangers may ask."""


async def own(who: SignedIn, request: Request) -> None:
    """Declare that a route is about the account that asks, and needs no right but that.

    Raises
    ------
    IdentityError
        Nobody has signed in.
    DeniedError
        It was with a one-time password, and the route does not change it.
    """
    if request.scope["endpoint"].__name__ not in _BEFORE_A_CHANGE:
        _require_chosen(who)
    recognise(who.principal.code, who.principal.via)


def require_inside(access: Access, code: str | None, what: str) -> None:
    """Raise when something that a request would change lies outside the area of its access.

    Raises
    ------
    DeniedError
        It lies outside.
    """
    if code not in access.area:
        message = f"{what} is not in your area"
        raise DeniedError(message)


def declared(dependant: Dependant) -> Iterator[Right | Callable[..., Any]]:
    """Yield what a route declares: rights, `open_to_all`, `own`."""
    for one in dependant.dependencies:
        if isinstance(one.call, Right) or one.call in {open_to_all, own}:
            yield one.call
        yield from declared(one)


def _require_chosen(who: Recognised) -> None:
    if who.must_change:
        message = "choose a password of your own first: PUT /api/v1/account/password"
        raise DeniedError(message)


def _refusal(who: Principal, action: Action, resource: str) -> str:
    roles = " or ".join(roles_for(action, resource))
    if who.is_read_only and action not in READING:
        return "this API token may only read"
    where = " in the whole city" if resource in CITY_WIDE else ""
    return f"to {action.value} {resource} one must be {roles}{where}"


_BEFORE_A_CHANGE = frozenset({"get_session", "close_session", "change_password"})
"""What a session that was opened with a one-time password may ask for."""

OPEN = Depends(open_to_all)
OWN = Depends(own)
ReadStatistics = Annotated[Access, require(Action.READ, "statistics")]
ReadCity = Annotated[Access, require(Action.READ, "city")]
ReadGrids = Annotated[Access, require(Action.READ, "grids")]
ReadSpecial = Annotated[Access, require(Action.READ, "special")]
ReadIncidents = Annotated[Access, require(Action.READ, "incidents")]
READ_LAYER = {name: Annotated[Access, require(Action.READ, name)] for name in LAYERS}
