/** The lines that a border may follow: edges of blocks, that is streets, walls, water, old borders. */

import { distance, nearestOn, type Point, type Shape } from "./shapes.ts";

export interface Snap {
  at: Point;
  /** Corners that it lies between, or the one corner that it is. */
  ends: readonly number[];
}

export interface Network {
  /** The corner within a distance, else the place on a line; null when nothing is near. */
  snap(point: Point, within: number): Snap | null;
  /**
   * The shortest way along lines from a snapped place to one of some corners; corners that are
   * `shut` are not passed. Ways through `used` pieces cost more.
   */
  way(from: Snap, goals: ReadonlySet<number>, shut: ReadonlySet<number>): Way | null;
  /** Number of a corner; undefined when no line has it. */
  corner(point: Point): number | undefined;
}

export interface Way {
  points: Point[];
  corners: number[];
  length: number;
}

export const EMPTY: Network = { snap: () => null, way: () => null, corner: () => undefined };

export function networkOf(shapes: Iterable<Shape>): Network {
  const corners: Point[] = [];
  const numbers = new Map<string, number>();
  const links: Map<number, number>[] = [];
  const pieces: [number, number][] = [];
  const numberOf = (point: Point) => {
    const key = `${point[0]} ${point[1]}`;
    let found = numbers.get(key);
    if (found === undefined) {
      found = corners.push(point) - 1;
      numbers.set(key, found);
      links.push(new Map());
    }
    return found;
  };
  for (const shape of shapes) {
    for (const ring of shape.flat()) {
      for (let at = 1; at < ring.length; at++) {
        const [a, b] = [numberOf(ring[at - 1] as Point), numberOf(ring[at] as Point)];
        if (a === b || links[a]?.has(b)) continue;
        const length = distance(corners[a] as Point, corners[b] as Point);
        links[a]?.set(b, length);
        links[b]?.set(a, length);
        pieces.push([a, b]);
      }
    }
  }

  return {
    corner: (point) => numbers.get(`${point[0]} ${point[1]}`),
    snap: (point, within) => snapTo(corners, pieces, point, within),
    way(from, goals, shut) {
      const far = new Map<number, number>();
      const before = new Map<number, number>();
      const open = new Set<number>();
      for (const end of from.ends) {
        if (shut.has(end)) continue;
        far.set(end, distance(from.at, corners[end] as Point));
        open.add(end);
      }
      while (open.size) {
        let [now, least] = [-1, Infinity];
        for (const one of open) {
          const length = far.get(one) ?? Infinity;
          if (length < least) [now, least] = [one, length];
        }
        open.delete(now);
        if (goals.has(now)) return backTrack(now, least, before, corners, from.at);
        for (const [next, length] of links[now] ?? []) {
          if (shut.has(next) || least + length >= (far.get(next) ?? Infinity)) continue;
          far.set(next, least + length);
          before.set(next, now);
          open.add(next);
        }
      }
      return null;
    },
  };
}

function backTrack(
  goal: number,
  length: number,
  before: ReadonlyMap<number, number>,
  corners: readonly Point[],
  start: Point,
): Way {
  const found: number[] = [];
  for (let at: number | undefined = goal; at !== undefined; at = before.get(at)) found.push(at);
  found.reverse();
  return { corners: found, points: [start, ...found.map((one) => corners[one] as Point)], length };
}

function snapTo(
  corners: readonly Point[],
  pieces: readonly [number, number][],
  point: Point,
  within: number,
): Snap | null {
  let best: Snap | null = null;
  let least = within;
  corners.forEach((corner, number) => {
    const far = distance(corner, point);
    if (far <= least) [best, least] = [{ at: corner, ends: [number] }, far];
  });
  if (best) return best;
  for (const [a, b] of pieces) {
    const { at } = nearestOn(point, corners[a] as Point, corners[b] as Point);
    const far = distance(at, point);
    if (far <= least) [best, least] = [{ at, ends: [a, b] }, far];
  }
  return best;
}
