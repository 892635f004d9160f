"""The leader's page: a window of days over the year, figures, ranking, week and wall."""

import re

import pytest
from playwright.sync_api import expect

from tests import databases
from tests.console.served import in_address
from tests.desk import desk_in
from tests.services.test_attention import store_busy

STEP_MS, AUTO_MS = 700, 4000
"""How long each step is shown while it plays: by a click, and by itself on a wall."""
DAYS = "2026-01-01..2026-01-03"


@pytest.fixture
def told(desk):
    opened = desk("/overview")
    opened.page.locator(".rank-row").first.wait_for()
    return opened


def total(opened):
    return opened.page.evaluate("gisGrid.city.heat()?.total ?? null")


def test_figures_have_unit_and_what_they_are_a_part_of(told):
    page = told.page
    tiles = [one.inner_text() for one in page.locator(".tile").all()]
    assert re.search(r"上报\s+8\s*件", tiles[0])
    assert "上期 0 件" in tiles[0]
    assert re.search(r"按时处置率\s+无数据\s+0 / 0", tiles[1])  # none has a limit
    assert re.search(r"结案率\s+0.0\s*%\s+0 / 8", tiles[2])
    assert page.locator(".tile .spark").count() == len(tiles) == 4
    open_now = page.locator("section", has_text="在办案件，按状态").last.inner_text()
    assert re.search(r"待受理\s+8", open_now)


def test_grids_are_ranked_with_their_interval(told):
    page = told.page
    rows = page.locator(".rank-row")
    expect(rows).to_have_count(9)
    first = rows.first
    assert "above" in first.get_attribute("class")
    assert re.search(r"网格E\s+800.0\s+8", first.inner_text())
    assert "95% 区间 345.4–1576.3" in first.get_attribute("title")
    expect(first.locator(".range")).to_have_count(1)
    expect(first.locator(".mean")).to_have_count(1)
    first.click()
    told.until("gisGrid.selection.get()?.code === 'E'")


def test_the_week_holds_every_incident(told):
    cells = told.page.locator(".week td .visually-hidden").all_text_contents()
    assert len(cells) == 7 * 24
    assert sum(map(int, cells)) == 8
    assert cells[3 * 24 + 8] == "2"  # two Thursdays, at eight in the city


def test_days_are_chosen_by_keyboard_and_kept_in_the_address(told):
    page = told.page
    told.comes(lambda: total(told) == 8)
    assert "days=" not in page.url
    last = page.get_by_role("slider", name="最后一天")
    assert last.get_attribute("aria-valuetext") == "2026-01-08"
    last.focus()
    page.keyboard.press("ArrowLeft")
    told.until("gisGrid.city.heat().total === 7")
    page.keyboard.press("Shift+ArrowLeft")
    told.until("gisGrid.city.heat().total === 0")
    in_address(page, "days=2025-12-12..2025-12-31")
    expect(page.locator(".time-label")).to_contain_text("12-12 至 12-31")


def test_a_link_shows_the_same_days_and_kinds(desk):
    opened = desk(f"/overview?days={DAYS}")
    opened.until("gisGrid.city.heat()?.total === 3")
    expect(opened.page.locator(".tile b").first).to_have_text(re.compile(r"^3\b"))
    expect(opened.page.locator(".leg")).to_contain_text("2026-01-01 至 2026-01-03")
    opened.page.get_by_label("类别").select_option("event")
    opened.until("gisGrid.city.heat().total === 0")
    in_address(opened.page, "kind=event")
    again = desk(opened.page.url.removeprefix(opened.address))
    again.until("gisGrid.city.heat()?.total === 0")
    expect(again.page.get_by_label("类别")).to_have_value("event")


def test_what_no_day_can_be_falls_back_to_the_usual(desk):
    opened = desk("/overview?days=2031-01-01..2031-02-01&kind=%3Cb%3E&source=nobody")
    opened.until("gisGrid.city.heat()?.total === 8")


def test_the_window_is_dragged(told):
    page = told.page
    frame = page.locator(".time-frame").bounding_box()
    middle = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] - 200, middle[1], steps=4)
    page.mouse.up()
    told.until("gisGrid.city.heat().total === 0")
    in_address(page, "days=")
    first, last = re.search(r"days=(\S+?)\.\.([\d-]+)", page.url).groups()
    assert last < "2025-12-01"
    shown = page.get_by_role("slider", name="第一天").get_attribute("aria-valuetext")
    assert shown == first


def test_it_plays_week_by_week_to_the_end(desk):
    opened = desk("/overview?days=2025-12-12..2025-12-25", stands=True)
    page = opened.page
    page.locator(".rank-row").first.wait_for()
    opened.stand()
    page.get_by_role("button", name="播放，每步 7 天").click()
    page.clock.run_for(STEP_MS)
    opened.until("new URLSearchParams(location.search).get('days') === '2025-12-19..2026-01-01'")
    page.clock.resume()
    opened.until("gisGrid.city.heat()?.total === 8")
    page.get_by_role("button", name="播放，每步 7 天").wait_for()  # it stopped by itself
    in_address(page, "days=2025-12-26..2026-01-08")


def test_a_preset_and_the_report_of_the_same_days(told):
    page = told.page
    page.get_by_role("button", name="近 7 天").click()
    told.until("gisGrid.city.heat().total === 7")
    expect(page.locator(".chip[aria-pressed=true]")).to_have_text("近 7 天")
    report = page.get_by_role("link", name="报告")
    expect(report).to_have_attribute("href", re.compile("days=7&lang=zh$"))


def test_the_wall_has_figures_and_nothing_to_press(desk):
    opened = desk("/overview?wall=1&theme=dark", size=(1920, 1080))
    page = opened.page
    page.locator(".rank-row").first.wait_for()
    expect(page.locator("h1")).to_contain_text("画市运行总览")
    assert re.fullmatch(r"\d\d:\d\d", page.locator(".clock").inner_text())
    expect(page.locator(".tile.big")).to_have_count(5)
    for gone in (".top", ".corner", ".time-handle", ".play", ".list-bar", ".filters"):
        assert not page.locator(gone).first.is_visible()
    sizes = (
        "[...document.querySelectorAll('.left b, .right b, .right bdi')]"
        ".map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(page.evaluate(sizes)) >= 16
    page.keyboard.press("w")
    page.locator(".filters").wait_for()


def test_a_wall_plays_by_itself_until_a_key_stops_it(desk):
    start = "/overview?wall=1&rest=900&days=2025-12-12..2025-12-18"
    opened = desk(start, size=(1920, 1080), stands=True)
    page = opened.page
    label = page.locator(".time-label")
    label.get_by_text("每步 7 天，自动播放").wait_for()
    page.locator(".rank-row").first.wait_for()
    opened.stand()
    page.clock.fast_forward(900_000)
    page.clock.run_for(AUTO_MS)
    opened.until("new URLSearchParams(location.search).get('days') === '2025-12-19..2025-12-25'")
    page.keyboard.press(" ")
    label.get_by_text("已停，按空格继续").wait_for()
    held = page.url
    page.clock.run_for(AUTO_MS + 500)
    assert page.url == held
    page.keyboard.press(" ")
    page.clock.run_for(AUTO_MS)
    opened.until("new URLSearchParams(location.search).get('days') === '2025-12-26..2026-01-01'")


def test_who_wants_no_motion_has_a_wall_that_stands(desk):
    opened = desk("/overview?wall=1&rest=1&step=day", size=(1920, 1080), reduced_motion="reduce")
    opened.page.locator(".time-label").get_by_text("每步 1 天，已停").wait_for()


def test_a_hot_spot_says_why_it_is_one(told):
    page = told.page
    card = page.locator(".hot-card")
    card.get_by_text("网格E一带").wait_for()
    assert re.search(r"8 件，全城均值的 [\d.]+ 倍，Gi\* [\d.]+", card.inner_text())
    weeks = card.get_by_role("img").get_attribute("aria-label")
    assert weeks.endswith("0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 7")
    card.get_by_role("button", name="看这里的案件").click()
    page.locator(".list-body [data-layer=incidents] tbody tr").first.wait_for()
    card.get_by_role("button", name="收起热点").click()
    expect(card).to_be_hidden()


def test_a_density_is_a_choice_beside_cells_and_says_its_bandwidth(told):
    page = told.page
    assert not page.get_by_label("核密度带宽").is_visible()
    page.get_by_role("button", name="核密度").click()
    told.until("gisGrid.city.heat()?.surface === 'density'")
    in_address(page, "surface=density")
    legend = page.locator(".leg")
    expect(legend).to_contain_text("案件密度，件/km²")
    expect(legend).to_contain_text("带宽 400 米")
    page.get_by_label("核密度带宽").select_option("800")
    told.until("gisGrid.city.heat()?.bandwidth_m === 800")
    in_address(page, "bandwidth=800")
    page.get_by_role("button", name="六边形").click()
    told.until("gisGrid.city.heat()?.surface === 'cells'")


def test_what_is_worth_a_look_needs_a_record_before(told):
    said = told.page.locator(".attention").inner_text()
    assert "此前的记录不足 28 天" in said


@pytest.fixture(scope="module")
def busy(tmp_path_factory, sqlite_template):
    """Give a browser on a city in which one grid has far more than before, and one far fewer."""
    folder = tmp_path_factory.mktemp("busy")
    with desk_in(databases.sqlite_database(folder, sqlite_template), folder, store_busy) as found:
        yield found


def test_grids_out_of_the_ordinary_are_told_with_their_interval(busy):
    page = busy.open("overview")
    page.locator(".look").first.wait_for()
    first, second = page.locator(".look").all_inner_texts()
    assert re.search(r"网格E\s+30 件\s*，明显增多\s+往常 4.0\s+95% 区间 20.2–42.8", first)
    assert re.search(r"网格I\s+1 件\s*，明显减少\s+往常 20.0", second)
    expect(page.locator(".attention")).to_contain_text("比较了 9 个网格")
    page.locator(".look").first.click()
    page.locator(".thing").get_by_text("网格E").first.wait_for()
