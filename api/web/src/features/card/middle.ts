/** Where to look for a feature: its point, or the box around it. */

import type { Feature } from "../../api.ts";
import type { Bounds, Place } from "../../map/view.ts";

export function middleOf(feature: Feature): Place | Bounds | null {
  const flat = numbers(feature.geometry?.coordinates);
  const lons = flat.filter((_, at) => at % 2 === 0);
  const lats = flat.filter((_, at) => at % 2 === 1);
  const [lon, lat] = flat;
  if (lon === undefined || lat === undefined) return null;
  if (flat.length === 2) return { lon, lat, zoom: 18 };
  return [least(lons), least(lats), most(lons), most(lats)];
}

function numbers(coordinates: unknown): number[] {
  if (!Array.isArray(coordinates)) return [];
  if (typeof coordinates[0] === "number") return coordinates.slice(0, 2);
  return coordinates.flatMap(numbers);
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b));
}

function most(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b));
}
