/** What floats over the map: zoom, layers, scale and coordinates. */

import { toLonLat } from "ol/proj.js";
import type { Shell } from "../shell/shell.ts";
import { h } from "../ui/dom.ts";
import { control } from "../ui/parts.ts";
import { toGcj02 } from "./datum.ts";
import { legend } from "./legend.ts";
import { mountTree } from "./tree.ts";

export function mountControls(shell: Shell, stage: HTMLElement): void {
  const { city, slots, t, keys } = shell;
  const view = city.map.getView();
  const zoom = (by: number) => {
    view.cancelAnimations();
    view.animate({ zoom: (view.getZoom() ?? 0) + by, duration: 120 });
  };
  slots.controls.append(
    control("plus", t.map.zoomIn, () => zoom(1), "+"),
    control("minus", t.map.zoomOut, () => zoom(-1), "-"),
    control("here", t.map.home, () => city.goHome(), "0"),
  );
  keys.add({ key: "+", does: t.map.zoomIn, run: () => zoom(1) });
  keys.add({ key: "-", does: t.map.zoomOut, run: () => zoom(-1) });
  keys.add({ key: "0", does: t.map.home, run: () => city.goHome() });
  const corner = h("div", { class: "corner" }, slots.controls);
  stage.append(corner, readout(shell));
  mountTree(shell, corner);
}

/** A map that is narrower has a short bar, so that the readout stays in one line. */
const NARROW_PX = 760;

/** Scale and where the pointer is, in the two datums that people paste, each with its name. */
function readout(shell: Shell): HTMLElement {
  const { city, t } = shell;
  const bar = h("i", {});
  const length = h("span", { class: "length" });
  const wgs = h("span", { class: "mono wgs" });
  const gcj = h("span", { class: "mono gcj" });
  const scale = () => {
    const resolution = city.map.getView().getResolution() ?? 1;
    const metres = resolution * Math.cos((city.centre().lat * Math.PI) / 180);
    const [width = 0] = city.map.getSize() ?? [];
    const [pixels, text] = round(metres, width < NARROW_PX ? 80 : 150, t.map);
    bar.style.width = `${pixels}px`;
    length.textContent = text;
  };
  const place = (lon: number, lat: number) => {
    const [east, north] = toGcj02(lon, lat);
    wgs.textContent = degrees(lon, lat);
    gcj.textContent = degrees(east, north);
  };
  const middle = () => {
    const { lon, lat } = city.centre();
    place(lon, lat);
    scale();
  };
  city.map.on("pointermove", (event) => {
    const [lon = 0, lat = 0] = toLonLat(event.coordinate);
    place(lon, lat);
  });
  const viewport = city.map.getViewport();
  viewport?.addEventListener("pointerleave", middle);
  city.map.on("moveend", middle);
  return h(
    "div",
    { class: "at foot-left" },
    legend(shell),
    h(
      "div",
      { class: "float scale" },
      bar,
      length,
      h("span", { class: "dim rule" }, "|"),
      wgs,
      h("span", { class: "dim" }, "WGS-84"),
      gcj,
      h("span", { class: "dim" }, "GCJ-02"),
    ),
  );
}

function degrees(lon: number, lat: number): string {
  return `${lon.toFixed(5)}, ${lat.toFixed(5)}`;
}

/** The longest round length of at most so many pixels. */
function round(
  metresPerPixel: number,
  mostPx: number,
  words: Shell["t"]["map"],
): [pixels: number, text: string] {
  const most = mostPx * metresPerPixel;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [5, 3, 2, 1].find((one) => one * power <= most) ?? 1;
  const metres = step * power;
  const text = metres >= 1000 ? words.kilometres(metres / 1000) : words.metres(metres);
  return [metres / metresPerPixel, text];
}
