/** Streets and other things of the city's tiles, found at a place of the map. */

import type { FeatureLike } from "ol/Feature.js";
import type RenderFeature from "ol/render/Feature.js";
import type { CityMap } from "../../map/city-map.ts";
import { text } from "../../map/style/paint.ts";
import { distance, nearestOn, type Point } from "./shapes.ts";

/** Name of the street that runs within a distance; null when none does or it has no name. */
export function streetNear(city: CityMap, at: Point, within: number): string | null {
  const found = nearestStreet(city, at, within);
  return found ? text(found, "name") || null : null;
}

export function nearestStreet(city: CityMap, at: Point, within: number): FeatureLike | null {
  let best: FeatureLike | null = null;
  let least = within;
  for (const street of city.inView("streets")) {
    const extent = street.getGeometry()?.getExtent();
    if (!extent) continue;
    const [west = 0, south = 0, east = 0, north = 0] = extent;
    const [x, y] = at;
    if (x < west - least || x > east + least || y < south - least || y > north + least) continue;
    const far = farFrom(street as RenderFeature, at, least);
    if (far < least) [best, least] = [street, far];
  }
  return best;
}

function farFrom(street: RenderFeature, at: Point, most: number): number {
  const flat = street.getFlatCoordinates();
  const ends = (street.getEnds() ?? []) as number[];
  let least = most;
  let from = 0;
  for (const end of ends.length ? ends : [flat.length]) {
    for (let next = from + 2; next < end; next += 2) {
      const one: Point = [flat[next - 2] ?? 0, flat[next - 1] ?? 0];
      const other: Point = [flat[next] ?? 0, flat[next + 1] ?? 0];
      least = Math.min(least, distance(nearestOn(at, one, other).at, at));
    }
    from = end;
  }
  return least;
}

/** The thing of a layer of tiles whose ground holds a place; of several the smallest. */
export function areaAt(
  features: readonly FeatureLike[],
  at: Point,
  is: (feature: FeatureLike) => boolean,
): RenderFeature | null {
  let best: RenderFeature | null = null;
  let least = Infinity;
  for (const one of features) {
    if (!is(one)) continue;
    const area = one as RenderFeature;
    const [west = 0, south = 0, east = 0, north = 0] = area.getExtent();
    const size = (east - west) * (north - south);
    if (size < least && ringsOf(area).some((rings) => inRings(rings, at)))
      [best, least] = [area, size];
  }
  return best;
}

/** Rings of an area of the tiles, which may be cut at the border of a tile. */
export function ringsOf(area: RenderFeature): Point[][][] {
  const flat = area.getFlatCoordinates();
  const rings: Point[][] = [];
  let from = 0;
  for (const end of (area.getEnds() ?? []).flat()) {
    const ring: Point[] = [];
    for (let at = from; at < end; at += 2) ring.push([flat[at] ?? 0, flat[at + 1] ?? 0]);
    rings.push(ring);
    from = end;
  }
  return [rings];
}

function inRings(rings: readonly Point[][], [x, y]: Point): boolean {
  let inside = false;
  for (const ring of rings) {
    ring.forEach(([x1, y1], at) => {
      const [x0, y0] = ring[(at || ring.length) - 1] as Point;
      if (y0 > y !== y1 > y && x < ((x1 - x0) * (y - y0)) / (y1 - y0) + x0) inside = !inside;
    });
  }
  return inside;
}
