"""Talking to an OpenID provider: its addresses and keys, the exchange of a code, the ID token."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gis_grid.errors import IdentityError
from gis_grid.services.accounts.providers import Provider, require_safe

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import OAuth2Client

HELD_S = 600
"""How long the addresses and keys of a provider are kept."""

ASK_AGAIN_S = 30
"""A signature by an unknown key makes us ask for the keys again, at most so often."""

TIMEOUT_S = 10
LEEWAY_S = 60
"""How far clocks may differ."""

_CODE = "did not take the code"
_NOTHING = "sent no ID token"
_FALSE = "sent an ID token that does not hold"
_NOBODY = "sent an ID token of nobody"
_OTHER = "calls itself something else than in the settings"
_AWAY = "cannot be reached or answers nonsense"

_ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_SIGNING = frozenset({"RSA", "EC", "OKP"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    addresses: Mapping[str, str]
    keys: KeySet
    asked_at: float


class ProviderClient:
    """One provider, seen from here. May be used by several threads."""

    def __init__(self, provider: Provider) -> None:
        """Keep the provider; it is asked nothing yet."""
        self.provider = provider
        self._lock = threading.Lock()
        self._held: _Held | None = None

    def address(self, *, state: str, nonce: str, verifier: str) -> str:
        """Return where to send a browser that wants to sign in.

        Raises
        ------
        IdentityError
            The provider cannot be reached or answers nonsense.
        """
        endpoint = self._known().addresses["authorization_endpoint"]
        with self._oauth() as client:
            url, _ = client.create_authorization_url(
                endpoint, state=state, code_verifier=verifier, nonce=nonce
            )
        return str(url)

    def subject(self, code: str, *, verifier: str, nonce: str, now: datetime) -> str:
        """Return who signed in there, for a code that it sent with the browser.

        Raises
        ------
        IdentityError
            The provider cannot be reached, refuses the code, or its ID token does not hold: its
            signature, issuer, audience, times, nonce or the hash of the access token.
        """
        from authlib.integrations.base_client import OAuthError  # noqa: PLC0415 - see `_oauth`

        endpoint = self._known().addresses["token_endpoint"]
        try:
            with self._oauth() as client:
                given = client.fetch_token(
                    endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                )
        except (OAuthError, httpx2.HTTPError, ValueError) as error:
            raise self._refused(_CODE, error) from error
        token = given.get("id_token")
        if not isinstance(token, str):
            raise self._refused(_NOTHING)
        return self._believed(token, given.get("access_token"), nonce=nonce, now=now)

    def _believed(self, token: str, access_token: object, *, nonce: str, now: datetime) -> str:
        from authlib.oidc.core import CodeIDToken  # noqa: PLC0415 - see `_oauth`

        provider = self.provider
        try:
            try:
                found = jwt.decode(token, self._known().keys, list(provider.algorithms))
            except (JoseError, ValueError):
                keys = self._known(older_than_s=ASK_AGAIN_S).keys  # it may have new ones
                found = jwt.decode(token, keys, list(provider.algorithms))
            claims = CodeIDToken(
                found.claims,
                found.header,
                {
                    "iss": {"essential": True, "value": provider.issuer},
                    "aud": {"essential": True, "value": provider.client_id},
                    "nonce": {"essential": True, "value": nonce},
                },
                {"nonce": nonce, "client_id": provider.client_id, "access_token": access_token},
            )
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
        except (JoseError, ValueError, TypeError) as error:
            raise self._refused(_FALSE, error) from error
        subject = claims["sub"]
        if not isinstance(subject, str) or not subject:
            raise self._refused(_NOBODY)
        return subject

    def _known(self, *, older_than_s: float = HELD_S) -> _Held:
        with self._lock:
            held = self._held
            if held is None or time.monotonic() - held.asked_at > older_than_s:
                held = self._ask()
                self._held = held
            return held

    def _ask(self) -> _Held:
        issuer = self.provider.issuer
        try:
            with httpx2.Client(timeout=TIMEOUT_S) as client:
                described = _json(client, issuer.rstrip("/") + "/.well-known/openid-configuration")
                if described.get("issuer") != issuer:
                    raise self._refused(_OTHER)
                addresses = {name: require_safe(str(described[name]), name) for name in _ADDRESSES}
                keys = _json(client, addresses["jwks_uri"])["keys"]
            usable = [key for key in keys if _is_for_signing(key)]
            return _Held(
                addresses=addresses,
                keys=KeySet.import_key_set({"keys": usable}),
                asked_at=time.monotonic(),
            )
        except (httpx2.HTTPError, JoseError, KeyError, TypeError, ValueError) as error:
            raise self._refused(_AWAY, error) from error

    def _oauth(self) -> "OAuth2Client":
        # most services have no provider, and every service would wait for it when it starts
        from authlib.integrations.httpx_client import OAuth2Client  # noqa: PLC0415

        provider = self.provider
        return OAuth2Client(
            client_id=provider.client_id,
            client_secret=provider.client_secret,
            scope=provider.scope,
            redirect_uri=provider.redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT_S,
        )

    def _refused(self, why: str, error: Exception | None = None) -> IdentityError:
        kind = f" ({type(error).__name__})" if error is not None else ""
        return IdentityError(f"provider {self.provider.key} {why}{kind}; try again")


def _json(client: httpx2.Client, address: str) -> dict[str, Any]:
    answer = client.get(address)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def _is_for_signing(key: Mapping[str, Any]) -> bool:
    return key.get("kty") in _SIGNING and key.get("use", "sig") == "sig"
