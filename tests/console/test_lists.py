import pytest
from playwright.sync_api import expect

from tests import drawn
from tests.console.served import comes, in_address

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def desk(named_desk):
    named_desk.faults.clear()
    yield named_desk
    assert named_desk.faults == []


@pytest.fixture
def tab(desk):
    tab = desk.open(on="grids,facilities")
    yield tab
    tab.close()


def open_list(tab, layer):
    tab.locator("#map").focus()
    tab.keyboard.press("t")
    tab.wait_for_selector("tbody tr")
    tab.get_by_label("图层", exact=True).select_option(layer)
    tab.wait_for_function(
        "(layer) => document.querySelector('.list-body .scroll')?.dataset.layer === layer",
        arg=layer,
    )


def codes(tab):
    rows = tab.locator(".list-body tbody tr")
    return rows.evaluate_all("(all) => all.map((one) => one.dataset.code)")


def test_lists_what_is_in_view_of_each_layer(tab):
    open_list(tab, "grids")
    comes(tab, lambda: codes(tab) == list("ABCDEFGHI"))
    tab.evaluate("([lon, lat]) => gisGrid.city.go({lon, lat, zoom: 20})", drawn.middle("E"))
    tab.wait_for_function("() => document.querySelectorAll('.list-body tbody tr').length === 1")
    assert codes(tab) == ["E"]


def test_a_list_opened_before_the_layers_are_known_waits_for_them(desk):
    held = []

    def hold(route):
        held.append(route)

    desk.context.route("**/api/v1/layers", hold)
    tab = desk.open(on="grids")
    tab.locator("#map").focus()
    tab.keyboard.press("t")
    expect(tab.locator(".list-body")).to_be_visible()
    comes(tab, lambda: held)
    for route in held:
        route.continue_()
    comes(tab, lambda: codes(tab) == list("ABCDEFGHI"))
    desk.context.unroute("**/api/v1/layers")
    tab.close()


def test_j_k_and_enter_walk_the_rows_and_the_map_follows(tab):
    open_list(tab, "grids")
    tab.locator("#map").focus()
    for _ in range(3):
        tab.keyboard.press("j")
    tab.keyboard.press("k")
    in_address(tab, "sel=grids/B")
    row = tab.locator("tbody tr[aria-selected=true]")
    expect(row).to_have_attribute("data-code", "B")
    tab.keyboard.press("Enter")
    lon, lat = drawn.middle("B")
    tab.wait_for_function(
        "([lon, lat]) => Math.abs(gisGrid.city.centre().lon - lon) < 1e-4"
        " && Math.abs(gisGrid.city.centre().lat - lat) < 1e-4",
        arg=[lon, lat],
    )


def test_the_row_follows_the_map(tab):
    open_list(tab, "grids")
    tab.evaluate("gisGrid.selection.set({layer: 'grids', code: 'F'})")
    chosen = tab.locator("tbody tr[aria-selected=true]")
    expect(chosen).to_have_attribute("data-code", "F")
    tab.locator("tbody tr[data-code=C]").click()
    in_address(tab, "sel=grids/C")


def test_pages_by_key(tab):
    open_list(tab, "facilities")
    first = codes(tab)
    assert len(first) == 100
    expect(tab.locator(".list-bar")).to_contain_text("本页 100 行，后面还有")
    tab.get_by_role("button", name="下一页").click()
    tab.wait_for_function(
        "(first) => document.querySelector('.list-body tbody tr').dataset.code !== first",
        arg=first[0],
    )
    assert codes(tab)[0] > first[-1]
    tab.get_by_role("button", name="下一页").click()
    tab.wait_for_function("() => document.querySelectorAll('.list-body tbody tr').length < 100")
    expect(tab.get_by_role("button", name="下一页")).to_be_hidden()
    tab.get_by_role("button", name="回到首页").click()
    tab.wait_for_function("() => document.querySelectorAll('.list-body tbody tr').length === 100")
    assert codes(tab) == first


def test_sorts_by_a_head_numbers_as_numbers(tab):
    open_list(tab, "facilities")
    tab.get_by_role("button", name="所在街道").click()
    column = tab.locator("thead th[aria-sort=ascending]")
    expect(column).to_have_text("所在街道")
    at = column.evaluate("(head) => head.cellIndex") + 1
    cells = tab.locator(f"tbody tr td:nth-child({at})").all_text_contents()
    numbers = [int(text.removesuffix("街")) for text in cells if text[:1].isdigit()]
    assert len(numbers) > 50
    assert numbers == sorted(numbers)
    tab.get_by_role("button", name="所在街道").click()
    expect(tab.locator("thead th[aria-sort=descending]")).to_have_count(1)


def test_an_empty_view_says_so(tab):
    open_list(tab, "grids")
    tab.evaluate("gisGrid.city.go({lon: 100, lat: 30, zoom: 15})")
    expect(tab.locator(".list-body .state")).to_contain_text("视野内没有")


def test_tab_walks_the_top_layer_and_then_leaves_the_map(desk):
    tab = desk.open(on="grids")
    tab.locator("#map").focus()
    told = []
    for _ in range(9):
        tab.keyboard.press("Tab")
        expect(tab.locator("#map")).to_be_focused()
        told.append(tab.locator(".walk").text_content())
    assert told[0] == "长柏花园第1网格，第 1 个，共 9 个"
    assert told[8] == "网格I，第 9 个，共 9 个"
    tab.keyboard.press("Shift+Tab")
    expect(tab.locator(".walk")).to_have_text("网格H，第 8 个，共 9 个")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".thing h2:has-text('网格H')")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.id") != "map"
    expect(tab.locator(".walk")).to_be_hidden()
    tab.close()
