"""Take the pictures of the reports for the documentation: ``python -m tests.report_pictures``."""

import io
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from gis_grid.demo.city import make_city
from gis_grid.maps.output import Format, rendered
from gis_grid.maps.printed.paper import Paper
from gis_grid.maps.reports.kinds import KINDS
from gis_grid.services.demo_city import store_city
from gis_grid.services.reporting import page_from_database
from gis_grid.storage.database import opened, upgrade
from tests import browser
from tests.screenshots import IMAGES, LARGEST

DRAWN_AT = datetime(2026, 1, 1, 1, 0, tzinfo=UTC)
"""A fixed moment, so that a new picture differs only where the map does."""

STREET = "map_city.setView([41.118, 123.0165], 16.25, {animate: false})"
PAGES = {
    "first-map": ("city", {}, None),
    "report-grids": ("grids", {"value": "households"}, None),
    "report-heat-en": ("heat", {"lang": "en"}, None),
    "report-facilities": ("facilities", {"by": "state"}, None),
    "report-cameras": ("cameras", {}, STREET),
    "report-incidents-en": ("incidents", {"lang": "en", "days": 60}, STREET),
}
"""Kind, options, and where the map is moved to."""

SHEETS = {"report-sheet": ("grids", {"value": "households"})}


def take(folder: Path) -> None:
    """Draw the small city's reports and keep what they look like."""
    with opened(f"sqlite:///{folder / 'reports.db'}") as engine:
        upgrade(engine)
        store_city(engine, make_city("small", 7))

        def draw(kind, options, how):
            found = KINDS[kind]
            page = page_from_database(engine, found, found.options_of(options), now=DRAWN_AT)
            return rendered(page, how, paper=Paper.A4)

        for name, (kind, options) in SHEETS.items():
            _sheet(draw(kind, options, Format.PNG), IMAGES / f"{name}.png")
        with browser.opened() as chromium:
            for name, (kind, options, move) in PAGES.items():
                file = folder / f"{name}.html"
                file.write_bytes(draw(kind, options, Format.HTML))
                _page(chromium, file, move, IMAGES / f"{name}.png")
            paper = folder / "report-grids.html"
            _printed(chromium, paper, IMAGES / "report-printed.png")


def _page(chromium, file, move, image) -> None:
    tab = chromium.new_page(viewport={"width": 1440, "height": 900})
    tab.goto(file.as_uri())
    tab.wait_for_selector("html[data-drawn]", timeout=30_000)
    if move:
        tab.evaluate(move)
    tab.wait_for_timeout(300)
    _shoot(tab, image)
    tab.close()


def _printed(chromium, file, image) -> None:
    """Keep the page as a browser lays it out for paper."""
    tab = chromium.new_page(viewport={"width": 1063, "height": 735})
    tab.goto(file.as_uri())
    tab.wait_for_selector("html[data-drawn]", timeout=30_000)
    tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    tab.emulate_media(media="print")
    tab.wait_for_timeout(300)
    _shoot(tab, image)
    tab.close()


def _sheet(png, image) -> None:
    sheet = Image.open(io.BytesIO(png)).convert("RGB")
    _keep(sheet.resize((1403, 992), Image.Resampling.LANCZOS), image)


def _shoot(tab, image) -> None:
    _keep(Image.open(io.BytesIO(tab.screenshot())).convert("RGB"), image)


def _keep(shown, image) -> None:
    """Write a picture in 256 colours that also serve the rare ones: symbols are small."""
    shown.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE, kmeans=3).save(
        image, optimize=True
    )
    size = image.stat().st_size
    assert size <= LARGEST, f"{image.name} is {size:,} bytes"


def main() -> None:
    """Take every picture."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        take(Path(folder))


if __name__ == "__main__":
    main()
