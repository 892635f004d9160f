"""Administration and one's own account, in a real browser, with accounts that really change."""

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from playwright.sync_api import expect

from gis_grid.accounts.roles import Role
from gis_grid.services.accounts.users import add_user, grant_role
from gis_grid.storage.database import opened, sessions
from tests import databases, drawn
from tests.console import served
from tests.console.qr_reader import read_qr
from tests.console.test_access import in_both_themes

pytestmark = pytest.mark.browser

HOSTILE = '<img src=x onerror=alert("xss")>'


@pytest.fixture(scope="module")
def city(tmp_path_factory, sqlite_template):
    """Give the database and the address of a service of its own: here accounts are changed."""
    folder = tmp_path_factory.mktemp("admin")
    with served.city_of(folder, sqlite_template, drawn.store) as found:
        yield found


@pytest.fixture
def user(city, request):
    """Return an account of the test that asks: nobody else changes it."""
    code = re.sub(r"[^a-z0-9]", "-", request.node.name)[-40:].strip("-")
    with opened(city[0]) as engine, sessions(engine).begin() as session:
        now = datetime.now(UTC)
        add_user(session, code, name=f"岗位 {code[:8]}", password=served.PASSWORD, now=now)
        grant_role(session, code, Role.DISPATCHER, "w", now=now, by="tests")
    return code


@pytest.fixture
def sign_in(chromium, city):
    """Open pages as somebody; at the end nothing may have failed and nothing been asked outside."""
    contexts, watched = [], []

    def open_(who, path, password=served.PASSWORD, size=(1440, 900)):
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]})
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        one = served.Watched(context, city[1])
        watched.append(one)
        one.sign_in(who, password)
        one.open(path, drawn=False)
        one.page.locator(".who .me").wait_for()
        return one

    yield open_
    for one in watched:
        assert one.faults() == []
        assert one.refused == []
    for context in contexts:
        context.close()


def row(page, code):
    return page.locator(f"tbody tr[data-key='{code}']")


def is_out(opened):
    """Require that a page had to go to sign in, where a browser notes what it was refused."""
    opened.provokes("401")
    opened.page.wait_for_selector("#password")


def secret_of(page):
    dialog = page.locator("dialog[open]:has(.secret)")
    dialog.wait_for()
    text = dialog.locator(".secret").inner_text()
    dialog.get_by_role("button", name="复制").click()
    page.get_by_text("已复制").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == text
    dialog.get_by_role("button", name="关闭").click()
    page.locator(".secret").wait_for(state="detached")  # a closed dialog goes a moment later
    assert text not in page.content()
    return text


def test_an_administrator_adds_somebody_who_then_chooses_a_password(sign_in):
    page = sign_in("chief", "/admin").page
    page.get_by_role("button", name="添加账号").click()
    dialog = page.get_by_role("dialog", name="添加账号")
    dialog.get_by_label("账号", exact=True).fill("Night-2")
    dialog.get_by_label("名称", exact=True).fill(HOSTILE)
    dialog.get_by_label("角色").select_option("dispatcher")
    for storey, code in (
        ("范围：市", "c"),
        ("范围：区", "d"),
        ("范围：街道", "s"),
        ("范围：社区", "e"),
    ):
        dialog.get_by_label(storey, exact=True).select_option(code)
    dialog.get_by_role("button", name="添加账号").click()
    password = secret_of(page)
    expect(row(page, "night-2")).to_have_attribute("aria-selected", "true")
    expect(page.locator(".right h2")).to_have_text(HOSTILE)
    expect(page.locator(".right .roles")).to_contain_text("派遣员")
    expect(page.locator(".right .security")).to_contain_text("一次性密码")

    theirs = sign_in("night-2", "/dispatch", password).page
    expect(theirs).to_have_url(re.compile("/account"))
    expect(theirs.get_by_role("alert").first).to_contain_text("请先改成自己的密码")
    theirs.get_by_label("现在的密码").fill(password)
    theirs.get_by_label("新密码", exact=True).fill("a far better one 7")
    theirs.get_by_label("再输一次新密码").fill("a far better one 8")
    theirs.get_by_role("button", name="修改密码").click()
    theirs.get_by_text("两次输入的新密码不同").wait_for()
    theirs.get_by_label("再输一次新密码").fill("a far better one 7")
    theirs.get_by_role("button", name="修改密码").click()
    theirs.wait_for_selector("html[data-drawn]")
    assert urlsplit(theirs.url).path == "/dispatch"


def test_roles_are_granted_and_revoked_on_the_tree(sign_in, user):
    page = sign_in("chief", f"/admin?user={user}").page
    roles = page.locator(".right .roles")
    roles.locator("summary").click()
    roles.get_by_label("角色", exact=True).select_option("checker")
    roles.get_by_label("范围：市", exact=True).select_option("c")
    roles.get_by_label("范围：区", exact=True).select_option("d")
    roles.get_by_label("范围：市", exact=True).select_option("")  # what was below is gone
    expect(roles.get_by_label("范围：区", exact=True)).to_have_count(0)
    roles.get_by_role("button", name="授予角色").click()
    page.get_by_text("已授予核查员，全市").wait_for()
    revoke = roles.get_by_role("button", name=re.compile("收回角色 派遣员"))
    revoke.click()
    page.get_by_role("dialog").get_by_role("button", name="收回角色").click()
    revoke.wait_for(state="detached")
    told = page.request.get(f"{page.url.split('/admin')[0]}/api/v1/users/{user}").json()
    assert [(one["role"], one["grid_code"]) for one in told["roles"]] == [("checker", None)]


def test_a_disabled_account_is_out_and_a_reset_lets_it_in_again(sign_in, user):
    theirs = sign_in(user, "/account")
    page = sign_in("chief", f"/admin?user={user}").page
    expect(page.locator(".right .sessions li").first).to_contain_text("来自 127.0.0.1")
    page.locator(".right").get_by_role("button", name="停用账号").click()
    page.get_by_role("dialog").get_by_role("button", name="停用账号").click()
    page.locator(".right").get_by_role("button", name="启用账号").wait_for()
    theirs.page.reload()
    is_out(theirs)
    page.locator(".right").get_by_role("button", name="启用账号").click()
    page.locator(".right").get_by_role("button", name="停用账号").wait_for()
    page.locator(".right").get_by_role("button", name="发一次性密码").click()
    page.get_by_role("dialog").get_by_role("button", name="发一次性密码").click()
    password = secret_of(page)
    again = sign_in(user, "/account", password).page
    expect(again.get_by_role("alert").first).to_be_visible()


def test_a_token_is_shown_once_works_and_is_revoked(sign_in, user, city):
    page = sign_in("chief", f"/admin?user={user}").page
    tokens = page.locator(".right .tokens")
    tokens.get_by_role("button", name="新建令牌").click()
    dialog = page.get_by_role("dialog", name="新建令牌")
    dialog.get_by_label("用途").fill(HOSTILE)
    dialog.get_by_label("有效天数").fill("9")
    dialog.get_by_role("button", name="新建令牌").click()
    secret = secret_of(page)
    carried = {"Authorization": f"Bearer {secret}"}
    bare = page.context.browser.new_context()
    assert bare.request.get(f"{city[1]}/api/v1/grids", headers=carried).status == 200
    expect(tokens).to_contain_text(HOSTILE)
    tokens.get_by_role("button", name="吊销").click()
    page.get_by_role("dialog").get_by_role("button", name="吊销令牌").click()
    tokens.get_by_text("另有 1 个已失效").wait_for()
    assert bare.request.get(f"{city[1]}/api/v1/grids", headers=carried).status == 401
    bare.close()


def test_an_authenticator_is_added_by_its_picture(sign_in, user):
    opened_page = sign_in(user, "/account")
    page = opened_page.page
    page.get_by_role("button", name="绑定验证器").click()
    page.get_by_role("dialog").get_by_label("现在的密码").fill(served.PASSWORD)
    page.get_by_role("dialog").get_by_role("button", name="绑定验证器").click()
    picture = page.locator("dialog .qr path").nth(1)
    picture.wait_for(state="attached")
    uri = read_qr(picture.get_attribute("d"), page.locator("dialog .qr").get_attribute("viewBox"))
    assert uri == page.locator(".otpauth").text_content()
    clock = pyotp.parse_uri(uri)
    page.get_by_label("验证器上的 6 位数字").fill("000000")
    page.get_by_role("button", name="确认绑定").click()
    opened_page.provokes("401")  # it notes the code that was wrong
    expect(page.locator("dialog .msg.bad")).to_contain_text("密码或验证码不对")
    page.get_by_label("验证器上的 6 位数字").fill(clock.now())
    page.get_by_role("button", name="确认绑定").click()
    codes = page.locator("dialog .codes li")
    expect(codes).to_have_count(8)
    page.get_by_role("dialog").get_by_role("button", name="关闭").click()
    page.locator(".totp").get_by_role("button", name="解除绑定").wait_for()
    page.reload()
    page.locator(".totp").get_by_role("button", name="解除绑定").wait_for()


def test_ones_own_sessions_end_elsewhere(sign_in, user):
    first, second = sign_in(user, "/account"), sign_in(user, "/account")
    page = second.page
    page.locator(".sessions").get_by_role("button", name="退出其他会话").click()
    page.get_by_role("dialog").get_by_role("button", name="退出其他会话").click()
    page.get_by_role("dialog").wait_for(state="detached")
    first.page.reload()
    is_out(first)
    page.get_by_role("button", name="退出登录").click()
    is_out(second)


def test_the_log_is_searched_read_and_taken_away(sign_in, user, city):
    page = sign_in("chief", "/admin?tab=audit").page
    page.locator(".badge.ok", has_text="链完整").wait_for()
    page.get_by_label("行", exact=True).fill(user)
    page.get_by_label("动作").select_option("grant")
    page.get_by_label("对象").select_option("users")
    page.get_by_role("button", name="查找").click()
    found = page.locator("tbody tr")
    expect(found).to_have_count(1)
    found.click()
    panel = page.locator(".right")
    expect(panel.locator("h2")).to_have_text(f"授予角色 账号 {user}")
    shown = panel.locator(".changes tbody tr", has=page.get_by_text("role", exact=True))
    expect(shown.locator("td")).to_have_text(["–", "dispatcher"])
    query = parse_qs(urlsplit(page.url).query)
    assert query["code"] == [user]
    with page.expect_download() as started:
        page.get_by_role("link", name="导出 CSV").click()
    text = started.value.path().read_text(encoding="utf-8")
    assert text.count("\n") == 2
    assert user in text
    page.get_by_label("自", exact=True).fill("2001-01-01")
    page.get_by_label("至", exact=True).fill("2001-01-02")
    page.get_by_role("button", name="查找").click()
    page.get_by_text("没有符合的记录").wait_for()
    page.locator(".sheet").get_by_role("button", name="清除").click()
    page.locator("tbody tr").nth(3).wait_for()


def test_a_tampered_log_is_told_on_the_page(sign_in, chromium, tmp_path, sqlite_template):
    url = databases.sqlite_database(tmp_path, sqlite_template)
    served.add_users(url)
    with opened(url) as engine, engine.begin() as connection:
        names = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
        ).scalars()
        for name in list(names):
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("UPDATE audit SET who = 'nobody' WHERE number = 2")
    with served.serving(url, tmp_path) as address:
        context = chromium.new_context()
        opened_page = served.Watched(context, address)
        opened_page.sign_in("chief")
        page = opened_page.open("/admin?tab=audit", drawn=False)
        sign = page.locator(".badge.bad", has_text="链已断")
        expect(sign).to_contain_text("entry 2 is not what was written")
        context.close()


@pytest.mark.parametrize("who", ["planning", "leading"])
def test_nobody_else_sees_administration(sign_in, who):
    page = sign_in(who, "/admin").page
    expect(page.locator("nav a[href='/admin']")).to_have_count(0)
    page.get_by_text("这里归全市管理员管理").wait_for()
    expect(page.locator("tbody tr")).to_have_count(0)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_axe_finds_nothing_serious(sign_in, lang):
    opened_page = sign_in("chief", f"/admin?lang={lang}&user=chief")
    page = opened_page.page
    for path, ready in (
        (f"/admin?lang={lang}&user=chief", ".right .tokens li"),
        (f"/admin?lang={lang}&tab=audit&entry=1", ".right .changes"),
        (f"/account?lang={lang}", ".tokens li"),
    ):
        opened_page.open(path, drawn=False)
        page.emulate_media(reduced_motion="reduce")
        page.locator(ready).first.wait_for()
        in_both_themes(page)


@pytest.mark.parametrize("path", ["/admin", "/admin?tab=audit&lang=en", "/account"])
def test_nothing_is_cut(sign_in, path):
    opened_page = sign_in("chief", path)
    page = opened_page.page
    page.locator("tbody tr, .tokens li").first.wait_for()
    for wide, high in ((1920, 1080), (1440, 900), (1366, 768), (1024, 768), (390, 844)):
        page.set_viewport_size({"width": wide, "height": high})
        opened_page.until(f"document.documentElement.scrollWidth <= {wide}")
