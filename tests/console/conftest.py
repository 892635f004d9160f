from collections.abc import Iterator

import pytest

from tests import browser, databases, drawn, named
from tests.console import served
from tests.desk import Desk, desk_in


@pytest.fixture(scope="session")
def console(tmp_path_factory, sqlite_template) -> Iterator[str]:
    """Give the address of a service with the built console, the drawn city, a user per role."""
    folder = tmp_path_factory.mktemp("console")
    with served.city_of(folder, sqlite_template, drawn.store) as (_, address):
        yield address


@pytest.fixture(scope="session")
def chromium():
    """Give a browser without WebGL, as on the PC of an office."""
    with browser.opened("--disable-3d-apis") as found:
        yield found


@pytest.fixture(scope="session")
def cookies(chromium, console):
    """Return the cookies of each user."""
    return served.Cookies(chromium, console)


@pytest.fixture(scope="module")
def browsers(chromium, cookies):
    """Return the browser of each user, which keeps what it has fetched, and nothing else."""
    found = {}

    def browser_of(who):
        if who not in found:
            found[who] = chromium.new_context(storage_state=cookies[who])
            found[who].add_init_script(FORGET)
        return found[who]

    yield browser_of
    for context in found.values():
        context.close()


FORGET = """
if (location.protocol.startsWith("http") && !sessionStorage.getItem("tab")) {
  localStorage.clear();
  sessionStorage.setItem("tab", "known");
}
"""
"""Each tab begins as if nobody had chosen a theme or a language before."""


@pytest.fixture
def desk(chromium, console, cookies, browsers):
    """Open pages as somebody; at the end nothing may have failed and nothing been asked outside.

    With ``stands`` the clock of a page can be moved by the test.
    """
    contexts, watched = [], []

    def open_(path, who="chief", size=(1440, 900), *, drawn=True, stands=False, **options):
        viewport = {"width": size[0], "height": size[1]}
        if options or stands or not who:  # whoever signs in stays so; a context has one clock
            state = cookies[who] if who else None
            context = chromium.new_context(viewport=viewport, storage_state=state, **options)
            contexts.append(context)
        else:
            context = browsers(who)
        one = served.Watched(context, console)
        watched.append(one)
        one.page.set_viewport_size(viewport)
        if stands:
            one.page.clock.install()
        one.open(path, drawn=drawn)
        return one

    yield open_
    for one in watched:
        assert one.faults() == []
        assert one.refused == []
        one.page.close()
    for context in contexts:
        context.close()


@pytest.fixture(scope="package")
def named_desk(tmp_path_factory, sqlite_template) -> Iterator[Desk]:
    """Give a signed-in browser on a city with names and long lists; nobody writes."""
    folder = tmp_path_factory.mktemp("named")
    with desk_in(databases.sqlite_database(folder, sqlite_template), folder, named.store) as found:
        found.context.grant_permissions(["clipboard-read", "clipboard-write"])
        yield found
