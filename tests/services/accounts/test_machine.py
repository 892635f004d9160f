"""Any order of signing in, waiting, replaying, ending and revoking, beside a plain model."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from gis_grid.accounts.sessions import SessionRules
from gis_grid.errors import ConflictError, IdentityError, LockedError
from gis_grid.services.accounts import passwords, signing_in, tokens, users
from gis_grid.services.accounts.recognising import by_cookie, by_token
from gis_grid.services.accounts.seal import Seal
from gis_grid.storage.accounts import tables
from gis_grid.storage.accounts.sessions import SessionStore
from gis_grid.storage.database import sessions

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
SEAL = Seal("a secret of the tests that is long enough")
RULES = SessionRules()
CODES = ("ann", "bob")
PASSWORDS = ("first of all 1", "second to none 2")
MINUTE, HOUR = 60, 3600


@pytest.fixture
def cheap(monkeypatch):
    """Hash with little work: how often is what is tested here."""
    hasher = PasswordHash((Argon2Hasher(memory_cost=8, time_cost=1, parallelism=1),))
    monkeypatch.setattr(passwords, "_hasher", hasher)
    monkeypatch.setattr(passwords, "NOBODY", hasher.hash("nobody at all"))


class Accounts(RuleBasedStateMachine):
    """What the services do, and what a few dictionaries say that they should."""

    engine = None

    @initialize()
    def begin(self):
        self.maker = sessions(self.engine)
        with self.engine.begin() as connection:
            for table in (tables.tries, tables.account):
                connection.execute(table.delete())
        self.s = 0  # seconds since START
        self.accounts = {c: {"password": PASSWORDS[0], "off": False} for c in CODES}
        self.failures = {}  # name -> (how many, when the last was)
        self.sessions = []  # dictionaries; cookies[i] is that of turn i
        self.tokens = []
        with self.maker.begin() as session:
            for code in CODES:
                users.add_user(session, code, password=PASSWORDS[0], now=self.now)

    @property
    def now(self):
        return START + timedelta(seconds=self.s)

    @rule(s=st.sampled_from([1, 29, 31, 59, 61]))
    def wait_a_moment(self, s):
        self.s += s

    @rule(s=st.sampled_from([5, 14, 16, 16, 16, 61, 13 * 60]))
    def wait_minutes(self, s):
        self.s += s * MINUTE

    @rule(name=st.sampled_from([*CODES, "nobody"]), typed=st.sampled_from([*PASSWORDS, "wrong"]))
    def sign_in(self, name, typed):
        given = signing_in.Given(name=name, password=typed, address=f"{self.s}")
        failures, last = self.failures.get(name, (0, 0))
        if failures and self.s - last > 24 * HOUR:
            failures = 0
        waits = 0 if failures < 5 else min(900, 30 * 2 ** (failures - 5))
        account = self.accounts.get(name, {"password": None, "off": False})
        try:
            opened = signing_in.sign_in(self.maker, SEAL, given, now=self.now)
        except LockedError as locked:
            assert self.s < last + waits
            left_s = locked.retry_after_s
            assert left_s == last + waits - self.s
        except IdentityError as refused:
            assert self.s >= last + waits
            said = str(refused)
            assert said == signing_in.WRONG
            assert typed != account["password"] or account["off"]
            self.failures[name] = (failures + 1, self.s)
        else:
            assert self.s >= last + waits
            assert typed == account["password"]
            assert not account["off"]
            self.failures.pop(name, None)
            s = self.s
            self.sessions.append(
                {"of": name, "cookies": [opened.cookie], "id": opened.session_id}
                | {"opened": s, "turned": s, "seen": s, "over": False}
            )

    @rule(code=st.sampled_from(CODES))
    def come_in(self, code):
        self.sign_in(code, self.accounts[code]["password"])

    @precondition(lambda self: self.sessions)
    @rule(data=st.data())
    def ask_with_the_newest(self, data):
        held = data.draw(st.sampled_from(self.sessions[-3:]), label="session")
        self.ask(held, len(held["cookies"]) - 1)

    @precondition(lambda self: any(len(held["cookies"]) > 1 for held in self.sessions))
    @rule(data=st.data())
    def ask_with_an_older(self, data):
        turned = [held for held in self.sessions if len(held["cookies"]) > 1]
        held = data.draw(st.sampled_from(turned), label="session")
        self.ask(held, data.draw(st.integers(0, len(held["cookies"]) - 2), label="turn"))

    @rule(code=st.sampled_from(CODES), turns=st.integers(1, 3), data=st.data())
    def be_robbed(self, code, turns, data):
        """A thief asks with a cookie that was exchanged, then its owner asks again."""
        before = len(self.sessions)
        self.come_in(code)
        if len(self.sessions) == before:
            return  # locked out or disabled
        held = self.sessions[-1]
        for _ in range(turns):
            self.s += 16 * MINUTE
            self.ask(held, len(held["cookies"]) - 1)
        self.s += data.draw(st.sampled_from([1, 59, 61, 5 * MINUTE]), label="waits")
        self.ask(held, data.draw(st.integers(0, turns - 1), label="turn"))
        self.ask(held, turns)

    def ask(self, held, turn):
        found = by_cookie(self.maker, SEAL, held["cookies"][turn], now=self.now, rules=RULES)
        newest, late = len(held["cookies"]) - 1, self.s - held["turned"] <= 60
        alive = self.s < min(held["seen"] + 60 * MINUTE, held["opened"] + 12 * HOUR)
        if held["over"] or not alive:
            assert found is None
        elif turn < newest - 1 or (turn == newest - 1 and not late):
            assert found is None
            held["over"] = True  # for the present cookie, too
        else:
            self.answered(held, turn, newest, found)

    def answered(self, held, turn, newest, found):
        assert found.principal.code == held["of"]
        assert found.session_id == held["id"]
        is_due = turn == newest and self.s - held["turned"] >= 15 * MINUTE
        assert (found.cookie is not None) == (is_due or turn < newest)
        if is_due:
            held["cookies"].append(found.cookie)
            held["turned"] = held["seen"] = self.s
        elif turn < newest:
            assert found.cookie == held["cookies"][-1]
        if self.s - held["seen"] >= 30:
            held["seen"] = self.s

    @precondition(lambda self: self.sessions)
    @rule(data=st.data(), place=st.floats(0, 1, exclude_max=True))
    def forge(self, data, place):
        cookie = data.draw(st.sampled_from(self.sessions))["cookies"][-1]
        at = int(place * len(cookie))
        other = data.draw(st.sampled_from("abcXYZ019_-."))
        forged = cookie[:at] + other + cookie[at + 1 :]
        kept = SEAL.read(forged, "session") == SEAL.read(cookie, "session")
        is_last = at == len(cookie) - 1  # two of its bits say nothing
        assert forged == cookie or is_last or not kept
        if not kept:
            assert by_cookie(self.maker, SEAL, forged, now=self.now, rules=RULES) is None

    @precondition(lambda self: self.sessions)
    @rule(data=st.data())
    def end(self, data):
        held = data.draw(st.sampled_from(self.sessions))
        with self.maker.begin() as session:
            ended = SessionStore(session).end(held["id"], now=self.now)
        assert ended is not held["over"]
        held["over"] = True

    @rule(code=st.sampled_from(CODES), off=st.sampled_from([False, False, False, True]))
    def disable(self, code, off):
        with self.maker.begin() as session:
            users.set_disabled(session, code, is_disabled=off, now=self.now)
        self.accounts[code]["off"] = off
        if off:
            self.end_all(code)
            for token in self.tokens:
                token["over"] |= token["of"] == code

    @rule(code=st.sampled_from(CODES), password=st.sampled_from(PASSWORDS), sure=st.integers(0, 3))
    def change_password(self, code, password, sure):
        if sure:
            return  # seldom: it ends every session
        with self.maker.begin() as session:
            users.set_password(session, code, password, now=self.now)
        self.accounts[code]["password"] = password
        self.end_all(code)

    def end_all(self, code):
        for held in self.sessions:
            held["over"] |= held["of"] == code

    @rule(code=st.sampled_from(CODES), days=st.integers(1, 2), read_only=st.booleans())
    def make_token(self, code, days, read_only):
        with self.maker.begin() as session:
            token, text = tokens.make_token(
                session, code, label="x", days=days, now=self.now, is_read_only=read_only
            )
        self.tokens.append(
            {"of": code, "id": token.id, "text": text.written(), "read_only": read_only}
            | {"until": self.s + days * 24 * HOUR, "over": False}
        )

    @precondition(lambda self: self.tokens)
    @rule(data=st.data(), right=st.booleans())
    def use_token(self, data, right):
        token = data.draw(st.sampled_from(self.tokens))
        text = token["text"] if right else token["text"][:-1] + "xyz"[len(self.tokens) % 3]
        found = by_token(self.maker, text, now=self.now)
        if (
            not right
            or token["over"]
            or self.s >= token["until"]
            or self.accounts[token["of"]]["off"]
        ):
            assert found is None
        else:
            assert found.principal.code == token["of"]
            assert found.principal.is_read_only is token["read_only"]
            assert found.csrf is None

    @precondition(lambda self: self.tokens)
    @rule(data=st.data())
    def revoke_token(self, data):
        token = data.draw(st.sampled_from(self.tokens))
        with self.maker.begin() as session:
            tokens.revoke_token(session, token["id"], now=self.now)
        token["over"] = True

    @rule(code=st.sampled_from(CODES))
    def nothing_is_made_twice(self, code):
        with pytest.raises(ConflictError), self.maker.begin() as session:
            users.add_user(session, code, now=self.now)

    def teardown(self):
        """What was handed out is nowhere in the database, only its hash."""
        handed = [cookie for held in self.sessions for cookie in held["cookies"]]
        words = [SEAL.read(cookie, "session")[0] for cookie in handed]
        words += [token["text"].rpartition("_")[2] for token in self.tokens]
        with self.engine.connect() as connection:
            for table in (tables.session, tables.token, tables.account):
                kept = repr(connection.execute(table.select()).all())
                assert not any(word in kept for word in [*words, *PASSWORDS])


def test_nothing_gets_in_that_should_not(engine, cheap):
    Accounts.engine = engine
    run_state_machine_as_test(
        Accounts,
        settings=settings(
            max_examples=12 if engine.dialect.name == "sqlite" else 4,
            stateful_step_count=60,
            deadline=None,
            derandomize=True,
            suppress_health_check=[*HealthCheck],
        ),
    )
