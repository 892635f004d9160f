/** The rectangle: press in the grid that is to grow, draw a box; blocks with their middle in it join. */

import { type Point, type Shape, shapeOf, toDegrees } from "../map/shapes.ts";
import type { Grid, Wish } from "../told.ts";
import { blockLines, chosen, pixelBox } from "./paint.ts";
import { type Answer, Previewer } from "./previewer.ts";
import { sidesOf } from "./sides.ts";
import type { Bench, Spot, Tool } from "./tool.ts";

const LEAST_PX = 4;

export function rectTool(bench: Bench): Tool {
  const { draft, overlay, card, words } = bench;
  let into: Grid | null = null;
  let from: Point = [0, 0];
  let box: Shape | null = null;
  let answer: Answer | null = null;
  let release = () => {};
  const previewer = new Previewer(draft, (told) => {
    answer = told;
    show();
  });
  const wish = (): Wish | null => {
    const ring = box?.[0]?.[0];
    return ring && into
      ? { do: "move_inside", area: ring.slice(0, 4).map(toDegrees), to: into.id }
      : null;
  };
  const show = () => {
    if (!into || !box) return;
    const [grid, shape] = [into, box];
    overlay.set("grids", chosen(bench, [grid]));
    overlay.set("taken", (pen) => {
      const { accent } = bench.colours();
      for (const part of answer?.preview?.parts ?? []) pen.hatch(shapeOf(part), `${accent}6b`);
      pen.fill(shape, `${accent}14`);
      pen.outline(shape, { color: accent, width: 1.6, dash: [5, 4] });
    });
    overlay.render();
    card.show({
      title: words.cards.rect,
      badge: bench.short(grid.id),
      grids: sidesOf(grid.id, answer?.preview ?? null, []),
      preview: answer?.preview ?? null,
      refused: answer?.refused ?? null,
      keepOff: pixelBox(bench, [shape]),
    });
  };
  const clear = () => {
    previewer.stop();
    into = null;
    box = null;
    answer = null;
    overlay.set("grids", null);
    overlay.set("taken", null);
    overlay.render();
    card.hide();
  };
  return {
    id: "rect",
    icon: "rect",
    key: "r",
    activate() {
      bench.hint.say(words.hints.rect);
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
      from = at;
      return into !== null;
    },
    move({ at: [x, y] }: Spot) {
      if (!into) return;
      const [x0, y0] = from;
      if (Math.min(Math.abs(x - x0), Math.abs(y - y0)) < bench.span(LEAST_PX)) return;
      const ring: Point[] = [
        [x0, y0],
        [x, y0],
        [x, y],
        [x0, y],
        [x0, y0],
      ];
      box = [[ring]];
      const asked = wish();
      if (asked) previewer.ask(asked);
      show();
    },
    up() {
      const asked = wish();
      previewer.stop();
      if (asked) void bench.take(asked).finally(clear);
      else clear();
    },
    cancel() {
      const was = into !== null;
      clear();
      return was;
    },
  };
}
