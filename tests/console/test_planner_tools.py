"""The tools on the map of a plan, with a real mouse and real keys, in a browser without WebGL."""

from datetime import timedelta

import pandas as pd
import pytest
import shapely
from playwright.sync_api import expect

from gis_grid.grid.levels import FIVE_LEVEL
from gis_grid.storage.city import City, CityStore
from gis_grid.storage.database import sessions
from gis_grid.storage.generations import GenerationStore
from tests import drawn, planned
from tests.console import served
from tests.console.squares import CARD, DRAWN_MIDDLE, MIDDLE, PIXEL, Planner, code, made
from tests.console.test_access import serious


def with_compound(engine):
    """Publish the drawn city once more, with a compound beside the border of A and B."""
    compound = {"code": "z", "level": "compound", "parent_code": "w", "name": "德平苑"}
    garden = drawn.layer("grids", [compound], [shapely.box(123.0002, 41.0042, 123.002, 41.0052)])
    grids = pd.concat([drawn.grids(), garden], ignore_index=True)
    later = drawn.START + timedelta(days=1)
    city = City(name="画市", area_code="210000000000", scheme=FIVE_LEVEL, epsg=4550)
    with sessions(engine).begin() as session:
        CityStore(session).put(city)
        GenerationStore(session).publish(grids, name="有小区", valid_from=later)


@pytest.fixture(scope="module")
def service(tmp_path_factory, sqlite_template):
    folder = tmp_path_factory.mktemp("tools")
    with served.city_of(folder, sqlite_template, planned.store, with_compound) as (_, address):
        yield address


@pytest.fixture(scope="module")
def signed(chromium, service):
    cookies = served.Cookies(chromium, service)
    # the first judgement compiles the kernels: no page should have to wait for that
    context = chromium.new_context(storage_state=cookies["chief"])
    assert context.request.get(f"{service}/api/v1/plans/1/numbers", timeout=120_000).ok
    context.close()
    return cookies


@pytest.fixture
def start(chromium, service, signed):
    """Open a plan as somebody; without a number a fresh copy of the plan of squares."""
    contexts, pages = [], []

    def begin(number=None, who="chief", at=MIDDLE, zoom=16.6, more="", provoked=()):
        context = chromium.new_context(
            viewport={"width": 1440, "height": 900}, storage_state=signed[who]
        )
        contexts.append(context)
        watched = served.Watched(context, service)
        pages.append((watched, provoked))
        if number is None:
            number = made(watched, "/api/v1/plans/1/copies", {"title": "一稿"})
        watched.open(f"/planner?plan={number}&at={at[0]},{at[1]},{zoom}{more}", drawn=False)
        return Planner(watched, number)

    yield begin
    for watched, provoked in pages:
        said = [one for one in watched.complaints if not any(word in one for word in provoked)]
        assert said == []
        assert watched.refused == []
    for context in contexts:
        context.close()


def street(start, more=""):
    """Open a fresh plan of the street that the drawn city has."""
    plan = start()
    number = made(plan.watched, "/api/v1/plans", {"title": "画市", "area_code": "s"})
    lon, lat = DRAWN_MIDDLE
    plan.watched.open(f"/planner?plan={number}&at={lon},{lat},17{more}", drawn=False)
    plan.number = number
    plan.ready()
    return plan


def test_the_brush_paints_and_releasing_is_one_step(start):
    plan = start()
    plan.tool("b")
    plan.press(250, 50)
    plan.drag((350, 50), (350, 150))
    plan.page.locator(".plan-card td b").first.wait_for()
    assert plan.get("")["step"] == 0
    plan.page.mouse.up()
    plan.at_step(1)
    assert set(plan.grids()["g0"]) >= {code(3, 0), code(3, 1)}
    assert plan.shown() == plan.areas()
    expect(plan.page.locator(".plan-card")).to_be_hidden()


def test_the_rectangle_gives_what_has_its_middle_inside(start):
    plan = start()
    plan.tool("r")
    plan.press(150, 180)  # above the middle of its block: the edge of the box decides nothing
    plan.drag((370, 210), (370, 290))
    plan.page.mouse.up()
    plan.at_step(1)
    grids = plan.grids()
    assert {code(3, 2)} <= set(grids["g0"])
    assert len(grids["g1"]) == 8


def test_a_border_is_dragged_with_live_numbers_and_then_kept(start):
    plan = start()
    plan.tool("d")
    plan.press(300, 150)
    plan.page.keyboard.down("Alt")
    plan.drag((330, 150), (360, 170))
    plan.until("document.querySelectorAll('.plan-card td b').length === 10")
    plan.until("document.querySelector('.plan-card .f').textContent.includes('公顷')")
    plan.answered()
    card = plan.page.evaluate(CARD)
    before = plan.get("/numbers")["grids"]
    assert plan.get("")["step"] == 0
    plan.page.mouse.up()
    plan.page.keyboard.up("Alt")
    plan.at_step(1)
    after = plan.get("/numbers")["grids"]
    names = plan.page.evaluate("gisGridDraft.entries[0].title").split()
    sides = [names[-3], names[-1]]
    assert sorted(sides) == ["g0", "g1"]
    households = [f"{round(one[side]['households'])}" for side in sides for one in (after, before)]
    assert card[2] == households
    compact = [f"{one[side]['polsby_popper']:.2f}" for side in sides for one in (after, before)]
    assert card[4] == compact
    assert plan.areas()["g0"] > 90_000
    assert sum(plan.areas().values()) == pytest.approx(360_000, abs=1e-3)
    assert plan.shown() == plan.areas()


def test_a_dragged_border_snaps_to_blocks_and_follows_them(start):
    plan = start(provoked=("422",))  # on its way it may come too close to a line to cut cleanly
    plan.tool("d")
    plan.press(300, 150)
    plan.drag((350, 140), (398, 103))
    plan.page.get_by_text("已吸附").wait_for()
    plan.page.mouse.up()
    plan.at_step(1)
    assert set(plan.grids()["g0"]) == {code(c, r) for c in range(3) for r in range(3)} | {
        code(3, 1)
    }
    assert plan.areas()["g0"] == pytest.approx(100_000, abs=1e-3)


def test_esc_gives_a_drag_up(start):
    plan = start()
    plan.tool("d")
    plan.press(300, 150)
    plan.drag((350, 150))
    plan.page.locator(".plan-card").wait_for()
    plan.page.keyboard.press("Escape")
    expect(plan.page.locator(".plan-card")).to_be_hidden()
    plan.page.mouse.up()
    plan.at_step(0)  # a step that was begun would show as one under way


def test_a_corner_is_moved_by_keys_alone(start):
    plan = start()
    plan.page.evaluate("gisGridDraft.picked.grids(['g0', 'g1'])")
    plan.tool("d")
    plan.page.locator("#map").focus()
    for key in ("Shift+ArrowRight", "Shift+ArrowRight", "ArrowRight"):
        plan.page.keyboard.press(key)
    plan.page.locator(".plan-card").wait_for()
    plan.page.keyboard.press("Enter")
    plan.at_step(1)
    gained = plan.areas()["g0"] - 90_000
    assert gained == pytest.approx(21 * 200 / 2, rel=0.02)  # a triangle over 200 m of the border


def test_undo_and_redo_by_keys(start):
    plan = start()
    before = plan.areas()
    plan.page.evaluate("gisGridDraft.take({do: 'merge', grids: ['g1'], into: 'g0'})")
    plan.at_step(1)
    assert set(plan.areas()) == {"g0", "g2", "g3"}
    plan.page.keyboard.press("Control+z")
    plan.at_step(2)
    assert plan.shown() == plan.areas() == before
    plan.page.keyboard.press("Control+y")
    plan.at_step(3)
    assert set(plan.shown()) == {"g0", "g2", "g3"}
    expect(plan.page.get_by_role("button", name="重做")).to_be_disabled()


def test_a_grid_is_split_by_a_line(start):
    plan = start()
    plan.tool("s")
    plan.click(150, 150)
    plan.page.evaluate("() => new Promise((done) => setTimeout(done, 300))")
    # quick, but at two places: no double click, which would end the line
    plan.click(150, -20)
    plan.click(150, 320)
    plan.page.keyboard.press("Enter")
    plan.at_step(1)
    areas = plan.areas()
    assert areas["g0"] == pytest.approx(45_000, rel=0.02)
    assert areas["g4"] == pytest.approx(45_000, rel=0.02)  # the next free code was proposed


def test_a_grid_is_split_evenly_with_a_code_of_ones_own(start):
    plan = start()
    plan.tool("s")
    plan.click(150, 150)
    plan.page.get_by_label("新网格编码").fill("half")
    plan.page.get_by_role("button", name="均分两半").click()
    plan.at_step(1)
    assert "half" in plan.areas()


def test_neighbours_are_merged_and_others_are_not(start):
    plan = start()
    plan.tool("m")
    plan.click(150, 150)
    plan.click(450, 450)  # across the corner: no neighbour
    plan.page.get_by_text("只有相邻网格可以合并").wait_for()
    plan.click(450, 150)
    plan.page.get_by_role("button", name="合并 (2)").click()
    plan.at_step(1)
    assert plan.areas()["g0"] == pytest.approx(180_000)


def test_a_new_grid_is_made_of_chosen_blocks(start):
    plan = start()
    plan.tool("n")
    plan.click(50, 50)
    plan.click(150, 50)
    plan.page.get_by_role("button", name="确认").click()
    plan.at_step(1)
    assert set(plan.grids()["g4"]) == {code(0, 0), code(1, 0)}


def test_grids_and_borders_are_locked_and_say_so(start):
    plan = start(provoked=("409",))
    plan.tool("l")
    plan.click(150, 150)
    plan.at_step(1)
    plan.click(600 - 300, 450)  # the border of g2 and g3
    plan.at_step(2)
    told = {one["id"]: one["properties"] for one in plan.get("/grids")["features"]}
    assert told["g0"]["locked"]
    assert told["g2"]["locked_borders"] == ["g3"]
    plan.tool("b")
    plan.press(250, 50)
    plan.drag((350, 50))
    plan.page.mouse.up()
    alert = plan.page.locator(".plan-trouble")
    alert.wait_for()
    expect(alert).to_contain_text("网格 g0 已锁定。先解锁，再做这一步")
    plan.at_step(2)
    alert.get_by_role("button", name="解锁").click()
    plan.at_step(3)
    expect(alert).to_be_hidden()
    told = {one["id"]: one["properties"] for one in plan.get("/grids")["features"]}
    assert not told["g0"]["locked"]


def test_a_building_moves_with_two_clicks(start):
    plan = street(start, more="&tool=bld")
    page = plan.page
    page.mouse.click(*page.evaluate(PIXEL, [123.0007, 41.0007]))  # the house in G
    page.locator(".plan-hint").get_by_text("点选网格").wait_for()
    page.mouse.click(*page.evaluate(PIXEL, [123.003, 41.001]))  # into H
    plan.at_step(1)
    blocks = plan.get("/blocks?bbox=123.0006,41.0006,123.0008,41.0008")["features"]
    assert "H" in {one["properties"]["grid_code"] for one in blocks}


def test_a_compound_moves_whole(start):
    plan = street(start, more="&tool=bld")
    page = plan.page
    page.get_by_role("button", name="小区", exact=True).click()
    page.mouse.click(*page.evaluate(PIXEL, [123.0015, 41.0047]))  # in the compound
    page.locator(".plan-hint").get_by_text("把 德平苑 移到").wait_for()
    page.mouse.click(*page.evaluate(PIXEL, [123.003, 41.005]))  # into B
    plan.at_step(1)
    inside = plan.get("/blocks?bbox=123.0003,41.0043,123.0019,41.0051")["features"]
    assert {one["properties"]["grid_code"] for one in inside} == {"B"}
    expect(page.locator(".pl-hist .ell").first).to_have_text("小区 z 移到 B")
    assert plan.shown() == plan.areas()


def test_a_grid_is_split_along_a_street(start):
    plan = street(start)
    lon, _ = DRAWN_MIDDLE
    plan.page.evaluate("gisGridDraft.take({do: 'merge', grids: ['H'], into: 'E'})")
    plan.at_step(1)
    plan.tool("s")
    plan.page.mouse.click(*plan.page.evaluate(PIXEL, DRAWN_MIDDLE))
    plan.page.get_by_role("button", name="沿街道").click()
    plan.page.mouse.click(*plan.page.evaluate(PIXEL, [lon, 41.002]))  # where H ended
    plan.at_step(2)
    areas = plan.areas()
    assert areas["E"] == pytest.approx(areas["E2"], rel=0.01)


def test_a_broken_grid_has_a_pin_that_mends_it(start):
    plan = start()
    wish = {"do": "move_blocks", "blocks": [code(5, 5)], "to": "g0"}
    plan.page.evaluate("(wish) => gisGridDraft.take(wish)", wish)
    pin = plan.page.locator(".plan-pin")
    pin.wait_for()
    assert "断为 2 片" in pin.inner_text()
    pin.get_by_role("button").click()
    plan.at_step(2)
    assert code(5, 5) in plan.grids()["g3"]
    pin.wait_for(state="detached")


def test_a_page_that_is_killed_in_a_drag_loses_nothing_acknowledged(start):
    plan = start()
    plan.tool("b")
    plan.press(250, 50)
    plan.drag((350, 50))
    plan.page.mouse.up()
    plan.at_step(1)
    plan.tool("d")
    plan.press(150, 300)
    plan.drag((150, 340))
    plan.page.close()
    again = start(plan.number, more="&tool=border")
    again.at_step(1)
    assert code(3, 0) in again.grids()["g0"]
    assert again.shown() == again.areas()
    tool = again.page.get_by_role("button", name="拖动共同边界")
    expect(tool).to_have_attribute("aria-pressed", "true")
    again.page.reload()
    again.ready()
    again.at_step(1)


def test_who_was_first_is_told_and_the_step_can_be_taken_again(start):
    mine = start(provoked=("412",))
    yours = start(mine.number, who="planning")
    wish = {"do": "move_blocks", "blocks": [code(0, 0)], "to": "g2"}
    yours.page.evaluate("(wish) => gisGridDraft.take(wish)", wish)
    yours.at_step(1)
    mine.tool("b")
    mine.press(250, 50)
    mine.drag((350, 50))
    mine.page.mouse.up()
    alert = mine.page.locator(".plan-trouble")
    alert.wait_for()
    assert "planning" in alert.inner_text()
    assert "1 个地块" in alert.inner_text()
    mine.at_step(1)  # it has caught up, and taken nothing by itself
    assert mine.shown() == mine.areas()
    alert.get_by_role("button", name="再做一次").click()
    mine.at_step(2)
    grids = mine.grids()
    assert code(0, 0) in grids["g2"]
    assert code(3, 0) in grids["g0"]


def test_the_help_lists_the_keys_of_the_tools(start):
    plan = start()
    plan.page.keyboard.press("?")
    shown = plan.page.get_by_role("dialog").inner_text()
    for word in ("刷地块", "拖动共同边界", "合并", "CTRL+Z", "不吸附"):
        assert word in shown
    assert shown.count("\nM\n") == 1  # measuring gives its letter to merging here


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_axe_finds_nothing_serious_beside_a_tool_at_work(start, lang):
    plan = start(more=f"&lang={lang}")
    plan.page.emulate_media(reduced_motion="reduce")
    plan.page.evaluate("gisGridDraft.picked.grids(['g0'])")
    plan.tool("s")
    plan.page.locator(".plan-hint input").wait_for()
    assert serious(plan.page) == []
