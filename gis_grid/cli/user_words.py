"""What ``gis-grid user`` says about accounts and tokens, in words and in JSON."""

import json
from datetime import datetime
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from gis_grid.accounts.principals import Grant
from gis_grid.accounts.tokens import Token
from gis_grid.accounts.users import User


def say(user: User, *, as_json: bool) -> None:
    """Show an account."""
    if as_json:
        typer.echo(json.dumps(document(user), ensure_ascii=False))
    else:
        state = "disabled" if user.is_disabled else ways(user)
        typer.echo(f"{user.code} ({user.name}): {role_words(user)}; signs in by: {state}")


def document(user: User) -> dict[str, Any]:
    """Return an account for JSON."""
    return {
        "code": user.code,
        "name": user.name,
        "roles": [_grant(one) for one in user.grants],
        "is_disabled": user.is_disabled,
        "has_password": user.has_password,
        "has_totp": user.has_totp,
        "identities": [list(pair) for pair in user.identities],
        "created_at": user.created_at.isoformat(),
    }


def _grant(one: Grant) -> dict[str, Any]:
    return {"role": one.role.value, "grid_code": one.grid_code, "generation": one.generation}


def token_document(one: Token) -> dict[str, Any]:
    """Return a token for JSON."""
    return {
        "id": one.id,
        "label": one.label,
        "roles": None if one.limit is None else [_grant(each) for each in one.limit],
        "is_read_only": one.is_read_only,
        "expires_at": one.expires_at.isoformat(),
        "last_used_at": one.last_used_at and one.last_used_at.isoformat(),
        "revoked_at": one.revoked_at and one.revoked_at.isoformat(),
    }


def role_words(user: User) -> str:
    """Return the roles of an account in one line."""
    words = (
        one.role.value if one.is_everywhere else f"{one.role.value}@{one.grid_code}"
        for one in user.grants
    )
    return " ".join(words) or "no role"


def ways(user: User) -> str:
    """Return how somebody signs in as an account."""
    if user.is_disabled:
        return "disabled"
    password = "password and code" if user.has_totp else "password"
    found = [password] if user.has_password else []
    return ", ".join([*found, *(provider for provider, _ in user.identities)]) or "token only"


def show_tokens(found: list[Token], now: datetime) -> None:
    """Show tokens as a table."""
    table = Table("number", "for", "may", "until", "last used", "state", box=None)
    for one in found:
        state = "revoked" if one.revoked_at else ("good" if one.is_valid(now) else "expired")
        used = one.last_used_at.isoformat(timespec="minutes") if one.last_used_at else "never"
        until = one.expires_at.isoformat(timespec="minutes")
        may = "read" if one.is_read_only else "read and write"
        table.add_row(one.id, one.label, may, until, used, state)
    Console().print(table)
