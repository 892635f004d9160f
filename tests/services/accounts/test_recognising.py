from datetime import UTC, datetime, timedelta

from gis_grid.accounts.sessions import SessionRules
from gis_grid.services.accounts import users
from gis_grid.services.accounts.recognising import by_cookie
from gis_grid.services.accounts.seal import Seal
from gis_grid.services.accounts.signing_in import open_session
from gis_grid.storage.database import sessions

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
