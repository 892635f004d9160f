"""Names that attack, in every layer of both databases, through everything that shows a name."""

import time

import pytest

from gis_grid.values.layers import LAYERS
from tests import databases, named
from tests.desk import desk_in

pytestmark = pytest.mark.browser
NAMED = [name for name in named.hostile_frames() if name != "entrances"]


@pytest.fixture(
    scope="module",
    params=["sqlite", pytest.param("postgis", marks=[pytest.mark.postgis, pytest.mark.slow])],
)
def desk(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    if request.param == "sqlite":
        url = databases.sqlite_database(folder, request.getfixturevalue("sqlite_template"))
        with desk_in(url, folder, named.store_hostile) as found:
            yield found
        return
    server = request.getfixturevalue("postgis_server")
    template = request.getfixturevalue("postgis_template")
    with (
        databases.postgis_database(server, template) as url,
        desk_in(url, folder, named.store_hostile) as found,
    ):
        yield found


def test_names_are_only_ever_text(desk):
    tab = desk.open(on="grids,facilities,cameras,places,buildings")
    for first, layer in enumerate((*NAMED, "grids")):
        for n in (first % 5, (first + 2) % 5):
            code, name = "ABCDE"[n] if layer == "grids" else f"x{n}", named.HOSTILE[n]
            tab.evaluate("([layer, code]) => gisGrid.selection.set({layer, code})", [layer, code])
            title = tab.locator(f".thing:has(.code-row bdi:text-is('{code}')) h2")
            title.wait_for()
            assert title.text_content() == name
    in_list(tab)
    in_search(tab)
    on_the_way(tab)
    on_paper(tab)
    assert tab.evaluate("() => window.hurt") is None
    assert tab.locator("body img, body script, .thing svg[onload], .found img").count() == scripts(
        tab
    )
    assert desk.faults == []


def scripts(tab):
    """Return how many scripts the page itself has in its body."""
    return tab.evaluate(
        "() => [...document.body.querySelectorAll('script[src^=\"/static/\"]')].length"
    )


def in_list(tab):
    tab.locator("#map").focus()
    tab.keyboard.press("t")
    tab.wait_for_selector("tbody tr")
    for layer in ("places", "grids"):
        tab.get_by_label("图层", exact=True).select_option(layer)
        tab.wait_for_selector(f".list-body .scroll[data-layer={layer}]")
        cells = tab.locator("tbody td").all_text_contents()
        assert set(named.HOSTILE) <= set(cells), layer
    tab.keyboard.press("Escape")


def in_search(tab):
    for text in ("img src", "script", "דגל", "长长长"):
        tab.get_by_role("combobox", name="查找").fill("")
        with tab.expect_response("**/api/v1/search**"):
            tab.get_by_role("combobox", name="查找").fill(text)
        tab.wait_for_selector(".result")
        shown = tab.locator(".result bdi.b").all_text_contents()
        assert any(one in named.HOSTILE for one in shown), text
    tab.keyboard.press("Escape")


def on_the_way(tab):
    """Walk with Tab: the tooltip says the name."""
    tab.evaluate("() => gisGrid.city.goHome()")
    tab.wait_for_selector("html[data-drawn]")
    told = []
    until = time.monotonic() + 60
    while time.monotonic() < until:  # a map that still moves ends the walk
        tab.locator("#map").focus()
        tab.keyboard.press("Tab")
        told.append(tab.locator(".walk").text_content())
        if any(name[:20] in text for name in named.HOSTILE for text in told):
            break
        tab.wait_for_timeout(100)
    assert any(name[:20] in text for name in named.HOSTILE for text in told)


def on_paper(tab):
    tab.locator("#map").focus()
    tab.keyboard.press("p")
    tab.fill("#print-title", named.HOSTILE[0])
    with tab.expect_download() as told:
        tab.get_by_role("button", name="保存 PNG").click()
    assert "<" not in told.value.suggested_filename


def test_every_layer_with_a_name_was_attacked():
    without = {"ways", "officers", "incidents", "entrances"}
    assert {*NAMED, "grids"} == {*LAYERS} - without
