"""Personal data: who may see it, where, and that it is written down who looked."""

import pytest

from gis_grid.accounts.roles import Role
from gis_grid.storage.audit import AuditStore, Wanted
from gis_grid.storage.database import sessions
from tests import drawn
from tests.api.conftest import served
from tests.signed import bearer, token

MAY = {Role.DISPATCHER, Role.CHECKER, Role.DUTY_CHIEF, Role.OFFICER, Role.ADMINISTRATOR}


@pytest.fixture
def asked(engine, database_url, tmp_path):
    drawn.store(engine)
    with served(database_url, tmp_path) as client:

        def ask(role, grid):
            who = bearer(token(database_url, (role, grid), code=f"{role.value}-{grid}"))
            return client.get("/api/v1/contacts/o1", headers=who)

        yield ask


def test_only_who_has_to_call_sees_a_contact_and_only_nearby(asked, engine):
    for role in Role:
        near, far = asked(role, "w"), asked(role, "e")
        assert (near.status_code, far.status_code) == ((200, 404) if role in MAY else (403, 403))
        if role in MAY:
            assert near.json()["duty_phone"] == "800"
        else:
            assert "800" not in near.text
    with sessions(engine)() as session:
        looked = [one.actor.who for one in AuditStore(session).all(Wanted(action="contact"))]
    assert sorted(looked) == sorted(f"{role.value}-w" for role in MAY)


def test_lists_and_items_never_hold_it(client):
    for path in ("officers", "officers/o1", "reports/city", "openapi.json"):
        text = client.get(f"/api/v1/{path}").text
        assert "不可公开" not in text
