import re

import pytest
from playwright.sync_api import expect
from pyproj import Geod

from tests import drawn
from tests.console.served import comes, in_address

pytestmark = pytest.mark.browser
PAUSE = "() => new Promise((done) => setTimeout(done, 260))"
"""Two clicks are a double click for the page unless its own clock says otherwise."""
GEOD = Geod(ellps="WGS84")
WITHIN = 0.005
"""The map measures on a sphere of the mean radius."""


@pytest.fixture(scope="module")
def desk(named_desk):
    named_desk.faults.clear()
    yield named_desk
    assert named_desk.faults == []


@pytest.fixture
def tab(desk):
    tab = desk.open()
    yield tab
    tab.close()


def pixel(tab, lon, lat):
    return tab.evaluate(
        """([lon, lat]) => {
          const r = 6378137, x = lon * Math.PI / 180 * r;
          const y = Math.log(Math.tan(Math.PI / 4 + lat * Math.PI / 360)) * r;
          const [px, py] = gisGrid.city.map.getPixelFromCoordinate([x, y]);
          const box = gisGrid.city.map.getTargetElement().getBoundingClientRect();
          return [px + box.x, py + box.y];
        }""",
        [lon, lat],
    )


def click(tab, lon, lat, **options):
    tab.mouse.click(*pixel(tab, lon, lat), **options)
    tab.evaluate(PAUSE)


def metres(text):
    number, unit = re.match(r"([\d,.]+) ?(米|km)", text).groups()
    return float(number.replace(",", "")) * (1000 if unit == "km" else 1)


def test_measures_a_line_on_the_ellipsoid_and_selects_nothing(tab):
    west, south = drawn.WEST + 0.001, drawn.SOUTH + 0.001
    points = [(west, south), (west + 0.004, south), (west + 0.004, south + 0.003)]
    tab.locator("#map").focus()
    tab.keyboard.press("m")
    for lon, lat in points:
        click(tab, lon, lat)
    tab.keyboard.press("Enter")
    lons, lats = zip(*points, strict=True)
    shown = metres(tab.locator(".measure output").text_content())
    assert shown == pytest.approx(GEOD.line_length(lons, lats), rel=WITHIN)
    assert "sel=" not in tab.url
    tab.get_by_role("button", name="复制结果").click()
    tab.wait_for_selector(".toast")
    copied = tab.evaluate("navigator.clipboard.readText()")
    assert copied == tab.locator(".measure output").text_content()


def test_measures_an_area_and_its_perimeter(tab):
    west, south = drawn.WEST + 0.001, drawn.SOUTH + 0.001
    points = [(west, south), (west + 0.004, south), (west + 0.004, south + 0.003)]
    tab.get_by_role("button", name="测量").click()
    tab.get_by_role("button", name="面积").click()
    for lon, lat in points:
        click(tab, lon, lat)
    tab.locator("#map").focus()
    tab.keyboard.press("Enter")
    lons, lats = zip(*points, strict=True)
    area_m2, around_m = (abs(one) for one in GEOD.polygon_area_perimeter(lons, lats))
    area, perimeter = tab.locator(".measure output").text_content().split(" · ")
    assert area.endswith("公顷")
    assert float(area.split()[0]) == pytest.approx(area_m2 / 10_000, rel=WITHIN)
    assert metres(perimeter.removeprefix("周长 ")) == pytest.approx(around_m, rel=WITHIN)


def test_works_by_keyboard_alone(tab):
    tab.locator("#map").focus()
    tab.keyboard.press("m")
    start = tab.evaluate("gisGrid.city.centre()")
    tab.keyboard.press("Space")
    for _ in range(2):
        at = tab.evaluate("gisGrid.city.centre().lon")
        tab.keyboard.press("ArrowRight")
        moved = f"gisGrid.city.centre().lon > {at} && !gisGrid.city.map.getView().getAnimating()"
        comes(tab, lambda asked=moved: tab.evaluate(asked))
    tab.keyboard.press("Space")
    end = tab.evaluate("gisGrid.city.centre()")
    tab.keyboard.press("Enter")
    wanted = GEOD.inv(start["lon"], start["lat"], end["lon"], end["lat"])[2]
    assert wanted > 10
    shown = metres(tab.locator(".measure output").text_content())
    assert shown == pytest.approx(wanted, rel=WITHIN, abs=0.1)
    tab.keyboard.press("Backspace")
    assert metres(tab.locator(".measure output").text_content()) == 0
    tab.keyboard.press("Escape")
    expect(tab.locator(".measure")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.locator(".measure")).to_be_hidden()


def test_after_it_a_click_selects_again(tab):
    tab.keyboard.press("m")
    tab.keyboard.press("m")
    click(tab, *drawn.middle("I"))
    tab.wait_for_selector(".thing")
    in_address(tab, "sel=grids/I")
