/** The names of grids on the map, each with how far its work is off the mean. */

import type Feature from "ol/Feature.js";
import type { MultiPolygon } from "ol/geom.js";
import { signed } from "../../map/balance.ts";
import type { View } from "../../map/labels/gather.ts";
import type { AtPoint } from "../../map/labels/layout.ts";
import { shortCode } from "../codes.ts";
import type { Draft } from "../draft.ts";
import type { Work } from "../work.ts";

/** A grid that is less wide has no name. */
const ROOM_PX = 26;

const middles = new WeakMap<object, [x: number, y: number, across: number]>();

/** The point of a grid with the most room to the west and east. */
function middleOf(feature: Feature<MultiPolygon>): [number, number, number] {
  const geometry = feature.getGeometry();
  if (!geometry) return [0, 0, 0];
  let found = middles.get(geometry);
  if (!found) {
    const flat = geometry.getInteriorPoints().getFlatCoordinates();
    found = [0, 0, 0];
    for (let at = 0; at + 2 < flat.length; at += 3) {
      const [x = 0, y = 0, across = 0] = flat.slice(at, at + 3);
      if (across > found[2]) found = [x, y, across];
    }
    middles.set(geometry, found);
  }
  return found;
}

export function namesOf(
  draft: Draft,
  work: Work,
  view: View,
  features: readonly Feature<MultiPolygon>[],
): AtPoint[] {
  const chosen = new Set(draft.picked.get().grids);
  const found: AtPoint[] = [];
  for (const feature of features) {
    const [west = 0, , east = 0] = feature.getGeometry()?.getExtent() ?? [];
    if ((east - west) / view.resolution < ROOM_PX) continue; // its middle is not worth looking for
    const grid = draft.grids.get(String(feature.getId()));
    if (!grid) continue;
    const [mx, my, across] = middleOf(feature);
    const room = across / view.resolution;
    if (room < ROOM_PX) continue;
    const [x, y] = view.pixel(mx, my);
    const isChosen = chosen.has(grid.id);
    const share = work.deviation(grid);
    const name = shortCode(grid.id, draft.plan.area_code);
    const lines: AtPoint["lines"] = [
      { text: name, size: isChosen ? 15 : 12, bold: true, tone: "ink" },
    ];
    if (share !== null)
      lines.push({ text: signed(share), size: isChosen ? 13 : 12, bold: false, tone: "ink2" });
    found.push({ x, y, room: room / 2, lines });
  }
  return found;
}
