/** How a shared border looks while it is pointed at, held and pulled. */

import type { Border, Hit } from "../map/border.ts";
import type { Draw } from "../map/overlay.ts";
import type { Point } from "../map/shapes.ts";
import { chosen, movedGround, newBorder, oldBorder } from "./paint.ts";
import { type Grip, gripAt, type Pulled } from "./pull.ts";
import type { Bench } from "./tool.ts";

export function pointedAt(bench: Bench, { border, at }: Hit): Draw {
  const { accent, casing } = bench.colours();
  return (pen) => {
    newBorder(pen, border.line, accent, casing);
    for (const corner of border.line.slice(1, -1)) pen.handle(corner, accent);
    pen.dot(at, 6, accent);
  };
}

/** Both grids outlined; what moves, the border as it was and as it would be, its corners. */
export function heldBorder(bench: Bench, border: Border, grip: Grip, pulled: Pulled | null): Draw {
  const { accent, ink, casing } = bench.colours();
  const both = chosen(bench, [border.one, border.other]);
  const line = pulled ? whole(border.line, grip, pulled) : border.line;
  const [held, corners] = pulled
    ? [pulled.held, [...pulled.corners, pulled.path[0], pulled.path.at(-1)]]
    : [grip.at, border.line.slice(1, -1)];
  return (pen) => {
    both(pen);
    if (pulled) {
      movedGround(pen, pulled.moved, accent, casing);
      oldBorder(pen, pulled.old, ink, casing);
    }
    newBorder(pen, line, accent, casing);
    for (const corner of corners) if (corner) pen.handle(corner, accent);
    pen.dot(held, 9, accent);
  };
}

/** The border from end to end with the pulled part in its place. */
function whole(line: readonly Point[], { arcs }: Grip, { path, old }: Pulled): Point[] {
  const arcOf = (point: Point) => gripAt(line, point, 0).arc;
  const [from, until] = [arcOf(old[0] as Point), arcOf(old.at(-1) as Point)];
  return [
    ...line.filter((_, at) => (arcs[at] ?? 0) < from),
    ...path,
    ...line.filter((_, at) => (arcs[at] ?? 0) > until),
  ];
}
