/** Five colours so that neighbours differ: it means nothing but "another grid". */

import type { Grid } from "../told.ts";
import { type Shape, shapeOf } from "./shapes.ts";

export const COLOURS = 5;

/** Corners of grids as keys: grids that share two in a row are neighbours. */
function edgesOf(shape: Shape): string[] {
  return shape.flat().flatMap((ring) =>
    ring.slice(1).map(([x, y], at) => {
      const [x0 = 0, y0 = 0] = ring[at] ?? [];
      return x0 < x || (x0 === x && y0 < y) ? `${x0} ${y0} ${x} ${y}` : `${x} ${y} ${x0} ${y0}`;
    }),
  );
}

export function neighboursOf(grids: Iterable<Grid>): Map<string, Set<string>> {
  const owner = new Map<string, string>();
  const found = new Map<string, Set<string>>();
  for (const grid of grids) {
    const own = new Set<string>();
    found.set(grid.id, own);
    for (const edge of edgesOf(shapeOf(grid))) {
      const other = owner.get(edge);
      if (other === undefined) owner.set(edge, grid.id);
      else if (other !== grid.id) {
        own.add(other);
        found.get(other)?.add(grid.id);
      }
    }
  }
  return found;
}

/** The grid with the most colours around it is next (DSATUR); kept colours stay where they may. */
export function colour(
  neighbours: ReadonlyMap<string, ReadonlySet<string>>,
  before: ReadonlyMap<string, number>,
): Map<string, number> {
  const found = new Map<string, number>();
  const around = (code: string) => {
    const taken = new Set<number>();
    for (const other of neighbours.get(code) ?? []) {
      const one = found.get(other);
      if (one !== undefined) taken.add(one);
    }
    return taken;
  };
  const buckets: Set<string>[] = Array.from({ length: COLOURS + 1 }, () => new Set());
  for (const code of neighbours.keys()) buckets[0]?.add(code);
  for (let left = neighbours.size; left > 0; left--) {
    const bucket = [...buckets].reverse().find((one) => one.size > 0);
    const [code] = bucket ?? [];
    if (!bucket || code === undefined) break;
    bucket.delete(code);
    const taken = around(code);
    const kept = before.get(code);
    const free = [0, 1, 2, 3, 4].find((one) => !taken.has(one)) ?? code.length % COLOURS;
    found.set(code, kept !== undefined && !taken.has(kept) ? kept : free);
    for (const other of neighbours.get(code) ?? []) {
      if (found.has(other)) continue;
      for (const one of buckets) one.delete(other);
      buckets[Math.min(COLOURS, around(other).size)]?.add(other);
    }
  }
  return found;
}
