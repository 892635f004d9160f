"""The frame of the console: pages by role, language, theme, address, keys, narrow screens."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from api.routers.pages import PAGES
from tests.console.served import PASSWORD

pytestmark = pytest.mark.browser

BOX = {"lon": 123.003, "lat": 41.003}


def query(page):
    return parse_qs(urlsplit(page.url).query)


def at(page):
    return [float(part) for part in query(page)["at"][0].split(",")]


@pytest.mark.parametrize(
    ("who", "home", "others"),
    [
        ("planning", "/planner", {"/planner", "/overview"}),
        ("sending", "/dispatch", {"/dispatch", "/overview"}),
        ("leading", "/overview", {"/overview"}),
        ("chief", "/planner", {"/planner", "/dispatch", "/overview", "/admin"}),
    ],
)
def test_each_role_has_its_pages(desk, who, home, others):
    page = desk("/", who).page
    assert urlsplit(page.url).path == home
    links = page.locator("nav a")
    assert {links.nth(n).get_attribute("href") for n in range(links.count())} == others
    expect(page.locator("nav a[aria-current=page]")).to_have_attribute("href", home)


def test_signing_in_leads_back_to_where_one_was_going(desk):
    opened = desk("/dispatch?theme=dark", who=None, drawn=False)
    page = opened.page
    page.wait_for_selector("#name")
    assert urlsplit(page.url).path == "/signin"
    page.fill("#name", "sending")
    page.fill("#password", "wrong wrong wrong")
    page.keyboard.press("Enter")
    page.get_by_text("账号、密码或验证码不对").wait_for()
    assert page.input_value("#name") == "sending"
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    opened.rest()
    assert urlsplit(page.url).path == "/dispatch"
    assert page.get_attribute("html", "data-theme") == "dark"
    page.get_by_role("button", name="退出").click()
    page.wait_for_selector("#password")
    opened.provokes("401")


def test_nobody_is_sent_to_another_host(desk):
    opened = desk("/signin?next=https://example.org/x", drawn=False)
    opened.rest()
    assert urlsplit(opened.page.url).path == "/planner"


def test_nothing_is_inline_and_the_browser_knows_it(desk, console):
    opened = desk("/planner")
    for name in PAGES:
        answer = opened.page.request.get(f"{console}/{name}")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
        assert "unsafe" not in policy
        assert not re.search(r"<script(?![^>]* src=)|<style| style=| on\w+=", answer.text()), name
    expect(opened.page.locator("script:not([src])")).to_have_count(0)


def test_language_changes_everything_and_keeps_the_view(desk):
    opened = desk("/overview?at=123.003,41.003,15.5&on=grids")
    page = opened.page
    assert page.get_attribute("html", "lang") == "zh-CN"
    page.get_by_role("button", name="EN", exact=True).click()
    page.wait_for_selector("html[lang=en]")
    opened.rest()
    expect(page.locator("nav a[aria-current]")).to_have_text("Overview")
    assert query(page)["on"] == ["grids"]
    assert at(page)[2] == pytest.approx(15.5, abs=0.02)
    chinese = re.compile(r"[\u4e00-\u9fff]")
    left = [text for text in page.locator(".top, .right").all_inner_texts() if chinese.search(text)]
    # of the city, its generation, the user with the letter of its sign, the language, its grids
    names = ["画市", "初稿", "管理岗", "管", "中文", "网格"]
    for text in left:
        rest = text
        for name in names:
            rest = rest.replace(name, "")
        assert chinese.search(rest) is None, rest


def test_theme_recolours_page_and_map(desk):
    opened = desk("/overview")
    page = opened.page
    light = page.screenshot()
    page.get_by_role("button", name="深色").click()
    page.wait_for_selector("html[data-theme=dark]")
    opened.comes(lambda: page.screenshot() != light)
    opened.comes(lambda: query(page).get("theme") == ["dark"])
    ground = page.evaluate("getComputedStyle(document.querySelector('.map')).backgroundColor")
    assert ground == "rgb(19, 25, 32)"


def test_a_link_shows_the_same_view_to_others(desk):
    opened = desk(
        "/planner?at=123.002,41.004,16.25&on=grids,cameras&theme=dark&fill=none&sel=grids/E"
    )
    page = opened.page
    assert at(page) == pytest.approx([123.002, 41.004, 16.25], abs=0.01)
    assert page.evaluate("gisGrid.city.isOn('cameras') && !gisGrid.city.isOn('buildings')")
    assert page.evaluate("gisGrid.city.balanceMean()") is None
    assert page.evaluate("gisGrid.selection.get()") == {"layer": "grids", "code": "E"}
    page.locator("#map").focus()
    page.keyboard.press("ArrowRight")
    opened.comes(lambda: at(page)[0] > 123.002)
    again = desk(page.url.replace(opened.address, ""))
    assert at(again.page) == pytest.approx(at(page), abs=1e-4)


def test_keys_work_and_are_shown(desk):
    opened = desk("/dispatch")
    page = opened.page
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="快捷键")
    dialog.wait_for()
    assert {"+", "−", "-", "L", "J", "K"} & set(dialog.locator("kbd").all_inner_texts())
    page.keyboard.press("Escape")
    before = page.evaluate("gisGrid.city.centre().zoom")
    page.keyboard.press("+")
    opened.until(f"Math.abs(gisGrid.city.centre().zoom - {before} - 1) < 0.01")
    page.keyboard.press("l")
    page.locator(".tree").wait_for(state="visible")


@pytest.mark.parametrize("path", ["/planner", "/dispatch?lang=en", "/overview"])
def test_nothing_is_cut_on_a_desk(desk, path):
    opened = desk(path)
    page = opened.page
    for wide, high in ((1920, 1080), (1440, 900), (1366, 768), (1280, 720), (1024, 768)):
        page.set_viewport_size({"width": wide, "height": high})
        opened.until(f"innerWidth === {wide} && document.documentElement.scrollWidth <= {wide}")
        opened.until(f"document.body.scrollHeight <= {high}")
        opened.until("(e => e.scrollWidth <= e.clientWidth)(document.querySelector('.top'))")


def test_on_a_narrow_desk_the_panel_is_a_drawer(desk):
    page = desk("/overview", size=(1024, 768)).page
    panel = page.locator(".right")
    expect(panel).to_be_hidden()
    page.get_by_role("button", name="数据").click()
    panel.wait_for(state="visible")


def test_a_phone_gets_the_plain_list(desk):
    page = desk("/dispatch", size=(390, 844), drawn=False).page
    page.locator(".case").first.wait_for()
    expect(page.locator(".stage")).to_be_hidden()
    expect(page.locator(".narrow.note")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_the_service_the_page_says_so(desk):
    opened = desk("/dispatch")
    page = opened.page
    page.route("**/api/**", lambda route: route.abort())
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".live.away")).to_contain_text("未连接，数据截至")
    opened.provokes("ERR_FAILED")


def files_of(name):
    """Return every script and style that a page can come to load, at once or later."""
    from api import assets  # noqa: PLC0415 - built by the fixture

    named = re.compile(r"[\w-]+-[\w-]{8}\.(?:js|css)")
    found, left = {}, set(named.findall(assets.page(name).content.decode()))
    while left:
        file = left.pop()
        found[file] = assets.asset(f"assets/{file}")
        left |= set(named.findall(found[file].content.decode())) - set(found)
    return found


def test_a_bundle_is_small(console):
    for name in PAGES:
        sizes = {file: len(found.gzipped) for file, found in files_of(name).items()}
        for other in ("zh", "en"):  # a page has one language
            kept = {file for file in sizes if not re.match(rf"(all-)?{other}-", file)}
            assert len(kept) < len(sizes)
            size = sum(sizes[file] for file in kept)
            assert size <= 200_000, f"{name} without {other}: {size} bytes"


def test_what_a_page_fetches_later_is_counted_too(console):
    kinds = {re.sub(r"-[\w-]{8}\.\w+$", "", file) for file in files_of("planner")}
    assert {"mount", "balance", "action-forms", "publish-dialog", "all-zh", "all-en"} <= kinds
