"""The leader's page: a window of days over the year, figures, ranking, week and wall."""

import re

import pytest

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
    assert page.locator(".spark").count() == len(tiles) == 4
    open_now = page.locator("section", has_text="在办案件，按状态").last.inner_text()
    assert re.search(r"待受理\s+8", open_now)


def test_grids_are_ranked_with_their_interval(told):
    page = told.page
    rows = page.locator(".rank-row")
    assert rows.count() == 9
    first = rows.first
    assert "above" in first.get_attribute("class")
    assert re.search(r"网格E\s+800.0\s+8", first.inner_text())
    assert "95% 区间 345.4–1576.3" in first.get_attribute("title")
    assert first.locator(".range").count() == first.locator(".mean").count() == 1
    first.click()
    told.until("gisGrid.selection.get()?.code === 'E'")


def test_the_week_holds_every_incident(told):
    cells = told.page.locator(".week td .visually-hidden").all_text_contents()
    assert len(cells) == 7 * 24
    assert sum(map(int, cells)) == 8
    assert cells[3 * 24 + 8] == "2"  # two Thursdays, at eight in the city


def test_days_are_chosen_by_keyboard_and_kept_in_the_address(told):
    page = told.page
    assert total(told) == 8
    assert "days=" not in page.url
    last = page.get_by_role("slider", name="最后一天")
    assert last.get_attribute("aria-valuetext") == "2026-01-08"
    last.focus()
    page.keyboard.press("ArrowLeft")
    told.until("gisGrid.city.heat().total === 7")
    page.keyboard.press("Shift+ArrowLeft")
    told.until("gisGrid.city.heat().total === 0")
    assert "days=2025-12-12..2025-12-31" in page.url
    assert "12-12 至 12-31" in page.locator(".time-label").inner_text()


def test_a_link_shows_the_same_days_and_kinds(desk):
    opened = desk(f"/overview?days={DAYS}")
    opened.until("gisGrid.city.heat()?.total === 3")
    assert opened.page.locator(".tile b").first.inner_text().split()[0] == "3"
    assert "2026-01-01 至 2026-01-03" in opened.page.locator(".leg").inner_text()
    opened.page.get_by_label("类别").select_option("event")
    opened.until("gisGrid.city.heat().total === 0")
    assert "kind=event" in opened.page.url
    again = desk(opened.page.url.removeprefix(opened.address))
    again.until("gisGrid.city.heat()?.total === 0")
    assert again.page.get_by_label("类别").input_value() == "event"


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
    first, last = re.search(r"days=(\S+?)\.\.([\d-]+)", page.url).groups()
    assert last < "2025-12-01"
    shown = page.get_by_role("slider", name="第一天").get_attribute("aria-valuetext")
    assert shown == first


def test_it_plays_week_by_week_to_the_end(desk):
    opened = desk("/overview?days=2025-12-12..2025-12-25")
    page = opened.page
    page.locator(".rank-row").first.wait_for()
    page.get_by_role("button", name="播放，每步 7 天").click()
    opened.until("new URLSearchParams(location.search).get('days') === '2025-12-19..2026-01-01'")
    opened.until("gisGrid.city.heat()?.total === 8")
    page.get_by_role("button", name="播放，每步 7 天").wait_for()  # it stopped by itself
    assert "days=2025-12-26..2026-01-08" in page.url


def test_a_preset_and_the_report_of_the_same_days(told):
    page = told.page
    page.get_by_role("button", name="近 7 天").click()
    told.until("gisGrid.city.heat().total === 7")
    assert page.locator(".chip[aria-pressed=true]").inner_text() == "近 7 天"
    assert page.get_by_role("link", name="报告").get_attribute("href").endswith("days=7&lang=zh")


def test_the_wall_has_figures_and_nothing_to_press(desk):
    opened = desk("/overview?wall=1&theme=dark", size=(1920, 1080))
    page = opened.page
    page.locator(".rank-row").first.wait_for()
    assert "画市运行总览" in page.locator("h1").inner_text()
    assert re.fullmatch(r"\d\d:\d\d", page.locator(".clock").inner_text())
    assert page.locator(".tile.big").count() == 5
    for gone in (".top", ".corner", ".time-handle", ".play", ".list-bar", ".filters"):
        assert not page.locator(gone).first.is_visible()
    sizes = (
        "[...document.querySelectorAll('.left b, .right b, .right bdi')]"
        ".map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(page.evaluate(sizes)) >= 16
    page.keyboard.press("w")
    page.locator(".filters").wait_for()
