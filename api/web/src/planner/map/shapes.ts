/** Grids and blocks as polygons of the map: Web Mercator, and back to degrees. */

import { fromLonLat, toLonLat } from "ol/proj.js";
import type { Feature } from "../../api.ts";
import type { LonLat } from "../told.ts";

export type Point = [x: number, y: number];
export type Ring = Point[];
/** Polygons, each with its outline first. */
export type Shape = Ring[][];

const kept = new WeakMap<object, Shape>();

/** The ground of a grid or block in map coordinates; kept as long as the feature is. */
export function shapeOf(feature: Feature<unknown>): Shape {
  const { geometry } = feature;
  if (!geometry) return [];
  let shape = kept.get(geometry);
  if (!shape) {
    const given = geometry.coordinates as LonLat[][] | LonLat[][][];
    const polygons = (geometry.type === "Polygon" ? [given] : given) as LonLat[][][];
    shape = polygons.map((rings) => rings.map((ring) => ring.map((at) => fromLonLat(at) as Point)));
    kept.set(geometry, shape);
  }
  return shape;
}

export function toDegrees(point: Point): LonLat {
  const [lon = 0, lat = 0] = toLonLat(point);
  return [lon, lat];
}

export function boxOf(shape: Shape): [number, number, number, number] {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [outline = []] of shape) {
    for (const [x, y] of outline) {
      west = Math.min(west, x);
      south = Math.min(south, y);
      east = Math.max(east, x);
      north = Math.max(north, y);
    }
  }
  return [west, south, east, north];
}

/** Whether a point is inside, by counting the edges to the east of it. */
export function holds(shape: Shape, [x, y]: Point): boolean {
  let inside = false;
  for (const rings of shape) {
    for (const ring of rings) {
      for (let at = 1; at < ring.length; at++) {
        const [x0, y0] = ring[at - 1] as Point;
        const [x1, y1] = ring[at] as Point;
        if (y0 > y !== y1 > y && x < ((x1 - x0) * (y - y0)) / (y1 - y0) + x0) inside = !inside;
      }
    }
  }
  return inside;
}

export function distance(one: Point, other: Point): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1]);
}

/** The nearest point of a straight piece, and how far along it is, 0 to 1. */
export function nearestOn(point: Point, from: Point, to: Point): { at: Point; share: number } {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = dx * dx + dy * dy;
  const raw = length ? ((point[0] - from[0]) * dx + (point[1] - from[1]) * dy) / length : 0;
  const share = Math.max(0, Math.min(1, raw));
  return { at: [from[0] + share * dx, from[1] + share * dy], share };
}
