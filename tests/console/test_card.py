import pytest
from playwright.sync_api import expect

from tests.console.served import in_address

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def desk(named_desk):
    named_desk.faults.clear()
    yield named_desk
    assert [one for one in named_desk.faults if "404" not in one] == []


def test_a_link_opens_the_card_with_fields_and_units(desk):
    tab = desk.open(sel="cameras/k1")
    tab.wait_for_selector(".thing")
    expect(tab.locator("[data-field=height_m]")).to_have_text("6.5 m")
    expect(tab.locator("[data-field=azimuth_deg]")).to_have_text("90°")
    titles = tab.locator(".fields dt").all_text_contents()
    assert titles[:2] == ["高度", "方位角"]
    tab.close()


def test_values_are_named_in_the_language_of_the_page(desk):
    zh = desk.open(sel="facilities/f2")
    en = desk.open(sel="facilities/f2", lang="en")
    for tab in (zh, en):
        tab.wait_for_selector("[data-field=state]")
    expect(zh.locator("[data-field=state]")).to_have_text("完好")
    expect(en.locator("[data-field=state]")).to_have_text("intact")
    expect(zh.locator("[data-field=category]")).to_have_text("路灯 0118")
    assert en.locator("[data-field=category]").text_content().endswith(" 0118")
    zh.close()
    en.close()


def test_the_chain_leads_up_to_the_city(desk):
    tab = desk.open(sel="places/p2")
    tab.wait_for_selector(".chain")
    codes = [row.get_attribute("data-code") for row in tab.locator(".chain").all()]
    assert codes == ["A", "w", "s", "d", "c"]
    tab.locator(".chain").nth(1).click()
    tab.wait_for_selector(".thing h2:has-text('长柏社区')")
    in_address(tab, "sel=grids/w")
    rows = tab.locator(".chain")
    assert rows.evaluate_all("(all) => all.map((one) => one.dataset.code)") == ["s", "d", "c"]
    tab.close()


def test_copies_code_and_link(desk):
    tab = desk.open(sel="facilities/2101010118000307")
    tab.get_by_role("button", name="复制编码").click()
    tab.wait_for_selector(".toast:has-text('已复制')")
    assert tab.evaluate("navigator.clipboard.readText()") == "2101010118000307"
    tab.get_by_role("button", name="复制链接").click()
    tab.wait_for_function(
        "() => navigator.clipboard.readText().then((text) => text.includes('sel=facilities/'))"
    )
    assert tab.evaluate("navigator.clipboard.readText()") == tab.url
    tab.close()


def test_says_when_the_thing_is_gone(desk):
    tab = desk.open(sel="places/nobody")
    tab.wait_for_selector(".thing .state")
    expect(tab.locator(".thing")).to_contain_text("没有这个对象")
    tab.get_by_role("button", name="关闭卡片").click()
    tab.wait_for_selector(".thing", state="detached")
    assert "sel=" not in tab.url
    tab.close()


def test_shows_itself_in_the_list(desk):
    tab = desk.open(sel="places/p2")
    tab.get_by_role("button", name="在表中查看").click()
    chosen = tab.locator("tbody tr[aria-selected=true]")
    expect(chosen).to_have_attribute("data-code", "p2")
    expect(tab.get_by_label("图层", exact=True)).to_have_value("places")
    tab.close()
