"""Accounts for tests: a token of anybody who may do something somewhere."""

from contextlib import suppress
from datetime import UTC, datetime

from fastapi.testclient import TestClient

from gis_grid.accounts.roles import Role
from gis_grid.errors import ConflictError
from gis_grid.services.accounts.tokens import make_token
from gis_grid.services.accounts.users import add_user, grant_role
from gis_grid.storage.database import opened, sessions


def token(url, *grants, code="tester", **options):
    """Return an API token of an account that holds `grants`: pairs of a role and a grid's code."""
    now = datetime.now(UTC)
    with opened(url) as engine, sessions(engine).begin() as session:
        with suppress(ConflictError):
            add_user(session, code, now=now)
        for role, grid_code in grants or [(Role.ADMINISTRATOR, None)]:
            grant_role(session, code, role, grid_code, now=now, by="tests")
        return make_token(session, code, label="tests", days=1, now=now, **options)[1].written()


def bearer(text):
    """Return the headers that carry a token."""
    return {"Authorization": f"Bearer {text}"}


def signed_in(client: TestClient, url, *grants, **options) -> TestClient:
    """Let a client ask with a token, an administrator's of the whole city without `grants`."""
    client.headers.update(bearer(token(url, *grants, **options)))
    return client
