/** What the tools draw alike: chosen grids, moved ground, borders before and after. */

import type { Draw } from "../map/overlay.ts";
import type { Pen } from "../map/pen.ts";
import { type Point, type Shape, shapeOf } from "../map/shapes.ts";
import type { Block, Grid } from "../told.ts";
import type { Bench } from "./tool.ts";

/** Selected grids: white casing, ink line. */
export function chosen(bench: Bench, grids: readonly (Grid | undefined)[]): Draw {
  return (pen) => {
    const { ink, casing } = bench.colours();
    for (const grid of grids) {
      if (grid) pen.outline(shapeOf(grid), { color: casing, width: 6 }, { color: ink, width: 2.4 });
    }
  };
}

/** A pale ground first: the lines are to be seen on every colour of a grid. */
export function movedGround(pen: Pen, shape: Shape, accent: string, ground = "#ffffff"): void {
  pen.fill(shape, `${ground}8c`);
  pen.hatch(shape, `${accent}6b`, 8, 2);
}

export function oldBorder(pen: Pen, line: readonly Point[], ink: string, casing: string): void {
  pen.line(line, { color: casing, width: 4.5 }, { color: ink, width: 2, dash: [6, 5] });
}

export function newBorder(pen: Pen, line: readonly Point[], accent: string, casing: string): void {
  pen.line(line, { color: casing, width: 8 }, { color: accent, width: 4.5 });
}

/** Thin lines of blocks, so that one sees what will be taken. */
export function blockLines(bench: Bench): Draw {
  return (pen) => {
    if (!bench.blocks.isNear()) return;
    const extent = bench.shell.city.map.getView().calculateExtent();
    const { ink } = bench.colours();
    const shapes = bench.blocks.within(extent).map(shapeOf);
    pen.outlines(shapes, { color: `${ink}38`, width: 1 });
  };
}

export function takenBlocks(bench: Bench, blocks: readonly Block[]): Draw {
  return (pen) => {
    const { accent, casing } = bench.colours();
    for (const block of blocks) {
      const shape = shapeOf(block);
      pen.fill(shape, `${accent}1f`);
      movedGround(pen, shape, accent);
      pen.outline(shape, { color: casing, width: 3 }, { color: accent, width: 1.6 });
    }
  };
}

/** Left, top, right and bottom pixels of a shape on the map. */
export function pixelBox(bench: Bench, shapes: Iterable<Shape>): [number, number, number, number] {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  const { map } = bench.shell.city;
  for (const shape of shapes) {
    for (const point of shape.flat(2)) {
      const [x = 0, y = 0] = map.getPixelFromCoordinate(point) ?? [];
      left = Math.min(left, x);
      top = Math.min(top, y);
      right = Math.max(right, x);
      bottom = Math.max(bottom, y);
    }
  }
  return [left, top, right, bottom];
}
