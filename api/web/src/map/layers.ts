/** What can be switched on the map, what draws it, and in which order. */

import type { PageName } from "../shell/shell.ts";

/** Names that the layer tree, the address and the words share. */
export const SWITCHES = [
  "heat",
  "grids",
  "incidents",
  "facilities",
  "cameras",
  "views",
  "places",
  "special",
  "buildings",
  "walls",
] as const;
export type Switch = (typeof SWITCHES)[number];

/** Tile layers that each switch shows; the base map (streets, water and green) is always there. */
export const TILES: Record<Switch, readonly string[]> = {
  heat: [],
  grids: ["grids", "grid_labels"],
  incidents: ["incidents"],
  facilities: ["facilities"],
  cameras: ["cameras"],
  views: ["views"],
  places: ["places"],
  special: ["special"],
  buildings: ["buildings"],
  walls: ["walls"],
};

export const BASE: readonly string[] = ["landcover", "streets"];

/** Drawn from below; streets cut the fill of grids, borders lie over streets. */
export const ORDER: readonly string[] = [
  "landcover",
  "grid_fill",
  "water",
  "buildings",
  "walls",
  "streets",
  "heat",
  "streets_over",
  "special",
  "grids",
  "grid_labels",
  "views",
  "facilities",
  "places",
  "cameras",
  "incidents",
];

/** What each role's page shows before anybody switches anything. */
export const AT_FIRST: Record<PageName, readonly Switch[]> = {
  planner: ["grids", "buildings"],
  dispatch: ["grids", "incidents", "cameras", "views", "buildings"],
  overview: ["heat", "grids"],
};
