from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from gis_grid.accounts.principals import Grant
from gis_grid.accounts.roles import Role
from gis_grid.accounts.tokens import Token
from gis_grid.errors import ConflictError, NotFoundError
from gis_grid.storage.accounts.flows import Flow, FlowStore
from gis_grid.storage.accounts.recovery import RecoveryStore
from gis_grid.storage.accounts.tokens import TokenStore
from gis_grid.storage.accounts.users import UserStore
from gis_grid.storage.database import sessions

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


@pytest.fixture
def maker(engine):
    maker = sessions(engine)
    with maker.begin() as session:
        UserStore(session).add("ann", name="Ann", now=NOW)
    return maker


def test_a_sign_in_is_answered_once(maker):
    flow = Flow(provider="city", nonce="n", verifier="v", back="/", started_at=NOW)
    with maker.begin() as session:
        FlowStore(session).begin("state", flow)

    def take(_):
        with maker.begin() as session:
            return FlowStore(session).take("state")

    with ThreadPoolExecutor(4) as pool:
        taken = [one for one in pool.map(take, range(8)) if one is not None]
    assert taken == [flow]
    assert "nonce" not in repr(flow)


def test_old_sign_ins_are_forgotten(maker):
    flow = Flow(provider="city", nonce="n", verifier="v", back="/", started_at=NOW)
    with maker.begin() as session:
        store = FlowStore(session)
        store.begin("old", flow)
        assert store.forget(before=NOW) == 0
        assert store.forget(before=NOW + timedelta(seconds=1)) == 1
        assert store.take("old") is None


def test_a_step_of_an_authenticator_is_taken_once(maker):
    def take(step):
        with maker.begin() as session:
            return UserStore(session).take_step("ann", step)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, [7] * 8)) == 1
    assert not take(6)  # nor one before it
    assert take(8)


def test_a_recovery_code_is_used_once(maker):
    with maker.begin() as session:
        RecoveryStore(session).replace("ann", ["one", "two"])

    def use(_):
        with maker.begin() as session:
            return RecoveryStore(session).use("ann", "one")

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(use, range(8))) == 1
    with maker.begin() as session:
        assert RecoveryStore(session).left("ann") == 1
        RecoveryStore(session).replace("ann", ["three"])
        assert not RecoveryStore(session).use("ann", "two")


def test_grants_come_back_as_they_were(maker):
    given = [
        Grant(Role.VIEWER, "b", generation=2),
        Grant(Role.LEADER),
        Grant(Role.VIEWER, "a", generation=3),
        Grant(Role.VIEWER, "a", generation=1),
    ]
    with maker.begin() as session:
        users = UserStore(session)
        assert all(users.grant("ann", one, now=NOW, by="tests") for one in given)
        assert not users.grant("ann", given[0], now=NOW, by="tests")
        held = users.get("ann").grants
        assert held == (given[1], given[3], given[2], given[0])
        assert users.revoke("ann", given[1])
        assert not users.revoke("ann", given[1])


def test_an_identity_belongs_to_one_account(maker):
    with maker.begin() as session:
        users = UserStore(session)
        users.add("bob", name="Bob", now=NOW)
        for _ in range(2):
            users.link("ann", provider="city", subject="1")
        with pytest.raises(ConflictError, match="signs in as ann already"):
            users.link("bob", provider="city", subject="1")
        users.link("bob", provider="other", subject="1")
        assert users.linked(provider="city", subject="1") == "ann"
        assert users.linked(provider="city", subject="2") is None


@pytest.mark.parametrize("limit", [None, (), (Grant(Role.VIEWER, "a", generation=1),)])
def test_a_token_comes_back_as_it_was(maker, limit):
    token = Token(
        id="0123456789ab",
        account_code="ann",
        label="热线",
        limit=limit,
        is_read_only=True,
        created_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )
    with maker.begin() as session:
        TokenStore(session).add(token, secret_hash="hash")
    with maker.begin() as session:
        assert TokenStore(session).get(token.id) == (token, "hash")
        assert TokenStore(session).get("another") is None


def test_an_unknown_account_is_named(maker):
    with maker.begin() as session:
        with pytest.raises(NotFoundError, match="there is no account nobody"):
            UserStore(session).get("nobody")
        with pytest.raises(NotFoundError, match="there is no account nobody"):
            UserStore(session).set("nobody", name="x")
        with pytest.raises(ConflictError, match="there is an account ann already"):
            UserStore(session).add("ann", name="x", now=NOW)
