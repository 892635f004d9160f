"""A real Chromium for the tests, without anything that would call outside."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str:
    """Return the path of Chromium; without one skip, and fail where CI is true."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    message = "no Chromium here; install it: apt-get install chromium"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    return pytest.skip(message)


@contextmanager
def opened(*more_flags: str) -> Iterator[Browser]:
    """Give a browser, with more flags if some are wanted."""
    path = chromium()
    with _playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *more_flags])
        yield browser
        browser.close()


_running: list[Playwright] = []
_users: list[None] = []


@contextmanager
def _playwright() -> Iterator[Playwright]:
    """Give the one Playwright of the run, which ends with its last user: a thread has only one."""
    if not _running:
        _running.append(sync_playwright().start())
    _users.append(None)
    try:
        yield _running[0]
    finally:
        _users.pop()
        if not _users:
            _running.pop().stop()
