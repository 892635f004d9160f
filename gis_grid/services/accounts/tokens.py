"""Making and revoking API tokens."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gis_grid.accounts.principals import Grant
from gis_grid.accounts.roles import Role
from gis_grid.accounts.tokens import ID_HEX, SECRET_HEX, Token, TokenText
from gis_grid.errors import DeniedError, InputError, NotFoundError
from gis_grid.services.accounts.seal import digest
from gis_grid.storage.accounts.grids import grid_names
from gis_grid.storage.accounts.tokens import TokenStore
from gis_grid.storage.accounts.users import UserStore
from gis_grid.storage.generations import GenerationStore

LONGEST_DAYS = 366
LONGEST_LABEL = 100

Scope = Iterable[tuple[Role, str | None]]
"""Pairs of a role and the code of a grid, or None for wherever the role is held."""


def make_token(  # noqa: PLR0913 - what a token is
    session: Session,
    account_code: str,
    *,
    label: str,
    days: int,
    now: datetime,
    scope: Scope | None = None,
    is_read_only: bool = False,
) -> tuple[Token, TokenText]:
    """Make a token of an account; the second of what is returned is never seen again.

    Parameters
    ----------
    session
        Of the database.
    account_code
        Whom it acts for.
    label
        What it is for.
    days
        How long it holds, 1 to 366.
    now
        With a time zone.
    scope
        What it may be used as; None for whatever its account may do at the time.
    is_read_only
        It may only read.

    Raises
    ------
    InputError
        The label is empty or too long, or there are too many days or none.
    DeniedError
        The scope names a role that the account does not hold.
    NotFoundError
        There is no such account, or the current generation has no such grid.
    """
    _require_fit(label, days)
    user = UserStore(session).get(account_code)
    limit = None if scope is None else tuple(_limited(session, user.grants, scope))
    text = TokenText(id=secrets.token_hex(ID_HEX // 2), secret=secrets.token_hex(SECRET_HEX // 2))
    token = Token(
        id=text.id,
        account_code=user.code,
        label=label.strip(),
        limit=limit,
        is_read_only=is_read_only,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    TokenStore(session).add(token, secret_hash=digest(text.secret))
    return token, text


def revoke_token(
    session: Session, number: str, *, now: datetime, account_code: str | None = None
) -> None:
    """Make a token worthless at once; revoking it again does nothing.

    Raises
    ------
    NotFoundError
        There is none of this number, or it is another account's than the one given.
    """
    store = TokenStore(session)
    found = store.get(number)
    if found is None or account_code not in {None, found[0].account_code}:
        msg = f"there is no token {number}"
        raise NotFoundError(msg)
    store.revoke(number, now=now)


def _require_fit(label: str, days: int) -> None:
    if not 0 < len(label.strip()) <= LONGEST_LABEL:
        msg = f"say what the token is for, in 1 to {LONGEST_LABEL} characters"
        raise InputError(msg)
    if not 0 < days <= LONGEST_DAYS:
        msg = f"a token of {days} days cannot be made; use 1 to {LONGEST_DAYS}"
        raise InputError(msg)


def _limited(session: Session, held: Iterable[Grant], scope: Scope) -> list[Grant]:
    roles = {grant.role for grant in held}
    scope = list(scope)
    number = GenerationStore(session).number()
    known = grid_names(session, {code for _, code in scope if code is not None})
    limit = []
    for role, grid_code in scope:
        if role not in roles:
            msg = f"a token cannot be {role.value}: its account is not"
            raise DeniedError(msg)
        if grid_code is not None and grid_code not in known:
            msg = f"there is no grid {grid_code} in the current generation"
            raise NotFoundError(msg)
        limit.append(Grant(role) if grid_code is None else Grant(role, grid_code, number))
    return limit
