"""A console that is really served, and a tab of a real browser in which somebody has signed in."""

import socket
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from api.app import create_app
from gis_grid.accounts.roles import Role
from gis_grid.services.accounts.users import add_user, grant_role
from gis_grid.settings import Settings
from gis_grid.storage.database import open_engine, sessions
from tests import browser

ROOT = Path(__file__).parents[1]
NAME, PASSWORD = "duty", "correct horse battery 9"
SIZE = {"width": 1440, "height": 900}
ARGUABLE = ("willReadFrequently",)
"""What Chromium advises and nobody needs to follow."""


def build_console():
    """Build the console when its sources are newer."""
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import web  # noqa: PLC0415 - a script beside the package

        web.build_when_stale()
    finally:
        sys.path.pop(0)


def sign_up(url):
    """Add an administrator who signs in with a password."""
    engine, now = open_engine(url), datetime.now(UTC)
    with sessions(engine).begin() as session:
        add_user(session, NAME, password=PASSWORD, now=now)
        grant_role(session, NAME, Role.ADMINISTRATOR, None, now=now, by="tests")
    engine.dispose()


@contextmanager
def serving(url, folder):
    """Give the address of a service on a database, with an administrator to sign in as."""
    build_console()
    sign_up(url)
    listener = socket.create_server(("127.0.0.1", 0))
    app = create_app(Settings(database_url=url, cache_dir=folder / "cache"))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listener.close()


class Desk:
    """One signed-in browser context on a served city."""

    def __init__(self, base, context):
        self.base, self.context = base, context
        self.faults = []

    def open(self, page="dispatch", *, lang="zh", theme="light", **query):
        """Open a page of the console and wait until the map is at rest."""
        tab = self.context.new_page()
        tab.set_default_timeout(browser.WITHIN_MS)
        tab.on("pageerror", lambda error: self.faults.append(str(error)))
        tab.on("console", self._said)
        tab.on("dialog", lambda dialog: self.faults.append(dialog.message) or dialog.dismiss())
        given = "".join(f"&{name}={value}" for name, value in query.items())
        tab.goto(f"{self.base}/{page}?lang={lang}&theme={theme}{given}")
        tab.wait_for_selector("html[data-drawn]")
        return tab

    def _said(self, message):
        if message.type in {"error", "warning"} and not any(w in message.text for w in ARGUABLE):
            self.faults.append(message.text)


@contextmanager
def desk_on(base, **options):
    """Give a desk on a service that is running."""
    with browser.opened() as chromium:
        context = chromium.new_context(viewport=SIZE, **options)
        answer = context.request.post(
            f"{base}/api/v1/session", data={"name": NAME, "password": PASSWORD}
        )
        assert answer.ok, answer.text()
        yield Desk(base, context)
        context.close()


@contextmanager
def desk_in(url, folder, store):
    """Store a city, serve it, and give a desk on it."""
    engine = open_engine(url)
    store(engine)
    engine.dispose()
    with serving(url, folder) as base, desk_on(base) as desk:
        yield desk
