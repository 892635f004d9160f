import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
SIZES = {"a4l": (1754, 1240), "hd": (1920, 1080)}


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


def choose(tab, size):
    tab.locator("#map").focus()
    tab.keyboard.press("p")
    tab.wait_for_selector("dialog.print-dialog[open]")
    tab.select_option("#print-size", size)


def saved(tab):
    with tab.expect_download() as told:
        tab.get_by_role("button", name="保存 PNG").click()
    picture = Image.open(io.BytesIO(told.value.path().read_bytes())).convert("RGB")
    return told.value.suggested_filename, picture


@pytest.mark.parametrize("size", ["a4l", pytest.param("hd", marks=pytest.mark.slow)])
def test_saves_a_picture_of_the_size_and_leaves_the_map_as_it_was(tab, size):
    before = tab.evaluate("[gisGrid.city.centre(), gisGrid.city.map.getSize()]")
    choose(tab, size)
    tab.fill("#print-title", "画市 <1/2>: 案件")
    name, picture = saved(tab)
    assert picture.size == SIZES[size]
    assert name == "画市 1 2 案件.png"
    tab.wait_for_selector("dialog.print-dialog[open]", state="detached")
    assert tab.evaluate("[gisGrid.city.centre(), gisGrid.city.map.getSize()]") == before
    pixels = np.asarray(picture)
    assert (pixels[:8] == 255).all()  # the margin is paper
    high, wide = pixels.shape[:2]
    head, foot = pixels[20:90, 48:600], pixels[high - 70 : high - 20]
    assert (head.min(axis=2) < 80).sum() > 200  # a title
    assert (foot[:, : wide // 3].min(axis=2) < 120).sum() > 100  # a scale
    assert (foot[:, wide // 2 :].min(axis=2) < 120).sum() > 500  # source, generation, date, page
    body = pixels[130 : high - 100, 60 : wide - 60].reshape(-1, 3)
    assert len(np.unique(body, axis=0)) > 50  # a map


def test_a_dark_page_prints_on_light_paper(desk):
    tab = desk.open(theme="dark")
    choose(tab, "a4l")
    _, picture = saved(tab)
    middle = np.asarray(picture)[300:900, 300:1400]
    assert np.median(middle) > 200
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"
    tab.close()


def test_a_size_of_one_s_own_must_be_possible(tab):
    choose(tab, "own")
    tab.fill("#print-width", "100")
    tab.get_by_role("button", name="保存 PNG").click()
    expect(tab.locator(".print-dialog [role=alert]")).to_contain_text("应在 400 到 5000 之间")
    tab.fill("#print-width", "1000")
    tab.fill("#print-height", "701")
    assert saved(tab)[1].size == (1000, 701)


RULES = """() => [...document.styleSheets[0].cssRules].map((rule) => rule.cssText)
  .filter((text) => text.startsWith("@page"))"""


def test_prints_the_same_sheet_on_paper_of_that_size(tab):
    tab.evaluate("() => { window.print = () => { window.printed = true } }")
    choose(tab, "a4p")
    tab.get_by_role("button", name="打印", exact=True).click()
    tab.wait_for_function("() => window.printed")
    sheet = tab.locator(".print-sheet img")
    assert sheet.evaluate("(img) => [img.naturalWidth, img.naturalHeight]") == [1240, 1754]
    (rule,) = tab.evaluate(RULES)
    assert "size: a4;" in rule.lower()
    tab.emulate_media(media="print")
    assert sheet.is_visible()
    expect(tab.locator(".top")).to_be_hidden()
    tab.emulate_media(media="screen")
    tab.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert sheet.count() == 0
    assert tab.evaluate(RULES) == []
