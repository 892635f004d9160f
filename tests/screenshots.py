"""Take the pictures of the documentation from the made-up city: ``python -m tests.screenshots``."""

import base64
import struct
import tempfile
import zlib
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from gis_grid.demo.city import make_city
from gis_grid.services.demo_city import store_city
from gis_grid.storage.database import opened, upgrade
from tests import browser
from tests.console import served

IMAGES = Path(__file__).parents[1] / "docs" / "img"
COLOURS = 256
LARGEST = 400_000
"""Bytes of a picture: whoever clones the repository pays for it."""

CASE = "sel=incidents/E0101202512020001&at=123.02303,41.11054,17.2"
STREET = "at=123.0165,41.118,16.4"
SHOTS = {
    "signin": (None, "/signin", (1440, 900)),
    "planner": ("planning", f"/planner?{STREET}", (1440, 900)),
    "planner-en": ("planning", f"/planner?lang=en&{STREET}", (1366, 768)),
    "plan": ("planning", "/planner?plan=1", (1440, 900)),
    "plan-en": ("planning", "/planner?plan=1&lang=en", (1366, 768)),
    "dispatch": ("sending", f"/dispatch?{CASE}", (1440, 900)),
    "dispatch-dark": ("sending", f"/dispatch?theme=dark&{CASE}", (1366, 768)),
    "dispatch-phone": ("sending", "/dispatch", (390, 844)),
    "overview": ("leading", "/overview", (1440, 900)),
    "overview-wall": ("leading", "/overview?theme=dark&wall=1", (1920, 1080)),
    "admin": ("chief", "/admin?user=sending", (1440, 900)),
    "admin-audit": ("chief", "/admin?tab=audit&entry=4", (1440, 900)),
    "account": ("sending", "/account?theme=dark", (1366, 768)),
}
"""Who, what and how large; the city is the small demo city of seed 7."""

PLAN = """async () => {
  const { api } = gisGrid;
  const { features } = await api.get("/api/v1/grids", { level: "subdistrict" });
  const { code: area_code, name } = features[0].properties;
  const settings = { households: [30, 120] };
  const body = { title: `${name} 2026 秋季调整`, area_code, settings };
  const plan = await api.send("POST", "/api/v1/plans", body);
  const base = `/api/v1/plans/${plan.number}`;
  const grids = Object.entries((await api.get(`${base}/numbers`)).grids);
  const large = grids.sort((one, other) => other[1].work - one[1].work).slice(0, 4);
  let step = 0;
  for (const [grid] of large) {
    const code = `${grid.slice(0, 15)}9${step}${grid.slice(17)}`;
    const wish = { do: "split_evenly", grid, code };
    await api.send("POST", `${base}/steps`, wish, { ifMatch: `"${step}"` });
    step += 1;
  }
}"""
"""Begins a plan whose largest grids are halved."""

READY = {True: ".case, #name", False: "html[data-drawn], .tokens li, .changes td"}
"""What shows that a page is complete: with a map, or without one."""

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


def shoot(tab, image: Path) -> None:
    """Keep what a page shows, in at most 256 colours."""
    png = base64.b64encode(tab.screenshot()).decode()
    pixels = base64.b64decode(tab.evaluate(PIXELS, png))
    size = tab.viewport_size
    shown = np.frombuffer(pixels, np.uint8).reshape(size["height"], size["width"], 4)[:, :, :3]
    written = indexed_png(shown)
    assert len(written) <= LARGEST, f"{image.name} is {len(written):,} bytes"
    image.write_bytes(written)


def few_colours(colours, counts):
    """Return the colours that are used most, half of them unlike each other: small signs count."""
    order = np.argsort(-counts, kind="stable")
    _, first = np.unique((colours[order] >> 4).astype(np.int64) @ [256, 16, 1], return_index=True)
    unlike = order[np.sort(first)][: COLOURS // 2]
    most = order[~np.isin(order, unlike)][: COLOURS - len(unlike)]
    return colours[np.concatenate([unlike, most])]


def indexed_png(shown):
    """Write a picture in few colours; every other takes the nearest of them."""
    colours, row, counts = np.unique(
        shown.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
    )
    palette = few_colours(colours, counts)
    nearest = cKDTree(palette).query(colours)[1].astype(np.uint8)
    indices = nearest[row.reshape(shown.shape[:2])]
    lines = b"".join(b"\0" + line.tobytes() for line in indices)
    height, width = shown.shape[:2]
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", palette.tobytes()), (b"IDAT", zlib.compress(lines, 9)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in (*parts, (b"IEND", b"")))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _begin_plan(chromium, address) -> None:
    context = chromium.new_context()
    watched = served.Watched(context, address)
    watched.sign_in("planning")
    watched.open("/planner").evaluate(PLAN)
    context.close()


def main() -> None:
    """Take every picture."""
    served.built()
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        url = f"sqlite:///{Path(name) / 'city.db'}"
        with opened(url) as engine:
            upgrade(engine)
            store_city(engine, make_city("small", 7))
        served.add_users(url)
        with served.serving(url, Path(name)) as address, browser.opened() as chromium:
            _begin_plan(chromium, address)
            for image, (who, path, (width, height)) in SHOTS.items():
                context = chromium.new_context(
                    viewport={"width": width, "height": height}, bypass_csp=True
                )
                watched = served.Watched(context, address)
                if who:
                    watched.sign_in(who)
                watched.open(path, drawn=False)
                watched.page.wait_for_selector(READY[who is None or width < 760])
                watched.page.wait_for_timeout(2500)
                shoot(watched.page, IMAGES / f"console-{image}.png")
                context.close()


if __name__ == "__main__":
    main()
