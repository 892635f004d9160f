/** Grids: fills for the planner, borders by level for everybody. */

import type { FeatureLike } from "ol/Feature.js";
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

export function fills(levels: Levels, colourOf: Fills): Painter {
  const style = kept((colour) => filled(faded(colour, FILL_OPACITY)));
  return (feature) => {
    if (text(feature, "level") !== levels.ground) return undefined;
    const colour = colourOf(feature);
    return colour ? style(colour) : undefined;
  };
}

/** White casing with a line on it; wider levels have wider, dashed lines, drawn last. */
export function borders({ colours, dark }: Scene, levels: Levels, quiet: boolean): Painter {
  const casing = dark ? "rgba(13,17,22,.75)" : "rgba(255,255,255,.85)";
  const style = kept((level) => {
    const up = levels.all.indexOf(levels.ground) - levels.all.indexOf(level);
    if (quiet && up < 2) return [];
    if (up <= 0) {
      return [stroked(casing, 3.4, 0), stroked(colours.map["grid-line"], dark ? 0.9 : 1.1, 1)];
    }
    const width = up === 1 ? 1.3 : 1.7;
    const dash = up === 1 ? [6, 4] : [8, 3, 1.5, 3];
    return [
      stroked(casing, 3.4 + up * 0.4, up * 2),
      stroked(up === 1 ? colours.map["grid-line"] : colours.map.border, width, up * 2 + 1, dash),
    ];
  });
  return (feature) => {
    const level = text(feature, "level");
    return levels.all.includes(level) ? style(level) : undefined;
  };
}
