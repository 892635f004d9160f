"""The built console, served with a city of the tests on a free port, and a browser before it."""

import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn

from api.app import create_app
from gis_grid.accounts.roles import Role
from gis_grid.services.accounts.users import add_user, grant_role
from gis_grid.settings import Settings
from gis_grid.storage.database import opened, sessions
from tests import browser, databases

ROOT = Path(__file__).parents[2]
POLL_MS = 25
FRESH_S = 300.0
PASSWORD = "long enough passw0rd"
USERS = {
    "chief": (Role.ADMINISTRATOR, "管理岗"),
    "planning": (Role.PLANNER, "规划岗 02"),
    "sending": (Role.DISPATCHER, "派遣岗 05"),
    "leading": (Role.LEADER, "总览岗 01"),
}


def built() -> None:
    """Build the console when its sources are newer; ``make test`` has done so before."""
    script = ROOT / "scripts" / "web.py"
    done = subprocess.run(
        [sys.executable, str(script)], check=False, capture_output=True, text=True
    )
    if done.returncode:
        pytest.fail(f"the console cannot be built:\n{done.stdout}\n{done.stderr}")


def add_users(url: str) -> None:
    """Add one account for each kind of work."""
    now = datetime.now(UTC)
    with opened(url) as engine, sessions(engine).begin() as session:
        for code, (role, name) in USERS.items():
            add_user(session, code, name=name, password=PASSWORD, now=now)
            grant_role(session, code, role, None, now=now, by="tests")


@contextmanager
def serving(url: str, folder: Path, **settings):
    """Serve a database; gives the address without a slash at its end."""
    app = create_app(Settings(database_url=url, cache_dir=folder, **settings))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    until = time.monotonic() + 120
    while not server.started and time.monotonic() < until:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@contextmanager
def city_of(folder: Path, template, *stores):
    """Serve a city that functions have stored, with a user per role; gives database and address."""
    built()
    url = databases.sqlite_database(folder, template)
    with opened(url) as engine:
        for store in stores:
            store(engine)
    add_users(url)
    with serving(url, folder) as address:
        yield url, address


class Watched:
    """A page, what it asked for and complained of; the browser finds nothing that is outside."""

    def __init__(self, context, address: str) -> None:
        self.page = context.new_page()
        self.page.set_default_timeout(browser.WITHIN_MS)
        self.address = address
        self.netloc = urlsplit(address).netloc
        self.asked: list[str] = []
        self.refused: list[str] = []
        """What it asked for elsewhere."""
        self.complaints: list[str] = []
        self.provoked: list[str] = []
        self.under_way: set[object] = set()
        self.page.on("requestfinished", self._ended)
        self.page.on("requestfailed", self._ended)
        self.page.on("request", self._asks)  # a route would cost a third of the page, and its cache
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._said)
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))

    def _asks(self, request) -> None:
        url = request.url
        self.under_way.add(request)
        is_ours = url.startswith(("data:", "blob:")) or urlsplit(url).netloc == self.netloc
        (self.asked if is_ours else self.refused).append(url)

    def _ended(self, request) -> None:
        self.under_way.discard(request)

    def _said(self, said) -> None:
        if said.type == "error":
            self.complaints.append(said.text)

    def provokes(self, *words: str) -> None:
        """Let the browser complain, now or later, of what a test asks for on purpose."""
        self.provoked += words

    def faults(self) -> list[str]:
        """Return what the page complained of and no test provoked."""
        return [said for said in self.complaints if not any(w in said for w in self.provoked)]

    def open(self, path: str, *, drawn: bool = True):
        """Open a page of the console and wait until its map is at rest."""
        self.page.goto(self.address + path)
        if drawn:
            self.rest()
        return self.page

    def until(self, expression: str, *, seconds: float = 60.0) -> None:
        """Wait until an expression holds; the policy of the page forbids Playwright's own way."""
        self.comes(lambda: self.page.evaluate(expression), what=expression, seconds=seconds)

    def comes(self, asked, **options) -> None:
        """Wait until a function says yes: animations end when they end."""
        comes(self.page, asked, **options)

    def stand(self) -> None:
        """Let the clock of a page stand until a test moves it."""
        self.page.clock.pause_at(datetime.now() + timedelta(seconds=1))  # noqa: DTZ005 - as there

    def quiet(self, path: str) -> None:
        """Wait until no question whose address has `path` in it is under way."""
        self.comes(lambda: not any(path in one.url for one in self.under_way), what=path)

    def rest(self) -> None:
        """Wait until the map is drawn and named."""
        self.page.wait_for_selector("html[data-drawn]")

    def sign_in(self, who: str = "chief", password: str = PASSWORD) -> None:
        """Sign in without the form."""
        sign_in(self.page.context, self.address, who, password)


def comes(page, asked, *, what: str = "what was asked", seconds: float = 60.0) -> None:
    """Wait until a function says yes, while a page goes on."""
    deadline = time.monotonic() + seconds
    while not asked():
        assert time.monotonic() < deadline, f"it never was: {what}"
        page.wait_for_timeout(POLL_MS)


def in_address(page, part: str) -> None:
    """Wait until a part stands in the address of a page."""
    comes(page, lambda: part in page.url, what=f"{part} in the address")


def sign_in(context, address: str, who: str, password: str = PASSWORD) -> None:
    """Let a browser hold the cookies of somebody; no page is needed."""
    asked = context.request.post(
        f"{address}/api/v1/session",
        data={"name": who, "password": password},
        headers={"Origin": address},
    )
    assert asked.status == 200, asked.text()


class Cookies:
    """What the browser of each user holds.

    The service exchanges a cookie that is a quarter of an hour old and ends the session when the
    old one comes back, so pages that begin later begin with another session.
    """

    def __init__(self, chromium, address: str) -> None:
        self._chromium, self._address = chromium, address
        self._held: dict[str, tuple[float, object]] = {}

    def __getitem__(self, who: str):
        since, state = self._held.get(who, (-FRESH_S, None))
        if time.monotonic() - since < FRESH_S:
            return state
        context = self._chromium.new_context()
        sign_in(context, self._address, who)
        state = context.storage_state()
        context.close()
        self._held[who] = time.monotonic(), state
        return state


def made(context, address, path, body):
    """Make something as whoever a browser is signed in as, without a page; return its number."""
    csrf = context.request.get(f"{address}/api/v1/session").json()["csrf"]
    headers = {"Origin": address, "X-CSRF-Token": csrf}
    answer = context.request.post(address + path, data=body, headers=headers)
    assert answer.status == 201, answer.text()
    return answer.json()["number"]
