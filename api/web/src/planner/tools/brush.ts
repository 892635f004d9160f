/** The brush: press in the grid that is to grow, drag over blocks; releasing is one step. */

import { type Point, shapeOf } from "../map/shapes.ts";
import type { Block } from "../told.ts";
import { growingTool } from "./growing.ts";
import { takenBlocks } from "./paint.ts";
import type { Bench, Tool } from "./tool.ts";

/** Pixels between the places of a stroke that are looked at: a quick hand leaves out no block. */
const STEP_PX = 3;

export function brushTool(bench: Bench): Tool {
  const painted = new Map<string, Block>();
  let last: Point = [0, 0];
  return growingTool(bench, {
    id: "brush",
    key: "b",
    begin(at) {
      last = at;
    },
    go(at, into) {
      const before = painted.size;
      const [dx, dy] = [at[0] - last[0], at[1] - last[1]];
      const steps = Math.ceil(Math.hypot(dx, dy) / bench.span(STEP_PX));
      for (let step = 1; step <= steps; step++) {
        const share = step / steps;
        const block = bench.blocks.at([last[0] + share * dx, last[1] + share * dy]);
        if (block && block.properties.grid_code !== into.id) painted.set(block.id, block);
      }
      last = at;
      return painted.size > before;
    },
    marked(into) {
      const blocks = [...painted.values()];
      return blocks.length
        ? {
            wish: { do: "move_blocks", blocks: [...painted.keys()], to: into.id },
            blocks,
            shapes: blocks.map(shapeOf),
            draw: takenBlocks(bench, blocks),
          }
        : null;
    },
    forget: () => painted.clear(),
  });
}
