"""What the console says when the service refuses or is away: in its language, with the way out."""

import json

import pytest
from playwright.sync_api import expect

SAID = {
    403: ("您的岗位不能看或不能做这件事", "请管理员调整角色和范围"),
    404: ("没有找到", "请刷新后再找"),
    409: ("与现有的冲突，没有保存", "看过现有内容再做"),
    413: ("内容太大，没有接收", "分几次提交"),
    422: ("内容不合要求，没有保存", "请按下面的说明改正"),
    429: ("请求太频繁", "请稍等一会再试"),
    500: ("服务出错了", "把下面这行告诉管理员"),
    502: ("服务暂时不能用", "请过一会重试"),
    503: ("服务暂时不能用", "请过一会重试"),
    418: ("没有做成", "再不行请告诉管理员"),
    401: ("登录已失效", "请重新登录"),
}
DETAIL = "the reason <b>in words</b> of the service"


def answering(page, pattern, status):
    """Let the service answer with a problem of a status."""
    problem = {"type": "about:blank", "title": "no", "status": status, "detail": DETAIL}
    page.route(
        pattern,
        lambda route: route.fulfill(
            status=status, content_type="application/problem+json", body=json.dumps(problem)
        ),
    )


def test_what_is_refused_is_said_in_the_language_of_the_page(desk):
    opened = desk("/admin", drawn=False)
    page = opened.page
    page.locator("tr[tabindex]").first.wait_for()
    opened.provokes(*map(str, SAID), "ERR_FAILED")
    users = "**/api/v1/users*"
    page.route(users, lambda route: route.abort())
    page.reload()
    told = page.locator(".stage .state")
    expect(told.locator("b")).to_have_text("没有连上服务")
    expect(told).to_contain_text("请检查网络后重试")
    for status, (what, way) in SAID.items():
        answering(page, users, status)
        told.get_by_role("button", name="现在重试").click()
        expect(told.locator("b")).to_have_text(what)
        expect(told).to_contain_text(way)
        expect(told.locator(".detail[lang=en]")).to_have_text(DETAIL)
    told.get_by_role("button", name="登录").click()
    page.wait_for_url("**/signin?next=**")


@pytest.mark.parametrize(
    ("lang", "what"), [("zh", "服务暂时不能用"), ("en", "The service is away for now")]
)
def test_a_form_says_what_was_refused_and_keeps_what_was_typed(desk, lang, what):
    opened = desk(f"/signin?lang={lang}", who=None, drawn=False)
    page = opened.page
    opened.provokes("401", "503", "ERR_FAILED")
    page.locator("#name").fill("chief")
    page.locator("#password").fill("long enough passw0rd")
    alone = "**/api/v1/session"
    answering(page, alone, 503)
    page.locator("button[type=submit]").click()
    said = page.get_by_role("alert")
    expect(said).to_contain_text(what)
    expect(said.locator(".detail")).to_have_text(DETAIL)
    expect(page.locator("#name")).to_have_value("chief")
    page.route(alone, lambda route: route.abort())
    page.locator("button[type=submit]").click()
    expect(said).to_contain_text({"zh": "没有连上服务", "en": "was not reached"}[lang])
    page.unroute(alone)
    page.locator("button[type=submit]").click()
    page.wait_for_url("**/planner*")


def test_a_search_that_fails_says_why(desk):
    opened = desk("/dispatch", who="sending")
    page = opened.page
    opened.provokes("429")
    answering(page, "**/api/v1/search*", 429)
    page.locator(".find input").fill("灯杆")
    expect(page.locator(".found")).to_contain_text("请求太频繁")
