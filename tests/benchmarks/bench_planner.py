"""How long a frame is while a shared border is dragged: a hundred grids loaded, and 12,996.

``python -m tests.benchmarks --write planner`` puts the table into docs/algorithms/plan.md.

A frame is from the event of the pointer until the picture after it is done: the tool moves both
edges, draws them, and the browser shows them. The grids are made-up squares with a corner every
10 m, about as many corners as grids of a city have.
"""

import statistics
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from playwright.sync_api import sync_playwright
from pyproj import Transformer

from gis_grid.plan.blocks import blocks_of
from gis_grid.storage.database import opened, sessions, upgrade
from gis_grid.storage.plans.packing import Start
from gis_grid.storage.plans.plans import PlanStore
from tests import browser, drawn, planned
from tests.benchmarks.machine import machine
from tests.console import served
from tests.console.squares import PIXEL

SIDES = (10, 114)
VIEWS = {"the whole plan": None, "a few grids": 17.0}
MOVES = 60
NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
TO_DEGREES = Transformer.from_crs(planned.EPSG, 4326, always_xy=True)
LISTEN = """() => {
  globalThis.frames_ms = [];
  const after = new MessageChannel();
  let start = 0;
  after.port1.onmessage = () => frames_ms.push(performance.now() - start);
  addEventListener('pointermove', () => {
    const event = performance.now();
    requestAnimationFrame(() => { start = event; after.port2.postMessage(null); });
  }, true);
}"""


def start(side: int) -> Start:
    """Return a plan of squares of 100 m, each a grid of one block."""
    squares = [shapely.box(i, j, i + 1, j + 1) for j in range(side) for i in range(side)]
    metres = shapely.transform(squares, lambda xy: xy * 100 + planned.ORIGIN_M)
    shapes = gpd.GeoSeries(shapely.segmentize(metres, 10), crs=f"EPSG:{planned.EPSG}")
    households = np.random.default_rng(5).integers(300, 500, len(shapes)).astype(float)
    blocks = blocks_of(shapes, weights={"households": households})
    codes = tuple(f"g{number}" for number in range(len(shapes)))
    return Start(blocks, np.arange(len(shapes)), codes, (None,) * len(shapes))


def drag(page, side: int, zoom: float | None) -> tuple[list[float], int]:
    """Drag the border of two grids in the middle; return frames and the grids loaded."""
    middle = side // 2 * 100
    east, north = planned.ORIGIN_M
    place = TO_DEGREES.transform(east + middle, north + middle + 50)
    if zoom:
        page.evaluate(f"gisGrid.city.go({{lon: {place[0]}, lat: {place[1]}, zoom: {zoom}}})")
    page.wait_for_timeout(3000)
    page.evaluate("frames_ms.length = 0")
    page.keyboard.press("d")
    x, y = page.evaluate(PIXEL, place)
    page.mouse.move(x, y)
    page.mouse.down()
    for move in range(MOVES):
        page.mouse.move(x + 4 + move % 30, y + move % 7)
    page.wait_for_timeout(500)
    shown = page.locator(".plan-card").is_visible()
    page.keyboard.press("Escape")
    page.mouse.up()
    assert shown, "the border was not taken hold of"
    loaded = page.evaluate("gisGridDraft.grids.size")
    return page.evaluate("frames_ms"), loaded


def main() -> None:
    """Print the table."""
    served.built()
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'city.db'}"
        with opened(url) as engine:
            upgrade(engine)
            drawn.store(engine)
            with sessions(engine).begin() as session:
                plans = PlanStore(session)
                for side in SIDES:
                    plans.add(
                        title=f"{side}",
                        area_code="s",
                        generation=1,
                        start_digest=plans.keep_start(start(side), now=NOW),
                        settings={"factors": {"households": 40.0}},
                        author="ann",
                        now=NOW,
                    )
        served.add_users(url)
        with served.serving(url, folder) as address:
            show(address)


def show(address: str) -> None:
    """Measure each plan from far and from near, without WebGL."""
    print(
        f"\n{MOVES} moves of the pointer while a shared border is dragged, 1440×900, "
        "`--disable-3d-apis`: from the event until the picture after it is shown.\n"
    )
    print("| grids loaded | in view | frame p50, ms | frame p95, ms | longest, ms |")
    print("|---|---|---|---|---|")
    with sync_playwright() as playwright:
        args = [*browser.FLAGS, "--disable-3d-apis"]
        chromium = playwright.chromium.launch(executable_path=browser.chromium(), args=args)
        for number, side in enumerate(SIDES, 1):
            context = chromium.new_context(viewport={"width": 1440, "height": 900})
            page = opened_plan(context, address, number, side)
            for view, zoom in VIEWS.items():
                frames, loaded = drag(page, side, zoom)
                p95 = statistics.quantiles(frames, n=20)[-1]
                print(
                    f"| {loaded:,} | {view} | {statistics.median(frames):.1f} | {p95:.1f} "
                    f"| {max(frames):.1f} |"
                )
            context.close()
        chromium.close()


def opened_plan(context, address: str, number: int, side: int):
    """Open a plan so that all of it is in view; return the page when everything is read."""
    watched = served.Watched(context, address)
    watched.sign_in()
    watched.page.unroute("**/*")
    watched.open(f"/planner?plan={number}&at={whole(side)}", drawn=False)
    read = f"globalThis.gisGridDraft?.grids.size === {side * side} && gisGridDraft.numbers"
    watched.until(f"Boolean({read})", seconds=300)
    watched.page.evaluate(LISTEN)
    return watched.page


def whole(side: int) -> str:
    """Return the view that holds a plan, as it stands in the address."""
    east, north = planned.ORIGIN_M
    lon, lat = TO_DEGREES.transform(east + side * 50, north + side * 50)
    zoom = 16.0 - np.log2(side / 10)
    return f"{lon:.6f},{lat:.6f},{zoom:.2f}"


if __name__ == "__main__":
    main()
