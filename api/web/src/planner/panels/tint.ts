/** Blocks tinted on the map of the plan: what moved, or what a proposal would move. */

import GeoJSON from "ol/format/GeoJSON.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { Fill, Stroke, Style } from "ol/style.js";
import type { Feature } from "../../api.ts";
import type { Box } from "../draft.ts";
import { boxOf } from "./box.ts";
import type { PlanDesk } from "./desk.ts";

/** Over the grids, under what is being drawn. */
const Z_INDEX = 40;

export interface Tint {
  /** Tint these blocks and no others. */
  show(codes: readonly string[]): void;
  /** Tint these areas and no others. */
  features(areas: readonly Feature[]): void;
}

export function makeTint(desk: PlanDesk): Tint {
  const { shell, draft } = desk;
  const source = new VectorSource();
  const layer = new VectorLayer({ source, zIndex: Z_INDEX, style: styleOf() });
  layer.set("name", "tint");
  shell.theme.on(() => layer.setStyle(styleOf()));
  shell.city.map.addLayer(layer);
  const format = new GeoJSON({ dataProjection: "EPSG:4326", featureProjection: "EPSG:3857" });
  let turn = 0;
  let wanted: ReadonlySet<string> = new Set();

  const draw = async () => {
    const mine = ++turn;
    if (wanted.size && ![...wanted].every((code) => draft.blocks.has(code))) {
      await draft.blocksIn(wholeBox(desk)).catch(desk.complain);
    }
    if (mine !== turn) return;
    source.clear();
    const found = [...wanted].flatMap((code) => draft.blocks.get(code) ?? []);
    source.addFeatures(format.readFeatures({ type: "FeatureCollection", features: found }));
  };
  return {
    show(codes) {
      wanted = new Set(codes);
      void draw();
    },
    features(areas) {
      turn += 1;
      wanted = new Set();
      source.clear();
      source.addFeatures(format.readFeatures({ type: "FeatureCollection", features: areas }));
    },
  };
}

/** The box of all grids of the plan that are known. */
function wholeBox({ draft }: PlanDesk): Box {
  const whole: Box = [180, 90, -180, -90];
  for (const grid of draft.grids.values()) {
    const box = boxOf(grid.geometry);
    if (!box) continue;
    whole[0] = Math.min(whole[0], box[0]);
    whole[1] = Math.min(whole[1], box[1]);
    whole[2] = Math.max(whole[2], box[2]);
    whole[3] = Math.max(whole[3], box[3]);
  }
  return whole;
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
