"""OpenID Connect providers that people may sign in with: a TOML file of the administrator."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from gis_grid.accounts.roles import Role, role_of
from gis_grid.errors import FileError

ALGORITHMS = ("RS256", "PS256", "ES256")
"""Signatures that are believed unless the file says otherwise; all with a public key."""

_PUBLIC_KEY = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"}
)
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_WORDS = frozenset(
    {"name", "issuer", "client_id", "client_secret", "client_secret_file", "redirect_uri"}
    | {"scope", "algorithms", "auto_provision", "auto_roles"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider."""

    key: str
    """Word in addresses and in links of accounts."""

    name: str
    """What the sign-in page calls it."""

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    redirect_uri: str
    """Our address that it sends browsers back to, as it is registered there."""

    scope: str = "openid"
    algorithms: tuple[str, ...] = ALGORITHMS
    auto_provision: bool = False
    """Whether whoever it knows gets an account at the first sign-in."""

    auto_roles: tuple[Role, ...] = ()
    """What such an account is, in the whole city."""


def load_providers(path: Path | None) -> Mapping[str, Provider]:
    """Return the providers of a file by key; none when there is no file.

    Raises
    ------
    FileError
        The file cannot be read, or a provider lacks something, names a word or a signature that
        is not known, or would be reached by http on another machine.
    """
    if path is None:
        return MappingProxyType({})
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        msg = f"{path} cannot be read as a file of OpenID providers: {error}"
        raise FileError(msg) from error
    try:
        found = {key: _provider(key, table, path.parent) for key, table in tables.items()}
    except (KeyError, TypeError, ValueError, OSError) as error:
        missing = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        msg = f"{path}: {missing}"
        raise FileError(msg) from error
    return MappingProxyType(found)


def _provider(key: str, table: Mapping[str, Any], folder: Path) -> Provider:
    unknown = set(table) - _WORDS
    if unknown:
        msg = f"provider {key} has {', '.join(sorted(unknown))}; known: {', '.join(sorted(_WORDS))}"
        raise ValueError(msg)
    secret = table.get("client_secret")
    if "client_secret_file" in table:
        secret = (folder / table["client_secret_file"]).read_text(encoding="utf-8").strip()
    return Provider(
        key=key,
        name=str(table.get("name", key)),
        issuer=require_safe(str(table["issuer"]), f"issuer of {key}"),
        client_id=str(table["client_id"]),
        client_secret=secret,
        redirect_uri=require_safe(str(table["redirect_uri"]), f"redirect_uri of {key}"),
        scope=_with_openid(str(table.get("scope", "openid"))),
        algorithms=_believed(key, table.get("algorithms", ALGORITHMS)),
        auto_provision=table.get("auto_provision", False) is True,
        auto_roles=tuple(role_of(word) for word in table.get("auto_roles", ())),
    )


def require_safe(address: str, what: str) -> str:
    """Return an address that nobody between here and there can read or change.

    Raises
    ------
    ValueError
        It is not https, nor http on this machine.

    Examples
    --------
    >>> require_safe("https://id.example.cn", "issuer"), require_safe("http://[::1]:9/", "issuer")
    ('https://id.example.cn', 'http://[::1]:9/')
    >>> require_safe("http://id.example.cn", "issuer")
    Traceback (most recent call last):
    ValueError: issuer http://id.example.cn is not https
    """
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        msg = f"{what} {address} is not https"
        raise ValueError(msg)
    return address


def _with_openid(scope: str) -> str:
    words = scope.split()
    return " ".join(words if "openid" in words else ["openid", *words])


def _believed(key: str, algorithms: Sequence[str]) -> tuple[str, ...]:
    wrong = [one for one in algorithms if one not in _PUBLIC_KEY]
    if wrong or not algorithms:
        msg = f"provider {key} cannot be believed by {wrong or 'no signature'}; use some of "
        raise ValueError(msg + ", ".join(sorted(_PUBLIC_KEY)))
    return tuple(algorithms)
