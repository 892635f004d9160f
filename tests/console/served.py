"""The built console, served with a city of the tests on a free port, and a browser before it."""

import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn

from api.app import create_app
from gis_grid.accounts.roles import Role
from gis_grid.services.accounts.users import add_user, grant_role
from gis_grid.settings import Settings
from gis_grid.storage.database import opened, sessions
from tests import browser

ROOT = Path(__file__).parents[2]
POLL_MS = 25
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
def serving(url: str, folder: Path):
    """Serve a database; gives the address without a slash at its end."""
    app = create_app(Settings(database_url=url, cache_dir=folder))
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


class Watched:
    """A page, what it asked for and complained of; nothing from outside is let through."""

    def __init__(self, context, address: str) -> None:
        self.page = context.new_page()
        self.page.set_default_timeout(browser.WITHIN_MS)
        self.address = address
        self.asked: list[str] = []
        self.refused: list[str] = []
        self.complaints: list[str] = []
        self.provoked: list[str] = []
        self.page.route("**/*", self._guard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._said)
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))

    def _guard(self, route) -> None:
        url = route.request.url
        if (
            url.startswith(("data:", "blob:"))
            or urlsplit(url).netloc == urlsplit(self.address).netloc
        ):
            self.asked.append(url)
            route.continue_()
            return
        self.refused.append(url)
        route.abort()

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


def sign_in(context, address: str, who: str, password: str = PASSWORD) -> None:
    """Let a browser hold the cookies of somebody; no page is needed."""
    asked = context.request.post(
        f"{address}/api/v1/session",
        data={"name": who, "password": password},
        headers={"Origin": address},
    )
    assert asked.status == 200, asked.text()


def cookies_of(chromium, address, names):
    """Return what each user's browser holds, signed in once."""
    found = {}
    for who in names:
        context = chromium.new_context()
        sign_in(context, address, who)
        found[who] = context.storage_state()
        context.close()
    return found


def made(context, address, path, body):
    """Make something as whoever a browser is signed in as, without a page; return its number."""
    csrf = context.request.get(f"{address}/api/v1/session").json()["csrf"]
    headers = {"Origin": address, "X-CSRF-Token": csrf}
    answer = context.request.post(address + path, data=body, headers=headers)
    assert answer.status == 201, answer.text()
    return answer.json()["number"]
