from collections.abc import Iterator

import pytest

from gis_grid.storage.database import open_engine
from tests import browser, databases, drawn, named
from tests.console import served
from tests.desk import Desk, desk_in


@pytest.fixture(scope="session")
def console(tmp_path_factory, sqlite_template) -> Iterator[str]:
    """Give the address of a service with the built console, the drawn city, a user per role."""
    served.built()
    folder = tmp_path_factory.mktemp("console")
    url = databases.sqlite_database(folder, sqlite_template)
    engine = open_engine(url)
    drawn.store(engine)
    engine.dispose()
    served.add_users(url)
    with served.serving(url, folder) as address:
        yield address


@pytest.fixture(scope="session")
def chromium():
    """Give a browser without WebGL, as on the PC of an office."""
    with browser.opened("--disable-3d-apis") as found:
        yield found


@pytest.fixture(scope="session")
def cookies(chromium, console):
    """Return the cookies of each user, signed in once."""
    return served.cookies_of(chromium, console, served.USERS)


@pytest.fixture
def desk(chromium, console, cookies):
    """Open pages as somebody; at the end nothing may have failed and nothing been asked outside."""
    contexts, watched = [], []

    def open_(path, who="chief", size=(1440, 900), *, drawn=True, **options):
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            storage_state=cookies[who] if who else None,
            **options,
        )
        contexts.append(context)
        one = served.Watched(context, console)
        watched.append(one)
        one.open(path, drawn=drawn)
        return one

    yield open_
    for one in watched:
        assert one.faults() == []
        assert one.refused == []
    for context in contexts:
        context.close()


@pytest.fixture(scope="package")
def named_desk(tmp_path_factory, sqlite_template) -> Iterator[Desk]:
    """Give a signed-in browser on a city with names and long lists; nobody writes."""
    folder = tmp_path_factory.mktemp("named")
    with desk_in(databases.sqlite_database(folder, sqlite_template), folder, named.store) as found:
        found.context.grant_permissions(["clipboard-read", "clipboard-write"])
        yield found
