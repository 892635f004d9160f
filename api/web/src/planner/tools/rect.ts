/** The rectangle: press in the grid that is to grow, draw a box; blocks with their middle in it join. */

import { type Point, type Ring, shapeOf, toDegrees } from "../map/shapes.ts";
import { growingTool } from "./growing.ts";
import type { Bench, Tool } from "./tool.ts";

const LEAST_PX = 4;

export function rectTool(bench: Bench): Tool {
  let from: Point = [0, 0];
  let ring: Ring | null = null;
  return growingTool(bench, {
    id: "rect",
    key: "r",
    begin(at) {
      from = at;
    },
    go([x, y]) {
      const [x0, y0] = from;
      if (Math.min(Math.abs(x - x0), Math.abs(y - y0)) < bench.span(LEAST_PX)) return false;
      ring = [
        [x0, y0],
        [x, y0],
        [x, y],
        [x0, y],
        [x0, y0],
      ];
      return true;
    },
    marked(into, preview) {
      if (!ring) return null;
      const shape = [[ring]];
      const { accent } = bench.colours();
      return {
        wish: { do: "move_inside", area: ring.slice(0, 4).map(toDegrees), to: into.id },
        blocks: [],
        shapes: [shape],
        draw(pen) {
          for (const part of preview?.parts ?? []) pen.hatch(shapeOf(part), `${accent}6b`);
          pen.fill(shape, `${accent}14`);
          pen.outline(shape, { color: accent, width: 1.6, dash: [5, 4] });
        },
      };
    },
    forget() {
      ring = null;
    },
  });
}
