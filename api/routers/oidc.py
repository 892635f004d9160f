"""Signing in with an OpenID Connect provider."""

import logging
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import Sessions
from api.identity import Live, cookie_header, hand_out
from api.live_identity import LiveIdentity
from api.problems import responses
from api.rights import OPEN
from api.routers.session import address_of
from api.schemas_accounts import ProviderOut
from gis_grid.errors import IdentityError, NotFoundError
from gis_grid.services.accounts import oidc

if TYPE_CHECKING:
    from gis_grid.services.accounts.provider_client import ProviderClient

router = APIRouter(prefix="/session", tags=["session"], dependencies=[OPEN])
log = logging.getLogger(__name__)

Key = Annotated[str, Path(max_length=64, description="Key of the provider.")]
Said = Annotated[str, Query(max_length=4096)]
_WAY = responses(
    HTTPStatus.NOT_FOUND,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


@router.get(
    "/providers",
    summary="List the OpenID providers to sign in with",
    responses=responses(HTTPStatus.SERVICE_UNAVAILABLE),
)
async def list_providers(live: Live) -> list[ProviderOut]:
    """Return what the sign-in page offers besides a password.

    Example: `GET /api/v1/session/providers`
    """
    return [
        ProviderOut(key=key, name=client.provider.name, login=f"/api/v1/session/oidc/{key}/login")
        for key, client in live.providers.items()
    ]


@router.get(
    "/oidc/{provider}/login",
    summary="Begin to sign in with an OpenID provider",
    status_code=HTTPStatus.SEE_OTHER,
    response_class=Response,
    responses=_WAY,
)
def begin_oidc(
    provider: Key,
    live: Live,
    sessions: Sessions,
    back: Annotated[str, Query(max_length=2048)] = "/",
) -> Response:
    """Send the browser to the provider; it comes back to `callback`, then to the path `back`.

    Example: `GET /api/v1/session/oidc/city/login?back=/dispatch`
    """
    client = _client(live, provider)
    begun = oidc.begin(sessions, live.seal, client, back=back, now=datetime.now(UTC))
    answer = RedirectResponse(begun.address, HTTPStatus.SEE_OTHER)
    answer.headers.append("set-cookie", cookie_header(live, begun.cookie, name=live.flow_name))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.get(
    "/oidc/{provider}/callback",
    summary="Finish to sign in with an OpenID provider",
    status_code=HTTPStatus.SEE_OTHER,
    response_class=Response,
    responses=_WAY,
)
def finish_oidc(  # noqa: PLR0913, PLR0917 - what a provider may send
    provider: Key,
    request: Request,
    live: Live,
    sessions: Sessions,
    state: Said = "",
    code: Said = "",
    iss: Annotated[str | None, Query(max_length=2048)] = None,
) -> Response:
    """Open a session for whom the provider says it is, and send the browser on.

    What does not hold is a 401; a browser is sent to the sign-in page with the reason.

    Example: `GET /api/v1/session/oidc/city/callback?state=…&code=…`
    """
    answered = oidc.Answer(
        state=state,
        code=code,
        cookie=request.cookies.get(live.flow_name),
        issuer=iss,
        address=address_of(request),
    )
    client, before = _client(live, provider), request.cookies.get(live.cookie_name)
    now = datetime.now(UTC)
    try:
        opened, back = oidc.finish(
            sessions, live.seal, client, answered, now=now, instead_of=before
        )
    except IdentityError as error:
        log.warning("sign-in with provider %s refused: %s", provider, error)
        if "text/html" not in request.headers.get("accept", ""):
            raise
        return RedirectResponse(f"/signin?refused={quote(str(error))}", HTTPStatus.SEE_OTHER)
    answer = RedirectResponse(back, HTTPStatus.SEE_OTHER)
    hand_out(answer, live, opened.cookie)
    answer.headers.append("set-cookie", cookie_header(live, "", name=live.flow_name))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _client(live: LiveIdentity, key: str) -> "ProviderClient":
    if key not in live.providers:
        message = f"there is no OpenID provider {key}"
        raise NotFoundError(message)
    return live.providers[key]
