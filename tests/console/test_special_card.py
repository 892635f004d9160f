"""Special grids on the map, from the database and from a file: drawn, named in a card, found."""

import geopandas as gpd
import pytest
import shapely
from playwright.sync_api import expect

from gis_grid.storage.database import open_engine, sessions
from gis_grid.storage.special import SpecialStore
from tests import databases, drawn
from tests.console import served

MARKET = shapely.box(123.0022, 41.0022, 123.0038, 41.0038)
"""Inside the grid E, in the middle of the drawn city."""

HOSTILE = "<img src=x onerror=alert(1)>早市"
AT = "at=123.003,41.003,16.5"

pytestmark = pytest.mark.browser


def a_set(code, name):
    rows = {"code": [code], "name": [name], "priority": [2.0], "tolerance_m": [0.0]}
    return gpd.GeoDataFrame(rows, geometry=[MARKET], crs="EPSG:4326")


@pytest.fixture(scope="module", params=["database", "file"])
def console(request, tmp_path_factory, sqlite_template):
    """Give a service whose market is kept in the database, or stands in a file before it."""
    served.built()
    folder = tmp_path_factory.mktemp("special")
    url = databases.sqlite_database(folder, sqlite_template)
    engine = open_engine(url)
    drawn.store(engine)
    is_file = request.param == "file"
    with sessions(engine).begin() as session:
        kept = a_set("old", "旧市场") if is_file else a_set("market", HOSTILE)
        SpecialStore(session).put(kept, valid_from=drawn.START)
    engine.dispose()
    served.add_users(url)
    given = {}
    if is_file:
        a_set("market", HOSTILE).to_file(folder / "special.gpkg")
        given["special_file"] = folder / "special.gpkg"
    with served.serving(url, folder, **given) as address:
        yield address


@pytest.fixture(scope="module")
def cookies(chromium, console):
    return served.Cookies(chromium, console)


def test_a_special_grid_is_drawn_and_its_card_names_it(desk):
    opened = desk(f"/dispatch?on=special&{AT}", "sending")
    page = opened.page
    page.keyboard.press("l")
    tree = page.locator(".tree")
    expect(tree.get_by_role("checkbox", name="专属网格")).to_be_checked()
    expect(tree).to_contain_text("校园、市场、河道、路段，先于普通网格")
    page.keyboard.press("l")
    expect(tree).to_be_hidden()
    there = "gisGrid.city.thingsAt(gisGrid.city.map.getSize().map((n) => n / 2))"
    opened.until(f"{there}.some((one) => one.layer === 'special')")
    page.locator("#map").click()
    card = page.locator(".card")
    expect(card.locator("h2")).to_contain_text(HOSTILE)
    expect(card).to_contain_text("专属网格")
    expect(card.locator(".code-row")).to_contain_text("market")
    expect(card.locator("[data-field=priority]")).to_have_text("2")
    assert page.locator("img[src=x]").count() == 0

    page.locator(".find input").fill("market")
    found = page.locator(".result", has_text="market")
    expect(found).to_have_count(1)
    page.keyboard.press("Escape")
