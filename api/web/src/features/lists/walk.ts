/** Tab walks the things of the top layer inside the map; after the last one it leaves the map. */

import { containsXY, getCenter, getIntersection } from "ol/extent.js";
import type { FeatureLike } from "ol/Feature.js";
import Feature from "ol/Feature.js";
import { Point } from "ol/geom.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { Circle, Stroke, Style } from "ol/style.js";
import { THEMES } from "../../palette.ts";
import type { Shell } from "../../shell/shell.ts";
import { h } from "../../ui/dom.ts";
import { TOOL } from "../tool.ts";
import { featureWords } from "../words/index.ts";

const TOP_FIRST = ["incidents", "cameras", "places", "facilities", "buildings", "grids"];
const SHORTEST_NAME = 1;

interface Stop {
  layer: string;
  code: string;
  name: string;
  at: number[];
}

export function mount(shell: Shell): void {
  const { city, theme } = shell;
  const target = city.map.getTargetElement();
  if (!target) return;
  const words = featureWords().lists;
  const source = new VectorSource();
  const layer = new VectorLayer({ source, zIndex: 120, style: () => ring(shell) });
  city.map.addLayer(layer);
  theme.on(() => layer.changed());
  const told = h("div", { class: "at tip walk", role: "status", hidden: true });
  target.parentElement?.append(told);
  const described = h("p", { id: "map-walk", class: "visually-hidden" }, words.walk);
  target.parentElement?.append(described);
  target.setAttribute("aria-describedby", described.id);
  let stops: Stop[] = [];
  let now = -1;
  const leave = () => {
    stops = [];
    now = -1;
    source.clear();
    told.hidden = true;
  };
  const stand = (at: number) => {
    const stop = stops[at];
    if (!stop) return;
    now = at;
    source.clear();
    source.addFeature(new Feature(new Point(stop.at)));
    const [x = 0, y = 0] = city.map.getPixelFromCoordinate(stop.at) ?? [];
    told.style.left = `${x + 16}px`;
    told.style.top = `${y + 12}px`;
    told.textContent = words.walking(at + 1, stops.length, stop.name);
    told.hidden = false;
  };
  target.addEventListener("keydown", (event) => {
    if (event.target !== target || city.map.get(TOOL)) return;
    if (event.key === "Tab") {
      if (now < 0) stops = stopsOf(shell);
      const next = now < 0 ? (event.shiftKey ? -1 : 0) : now + (event.shiftKey ? -1 : 1);
      if (!stops[next]) {
        leave();
        return; // the browser goes on to what comes after the map
      }
      event.preventDefault();
      stand(next);
    } else if (event.key === "Enter" && stops[now]) {
      event.preventDefault();
      event.stopPropagation();
      const { layer: name, code } = stops[now] as Stop;
      shell.selection.set({ layer: name, code });
    } else if (event.key === "Escape" && now >= 0) {
      event.stopPropagation();
      leave();
    }
  });
  target.addEventListener("blur", leave);
  city.map.on("movestart", leave);
}

function stopsOf({ city }: Shell): Stop[] {
  const extent = city.map.getView().calculateExtent(city.map.getSize() ?? [0, 0]);
  for (const layer of TOP_FIRST) {
    const found = new Map<string, Stop>();
    for (const feature of city.inView(layer)) {
      const stop = stopOf(layer, feature, extent, city.city.ground);
      if (stop && !found.has(stop.code)) found.set(stop.code, stop);
    }
    if (found.size) return [...found.values()].sort(inReadingOrder);
  }
  return [];
}

function stopOf(
  layer: string,
  feature: FeatureLike,
  extent: number[],
  ground: string,
): Stop | null {
  const code: unknown = feature.get("code");
  if (typeof code !== "string" || !code) return null; // a cluster is no thing
  if (layer === "grids" && feature.get("level") !== ground) return null;
  const box = feature.getGeometry()?.getExtent();
  if (!box) return null;
  const [x = 0, y = 0] = getCenter(getIntersection(box, extent));
  if (!containsXY(extent, x, y)) return null;
  const name: unknown = feature.get("name");
  const title = typeof name === "string" && name.length >= SHORTEST_NAME ? name.slice(0, 80) : code;
  return { layer, code, name: title, at: [x, y] };
}

/** From the north down, in each row from the west. */
function inReadingOrder(one: Stop, other: Stop): number {
  return (other.at[1] ?? 0) - (one.at[1] ?? 0) || (one.at[0] ?? 0) - (other.at[0] ?? 0);
}

function ring({ theme }: Shell): Style[] {
  const { page } = THEMES[theme.get()];
  const circle = (radius: number, color: string, width: number) =>
    new Style({ image: new Circle({ radius, stroke: new Stroke({ color, width }) }) });
  return [circle(15, page.surface, 6), circle(15, page.accent, 3)];
}
