"""Whatever can be used on a page answers to the pointer, to pressing and to the focus."""

import pytest
from playwright.sync_api import expect

from tests import drawn
from tests.console import served
from tests.console.plan_page import settled
from tests.console.states import Looker

pytestmark = pytest.mark.browser

PAGES = {
    "signin": (None, "/signin", "#name", 4),
    "account": ("chief", "/account", ".column .sessions li", 12),
    "users": ("chief", "/admin?user=sending", ".right h2", 20),
    "audit": ("chief", "/admin?tab=audit&entry=1", "tbody tr", 15),
    "plan": ("planning", "/planner?plan=1", ".pl-kp b", 40),
    "plans": ("planning", "/planner", "html[data-drawn]", 20),
    "dispatch": ("sending", "/dispatch", "html[data-drawn]", 15),
    "overview": ("leading", "/overview", "html[data-drawn]", 20),
    "wall": ("leading", "/overview?wall=1", "html[data-drawn]", 2),
}
"""Who opens what, what shows that it is there, and the least number of things that can be used."""


@pytest.fixture(scope="module")
def console(tmp_path_factory, sqlite_template):
    """Give a service of its own, where a plan may be begun."""
    folder = tmp_path_factory.mktemp("states")
    with served.city_of(folder, sqlite_template, drawn.store) as (_, address):
        yield address


@pytest.fixture(scope="module")
def cookies(chromium, console):
    found = served.Cookies(chromium, console)
    planner = chromium.new_context(storage_state=found["planning"])
    area = planner.request.get(f"{console}/api/v1/grids?level=subdistrict").json()["features"]
    body = {"title": "秋季调整", "area_code": area[0]["id"]}
    assert served.made(planner, console, "/api/v1/plans", body) == 1
    planner.close()
    return found


def more_shown(name, page):
    """Open what is folded away: the table of a plan or a list, the layers."""
    if name == "plan":
        settled(page)
        page.keyboard.press("t")
        expect(page.locator(".pl-table tbody tr").first).to_be_visible()
    if name == "dispatch":
        page.keyboard.press("l")
        expect(page.locator(".tree")).to_be_visible()
        page.locator(".case").first.click()
        expect(page.locator(".right h2")).to_be_visible()
    if name == "overview":
        page.keyboard.press("t")
        expect(page.locator(".list-body tbody tr").first).to_be_visible()


@pytest.mark.parametrize("name", PAGES)
def test_everything_answers(desk, name):
    who, path, there, least = PAGES[name]
    opened = desk(path, who, drawn=False, reduced_motion="reduce")
    if who is None:
        opened.provokes("401")
    page = opened.page
    page.locator(there).first.wait_for(state="attached")
    more_shown(name, page)
    page.mouse.move(700, 1)  # away from what was clicked
    looker = Looker(page)
    for theme in ("light", "dark"):
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        wrong, many = looker.faults()
        assert wrong == []
        assert many >= least


@pytest.mark.parametrize("path", ["/admin?lang=en", "/admin?tab=audit&lang=en"])
def test_the_tables_of_administration_fit_a_phone(desk, path):
    page = desk(path, "chief", size=(390, 844), drawn=False).page
    page.locator("tbody tr").first.wait_for()
    over = "(one) => one.scrollWidth - one.clientWidth"
    assert page.locator(".sheet > .table").evaluate(over) <= 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
