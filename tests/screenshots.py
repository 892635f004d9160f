"""Take the pictures of the documentation from the made-up city: ``python -m tests.screenshots``."""

import base64
import struct
import tempfile
import zlib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from gis_grid.demo.city import make_city
from gis_grid.maps.city import city_page
from gis_grid.services.demo_city import store_city
from gis_grid.services.reading import picture_of
from gis_grid.storage.database import opened, upgrade
from tests import browser

IMAGES = Path(__file__).parents[1] / "docs" / "img"
WIDTH, HEIGHT = 1440, 900
COLOURS = 256
DRAWN_AT = datetime(2026, 1, 1, 1, 0, tzinfo=UTC)
"""A fixed moment, so that a new picture differs only where the map does."""

PIXELS = """async (png) => {
  const image = new Image();
  image.src = "data:image/png;base64," + png;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const ctx = canvas.getContext("2d");
  ctx.drawImage(image, 0, 0);
  const data = ctx.getImageData(0, 0, image.width, image.height).data;
  let text = "";
  for (let i = 0; i < data.length; i += 32768)
    text += String.fromCharCode(...data.subarray(i, i + 32768));
  return btoa(text);
}"""


def first_map(folder: Path) -> Path:
    """Draw the small city and return the page."""
    with opened(f"sqlite:///{folder / 'city.db'}") as engine:
        upgrade(engine)
        store_city(engine, make_city("small", 7))
        page = folder / "first-map.html"
        page.write_text(city_page(picture_of(engine, now=DRAWN_AT)), encoding="utf-8")
    return page


def shoot(page: Path, image: Path) -> None:
    """Open a page in Chromium and keep what it shows, in at most 256 colours."""
    with browser.opened() as chromium:
        tab = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        tab.goto(page.as_uri())
        tab.wait_for_selector("html[data-drawn]", timeout=30_000)
        png = base64.b64encode(tab.screenshot()).decode()
        pixels = base64.b64decode(tab.evaluate(PIXELS, png))
    shown = np.frombuffer(pixels, np.uint8).reshape(HEIGHT, WIDTH, 4)[:, :, :3]
    image.write_bytes(indexed_png(shown))


def indexed_png(shown):
    """Write a picture with the colours that it uses most; every other takes the nearest."""
    colours, row, counts = np.unique(
        shown.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
    )
    palette = colours[np.argsort(-counts, kind="stable")[:COLOURS]]
    nearest = cKDTree(palette).query(colours)[1].astype(np.uint8)
    indices = nearest[row.reshape(shown.shape[:2])]
    lines = b"".join(b"\0" + line.tobytes() for line in indices)
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", palette.tobytes()), (b"IDAT", zlib.compress(lines, 9)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in (*parts, (b"IEND", b"")))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def main() -> None:
    """Take every picture."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        shoot(first_map(Path(folder)), IMAGES / "first-map.png")


if __name__ == "__main__":
    main()
