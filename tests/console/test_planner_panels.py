"""The planner beside the map: list, bar, figures, rules, table, comments, stages, publishing."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from gis_grid.accounts.roles import Role
from gis_grid.services.accounts.users import add_user, grant_role
from gis_grid.storage.database import sessions
from tests import named
from tests.console import served
from tests.console.plan_page import (
    areas,
    figures,
    jobs_held,
    reached,
    settled,
    shown,
    taken,
    told,
)
from tests.console.test_access import THEMES, serious

CURRENT = """gisGrid.api.get("/api/v1/grids", {level: "subarea"})
  .then((page) => page.features.map((one) => one.properties.code))"""
HOSTILE = "<img src=x onerror=\"window.hurt='said'\"></textarea><script>window.hurt=1</script>"

pytestmark = pytest.mark.browser


def with_duty(engine):
    """Add a duty chief, who looks on."""
    now = datetime.now(UTC)
    with sessions(engine).begin() as session:
        add_user(session, "duty", name="值班长 01", password=served.PASSWORD, now=now)
        grant_role(session, "duty", Role.DUTY_CHIEF, None, now=now, by="tests")


@pytest.fixture(scope="module")
def console(tmp_path_factory, sqlite_template):
    """Give a service of its own: plans are begun, changed and published here."""
    folder = tmp_path_factory.mktemp("planner")
    with served.city_of(folder, sqlite_template, named.store, with_duty) as (_, address):
        yield address


@pytest.fixture(scope="module")
def cookies(chromium, console):
    """Return the cookies of everybody who plans, looks on, or may not."""
    return served.Cookies(chromium, console)


@pytest.fixture
def plan(desk, chromium, console, cookies):
    """Begin a plan of the drawn street; returns what opens it as somebody, and its number."""
    planner = chromium.new_context(storage_state=cookies["planning"])
    body = {"title": "秋季调整", "area_code": "s"}
    number = served.made(planner, console, "/api/v1/plans", body)
    planner.close()

    def open_(who="planning", more="", **options):
        found = desk(f"/planner?plan={number}{more}", who, drawn=False, **options)
        open_.opened = found
        found.page.wait_for_selector(".pl-kp b", state="attached")
        settled(found.page)
        return found.page

    open_.number = number
    return open_


def test_a_plan_begins_from_the_list_and_shows_what_the_service_says(desk):
    opened = desk("/planner", "planning", drawn=False)
    page = opened.page
    page.locator(".pl-plans .state, .pl-plans li").first.wait_for()
    page.get_by_role("button", name="新方案").first.click()
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=area] option").first.wait_for(state="attached")
    dialog.get_by_role("button", name="开始").click()
    expect(dialog.locator("[role=alert]")).to_have_text("请填名称")
    dialog.locator("[name=search]").fill("哪里也不是")
    expect(dialog.locator("[name=area] option")).to_have_text("没有这样的网格")
    dialog.locator("[name=search]").fill("")
    # communities are thousands, so they come last: districts are never beyond the list
    expect(dialog.locator("[name=area] option").last).to_contain_text("社区")
    dialog.locator("[name=title]").fill("宁梅街道 冬季")
    dialog.locator("[name=search]").fill("宁梅")
    expect(dialog.locator("[name=area]")).to_have_value("s")
    dialog.locator("[name=search]").press("Enter")
    page.wait_for_url("**/planner?plan=*")
    page.wait_for_selector(".pl-kp b")
    settled(page)
    numbers = told(page, "/numbers")
    opened.comes(lambda: figures(page) == shown(numbers["spread"]["work"]))
    expect(page.locator(".pl-swarm [data-row=now] circle")).to_have_count(9)
    expect(page.locator(".pl-title")).to_have_value("宁梅街道 冬季")
    broken = len(numbers["broken"])
    expect(page.get_by_role("tab", name=f"规则 {broken}")).to_be_visible()
    page.locator(".pl-title").fill("宁梅街道 冬季 2")
    with page.expect_response(lambda one: one.request.method != "GET"):
        page.locator(".pl-title").press("Enter")
    page.locator(".pl-home").click()
    expect(page.locator(".pl-plans")).to_contain_text("宁梅街道 冬季 2")


def test_weights_are_edited_and_everything_is_counted_anew(plan):
    page = plan()
    before = figures(page)
    page.get_by_role("button", name="权重").click()
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=least]").fill("600")
    dialog.locator("[name=most]").fill("500")
    dialog.get_by_role("button", name="保存并重算").click()
    expect(dialog.locator("[role=alert]")).to_contain_text("最少 600 户大于最多 500 户")
    dialog.locator("[name=least]").fill("5")
    dialog.locator("[name=factor-facilities]").fill("40")
    with page.expect_response("**/numbers"):
        dialog.locator("[name=factor-facilities]").press("Enter")
    page.wait_for_selector("dialog[open]", state="detached")
    numbers = told(page, "/numbers")
    assert told(page)["settings"]["factors"]["facilities"] == 40
    assert told(page)["settings"]["households"] == [5, 500]
    plan.opened.comes(lambda: figures(page) == shown(numbers["spread"]["work"]) != before)


def test_grids_are_renamed_merged_and_split_by_keyboard_then_undone(plan):
    page = plan()
    press, write = page.keyboard.press, page.keyboard.type
    first = areas(page)
    page.locator("#map").focus()
    press("t")
    page.wait_for_selector(".pl-scroll tr.is-now")
    plan.opened.until("document.activeElement.getAttribute('role') === 'grid'")
    press("F2")  # the row under the cursor: A
    page.wait_for_selector("dialog[open] [name=code]")
    write("A-1")
    press("Enter")
    page.wait_for_selector("dialog[open]", state="detached")
    settled(page)
    press("ArrowDown")
    press("Space")
    page.wait_for_selector('tr[data-code="B"][aria-selected=true]')
    press("F4")
    page.wait_for_selector("dialog[open] [name=grid]")
    write("nowhere")
    press("Enter")
    page.wait_for_selector("dialog[open] [role=alert]:not(:empty)")  # refused: it stays open
    plan.opened.provokes("404")  # there is no such grid
    press("Control+a")
    write("A-1")
    press("Enter")
    page.wait_for_selector("dialog[open]", state="detached")
    settled(page)
    assert {one["id"] for one in told(page, "/grids")["features"]} == {"A-1", *"CDEFGHI"}
    press("Home")
    press("F6")
    page.wait_for_selector("dialog[open] [name=code]")
    write("A-2")
    press("Enter")
    page.wait_for_selector("dialog[open]", state="detached")
    settled(page)
    assert {one["id"] for one in told(page, "/grids")["features"]} == {"A-1", "A-2", *"CDEFGHI"}
    titles = page.locator(".pl-hist .ell")
    expect(titles.nth(1)).to_have_text("合并 B 到 A-1")
    expect(titles.last).to_have_text(f"起点：第 {told(page)['generation']} 版网格")
    page.locator(".pl-hist li").last.locator("button").focus()
    press("Enter")
    plan.opened.until("!gisGridDraft.undoable")
    settled(page)
    assert areas(page) == pytest.approx(first)
    expect(page.locator(".pl-hist li.un")).to_have_count(3)
    page.locator(".pl-hist li.un button[data-steps='-3']").click()
    plan.opened.until("!gisGridDraft.redoable && !gisGridDraft.busy")
    assert {one["id"] for one in told(page, "/grids")["features"]} == {"A-1", "A-2", *"CDEFGHI"}


def codes_of(rows, name="data-code"):
    """Return an attribute of each row, read at one moment."""
    return rows.evaluate_all("(all, name) => all.map((one) => one.getAttribute(name))", name)


def test_the_table_sorts_filters_and_makes_a_grid_of_ticked_blocks(plan):
    page = plan()
    page.locator("#map").focus()
    page.keyboard.press("t")
    page.wait_for_selector(".pl-scroll tr.is-now")
    page.locator("[data-sort=work]").click()
    work = {code: one["work"] for code, one in told(page, "/numbers")["grids"].items()}
    rows = page.locator(".pl-scroll tr[data-code]")
    in_order = sorted(work, key=lambda code: (-work[code], code))
    plan.opened.comes(lambda: codes_of(rows) == in_order)
    page.get_by_role("searchbox").last.fill("长柏 facilities>1")
    facilities = {
        code for code in "ABDEGH" if told(page, "/numbers")["grids"][code]["facilities"] > 1
    }
    assert facilities
    plan.opened.comes(lambda: set(codes_of(rows)) == facilities)
    page.get_by_role("searchbox").last.fill("")
    page.locator('tr[data-code="A"]').click()
    page.locator('tr[data-code="B"]').click(modifiers=["Control"])
    page.locator("[data-action=fresh]").click()
    dialog = page.locator("dialog[open]")
    dialog.locator(".pl-blocks label").first.wait_for()
    for tick in dialog.locator(".pl-blocks input").all():
        tick.check()
    dialog.locator("[name=code]").fill("N")
    dialog.locator("[name=code]").press("Enter")
    page.wait_for_selector("dialog[open]", state="detached")
    settled(page)
    assert {one["id"] for one in told(page, "/grids")["features"]} >= {"N", *"CDEFGHI"}
    page.get_by_role("tab", name=re.compile("规则")).click()
    rules = {one["rule"] for one in told(page, "/numbers")["broken"]}
    plan.opened.comes(lambda: rules == set(codes_of(page.locator("[data-rule]"), "data-rule")))


def test_what_people_say_stays_text(plan):
    page = plan(more="&tab=comments")
    page.get_by_role("textbox", name="写评论").fill(HOSTILE)
    page.get_by_role("button", name="发表").click()
    expect(page.locator(".pl-comments p")).to_have_text(HOSTILE)
    page.evaluate("gisGridDraft.picked.grids(['C'])")
    page.get_by_role("textbox", name="写评论").fill("这里应沿河")
    page.get_by_role("combobox", name="关于").select_option("grid")
    page.get_by_role("button", name="发表").click()
    page.locator(".pl-comments article").nth(1).wait_for()
    assert told(page, "/comments")["comments"][1]["grid_code"] == "C"
    assert page.evaluate("window.hurt") is None
    expect(page.locator(".pl-comments img, .pl-comments script")).to_have_count(0)


def test_a_plan_is_reviewed_approved_and_published_by_those_who_may(plan, desk):
    page = plan()
    opened = plan.opened
    publish = page.get_by_role("button", name="发布…")
    expect(publish).to_be_disabled()
    expect(page.locator("#pl-why")).to_have_text("先审阅、批准")
    # blocks 1 and 9 lie apart: a grid of both is in two pieces, which must be mended first
    codes = sorted(
        page.evaluate(
            """async () => (await gisGridDraft.blocksIn([122.9, 40.9, 123.1, 41.1]))
               .map((one) => [one.properties.grid_code, one.id])"""
        )
    )
    block = dict(codes)
    taken(page, {"do": "move_blocks", "blocks": [block["I"]], "to": "A"})
    expect(page.locator("#pl-why")).to_have_text("先处理 2 处违规")  # I is empty, A in two parts
    page.get_by_role("button", name="修复").first.click()
    page.locator("[data-mend]").first.wait_for(state="detached")
    settled(page)
    page.keyboard.press("Escape")
    page.evaluate("gisGridDraft.undo()")
    settled(page)
    page.evaluate("gisGridDraft.undo()")
    settled(page)
    taken(page, {"do": "merge", "grids": ["B"], "into": "A"})
    page.get_by_role("button", name="提交审阅").click()
    page.get_by_role("button", name="批准", exact=True).click()
    page.wait_for_selector(".pl-steps .on >> text=已批准")
    looking = plan("leading")
    expect(looking.locator("#pl-why")).to_have_text("您的岗位不能发布")
    expect(looking.get_by_role("button", name="退回草案")).to_have_count(0)
    refused = desk(f"/planner?plan={plan.number}", "duty", drawn=False)
    refused.provokes("403")
    refused.page.wait_for_selector(".right .state")
    expect(refused.page.locator(".pl-bar")).to_have_count(0)
    publish.click()
    dialog = page.locator("dialog[open]")
    dialog.locator(".pl-what table").wait_for()
    expect(dialog.locator("[name=name]")).to_have_value("秋季调整")
    dialog.get_by_role("button", name="发布", exact=True).click()
    page.locator("dialog[open] h2", has_text="已发布为第").wait_for()
    opened.until("gisGridDraft.plan.stage === 'published'")
    generation = page.evaluate("gisGridDraft.plan.published_as")
    expect(page.locator("dialog[open] h2").last).to_have_text(f"已发布为第 {generation} 版")
    page.keyboard.press("Escape")
    assert "B" not in page.evaluate(CURRENT)
    page.get_by_role("button", name="撤销发布…").click()
    page.locator("dialog[open]").get_by_role("button", name="撤销发布", exact=True).click()
    page.locator("dialog[open] h2", has_text=f"已发布为第 {generation + 1} 版").wait_for()
    assert "B" in page.evaluate(CURRENT)
    opened.until("gisGridDraft.plan.stage === 'approved'")


def test_a_balance_is_watched_looked_at_and_adopted_as_one_step(plan):
    page = plan()
    taken(page, {"do": "merge", "grids": ["E", "F"], "into": "D"})
    # three heavy blocks in one grid: two of them can go to light neighbours
    before = told(page, "/numbers")["spread"]["work"]["cv"]
    page.get_by_role("button", name="均衡…").click()
    card = page.get_by_role("dialog", name="均衡")
    card.locator("[name=most]").fill("100")
    card.locator("[name=within]").uncheck()
    card.get_by_role("button", name="计算").click()
    card.locator("table [aria-selected=true]").wait_for()
    chosen = card.locator("table [aria-selected=true] td").nth(2).inner_text()
    card.get_by_role("button", name="采用").click()
    reached(page, 2)
    after = told(page, "/numbers")["spread"]["work"]["cv"]
    assert after < before
    assert f"{after:.3f}" == chosen
    plan.opened.comes(lambda: figures(page)["cv"] == chosen)
    page.keyboard.press("Control+z")
    reached(page, 3)
    assert told(page, "/numbers")["spread"]["work"]["cv"] == before


def test_a_balance_that_is_stopped_leaves_the_plan_as_it_is(plan):
    page = plan()
    page.get_by_role("button", name="均衡…").click()
    card = page.get_by_role("dialog", name="均衡")

    def ordered():
        with page.expect_response("**/balances") as answer:
            card.get_by_role("button", name="计算").click()
        return answer.value.json()["number"]

    def job(number):
        return page.evaluate("(number) => gisGrid.api.get(`/api/v1/jobs/${number}`)", number)

    with jobs_held():
        first = ordered()
        card.get_by_role("button", name="停止").click()
        card.get_by_text("已停止，方案未动").wait_for()
    assert (job(first)["state"], job(first)["proposals"]) == ("cancelled", [])
    expect(card.get_by_role("button", name="停止")).to_have_count(0)
    expect(card.locator("table")).to_have_count(0)
    with jobs_held():
        second = ordered()  # the plan is free for the next one
        card.get_by_role("button", name="停止").wait_for()
        card.get_by_role("button", name="关闭").click()  # nobody looks any more: it stops, too
        asked = f"gisGrid.api.get('/api/v1/jobs/{second}')"
        plan.opened.until(f"{asked}.then((one) => one.state === 'cancelled')")
    assert told(page)["step"] == 0


def test_what_moves_is_compared_with_the_grids_in_force(plan):
    page = plan(more="&tab=compare")
    taken(page, {"do": "merge", "grids": ["B"], "into": "A"})
    compared = told(page, "/comparison?with=current")
    pane = page.locator(".pl-pane:not([hidden])")
    pane.get_by_text("并入").first.wait_for()
    assert compared["moved"]["blocks"] == 1
    assert {one["layer"] for one in compared["follows"]} >= {"facilities", "cameras"}
    cv = f"{compared['new']['spread']['work']['cv']:.3f}"
    expect(pane.locator("table").first).to_contain_text(cv)
    rows = [row["old_code"] for row in compared["gazette"] if row["kind"] == "merged"]
    assert rows == ["B"]


@pytest.mark.parametrize("kind", ["csv", "gpkg", "plan"])
def test_a_plan_is_taken_home_as_a_file(plan, kind):
    page = plan()
    page.get_by_role("button", name="导出").click()
    with page.expect_download() as taken:
        page.locator(f"a[href$='format={kind}']").click()
    content = taken.value.path().read_bytes()
    start = {"csv": b"\xef\xbb\xbfblock", "gpkg": b"SQLite format 3", "plan": b"{"}[kind]
    assert content.startswith(start)
    assert len(content) > 100


@pytest.mark.parametrize(
    ("lang", "size"),
    [("zh", (1440, 900)), pytest.param("en", (1366, 768), marks=pytest.mark.slow)],
)
def test_axe_finds_nothing_serious_with_a_plan_open(plan, lang, size):
    page = plan(more=f"&lang={lang}", size=size, bypass_csp=True, reduced_motion="reduce")
    page.locator("#map").focus()
    page.keyboard.press("t")
    page.wait_for_selector(".pl-scroll tr.is-now")
    for theme, rules in THEMES:
        page.evaluate("(theme) => gisGrid.theme.set(theme)", theme)
        for tab in ("figures", "rules", "officers", "compare", "comments"):
            page.locator(f"#tab-{tab}").click()
            page.locator(f"#tab-{tab}[aria-selected=true]").wait_for()
            changed = "html" if tab == "figures" else ".pl-panel"  # the page is there in all
            assert serious(page, *rules, within=changed) == [], (theme, tab)
    page.keyboard.press("Escape")
    page.locator("[data-action=move]").click()
    page.wait_for_selector("dialog[open]")
    assert serious(page) == []
    plan.opened.until(f"document.documentElement.scrollWidth <= {size[0]}")
