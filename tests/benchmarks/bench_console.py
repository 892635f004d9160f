"""How fast the console is in a real browser: Debian's Chromium, with WebGL and without it.

The whole city and one street of a demo city: `large`, unless ``--city`` names another one.
"""

import os
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from gis_grid.demo.city import make_city
from gis_grid.demo.ground import CENTRE_LONLAT
from gis_grid.services.demo_city import store_city
from gis_grid.storage.database import opened, upgrade
from tests import browser
from tests.benchmarks import cities
from tests.benchmarks.machine import machine
from tests.console import served

SIZE = cities.name() or "large"
FILE = os.environ.get("GIS_GRID_BENCH_DATABASE", "")
"""A SQLite file of that city with the users of the tests, when there is one already."""

PANS = 8
MEMORY = ("--enable-precise-memory-info", "--js-flags=--expose-gc")
MODES = {"with WebGL": (), "without (`--disable-3d-apis`)": ("--disable-3d-apis",)}
PAN = """() => new Promise((done) => {
  const { map } = gisGrid.city, view = map.getView();
  const [x, y] = view.getCenter();
  globalThis.side = -(globalThis.side ?? -1);
  const start = performance.now();
  map.once('rendercomplete', () => done(performance.now() - start));
  view.setCenter([x + side * 300 * view.getResolution(), y]);
})"""
HEAP = "() => { gc(); return performance.memory.usedJSHeapSize / 1e6; }"
FIRST = "() => performance.now()"


def measure(context, address: str) -> tuple[float, float, float, float]:
    """Return whole city, one pan and a street view of four layers in ms, and the heap in MB."""
    watched = served.Watched(context, address)
    page = watched.page
    page.unroute("**/*")
    watched.open("/planner?fill=none&on=grids,buildings,facilities")
    first = page.evaluate(FIRST)
    page.evaluate(PAN)
    page.wait_for_timeout(500)
    pans = [page.evaluate(PAN) for _ in range(PANS)]
    lon, lat = CENTRE_LONLAT
    layers = "grids,buildings,facilities,cameras"
    watched.open(f"/planner?fill=none&on={layers}&at={lon},{lat},16.5")
    street = page.evaluate(FIRST)
    for lon_off in (0.004, 0.008, -0.004, -0.008):
        page.evaluate(f"gisGrid.city.go({{lon: {lon + lon_off}, lat: {lat}, zoom: 16}})")
        page.wait_for_timeout(1200)
    return first, statistics.median(pans), street, page.evaluate(HEAP)


def main() -> None:
    """Print the table."""
    served.built()
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{FILE or folder / 'city.db'}"
        if not FILE:
            with opened(url) as engine:
                upgrade(engine)
                store_city(engine, make_city(SIZE, 7))
            served.add_users(url)
        with served.serving(url, folder) as address:
            show(address)


def show(address: str) -> None:
    """Measure twice in each browser; in the very first round the service reads the city, too."""
    print(f"\nThe {SIZE} demo city on SQLite, 1440×900, service and browser on these cores.\n")
    print("| browser | round | whole city, ms | pan 300 px, ms | street, 4 layers, ms | heap, MB |")
    print("|---|---|---|---|---|---|")
    with sync_playwright() as playwright:
        for mode, flags in MODES.items():
            for number in (1, 2):
                path, args = browser.chromium(), [*browser.FLAGS, *MEMORY, *flags]
                chromium = playwright.chromium.launch(executable_path=path, args=args)
                context = chromium.new_context(viewport={"width": 1440, "height": 900})
                served.Watched(context, address).sign_in()
                found = measure(context, address)
                print(f"| {mode} | {number} | " + " | ".join(f"{one:,.0f}" for one in found) + " |")
                chromium.close()


if __name__ == "__main__":
    main()
