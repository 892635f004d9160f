/** Grids: fills for the planner, borders by level for everybody. */

import type { FeatureLike } from "ol/Feature.js";
import { Fill, Stroke, Style } from "ol/style.js";
import { faded, filled, kept, type Painter, type Scene, stroked, text } from "./paint.ts";

/** Which levels are drawn: those whose grids tile the ground. */
export interface Levels {
  /** Keys from the city down to the ground. */
  readonly all: readonly string[];
  readonly ground: string;
}

/** Colour of a grid, or null for none; the legend tells what it means. */
export type Fills = (grid: FeatureLike) => string | null;

export const FILL_OPACITY = 0.62;
/** Size of a grid on the screen, pixels: below it no border is drawn, below the other a thin one. */
const UNSEEN_PX = 8;
const THIN_PX = 36;

export function fills(levels: Levels, colourOf: Fills): Painter {
  const style = kept((colour) => filled(faded(colour, FILL_OPACITY)));
  return (feature) => {
    if (text(feature, "level") !== levels.ground) return undefined;
    const colour = colourOf(feature);
    return colour ? style(colour) : undefined;
  };
}

/**
 * White casing with a line on it; wider levels have wider, dashed lines, drawn last.
 *
 * Grids that are small on the screen have a thin line only: thirteen thousand casings at once would
 * hide the map and take a weak PC seconds.
 */
export function borders(scene: Scene, levels: Levels, quiet: boolean): Painter {
  const full = kept((up) => bordered(scene, Number(up)));
  const thin = kept((up) => hairline(scene, Number(up)));
  const depth = levels.all.indexOf(levels.ground);
  return (feature, resolution) => {
    const at = levels.all.indexOf(text(feature, "level"));
    const up = depth - at;
    if (at < 0 || (quiet && up < 2)) return undefined;
    const [west = 0, south = 0, east = 0, north = 0] = feature.getGeometry()?.getExtent() ?? [];
    const size = Math.max(east - west, north - south) / resolution;
    if (size < UNSEEN_PX) return undefined;
    return size < THIN_PX ? thin(String(up)) : full(String(up));
  };
}

/** The current borders under those of a plan: they show where the plan has moved its own away. */
export function before(scene: Scene, levels: Levels, planned: (code: string) => boolean): Painter {
  const casing = scene.dark ? "rgba(13,17,22,.75)" : "rgba(255,255,255,.85)";
  const dashed = [stroked(casing, 4.5, 0), stroked(scene.colours.page.ink, 2, 1, [6, 5])];
  const others = hairline(scene, 0);
  return (feature, resolution) => {
    if (text(feature, "level") !== levels.ground) return undefined;
    const [west = 0, south = 0, east = 0, north = 0] = feature.getGeometry()?.getExtent() ?? [];
    const size = Math.max(east - west, north - south) / resolution;
    if (size < UNSEEN_PX) return undefined;
    return size < THIN_PX || !planned(text(feature, "code")) ? others : dashed;
  };
}

const HATCH_PX = 8;

/** Special grids lie over the others: hatched, so that what is below stays readable. */
export function special({ colours, dark }: Scene): Painter {
  const hatch = document.createElement("canvas");
  hatch.width = hatch.height = HATCH_PX;
  const pen = hatch.getContext("2d");
  let fill: CanvasPattern | string = faded(colours.page.ink2, 0.08);
  if (pen) {
    pen.strokeStyle = faded(colours.page.ink2, dark ? 0.42 : 0.34);
    pen.lineWidth = 1;
    pen.beginPath();
    for (const at of [-HATCH_PX, 0, HATCH_PX]) {
      pen.moveTo(at, HATCH_PX);
      pen.lineTo(at + HATCH_PX, 0);
    }
    pen.stroke();
    fill = pen.createPattern(hatch, "repeat") ?? fill;
  }
  const casing = dark ? "rgba(13,17,22,.75)" : "rgba(255,255,255,.85)";
  const area = new Style({ fill: new Fill({ color: fill }) });
  return () => [area, stroked(casing, 4, 1), stroked(colours.page.ink2, 1.8, 2, [10, 3])];
}

function bordered({ colours, dark }: Scene, up: number): Style[] {
  const casing = dark ? "rgba(13,17,22,.75)" : "rgba(255,255,255,.85)";
  const line = colours.map["grid-line"];
  if (up <= 0) return [stroked(casing, 3.4, 0), stroked(line, dark ? 0.9 : 1.1, 1)];
  const colour = up === 1 ? line : colours.map.border;
  const dash = up === 1 ? [6, 4] : [8, 3, 1.5, 3];
  return [
    stroked(casing, 3.4 + up * 0.4, up * 2),
    stroked(colour, up === 1 ? 1.3 : 1.7, up * 2 + 1, dash),
  ];
}

function hairline({ colours }: Scene, up: number): Style[] {
  const colour = faded(colours.map["grid-line"], up > 0 ? 0.8 : 0.45);
  const stroke = new Stroke({ color: colour, width: up > 0 ? 1 : 0.6, lineJoin: "bevel" });
  return [new Style({ stroke, zIndex: up * 2 })];
}
