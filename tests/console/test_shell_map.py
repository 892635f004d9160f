"""The map of the console: base map, names, layers, legend, heat, read-outs, selection."""

import re

import pytest
from playwright.sync_api import expect

from gis_grid.geo.datum import from_wgs84
from tests import browser, drawn
from tests.console import served

pytestmark = pytest.mark.browser

COLOUR = """([lon, lat, selector]) => {
  const city = gisGrid.city;
  const [x, y] = city.map.getPixelFromCoordinate(
    [lon * 20037508.342789244 / 180,
     Math.log(Math.tan(Math.PI / 4 + lat * Math.PI / 360)) * 6378137]);
  const seen = [];
  for (const canvas of document.querySelectorAll('.ol-layer canvas')) {
    if (canvas.closest('.names')) continue;
    const scale = canvas.width / city.map.getSize()[0];
    const [left, top] = [Math.round(x * scale), Math.round(y * scale)];
    const at = canvas.getContext('2d').getImageData(left, top, 1, 1);
    if (at.data[3]) seen.push([...at.data].slice(0, 3));
  }
  return seen[seen.length - 1] ?? null;
}"""
PIXEL = """([lon, lat]) => {
  const [x, y] = gisGrid.city.map.getPixelFromCoordinate(
    [lon * 20037508.342789244 / 180,
     Math.log(Math.tan(Math.PI / 4 + lat * Math.PI / 360)) * 6378137]);
  const box = document.querySelector('#map').getBoundingClientRect();
  return [x + box.x, y + box.y];
}"""
WATER = [201, 220, 230]


def colour(page, lon, lat):
    return page.evaluate(COLOUR, [lon, lat])


def test_the_base_map_is_the_citys_own(desk):
    opened = desk("/planner?on=none&at=123.003,41.003,16.5")
    lon, lat = drawn.middle("H")
    assert colour(opened.page, lon + 0.0003, lat + 0.0003) == WATER
    street = colour(opened.page, 123.0005, 41.002)
    assert street == [255, 248, 230]
    tiles = [url for url in opened.asked if "/tiles/" in url]
    assert {url.split("/tiles/")[1].split("/")[0] for url in tiles} >= {"streets", "landcover"}


def test_in_the_dark_it_has_dark_colours(desk):
    page = desk("/planner?on=none&theme=dark&at=123.003,41.003,16.5").page
    lon, lat = drawn.middle("H")
    assert colour(page, lon + 0.0003, lat + 0.0003) == [11, 29, 42]


def test_streets_are_named_one_character_at_a_time(desk):
    page = desk("/planner?at=123.003,41.003,17").page
    shown = page.evaluate(
        "gisGrid.city.map.getLayers().getArray().find((l) => l.shown).shown"
        ".filter((one) => one.glyphs.map((g) => g.text).join('') === '画街')"
    )
    assert shown
    first, last = shown[0]["glyphs"]
    assert first["x"] < last["x"]
    assert first["y"] == pytest.approx(last["y"], abs=2)
    assert "画河" in page.evaluate("gisGrid.city.names()")


def test_grids_are_named_where_the_name_fits(desk):
    opened = desk("/planner?at=123.003,41.003,16.5&on=grids")
    assert "网格A" in opened.page.evaluate("gisGrid.city.names()")
    far = desk("/planner?at=123.003,41.003,13&on=grids")
    assert "网格A" not in far.page.evaluate("gisGrid.city.names()")


def test_layers_are_switched_by_the_tree_and_kept_in_the_address(desk):
    opened = desk("/planner?at=123.003,41.003,17")
    page = opened.page
    before = page.screenshot(clip={"x": 300, "y": 100, "width": 600, "height": 500})
    page.get_by_role("button", name="图层与图例").click()
    page.get_by_label("摄像头", exact=True).check()
    page.get_by_label("楼栋").uncheck()
    opened.comes(lambda: "on=grids,cameras" in page.url)
    opened.rest()
    opened.comes(
        lambda: page.screenshot(clip={"x": 300, "y": 100, "width": 600, "height": 500}) != before
    )


def test_heat_is_drawn_with_its_legend(desk):
    opened = desk("/overview")
    page = opened.page
    legend = page.locator(".leg").filter(has_text="每六边形案件数")
    legend.wait_for()
    expect(legend).to_contain_text("少于 3 件不着色")
    expect(legend.locator(".ramp-l")).to_contain_text("8")
    assert page.evaluate("gisGrid.city.heat().total") == 8
    lon, lat = drawn.middle("E")
    with_heat = colour(page, lon, lat)
    page.get_by_role("button", name="图层与图例").click()
    page.get_by_label("案件热力").uncheck()
    legend.wait_for(state="detached")
    opened.comes(lambda: colour(page, lon, lat) != with_heat)


def test_swatches_have_the_opacity_of_the_map(desk):
    page = desk("/overview").page
    swatch = page.locator(".ramp i").first
    swatch.wait_for()
    assert swatch.evaluate("(one) => getComputedStyle(one).opacity") == "0.86"


def test_coordinates_are_told_in_two_named_datums(desk):
    page = desk("/planner").page
    lon, lat = 123.003, 41.003
    page.mouse.move(*page.evaluate(PIXEL, [lon, lat]))
    expect(page.locator(".scale .wgs")).to_have_text(re.compile(r"\d.*,.*\d"))
    told = [
        [float(part) for part in page.locator(f".scale .{name}").inner_text().split(",")]
        for name in ("wgs", "gcj")
    ]
    assert told[0] == pytest.approx([lon, lat], abs=5e-5)
    moved = from_wgs84(lon=told[0][0], lat=told[0][1], datum="gcj02")
    assert told[1] == pytest.approx([float(moved[0]), float(moved[1])], abs=2e-5)
    text = page.locator(".scale").inner_text()
    assert "WGS-84" in text
    assert "GCJ-02" in text


def test_the_scale_is_true(desk):
    page = desk("/planner?at=123.003,41.003,16").page
    pixels = page.locator(".scale i").evaluate("(bar) => bar.getBoundingClientRect().width")
    metres = float(page.locator(".scale .length").inner_text().split()[0])
    resolution = page.evaluate("gisGrid.city.map.getView().getResolution()") * 0.75467  # cos 41.003
    assert pixels * resolution == pytest.approx(metres, rel=0.02)


def test_a_click_selects_a_grid_and_its_row(desk):
    opened = desk("/planner?on=grids&at=123.003,41.003,16.5")
    page = opened.page
    page.mouse.click(*page.evaluate(PIXEL, list(drawn.middle("D"))))
    opened.until("gisGrid.selection.get()?.code === 'D'")
    opened.comes(lambda: "sel=grids/D" in page.url)
    expect(page.locator(".right tr[data-key='D']")).to_have_attribute("aria-selected", "true")
    page.locator(".right tr[data-key='F']").click()
    opened.until("gisGrid.selection.get()?.code === 'F'")
    page.keyboard.press("Escape")
    opened.until("gisGrid.selection.get() === null")


def test_a_row_stays_under_the_finger_while_the_map_comes_to_rest(desk):
    opened = desk("/planner?on=grids&at=123.003,41.003,16.5")
    page = opened.page
    row = page.locator(".right tr[data-key='F']")
    row.hover()
    page.mouse.down()
    page.evaluate("document.querySelector(\".right tr[data-key='F']\").dataset.seen = 'yes'")
    page.evaluate("gisGrid.city.map.getView().adjustCenter([-40, 0])")
    page.evaluate("new Promise((rest) => gisGrid.city.map.once('rendercomplete', rest))")
    page.mouse.up()
    opened.until("gisGrid.selection.get()?.code === 'F'")
    row.focus()
    page.evaluate("gisGrid.city.map.getView().adjustCenter([40, 0])")
    page.evaluate("new Promise((rest) => gisGrid.city.map.once('rendercomplete', rest))")
    expect(row).to_be_focused()


def test_the_planners_table_holds_what_is_stored(desk):
    page = desk("/planner?at=123.003,41.003,16").page
    rows = page.locator(".right tbody tr")
    expect(rows).to_have_count(9)
    first = rows.first.inner_text()
    assert "网格A" in first
    assert "10" in first
    assert "±0%" in first
    page.get_by_role("button", name="户数", exact=True).click()
    head = page.locator("th[aria-sort=descending]")
    expect(head).to_contain_text("户数")


def test_the_queue_lists_open_incidents_and_filters(desk):
    opened = desk("/dispatch")
    page = opened.page
    rows = page.locator(".case")
    expect(rows).to_have_count(8)
    page.keyboard.press("j")
    opened.until("gisGrid.selection.get()?.layer === 'incidents'")
    expect(page.locator(".case[aria-current=true]")).to_have_count(1)
    page.locator(".chip", has_text="待受理").click()
    opened.comes(lambda: "state=waiting" in page.url)
    expect(rows).to_have_count(8)


def test_a_case_stays_under_the_finger_while_the_queue_is_read_anew(desk):
    opened = desk("/dispatch", stands=True)
    page = opened.page
    page.locator(".case").nth(1).hover()
    page.mouse.down()
    with page.expect_response("**/api/v1/queue?**"):
        page.clock.fast_forward(31_000)
    page.evaluate("() => new Promise((done) => setTimeout(done, 150))")  # time to draw it
    page.mouse.up()
    opened.until("gisGrid.selection.get()?.layer === 'incidents'")


def test_the_map_is_one_tab_stop_and_pans_by_keys(desk):
    opened = desk("/planner")
    page = opened.page
    page.locator("#map").focus()
    before = page.evaluate("gisGrid.city.centre().lon")
    page.keyboard.press("ArrowRight")
    opened.until(f"gisGrid.city.centre().lon > {before}")


def test_it_is_the_same_with_webgl(chromium, console, cookies):
    path, flags = browser.chromium(), list(browser.FLAGS)
    other = chromium.browser_type.launch(executable_path=path, args=flags)
    watched = served.Watched(other.new_context(storage_state=cookies["chief"]), console)
    page = watched.open("/planner?on=none&at=123.003,41.003,16.5")
    assert page.evaluate("document.createElement('canvas').getContext('webgl2') !== null")
    assert "画河" in page.evaluate("gisGrid.city.names()")
    assert (watched.complaints, watched.refused) == ([], [])
    other.close()


def test_nothing_needs_webgl(desk):
    page = desk("/overview").page
    assert page.evaluate("document.createElement('canvas').getContext('webgl2')") is None
    kinds = page.evaluate(
        "[...document.querySelectorAll('canvas')].map((c) => c.getContext('2d') !== null)"
    )
    assert kinds
    assert all(kinds)


def test_hostile_names_stay_text(desk):
    page = desk("/planner?at=123.0007,41.0007,18&sel=buildings/b1").page
    page.locator(".thing h2").wait_for()
    expect(page.locator("img")).to_have_count(0)


def test_zoom_ends_where_tiles_do(desk):
    page = desk("/planner?at=123.003,41.003,29").page
    assert page.evaluate("gisGrid.city.centre().zoom") == pytest.approx(20)


def test_a_case_tells_whose_it_is_and_why(desk):
    opened = desk("/dispatch?sel=incidents/i3", who="sending")
    panel = opened.page.locator(".right")
    panel.locator(".crumbs").wait_for()
    assert panel.locator("h2").inner_text().endswith("0501")
    crumbs = panel.locator(".crumbs button").all_inner_texts()
    assert crumbs[-1] == "网格E"
    assert len(crumbs) == 5
    expect(panel).to_contain_text("距边界")
    assert opened.page.locator(".thing").count() == 0  # not told twice
    for action in ("派遣给", "转派", "挂起", "退回"):  # the life cycle comes with its own work
        assert action not in panel.inner_text()
    panel.get_by_role("button", name="回到队列").click()
    opened.until("gisGrid.selection.get() === null")
    panel.wait_for(state="hidden")


def test_a_case_on_a_phone_stands_before_the_queue(desk):
    opened = desk("/dispatch", who="sending", size=(390, 844), drawn=False)
    page = opened.page
    page.locator(".case").first.click()
    page.locator(".case-head").wait_for()
    expect(page.locator(".queue")).to_be_hidden()
    page.get_by_role("button", name="回到队列").click()
    page.locator(".queue").wait_for()
