"""Access: no serious fault that axe knows, the keyboard is enough, both languages say the same."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from gis_grid.values.layers import LAYERS
from gis_grid.values.tiles import TILE_LAYERS
from tests.console.served import comes
from tests.desk import ROOT

WEB = ROOT / "api" / "web"
SOURCES = sorted((WEB / "src").rglob("*.ts"))
AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def desk(named_desk):
    named_desk.faults.clear()
    yield named_desk
    assert named_desk.faults == []


COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules of axe that another theme can break."""


def serious(tab, *rules, within="html"):
    """Return what axe finds that keeps somebody out, by all of its rules or by some."""
    tab.evaluate(AXE.read_text(encoding="utf-8") + ";0")
    asked = {"resultTypes": ["violations"]}
    if rules:
        asked["runOnly"] = {"type": "rule", "values": rules}
    found = tab.evaluate("([within, asked]) => axe.run(within, asked)", [within, asked])
    return [
        (one["id"], node["target"], node["failureSummary"])
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


THEMES = (("light", []), ("dark", COLOURS))
"""Everything is asked for in one theme, and in the other what its colours could break."""


def in_both_themes(tab):
    for theme, rules in THEMES:
        tab.evaluate("(theme) => gisGrid.theme.set(theme)", theme)
        assert serious(tab, *rules) == [], theme


SLOW = pytest.mark.slow
PAGES = [
    ("planner", "zh"),
    ("dispatch", "en"),
    ("overview", "zh"),
    pytest.param("planner", "en", marks=SLOW),
    pytest.param("dispatch", "zh", marks=SLOW),
    pytest.param("overview", "en", marks=SLOW),
]


@pytest.mark.browser
@pytest.mark.parametrize(("page", "lang"), PAGES)
def test_axe_finds_nothing_serious(desk, page, lang):
    tab = desk.open(page, lang=lang, sel="facilities/2101010118000307")
    tab.emulate_media(reduced_motion="reduce")  # colours change at once
    tab.wait_for_selector(".thing .chain")
    tab.locator("#map").focus()
    tab.keyboard.press("t")
    tab.wait_for_selector("tbody tr")
    tab.locator("#map").focus()
    tab.keyboard.press("m")
    tab.keyboard.press("/")
    with tab.expect_response("**/api/v1/search**"):
        tab.keyboard.type("长柏")
    tab.wait_for_selector(".result")
    in_both_themes(tab)
    tab.keyboard.press("Escape")
    tab.locator("#map").focus()
    tab.keyboard.press("p")
    tab.wait_for_selector(".print-dialog[open]")
    assert serious(tab) == []
    tab.close()


ALSO = [
    ("dispatch", {"sel": "incidents/i0"}, ".case-head, .state"),
    ("overview", {"wall": "1"}, ".rank-row, .tile"),
]


@pytest.mark.browser
@pytest.mark.parametrize(("page", "view", "ready"), ALSO)
def test_axe_finds_nothing_serious_on_the_wall_and_in_a_case(desk, page, view, ready):
    tab = desk.open(page, **view)
    tab.emulate_media(reduced_motion="reduce")
    tab.locator(ready).first.wait_for()
    tab.wait_for_selector(".skeleton", state="detached")
    in_both_themes(tab)
    tab.close()


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_axe_finds_nothing_serious_before_signing_in(desk, lang):
    context = desk.context.browser.new_context()
    tab = context.new_page()
    for theme, rules in THEMES:
        tab.goto(f"{desk.base}/signin?lang={lang}&theme={theme}")
        tab.wait_for_selector("input[type=password]")
        assert serious(tab, *rules) == [], theme
    context.close()


@pytest.mark.browser
def test_search_card_list_and_measure_by_keyboard_alone(desk):
    tab = desk.open()
    press = tab.keyboard.press
    press("/")
    with tab.expect_response("**/api/v1/search**"):
        tab.keyboard.type("长柏幼儿园")
    tab.wait_for_selector(".result")
    press("Enter")
    tab.wait_for_selector(".thing .chain")
    focused = "() => document.activeElement.textContent.trim()"
    seen = []
    for _ in range(40):
        press("Tab")
        seen.append(tab.evaluate(focused))
        if seen[-1] == "在表中查看":
            break
    assert seen[-1] == "在表中查看", seen
    press("Enter")
    tab.wait_for_selector("tbody tr[aria-selected=true]")
    press("j")
    press("k")
    expect(tab.locator("tbody tr[aria-selected=true]")).to_have_count(1)
    press("m")
    press("Space")
    lat = tab.evaluate("gisGrid.city.centre().lat")
    press("ArrowUp")
    moved = f"gisGrid.city.centre().lat > {lat} && !gisGrid.city.map.getView().getAnimating()"
    comes(tab, lambda: tab.evaluate(moved))
    press("Space")
    press("Enter")
    expect(tab.locator(".measure output")).to_have_text(re.compile(r"^[1-9][\d.]* "))
    press("Escape")
    press("Escape")
    expect(tab.locator(".measure")).to_be_hidden()
    tab.close()


KEYS = """
const paths = (words, at = "") => Object.entries(words).flatMap(([name, one]) =>
  typeof one === "object" ? paths(one, `${at}${name}.`) : [`${at}${name}`]);
const out = {};
const folders = {
  shell: "i18n", features: "features/words", admin: "admin/words", tools: "planner/words",
  panels: "planner/panels/words",
};
for (const [what, folder] of Object.entries(folders))
  for (const lang of ["zh", "en"])
    out[`${what}/${lang}`] = paths((await import(`./src/${folder}/${lang}.ts`))[lang]);
for (const lang of ["zh", "en"]) {
  const { FIELDS, VALUES } = await import(`./src/features/words/fields-${lang}.ts`);
  Object.assign(out, { [`fields/${lang}`]: paths(FIELDS), [`values/${lang}`]: paths(VALUES) });
}
console.log(JSON.stringify(out));
"""


@pytest.fixture(scope="module")
def words():
    """Return the paths of the words of each language, as the browser would have them."""
    command = [sys.executable, ROOT / "scripts" / "web.py", "node", "--no-warnings"]
    run = subprocess.run(
        [*command, "--input-type=module", "-e", KEYS], capture_output=True, text=True, check=True
    )
    return json.loads(run.stdout)


@pytest.mark.parametrize("what", ["shell", "features", "admin", "tools", "panels"])
def test_both_languages_have_the_same_words(words, what):
    assert words[f"{what}/zh"] == words[f"{what}/en"]
    assert len(words[f"{what}/zh"]) > 40


@pytest.mark.parametrize("what", ["shell", "features", "admin", "panels"])
def test_every_word_is_used(words, what):
    code = "\n".join(
        file.read_text(encoding="utf-8") for file in SOURCES if file.stem not in {"zh", "en"}
    )
    named = set(re.findall(r"\b(\w+)\b(?!:\s*\")", code))
    chosen_from = set(re.findall(r"\b(\w+)(?: as \w+<\w+, \w+>\))?\s*\[", code))
    unused = []
    for path in words[f"{what}/zh"]:
        *above, name = path.split(".")
        if name not in named and not chosen_from.intersection(above[-1:]):
            unused.append(path)
    assert unused == []


def test_every_field_of_every_layer_has_a_name_in_both_languages(words):
    known = words["fields/zh"]
    assert words["fields/en"] == known
    assert words["values/en"] == words["values/zh"]
    shown = {field.name for layer in LAYERS.values() for field in layer.fields if not field.private}
    assert shown <= set(known)
    fields = {field.name for layer in LAYERS.values() for field in layer.fields}
    fields |= set(TILE_LAYERS["special"].fields)  # these lie in no layer of the city
    assert set(known) <= fields


BANNED = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment"
    r"|DOMParser|\beval\(|new Function|srcdoc|javascript:"
)


def banned(file: Path) -> list[str]:
    return [
        f"{file.relative_to(WEB)}:{number}: {line.strip()}"
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if BANNED.search(line.partition("/**")[0])
    ]


def test_text_can_only_become_text():
    assert len(SOURCES) > 40
    assert [line for file in SOURCES for line in banned(file)] == []
    pages = [file.read_text(encoding="utf-8") for file in WEB.glob("*.html")]
    assert not any(re.search(r"\son\w+=", page) for page in pages)


def test_the_ban_would_be_noticed(tmp_path):
    file = WEB / "src" / "api.ts"
    assert banned(file) == []
    assert BANNED.search("element.innerHTML = name")
    assert BANNED.search("document.write(name)")
