"""Guessing by many at once, and the work that a try costs."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from gis_grid.errors import IdentityError, InputError, LockedError
from gis_grid.services.accounts import passwords, signing_in, users
from gis_grid.services.accounts.seal import Seal, make_seal
from gis_grid.storage.accounts.users import UserStore
from gis_grid.storage.database import sessions

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
SEAL = Seal("a secret of the tests that is long enough")
PASSWORD = "first of all 1"


@pytest.fixture
def maker(engine):
    maker = sessions(engine)
    with maker.begin() as session:
        users.add_user(session, "ann", password=PASSWORD, now=NOW)
    return maker


def given(**more):
    return signing_in.Given(**{"name": "ann", "password": PASSWORD, "address": "::1"} | more)


@pytest.mark.parametrize("name", ["ann", "nobody"])
def test_guesses_made_at_once_are_counted_like_guesses_in_a_row(maker, monkeypatch, name):
    """Twenty at once get five looks at the password, not twenty."""
    looks = []
    check = passwords.check
    monkeypatch.setattr(passwords, "check", lambda *given: looks.append(1) or check(*given))

    def guess(number):
        try:
            signing_in.sign_in(maker, SEAL, given(name=name, password=f"guess {number}"), now=NOW)
        except LockedError:
            return "locked"
        except IdentityError:
            return "wrong"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(20)))
    assert answers.count("wrong") == len(looks) == 5
    assert answers.count("locked") == 15


@pytest.mark.parametrize("kind", ["right", "wrong", "nobody", "no password", "no name at all"])
def test_every_try_hashes_once(maker, monkeypatch, kind):
    with maker.begin() as session:
        users.add_user(session, "machine", now=NOW)
    real, hashed = passwords._hasher, []  # noqa: SLF001 - what is counted

    class Counting:
        def verify_and_update(self, password, kept):
            hashed.append(kept)
            return real.verify_and_update(password, kept)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    tried = {
        "right": given(),
        "wrong": given(password="x"),
        "nobody": given(name="nobody"),
        "no password": given(name="machine"),
        "no name at all": given(name="' OR ''='"),
    }[kind]
    if kind == "right":
        signing_in.sign_in(maker, SEAL, tried, now=NOW)
    else:
        with pytest.raises(IdentityError, match=signing_in.WRONG):
            signing_in.sign_in(maker, SEAL, tried, now=NOW)
    (kept,) = hashed
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")  # of the same cost


def test_a_cheaper_hash_is_made_anew_at_the_next_sign_in(maker):
    cheap = PasswordHash((Argon2Hasher(memory_cost=8, time_cost=1, parallelism=1),))
    with maker.begin() as session:
        UserStore(session).set("ann", password_hash=cheap.hash(PASSWORD))
    signing_in.sign_in(maker, SEAL, given(), now=NOW)
    with maker.begin() as session:
        kept = UserStore(session).credentials("ann").password_hash
    assert "m=19456,t=2,p=1" in kept
    signing_in.sign_in(maker, SEAL, given(), now=NOW)


def test_a_stranger_who_guesses_all_day_does_not_keep_the_owner_out(maker):
    home, elsewhere, now = "192.0.2.1", "203.0.113.9", NOW
    signing_in.sign_in(maker, SEAL, given(address=home), now=now)
    for number in range(12):  # for hours, whenever it may
        now = NOW + timedelta(minutes=16 * number)
        with pytest.raises(IdentityError):
            signing_in.sign_in(maker, SEAL, given(address=elsewhere, password="x"), now=now)
    with pytest.raises(LockedError):  # not even with the right one
        signing_in.sign_in(maker, SEAL, given(address=elsewhere), now=now)
    assert signing_in.sign_in(maker, SEAL, given(address=home), now=now).account_code == "ann"


def test_guesses_from_where_the_owner_works_are_counted_as_well(maker):
    signing_in.sign_in(maker, SEAL, given(), now=NOW)
    for _ in range(5):
        with pytest.raises(IdentityError):
            signing_in.sign_in(maker, SEAL, given(password="x"), now=NOW)
    with pytest.raises(LockedError):
        signing_in.sign_in(maker, SEAL, given(), now=NOW)
    with maker.begin() as session:
        signing_in.forget_failures(session, SEAL, "ann")
    signing_in.sign_in(maker, SEAL, given(), now=NOW)


def test_the_secret_is_made_once_for_all(engine):
    maker = sessions(engine)

    def asked(_):
        with maker.begin() as session:
            return make_seal(session, None).csrf("x")

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(asked, range(8)))) == 1
    with maker.begin() as session:
        assert make_seal(session, "another one that is long enough, too").csrf("x") != asked(0)
        with pytest.raises(InputError, match="the secret has 5 characters"):
            make_seal(session, "short")


def test_what_is_typed_is_not_shown():
    assert PASSWORD not in repr(given(totp="123456"))
    assert "123456" not in repr(given(totp="123456"))
