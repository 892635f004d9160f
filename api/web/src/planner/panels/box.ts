/** The box of degrees around a GeoJSON geometry. */

import type { Bounds } from "../../map/view.ts";

export function boxOf(geometry: { coordinates: unknown } | null): Bounds | null {
  const box: Bounds = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    const [lon, lat] = part;
    if (typeof lon !== "number" || typeof lat !== "number") {
      part.forEach(walk);
      return;
    }
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  };
  walk(geometry?.coordinates);
  return Number.isFinite(box[0]) ? box : null;
}
