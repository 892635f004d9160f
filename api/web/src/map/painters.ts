/** Which style draws which layer of the map. */

import type { Balance } from "./balance.ts";
import * as base from "./style/base.ts";
import * as grids from "./style/grids.ts";
import type { Painter, Scene } from "./style/paint.ts";
import * as things from "./style/things.ts";

/** Layers that draw the tiles of another one in a second way. */
const SECOND: Record<string, string> = {
  water: "landcover",
  grid_fill: "grids",
  streets_over: "streets",
};

/** The tile layer that a layer of the map is drawn from. */
export function tilesFor(name: string): string {
  return SECOND[name] ?? name;
}

export interface Look {
  scene: Scene;
  levels: grids.Levels;
  balance: Balance | null;
  /** Only the borders of wide grids: the heat below them is what counts. */
  quiet: boolean;
  /** The current ground grids that a plan is drawn in the place of; null without a plan. */
  planned: ((code: string) => boolean) | null;
}

const PAINTERS: Record<string, (look: Look) => Painter> = {
  landcover: ({ scene }) => base.green(scene),
  water: ({ scene }) => base.water(scene),
  streets: ({ scene }) => base.streets(scene),
  streets_over: ({ scene }) => base.streetsOver(scene),
  buildings: ({ scene, balance, planned }) =>
    base.buildings(scene, planned !== null || balance !== null),
  walls: ({ scene }) => base.walls(scene),
  grid_fill: ({ scene, levels, balance }) =>
    grids.fills(levels, (grid) => balance?.colour(grid, scene) ?? null),
  grids: ({ scene, levels, quiet, planned }) =>
    planned ? grids.before(scene, levels, planned) : grids.borders(scene, levels, quiet),
  facilities: ({ scene }) => things.facilities(scene),
  cameras: ({ scene }) => things.cameras(scene),
  views: ({ scene }) => things.views(scene),
  special: ({ scene }) => grids.special(scene),
  places: ({ scene }) => things.places(scene),
  incidents: ({ scene }) => things.incidents(scene, Date.now),
};

/** The style of a layer; layers that are only read for their names draw nothing. */
export function painterOf(name: string, look: Look): Painter {
  return PAINTERS[name]?.(look) ?? (() => undefined);
}
