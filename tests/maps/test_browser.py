from datetime import UTC, datetime

import pytest

from gis_grid.maps.offline import render
from gis_grid.maps.reports.kinds import KINDS
from gis_grid.services.reporting import page_from_database
from gis_grid.storage.database import open_engine
from tests import browser, databases, drawn

pytestmark = pytest.mark.browser

NOW = datetime(2026, 1, 9, tzinfo=UTC)

SHADES = """() => {
  const canvas = document.querySelector('.gg-canvas');
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  const seen = new Set();
  for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255)
    seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
  return seen.size;
}"""
AT = """([lon, lat]) => {
  const at = map_city.latLngToContainerPoint([lat, lon]);
  const box = map_city.getContainer().getBoundingClientRect();
  return [at.x + box.x, at.y + box.y];
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory, sqlite_template):
    """Write the drawn city on one page."""
    folder = tmp_path_factory.mktemp("drawn")
    engine = open_engine(databases.sqlite_database(folder, sqlite_template))
    drawn.store(engine)
    page = folder / "city.html"
    page.write_text(
        render(page_from_database(engine, KINDS["city"], KINDS["city"].options(), now=NOW)),
        encoding="utf-8",
    )
    engine.dispose()
    return page.as_uri()


@pytest.fixture(scope="module", params=[(), ("--disable-3d-apis",)], ids=["3d", "no-3d"])
def chromium(request):
    with browser.opened(*request.param) as found:
        yield found


@pytest.fixture
def page(chromium, address):
    """Open the map and watch over what it asks for and complains of."""
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.goto(address)
    page.wait_for_selector("html[data-drawn]", timeout=60_000)
    yield page
    assert complaints == []
    assert [url for url in asked if not url.startswith("data:")] == [address]
    page.close()


def click(page, lon, lat):
    page.mouse.click(*page.evaluate(AT, [lon, lat]))


def test_draws_the_city(page):
    assert int(page.get_attribute("html", "data-drawn")) > 20
    assert page.evaluate(SHADES) > 20
    assert page.title() == "城市一张图 · 画市"


def test_asks_for_one_page_only(page):
    names = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    assert [name for name in names if not name.startswith("data:")] == []


def test_a_layer_can_be_switched_off_and_on(page):
    box = page.locator("input[data-layers^='heat']")
    shown = page.evaluate(SHADES), page.locator(".gg-legend").is_visible()
    before = page.screenshot()
    box.uncheck()
    assert not page.locator(".gg-legend").is_visible()
    assert page.screenshot() != before
    box.check()
    assert (page.evaluate(SHADES), page.locator(".gg-legend").is_visible()) == shown


def test_hovering_names_what_is_there(page):
    page.mouse.move(*page.evaluate(AT, list(drawn.middle("D"))))
    tip = page.locator(".gg-tip")
    tip.wait_for(state="visible")
    assert tip.inner_text() == "网格　网格D　D"
    page.mouse.wheel(0, -240)  # the map moves away under a mouse that rests
    tip.wait_for(state="hidden", timeout=30_000)


def test_a_card_says_what_is_stored(page):
    click(page, *drawn.middle("F"))
    card = page.locator(".gg-card")
    card.wait_for(state="visible")
    assert "编码\tF" in card.inner_text()
    assert "户\t10" in card.inner_text()


def test_hostile_text_stays_text(page):
    click(page, 123.0007, 41.0007)
    card = page.locator(".gg-card")
    card.wait_for(state="visible")
    assert drawn.HOSTILE in card.inner_text()
    assert page.locator(".gg-card img").count() == 0


def test_zooming_draws_again(page):
    before = page.evaluate(SHADES)
    page.evaluate("map_city.setZoom(map_city.getZoom() + 2, {animate: false})")
    assert page.evaluate(SHADES) > 0
    page.locator("#gg-home").click()
    page.wait_for_function(f"(before) => ({SHADES})() === before", arg=before)


@pytest.mark.parametrize("size", [(1440, 900), (1366, 768), (390, 844)])
def test_fits_its_window(page, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    box = page.locator(".folium-map").bounding_box()
    assert box["width"] > 300
    assert box["height"] > 300


def test_the_keyboard_reaches_the_map_and_the_list(page):
    page.locator(".folium-map").focus()
    before = page.evaluate("map_city.getCenter().lng")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("(before) => map_city.getCenter().lng > before", arg=before)
    page.locator("input[data-layers='cameras']").focus()
    page.keyboard.press("Space")
    assert not page.locator("input[data-layers='cameras']").is_checked()
