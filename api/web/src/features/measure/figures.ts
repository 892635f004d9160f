/** Lengths and areas on the ellipsoid's sphere, as people read them. */

import { LineString, Polygon } from "ol/geom.js";
import { getArea, getLength } from "ol/sphere.js";
import type { FeatureWords } from "../words/index.ts";

export type What = "line" | "area";

/** Metres along points of the map; closed for an area. */
export function lengthOf(points: readonly number[][], closed: boolean): number {
  const line = closed && points.length > 2 ? [...points, points[0] ?? []] : [...points];
  return line.length > 1 ? getLength(new LineString(line)) : 0;
}

/** Square metres within points of the map. */
export function areaOf(points: readonly number[][]): number {
  return points.length > 2 ? Math.abs(getArea(new Polygon([[...points, points[0] ?? []]]))) : 0;
}

export function lengthText(words: FeatureWords["measure"], metres: number): string {
  if (metres < 1000) return words.metres(metres.toFixed(metres < 100 ? 1 : 0));
  return words.kilometres(grouped(metres / 1000, 2));
}

export function areaText(words: FeatureWords["measure"], metres2: number): string {
  if (metres2 < 10_000) return words.squareMetres(grouped(metres2, 0));
  if (metres2 < 1_000_000) return words.hectares(grouped(metres2 / 10_000, 2));
  return words.squareKilometres(grouped(metres2 / 1_000_000, 2));
}

function grouped(value: number, digits: number): string {
  return value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

export function resultText(words: FeatureWords["measure"], what: What, points: number[][]): string {
  const metres = lengthOf(points, what === "area");
  if (what === "line") return lengthText(words, metres);
  return `${areaText(words, areaOf(points))} · ${words.around(lengthText(words, metres))}`;
}
