"""Signing in with an OpenID provider: code flow with PKCE, state and nonce, each used once."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session, sessionmaker

from gis_grid.errors import IdentityError
from gis_grid.services.accounts.seal import Seal, digest, is_same
from gis_grid.services.accounts.signing_in import Opened, close_session, open_session
from gis_grid.services.accounts.users import add_user, grant_role, link_identity
from gis_grid.storage.accounts.flows import Flow, FlowStore
from gis_grid.storage.accounts.users import UserStore

if TYPE_CHECKING:
    from gis_grid.services.accounts.provider_client import ProviderClient

LIVES = timedelta(minutes=10)
"""How long a browser may take at the provider."""

_STALE = "this sign-in was begun elsewhere, too long ago, or is done; begin again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A sign-in that has begun."""

    address: str
    """Where to send the browser."""

    cookie: str = field(repr=False)
    """What ties the answer to this browser."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the provider sent with the browser."""

    state: str = field(repr=False)
    code: str = field(repr=False)
    cookie: str | None = field(repr=False)
    """The cookie of `Begun`, from the browser."""

    issuer: str | None = None
    """Who says that it answers (RFC 9207); not all do."""

    address: str


def begin(
    maker: sessionmaker[Session], seal: Seal, client: "ProviderClient", *, back: str, now: datetime
) -> Begun:
    """Begin a sign-in.

    Parameters
    ----------
    maker
        Of sessions of the database.
    seal
        From `make_seal`.
    client
        The provider.
    back
        Path of ours to go to in the end; anything else is ``/``.
    now
        With a time zone.

    Raises
    ------
    IdentityError
        The provider cannot be reached or answers nonsense.
    """
    state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
    address = client.address(state=state, nonce=nonce, verifier=verifier)
    flow = Flow(
        provider=client.provider.key,
        nonce=nonce,
        verifier=verifier,
        back=safe_path(back),
        started_at=now,
    )
    with maker.begin() as session:
        store = FlowStore(session)
        store.forget(before=now - LIVES)
        store.begin(digest(state), flow)
    return Begun(address=address, cookie=seal.signed("flow", state, 0))


def finish(
    maker: sessionmaker[Session],
    seal: Seal,
    client: "ProviderClient",
    answer: Answer,
    *,
    now: datetime,
    instead_of: str | None = None,
) -> tuple[Opened, str]:
    """Open a session for whom the provider says it is; return it with the path to go to.

    Raises
    ------
    IdentityError
        The sign-in was not begun in this browser, was finished before or is too old; what the
        provider says does not hold; or its subject is linked to no account, or to a disabled one.
    """
    flow = _taken(maker, seal, client, answer, now=now)
    subject = client.subject(answer.code, verifier=flow.verifier, nonce=flow.nonce, now=now)
    with maker.begin() as session:
        code = _account(session, client, subject, now=now)
        close_session(session, seal, instead_of, now=now)
        opened = open_session(session, seal, code, address=answer.address, now=now)
    return opened, flow.back


def safe_path(path: str) -> str:
    r"""Return a path of ours; ``/`` instead of anything that could lead elsewhere.

    Examples
    --------
    >>> safe_path("/planner?plan=3")
    '/planner?plan=3'
    >>> {safe_path(p) for p in ("https://evil", "//evil", "/\\evil", "", "planner", "/a\nb")}
    {'/'}
    """
    leads_out = path[1:2] in {"/", "\\"} or not path.isprintable()
    return path if path.startswith("/") and not leads_out else "/"


def _taken(
    maker: sessionmaker[Session],
    seal: Seal,
    client: "ProviderClient",
    answer: Answer,
    *,
    now: datetime,
) -> Flow:
    """Return the sign-in that this browser began, and forget it."""
    begun = seal.read(answer.cookie, "flow") if answer.cookie else None
    if begun is None or not is_same(begun[0], answer.state):
        raise IdentityError(_STALE)
    with maker.begin() as session:
        flow = FlowStore(session).take(digest(answer.state))
    provider = client.provider
    if flow is None or flow.provider != provider.key or now - flow.started_at > LIVES:
        raise IdentityError(_STALE)
    if answer.issuer not in {None, provider.issuer}:
        msg = f"somebody else than provider {provider.key} answered; begin again"
        raise IdentityError(msg)
    return flow


def _account(session: Session, client: "ProviderClient", subject: str, *, now: datetime) -> str:
    users, provider = UserStore(session), client.provider
    code = users.linked(provider=provider.key, subject=subject)
    if code is None and provider.auto_provision:
        code = f"{provider.key.lower()}-{digest(provider.issuer + subject)[:12]}"
        add_user(session, code, now=now)
        link_identity(session, code, provider=provider.key, subject=subject)
        for role in provider.auto_roles:
            grant_role(session, code, role, None, now=now, by=f"provider {provider.key}")
    if code is None:
        msg = f"no account here is linked to {subject} of {provider.key}; ask an administrator"
        raise IdentityError(msg)
    if users.get(code).is_disabled:
        msg = "this account is disabled; ask an administrator"
        raise IdentityError(msg)
    return code
