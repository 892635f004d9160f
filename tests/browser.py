"""A real Chromium for the tests, without anything that would call outside."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
WITHOUT = (
    # what drops down from an address bar that nobody sees: a second of the processor a page
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
    # only the last flag counts that leaves features out: Playwright's own are here, too
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "AimEnabled"),
    *("OptimizationHints", "NetworkTimeServiceQuerying", "PreconnectToSearch"),
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    f"--disable-features={','.join(WITHOUT)}",
)
WITHIN_MS = 60_000
"""How long to wait for what must come; a busy machine needs it, and a test that passes does not."""

expect.set_options(timeout=WITHIN_MS)


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
