/** What lies at a pixel: signs first, then areas, the ground grid last. */

import type { FeatureLike } from "ol/Feature.js";
import type OlMap from "ol/Map.js";
import type RenderFeature from "ol/render/Feature.js";
import { text } from "./style/paint.ts";

export interface Hit {
  layer: string;
  feature: FeatureLike;
}

const NOT_THINGS = new Set([
  "landcover",
  "grid_fill",
  "grids",
  "streets_over",
  "walls",
  "heat",
  "plan_grids",
  "tint",
]);

export function hitsAt(
  map: OlMap,
  pixel: number[],
  grids: readonly FeatureLike[],
  ground: string,
): Hit[] {
  const found: Hit[] = [];
  map.forEachFeatureAtPixel(
    pixel,
    (feature, layer) => void found.push({ layer: String(layer.get("name")), feature }),
    { hitTolerance: 4, layerFilter: isOfThings }, // looking into a layer costs, even in vain
  );
  const [x = 0, y = 0] = map.getCoordinateFromPixel(pixel) ?? [];
  const inside = grids.find(
    (grid) => text(grid, "level") === ground && holds(grid as RenderFeature, x, y),
  );
  if (inside) found.push({ layer: "grids", feature: inside });
  return found;
}

function isOfThings(layer: { get(name: string): unknown }): boolean {
  const name = layer.get("name");
  return typeof name === "string" && !NOT_THINGS.has(name);
}

/** Whether an area holds a point, by counting the edges to the east of it. */
function holds(area: RenderFeature, x: number, y: number): boolean {
  const [west = 0, south = 0, east = 0, north = 0] = area.getExtent();
  if (x < west || x > east || y < south || y > north) return false;
  const flat = area.getFlatCoordinates();
  let inside = false;
  let from = 0;
  for (const end of (area.getEnds() ?? []).flat()) {
    for (let at = from, before = end - 2; at < end; before = at, at += 2) {
      const [x0 = 0, y0 = 0] = [flat[before], flat[before + 1]];
      const [x1 = 0, y1 = 0] = [flat[at], flat[at + 1]];
      if (y0 > y !== y1 > y && x < ((x1 - x0) * (y - y0)) / (y1 - y0) + x0) inside = !inside;
    }
    from = end;
  }
  return inside;
}
