/** While a tool works on the map, a click is its own and selects nothing. */

export const TOOL = "gis-grid.tool";
