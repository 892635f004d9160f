"""The list of plans and what is done with a whole plan: dropped, brought in, published later."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests import named
from tests.console import served

pytestmark = pytest.mark.browser

MERGE = {"do": "merge", "grids": ["A"], "into": "D"}


@pytest.fixture(scope="module")
def console(tmp_path_factory, sqlite_template):
    """Give a service of its own: plans are dropped, brought in and published here."""
    folder = tmp_path_factory.mktemp("plans")
    with served.city_of(folder, sqlite_template, named.store) as (_, address):
        yield address


@pytest.fixture(scope="module")
def cookies(chromium, console):
    return served.Cookies(chromium, console)


def ask(opened, method, path, body=None, seen=None):
    """Ask the service as the person before a page."""
    return opened.page.evaluate(
        "([method, path, body, how]) => gisGrid.api.send(method, path, body, how)",
        [method, f"/api/v1/plans{path}", body, {} if seen is None else {"ifMatch": f'"{seen}"'}],
    )


def at_the_list(desk, who="planning", **options):
    opened = desk("/planner", who, drawn=False, **options)
    opened.page.locator(".pl-plans li, .pl-plans .state").first.wait_for()
    return opened


def begun(opened, title):
    return ask(opened, "POST", "", {"title": title, "area_code": "s"})["number"]


def opened_plan(desk, number, who="planning"):
    opened = desk(f"/planner?plan={number}", who, drawn=False)
    opened.page.wait_for_selector(".pl-kp b", state="attached")
    return opened


def test_a_draft_is_dropped_from_the_list_and_taken_up_again(desk):
    opened = at_the_list(desk)
    number = begun(opened, "不要的一稿")
    page = opened.page
    page.reload()
    row = page.locator(f"[data-plan='{number}']")
    expect(row).to_contain_text("宁梅街道")
    expect(row.locator("[title=s]")).to_have_count(1)  # its code, for those who look for it
    ask(opened, "POST", f"/{number}/steps", MERGE, seen=0)
    row.get_by_role("button", name="废弃").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_role("button", name="废弃", exact=True).click()
    dialog.locator("[role=alert] >> text=since then: 1 planning").wait_for()
    opened.provokes("412")
    page.reload()
    row.get_by_role("button", name="废弃").click()
    dialog.get_by_role("button", name="废弃", exact=True).click()
    fold = page.locator(".pl-dropped summary")
    expect(fold).to_have_text("已废弃 1")
    fold.click()
    row.get_by_role("button", name="重新启用").click()
    fold.wait_for(state="detached")
    expect(row.get_by_role("button", name="废弃")).to_be_visible()
    stages = opened.page.evaluate(f"gisGrid.api.get('/api/v1/plans/{number}')")
    assert stages["stage"] == "draft"


def test_a_draft_that_somebody_works_on_is_not_dropped_and_leaders_only_look(desk):
    opened = at_the_list(desk)
    number = begun(opened, "正在改")
    ask(opened, "POST", f"/{number}/steps", MERGE, seen=0)
    other = at_the_list(desk, "chief")
    other.page.locator(f"[data-plan='{number}']").get_by_role("button", name="废弃").click()
    dialog = other.page.locator("dialog[open]")
    dialog.get_by_role("button", name="废弃", exact=True).click()
    dialog.locator("[role=alert] >> text=planning works on plan").wait_for()
    other.provokes("409")
    leader = at_the_list(desk, "leading")
    expect(leader.page.locator(".pl-plans button")).to_have_count(0)


def test_a_plan_that_was_taken_home_is_brought_in_by_a_click(desk, tmp_path):
    opened = at_the_list(desk)
    number = begun(opened, "带回家")
    ask(opened, "POST", f"/{number}/steps", MERGE, seen=0)
    file = tmp_path / "p.plan.json"
    told = opened.page.evaluate(f"gisGrid.api.get('/api/v1/plans/{number}/export')")
    file.write_text(json.dumps(told), "utf-8")
    page = opened.page
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="导入", exact=True).click()
    chooser.value.set_files(file)
    page.wait_for_url("**/planner?plan=*")
    page.wait_for_selector(".pl-kp b", state="attached")
    expect(page.locator(".pl-title")).to_have_value("带回家")
    at = "[gisGridDraft.plan.number, gisGridDraft.plan.step]"
    opened.comes(lambda: page.evaluate(at) == [number + 1, 1])
    page.go_back()
    page.locator(".pl-plans li").first.wait_for()
    wrong = tmp_path / "notes.json"
    wrong.write_text("no json", "utf-8")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="导入", exact=True).click()
    chooser.value.set_files(wrong)
    page.locator("text=notes.json 不是方案文件").wait_for()


@pytest.mark.parametrize(("kind", "by"), [("gpkg", "a map"), ("xlsx", "a table")])
def test_a_file_is_brought_to_a_draft_as_one_step(desk, tmp_path, kind, by):
    listed = at_the_list(desk)
    number = begun(listed, "归属")
    opened = opened_plan(desk, number)
    page = opened.page
    page.get_by_role("button", name="导出").click()
    with page.expect_download() as taken:
        page.locator(f"a[href$='format={kind}']").click()
    file = tmp_path / f"plan.{kind}"
    taken.value.save_as(file)
    page.evaluate(
        """async () => {
          const all = await gisGridDraft.blocksIn([122.9, 40.9, 123.1, 41.1]);
          const blocks = all.filter((one) => one.properties.grid_code === "A").map((one) => one.id);
          await gisGridDraft.take({do: "move_blocks", blocks, to: "D"});
        }"""
    )
    opened.until("gisGridDraft.plan.step === 1")
    page.get_by_role("button", name="导出").click()
    page.get_by_role("menuitem", name="导入归属…").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_role("button", name="导入", exact=True).click()
    expect(dialog.locator("[role=alert]")).to_have_text("请选文件")
    dialog.locator("[name=file]").set_input_files(file)
    dialog.get_by_role("button", name="导入", exact=True).click()
    page.locator("dialog[open] h2", has_text="个地块换了网格").wait_for()
    opened.until("gisGridDraft.plan.step === 2")
    opened.until("gisGridDraft.grids.get('A')?.properties.blocks > 0")
    opened.until(f"gisGridDraft.entries.at(-1)?.title.includes('blocks by {by}')")


def test_a_plan_waits_for_its_moment_is_cancelled_and_then_published_at_one(desk):
    listed = at_the_list(desk)
    number = begun(listed, "明春")
    ask(listed, "POST", f"/{number}/steps", MERGE, seen=0)
    for stage in ("review", "approved"):
        ask(listed, "PUT", f"/{number}/stage", {"stage": stage})
    opened = opened_plan(desk, number)
    page = opened.page
    page.get_by_role("button", name="发布…").click()
    dialog = page.locator("dialog[open]")
    year = datetime.now(UTC).year + 1
    dialog.locator("[name=from]").fill(f"{year}-03-01T00:00")
    dialog.get_by_role("button", name="到时发布").click()
    waits = page.locator("#pl-why .badge")
    expect(waits).to_have_text(f"定于 {year}-03-01 00:00 生效")
    expect(page.get_by_role("button", name="发布…")).to_be_hidden()
    looking = at_the_list(desk, "leading")
    row = looking.page.locator(f"[data-plan='{number}']")
    expect(row).to_contain_text(f"定于 {year}-03-01 00:00 生效")
    page.get_by_role("button", name="退回草案").click()
    page.locator("text=cancel that first").wait_for()
    opened.provokes("409")
    page.get_by_role("button", name="取消…").click()
    dialog.get_by_role("button", name="取消发布", exact=True).click()
    waits.wait_for(state="detached")
    expect(page.get_by_role("button", name="发布…")).to_be_enabled()
    soon = (datetime.now(UTC) + timedelta(seconds=5)).isoformat()
    ask(opened, "PUT", f"/{number}/schedule", {"name": "明春", "effective_from": soon})
    page.evaluate("gisGridDraft.refresh()")
    waits.wait_for()
    page.locator("#pl-why .badge", has_text="已发布为第 3 版").wait_for()  # nobody touched the page
    codes = """gisGrid.api.get("/api/v1/grids", {level: "subarea"})
      .then((page) => page.features.map((one) => one.properties.code))"""
    assert "A" not in page.evaluate(codes)
