"""Who asks is looked up beside the requests, and never known for longer than promised."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from api.live_identity import LiveIdentity
from gis_grid.accounts.sessions import SessionRules
from gis_grid.services.accounts import tokens
from gis_grid.services.accounts.seal import make_seal
from gis_grid.storage.database import open_engine, sessions
from tests import asyncs, databases
from tests.signed import token

LOOK_S = 2.0


@pytest.fixture
def known(tmp_path, sqlite_template):
    """Give what recognises people, a token, and the database that it is in."""
    url = databases.sqlite_database(tmp_path, sqlite_template)
    text, engine = token(url), open_engine(url)
    with sessions(engine).begin() as session:
        seal = make_seal(session, None)
    rules = SessionRules(idle=timedelta(hours=1), most=timedelta(hours=9))
    about = {"seal": seal, "rules": rules, "is_https": False, "providers": {}}
    yield LiveIdentity(engine, look_s=LOOK_S, **about), text, engine
    engine.dispose()


async def asked_until(live, text, end):
    """Ask again and again; return whether it was known at once each time."""
    found = []
    while time.monotonic() < end:
        found.append(live.at_once(text) is not None)
        await asyncio.sleep(0.02)
    return found


def test_nobody_waits_for_a_look_while_requests_come(known):
    live, text, _ = known

    async def asked():
        assert live.at_once(text) is None  # the first one has to look
        assert await live.by_token(text, is_write=False) is not None
        return await asked_until(live, text, time.monotonic() + 1.2 * LOOK_S)

    assert all(asyncs.run(asked()))


def test_a_revoked_token_is_known_no_longer_than_promised(known):
    live, text, engine = known

    async def asked():
        found = await live.by_token(text, is_write=False)
        with sessions(engine).begin() as session:
            tokens.revoke_token(session, found.principal.via, now=datetime.now(UTC))
        revoked = time.monotonic()
        while live.at_once(text) is not None:
            assert time.monotonic() <= revoked + LOOK_S
            await asyncio.sleep(0.02)
        return await live.by_token(text, is_write=False)

    assert asyncs.run(asked()) is None


def test_a_look_that_fails_leaves_it_to_a_request_that_waits(known):
    live, text, engine = known

    async def asked():
        assert await live.by_token(text, is_write=False) is not None
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE version")
        return await asked_until(live, text, time.monotonic() + 1.2 * LOOK_S)

    found = asyncs.run(asked())
    assert found[0]
    assert not found[-1]
