/** Where something lies free of the card of a drag. */

import type { Point } from "../map/shapes.ts";

/** Left, top, right and bottom on the map, pixels. */
export type PixelBox = readonly [left: number, top: number, right: number, bottom: number];

const APART_PX = 8;

/** A place for a pin on a map that is so `tall`: as wanted, else under the card, else above it. */
export function clearOf(
  card: PixelBox | null,
  [x, y]: Point,
  [wide, high]: Point,
  tall: number,
): Point {
  if (!card) return [x, y];
  const [left, top, right, bottom] = card;
  const isFree = x + wide < left || x > right || y + high < top || y > bottom;
  if (isFree) return [x, y];
  const under = bottom + APART_PX;
  return [x, under + high <= tall ? under : top - APART_PX - high];
}
