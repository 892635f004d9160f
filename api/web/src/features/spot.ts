/** A place that somebody typed: coordinates or a cell, drawn as a pin and kept in the address. */

import Feature from "ol/Feature.js";
import { fromExtent } from "ol/geom/Polygon.js";
import { Point } from "ol/geom.js";
import VectorLayer from "ol/layer/Vector.js";
import { fromLonLat, transformExtent } from "ol/proj.js";
import VectorSource from "ol/source/Vector.js";
import { Circle, Fill, Stroke, Style } from "ol/style.js";
import { THEMES } from "../palette.ts";
import type { Shell } from "../shell/shell.ts";

export interface Spot {
  lon: number;
  lat: number;
  /** What was typed and how it was read; empty for one that a link brought. */
  title: string;
  note: string;
  bbox: [number, number, number, number] | null;
}

export interface Spots {
  get(): Spot | null;
  set(spot: Spot | null): void;
  on(listener: (spot: Spot | null) => void): void;
}

const NAME = "pin";
const made = new WeakMap<Shell, Spots>();

/** The one spot of a page. */
export function spotsOf(shell: Shell): Spots {
  let spots = made.get(shell);
  if (!spots) {
    spots = make(shell);
    made.set(shell, spots);
  }
  return spots;
}

function make(shell: Shell): Spots {
  const { city, address, selection, theme } = shell;
  const source = new VectorSource();
  const layer = new VectorLayer({ source, zIndex: 101, style: () => pin(shell) });
  city.map.addLayer(layer);
  theme.on(() => layer.changed());
  const listeners: ((spot: Spot | null) => void)[] = [];
  let now = fromAddress(address.get(NAME));
  const show = () => {
    source.clear();
    if (now) source.addFeatures(drawn(now));
    for (const listener of listeners) listener(now);
  };
  const set = (spot: Spot | null) => {
    now = spot;
    address.set(NAME, spot ? `${spot.lon.toFixed(6)},${spot.lat.toFixed(6)}` : null);
    if (spot) selection.set(null);
    show();
  };
  selection.on((selected) => {
    if (selected && now) set(null);
  });
  addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input, select, dialog");
    if (event.key === "Escape" && now && !typing) set(null);
  });
  show();
  return { get: () => now, set, on: (listener) => listeners.push(listener) };
}

function fromAddress(text: string | null): Spot | null {
  const [lon = Number.NaN, lat = Number.NaN] = (text ?? "").split(",").map(Number);
  if (!(Math.abs(lon) <= 180 && Math.abs(lat) <= 85) || !text) return null;
  return { lon, lat, title: "", note: "", bbox: null };
}

function drawn(spot: Spot): Feature[] {
  const point = new Feature(new Point(fromLonLat([spot.lon, spot.lat])));
  if (!spot.bbox) return [point];
  return [new Feature(fromExtent(transformExtent(spot.bbox, "EPSG:4326", "EPSG:3857"))), point];
}

function pin({ theme }: Shell): Style[] {
  const { page } = THEMES[theme.get()];
  const disc = (radius: number, fill: string) =>
    new Style({ image: new Circle({ radius, fill: new Fill({ color: fill }) }) });
  const edge = new Style({
    stroke: new Stroke({ color: page.accent, width: 2, lineDash: [6, 4] }),
  });
  return [edge, disc(10, page.surface), disc(8, page.accent), disc(3, page.surface)];
}
