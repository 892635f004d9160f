/** Blocks tinted on the map of the plan: what moved, or what a proposal would move. */

import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { Fill, Stroke, Style } from "ol/style.js";
import type { Feature } from "../../api.ts";
import { drawable } from "../../map/geojson.ts";
import type { PlanDesk } from "./desk.ts";

/** Over the grids, under what is being drawn. */
const Z_INDEX = 40;

export interface Tint {
  /** Tint these areas and no others. */
  show(areas: readonly Feature[]): void;
}

export function makeTint({ shell }: PlanDesk): Tint {
  const source = new VectorSource();
  const layer = new VectorLayer({ source, zIndex: Z_INDEX, style: styleOf() });
  layer.set("name", "tint");
  shell.theme.on(() => layer.setStyle(styleOf()));
  shell.city.map.addLayer(layer);
  return {
    show(areas) {
      source.clear();
      source.addFeatures(drawable(areas));
    },
  };
}

function styleOf(): Style {
  const accent = getComputedStyle(document.body).getPropertyValue("--accent").trim();
  return new Style({
    fill: new Fill({ color: hatch(accent) }),
    stroke: new Stroke({ color: accent, width: 1 }),
  });
}

/** Slanted lines, as in print: a tint that is told from the fill of the grids in every vision. */
function hatch(colour: string): CanvasPattern | string {
  const size = 8;
  const tile = document.createElement("canvas");
  tile.width = size;
  tile.height = size;
  const ctx = tile.getContext("2d");
  if (!ctx) return colour;
  ctx.strokeStyle = colour;
  ctx.globalAlpha = 0.6;
  ctx.lineWidth = 2;
  for (const shift of [-size, 0, size]) {
    ctx.moveTo(shift, size);
    ctx.lineTo(shift + size, 0);
  }
  ctx.stroke();
  return ctx.createPattern(tile, "repeat") ?? colour;
}
