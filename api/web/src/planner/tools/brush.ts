/** The brush: press in the grid that is to grow, drag over blocks; releasing is one step. */

import type { Point } from "../map/shapes.ts";
import { shapeOf } from "../map/shapes.ts";
import type { Block, Grid } from "../told.ts";
import { blockLines, chosen, pixelBox, takenBlocks } from "./paint.ts";
import { type Answer, Previewer } from "./previewer.ts";
import { sidesOf } from "./sides.ts";
import type { Bench, Spot, Tool } from "./tool.ts";

/** Pixels between the places of a stroke that are looked at: a quick hand leaves out no block. */
const STEP_PX = 3;

export function brushTool(bench: Bench): Tool {
  const { draft, overlay, card, words } = bench;
  const painted = new Map<string, Block>();
  let into: Grid | null = null;
  let last: Point = [0, 0];
  let answer: Answer | null = null;
  let release = () => {};
  const previewer = new Previewer(draft, (told) => {
    answer = told;
    show();
  });

  const wish = () => ({
    do: "move_blocks" as const,
    blocks: [...painted.keys()],
    to: into?.id ?? null,
  });
  const show = () => {
    if (!into) return;
    overlay.set("grids", chosen(bench, [into]));
    overlay.set("taken", takenBlocks(bench, painted.values()));
    overlay.render();
    if (!painted.size) return;
    card.show({
      title: words.cards.brush,
      badge: bench.short(into.id),
      grids: sidesOf(into.id, answer?.preview ?? null, [...painted.values()]),
      preview: answer?.preview ?? null,
      refused: answer?.refused ?? null,
      keepOff: pixelBox(bench, [...painted.values()].map(shapeOf)),
    });
  };
  const clear = () => {
    previewer.stop();
    painted.clear();
    into = null;
    answer = null;
    overlay.set("grids", null);
    overlay.set("taken", null);
    overlay.render();
    card.hide();
  };
  const touch = (at: Point) => {
    const block = bench.blocks.at(at);
    if (!block || block.properties.grid_code === into?.id || painted.has(block.id)) return false;
    painted.set(block.id, block);
    return true;
  };

  return {
    id: "brush",
    icon: "brush",
    key: "b",
    activate() {
      bench.hint.say(words.hints.brush);
      release = bench.blocks.need(() => overlay.render());
      overlay.set("blocks", blockLines(bench));
      overlay.render();
    },
    deactivate() {
      clear();
      release();
      overlay.set("blocks", null);
      bench.hint.clear();
    },
    down({ at }: Spot) {
      const [only, ...others] = draft.picked.get().grids;
      const picked = only && !others.length ? draft.grids.get(only) : undefined;
      into = picked ?? bench.grids.at(at);
      last = at;
      return into !== null;
    },
    move({ at }: Spot) {
      if (!into) return;
      const steps = Math.ceil(Math.hypot(at[0] - last[0], at[1] - last[1]) / bench.span(STEP_PX));
      let isMore = false;
      for (let step = 1; step <= steps; step++) {
        const share = step / steps;
        const between: Point = [
          last[0] + share * (at[0] - last[0]),
          last[1] + share * (at[1] - last[1]),
        ];
        isMore = touch(between) || isMore;
      }
      last = at;
      if (isMore) previewer.ask(wish());
      show();
    },
    up() {
      if (!into || !painted.size) {
        clear();
        return;
      }
      const asked = wish();
      previewer.stop();
      void bench.take(asked).finally(clear);
    },
    cancel() {
      const was = into !== null;
      clear();
      return was;
    },
  };
}
