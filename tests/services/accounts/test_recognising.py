from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from gis_grid.accounts.sessions import SessionRules
from gis_grid.services.accounts import users
from gis_grid.services.accounts.recognising import by_cookie, by_token
from gis_grid.services.accounts.seal import Seal
from gis_grid.services.accounts.signing_in import open_session
from gis_grid.services.accounts.tokens import make_token
from gis_grid.storage.accounts.tables import session as kept_session
from gis_grid.storage.accounts.tables import token as kept_token
from gis_grid.storage.database import in_passing, sessions

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
SEAL = Seal("a secret of the tests that is long enough")


def test_who_asks_now_and_then_stays_signed_in_for_the_day(engine):
    """The exchange of a cookie counts as a request: nobody idles who asks every 50 minutes."""
    maker = sessions(engine)
    with maker.begin() as session:
        users.add_user(session, "ann", now=NOW)
        cookie = open_session(session, SEAL, "ann", address="::1", now=NOW).cookie
    hours = []
    for number in range(1, 20):
        now = NOW + timedelta(minutes=50 * number)
        found = by_cookie(maker, SEAL, cookie, now=now, rules=SessionRules())
        if found is None:
            break
        assert found.principal.code == "ann"
        assert found.until <= now + timedelta(seconds=30)
        cookie = found.cookie
        hours.append((now - NOW) / timedelta(hours=1))
    assert 11 < hours[-1] < 12


@pytest.mark.parametrize("minutes", [1, 20])
def test_who_reads_does_not_wait_for_who_writes(engine, minutes):
    """That somebody asks is written down, and their cookie exchanged, by a later request."""
    maker = sessions(engine)
    with maker.begin() as session:
        users.add_user(session, "ann", now=NOW)
        cookie = open_session(session, SEAL, "ann", address="::1", now=NOW).cookie
        token = make_token(session, "ann", label="x", days=1, now=NOW)[1].written()
    later = NOW + timedelta(minutes=minutes)

    def ask():
        found = by_cookie(maker, SEAL, cookie, now=later, rules=SessionRules())
        assert found.principal.code == by_token(maker, token, now=later).principal.code == "ann"
        return found.cookie

    def noted():
        with engine.connect() as connection:
            seen = connection.execute(select(kept_session.c.seen_at)).scalar_one()
            return seen, connection.execute(select(kept_token.c.last_used_at)).scalar_one()

    with engine.begin() as writer:  # an import of many rows, which nobody could wait for
        writer.execute(update(kept_session).values(turn=0))
        writer.execute(update(kept_token).values(label="y"))
        assert ask() is None
        assert noted() == (NOW, None)
    assert (ask() is None) == (minutes == 1)
    assert noted() == (later, later)


def test_nobody_else_hurries_after_a_note(engine):
    """The connection that hardly waited waits as long as any other again."""
    maker, asked = sessions(engine), {"sqlite": "PRAGMA busy_timeout"}
    patience = asked.get(engine.dialect.name, "SHOW lock_timeout")
    with maker() as session:
        usual = session.execute(text(patience)).scalar_one()
    with in_passing(maker) as session:
        assert session.execute(text(patience)).scalar_one() != usual
    with maker() as session:
        assert session.execute(text(patience)).scalar_one() == usual
