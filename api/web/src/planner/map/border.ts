/** The border that two grids share: found at a place, and as lines from end to end. */

import type { Grid } from "../told.ts";
import { distance, nearestOn, type Point, type Shape, shapeOf } from "./shapes.ts";

export interface Border {
  one: Grid;
  other: Grid;
  /** From end to end; a closed one ends where it begins. */
  line: Point[];
}

export interface Hit {
  border: Border;
  at: Point;
  /** The piece of the line that was hit: from this corner to the next. */
  piece: number;
}

/** The shared border that is nearest to a place, among some grids; null when none is `within`. */
export function borderAt(grids: readonly Grid[], at: Point, within: number): Hit | null {
  const owners = new Map<string, Grid>();
  let best: { far: number; one: Grid; other: Grid } | null = null;
  for (const grid of grids) {
    for (const [from, to] of pieces(shapeOf(grid))) {
      if (outside(from, to, at, within)) continue;
      const far = distance(nearestOn(at, from, to).at, at);
      if (far > within) continue;
      const key = keyOf(from, to);
      const other = owners.get(key);
      if (!other) owners.set(key, grid);
      else if (other !== grid && far < (best?.far ?? Infinity))
        best = { far, one: other, other: grid };
    }
  }
  return best ? hitOn(best.one, best.other, at) : null;
}

/** The border of two grids, and where on it a place is nearest; null when they share none. */
export function hitOn(one: Grid, other: Grid, at: Point): Hit | null {
  let best: (Hit & { far: number }) | null = null;
  for (const line of shared(shapeOf(one), shapeOf(other))) {
    for (let piece = 0; piece + 1 < line.length; piece++) {
      const spot = nearestOn(at, line[piece] as Point, line[piece + 1] as Point).at;
      const far = distance(spot, at);
      if (far < (best?.far ?? Infinity))
        best = { far, at: spot, piece, border: { one, other, line } };
    }
  }
  return best;
}

/** The middle corner of the border that has the most corners; null when they share none. */
export function middleOf(one: Grid, other: Grid): Hit | null {
  const [line] = shared(shapeOf(one), shapeOf(other)).sort((x, y) => y.length - x.length);
  const middle = line?.[Math.floor(line.length / 2)];
  return middle ? hitOn(one, other, middle) : null;
}

/** Lines that two shapes have in common, each as long as it goes. */
export function shared(one: Shape, other: Shape): Point[][] {
  const theirs = new Set([...pieces(other)].map(([from, to]) => keyOf(from, to)));
  const lines: Point[][] = [];
  for (const ring of one.flat()) {
    let line: Point[] | null = null;
    const first = lines.length;
    for (let at = 1; at < ring.length; at++) {
      const [from, to] = [ring[at - 1] as Point, ring[at] as Point];
      if (!theirs.has(keyOf(from, to))) line = null;
      else if (line) line.push(to);
      else {
        line = [from, to];
        lines.push(line);
      }
    }
    joinEnds(lines, first);
  }
  return lines;
}

/** A line that runs over the first corner of a ring was found in two parts. */
function joinEnds(lines: Point[][], first: number): void {
  const [head, tail] = [lines[first], lines.at(-1)];
  if (!head || !tail || head === tail) return;
  const [start, end] = [head[0] as Point, tail.at(-1) as Point];
  if (start[0] !== end[0] || start[1] !== end[1]) return;
  tail.push(...head.slice(1));
  lines.splice(first, 1);
}

function* pieces(shape: Shape): Generator<[Point, Point]> {
  for (const ring of shape.flat())
    for (let at = 1; at < ring.length; at++) yield [ring[at - 1] as Point, ring[at] as Point];
}

function keyOf([x0, y0]: Point, [x1, y1]: Point): string {
  return x0 < x1 || (x0 === x1 && y0 < y1) ? `${x0} ${y0} ${x1} ${y1}` : `${x1} ${y1} ${x0} ${y0}`;
}

function outside(from: Point, to: Point, [x, y]: Point, by: number): boolean {
  return (
    Math.max(from[0], to[0]) < x - by ||
    Math.min(from[0], to[0]) > x + by ||
    Math.max(from[1], to[1]) < y - by ||
    Math.min(from[1], to[1]) > y + by
  );
}
