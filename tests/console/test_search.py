import pytest
from playwright.sync_api import expect

from gis_grid.router import cells
from tests import drawn
from tests.console.served import in_address

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def desk(named_desk):
    named_desk.faults.clear()
    yield named_desk
    assert named_desk.faults == []


@pytest.fixture(scope="module")
def tab(desk):
    return desk.open()


def look_for(tab, text):
    tab.keyboard.press("Escape")
    tab.locator("#map").focus()
    tab.keyboard.press("/")
    tab.get_by_role("combobox").fill("")  # what was found before is gone at once
    tab.keyboard.insert_text(text)
    tab.wait_for_selector(".found:not([hidden]) [role=option]")


def test_the_whole_way_by_keyboard(tab):
    look_for(tab, "望溪路")
    box = tab.get_by_role("combobox")
    assert box.get_attribute("aria-expanded") == "true"
    first = box.get_attribute("aria-activedescendant")
    tab.keyboard.press("ArrowDown")
    second = box.get_attribute("aria-activedescendant")
    assert first != second
    expect(tab.locator(f"#{second}")).to_have_attribute("aria-selected", "true")
    expect(tab.locator(f"#{first}")).to_have_attribute("aria-selected", "false")
    tab.keyboard.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") == first
    expect(tab.locator(f"#{first}")).to_have_attribute("data-kind", "street")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".thing h2:has-text('望溪路')")
    in_address(tab, "sel=streets/s1")
    assert box.get_attribute("aria-expanded") == "false"
    expect(tab.locator("#map")).to_be_focused()


def test_flies_to_what_was_found(tab):
    look_for(tab, "灯杆 1307")
    tab.keyboard.press("Enter")
    lon, lat = drawn.middle("A")
    tab.wait_for_function(
        "([lon, lat]) => { const c = gisGrid.city.centre();"
        " return Math.abs(c.lon - lon) < 1e-5 && Math.abs(c.lat - lat) < 1e-5 && c.zoom >= 17 }",
        arg=[lon, lat],
    )
    expect(tab.locator("[data-field=painted_number]")).to_have_text("画街-1307")


def test_whoever_is_faster_than_the_service_gets_what_was_typed(tab):
    look_for(tab, "望溪路")
    tab.keyboard.press("/")
    tab.get_by_role("combobox").fill("p3")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".thing h2:has-text('小太阳幼儿园')")


def test_groups_results_by_kind(tab):
    look_for(tab, "长柏")
    kinds = [row.get_attribute("data-kind") for row in tab.locator(".result").all()]
    assert len(set(kinds)) >= 3
    assert kinds == sorted(kinds, key=kinds.index)
    assert tab.locator(".found .group").count() == len(set(kinds))


LON, LAT = drawn.middle("A")
EVERYTHING = [
    ("A", "grid", "长柏花园第1网格"),
    ("长柏花园第1网格", "grid", "长柏花园第1网格"),
    ("2101010118000307", "facility", "望溪路-0307"),
    ("河东区望溪路12号", "building", "望溪路12号"),
    ("政务大厅", "building", "河东区望溪路1号"),
    ("长柏幼儿园", "place", "长柏幼儿园"),
    ("21990200041320000025", "camera", "长柏社区路口0025"),
    (f"{LON},{LAT}", "coordinate", "123.00"),
    (f"GCJ02 {LON},{LAT}", "coordinate", "GCJ-02"),
    (f"BD09 {LON},{LAT}", "coordinate", "BD-09"),
    (cells.to_words(cells.encode(lon=[LON], lat=[LAT]))[0], "cell", ""),
]


@pytest.mark.parametrize(("typed", "kind", "told"), EVERYTHING)
def test_everything_with_a_name_or_a_place_is_found(tab, typed, kind, told):
    look_for(tab, typed)
    first = tab.locator(".result").first
    expect(first).to_have_attribute("data-kind", kind)
    assert told in first.text_content()


def test_says_when_nothing_is_found(tab):
    look_for(tab, "没有这个")
    expect(tab.locator(".nothing")).to_contain_text("没有找到“没有这个”")
    tab.keyboard.press("Enter")
    expect(tab.locator(".found")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.locator(".found")).to_be_hidden()
    tab.keyboard.press("Escape")
    expect(tab.get_by_role("combobox")).to_have_value("")


def test_coordinates_name_their_datum_and_become_a_pin(tab):
    look_for(tab, "123.003,41.003")
    rows = tab.locator(".result").all_text_contents()
    assert len(rows) == 3
    assert "按 GCJ-02 读 · 与 WGS-84 相距 506 米" in rows[1]
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".thing .chain")
    in_address(tab, "pin=123.003000,41.003000")
    card = tab.locator(".thing").text_content()
    assert "123.003000, 41.003000" in card
    assert "GCJ-02" in card
    assert "长柏社区" in card
    tab.locator("#map").focus()
    tab.keyboard.press("Escape")
    tab.wait_for_selector(".thing", state="detached")
    assert "pin=" not in tab.url


def test_a_failing_service_is_told(desk):
    tab = desk.open()
    tab.route("**/api/v1/search**", lambda route: route.abort())
    tab.keyboard.press("/")
    tab.keyboard.type("望溪路")
    expect(tab.locator(".nothing")).to_contain_text("没有连上服务请检查网络")
    tab.close()
    desk.faults[:] = [one for one in desk.faults if "ERR_FAILED" not in one]
