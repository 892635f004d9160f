"""One user per role for trying the system out, never for a city that is real."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.orm import Session

from gis_grid.accounts.roles import Role
from gis_grid.accounts.users import User
from gis_grid.errors import NotFoundError
from gis_grid.services.accounts.tokens import make_token
from gis_grid.services.accounts.users import add_user, grant_role, set_password
from gis_grid.storage.accounts.grids import first_grid
from gis_grid.storage.accounts.tokens import TokenStore
from gis_grid.storage.accounts.users import UserStore

WHERE: Mapping[Role, str | None] = MappingProxyType(
    {
        Role.ADMINISTRATOR: None,
        Role.LEADER: None,
        Role.PLANNER: None,
        Role.INTEGRATION: None,
        Role.DUTY_CHIEF: "district",
        Role.DISPATCHER: "subdistrict",
        Role.CHECKER: "subdistrict",
        Role.VIEWER: "community",
        Role.OFFICER: "subarea",
    }
)
"""The level of the grid that each role is tried out on; None is the whole city."""

BY = "demo"


def make_demo_users(session: Session, *, now: datetime) -> tuple[list[User], str]:
    """Return one user per role, named like it, and the new password of all of them.

    Users that are there stay, with a new password: what an earlier run printed is worth nothing.

    Raises
    ------
    NotFoundError
        No generation was published.
    """
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    return [_user(session, role, password, now=now) for role in Role], password


def make_demo_token(session: Session, *, now: datetime) -> str:
    """Return a token that reads as the leader for a day; those of earlier runs are revoked.

    Raises
    ------
    NotFoundError
        There is no leader.
    """
    code = Role.LEADER.value
    TokenStore(session).revoke_all(code, now=now)
    _, text = make_token(session, code, label=BY, days=1, now=now, is_read_only=True)
    return text.written()


def _user(session: Session, role: Role, password: str, *, now: datetime) -> User:
    users = UserStore(session)
    if users.credentials(role.value) is None:
        add_user(session, role.value, name=f"{role.name_zh}（演示）", now=now)
        grid_code = _grid(session, role)
        grant_role(session, role.value, role, grid_code, now=now, by=BY)
    return set_password(session, role.value, password, now=now)


def _grid(session: Session, role: Role) -> str | None:
    level = WHERE[role]
    if level is None:
        return None
    found = first_grid(session, level)
    if found is None:
        msg = f"the current generation has no {level} to make a {role.value} of"
        raise NotFoundError(msg)
    return found
