/**
 * What the brush and the rectangle have in common: press in the grid that is to grow (or anywhere,
 * when one is selected), mark what it takes, and releasing is one step.
 */

import type { Draw } from "../map/overlay.ts";
import type { Point, Shape } from "../map/shapes.ts";
import type { Block, Grid, Preview, Wish } from "../told.ts";
import { blockLines, chosen, pixelBox } from "./paint.ts";
import { type Answer, Previewer } from "./previewer.ts";
import { sidesOf } from "./sides.ts";
import type { Bench, Spot, Tool } from "./tool.ts";

export interface Marked {
  wish: Wish;
  blocks: Block[];
  /** The ground that the card keeps off. */
  shapes: Shape[];
  draw: Draw;
}

/** How a tool marks; the rest is the same for all. */
export interface Marking {
  id: "brush" | "rect";
  key: string;
  begin(at: Point): void;
  /** The pointer has come to a place; true when that asks for another preview. */
  go(at: Point, into: Grid): boolean;
  /** What is marked; null while nothing is. */
  marked(into: Grid, preview: Preview | null): Marked | null;
  forget(): void;
}

export function growingTool(bench: Bench, marking: Marking): Tool {
  const { draft, overlay, card, words } = bench;
  const { id, key } = marking;
  let into: Grid | null = null;
  let answer: Answer | null = null;
  let release = () => {};
  const previewer = new Previewer(draft, (told) => {
    answer = told;
    show();
  });

  const marked = () => into && marking.marked(into, answer?.preview ?? null);
  const show = () => {
    if (!into) return;
    const [now, preview] = [marked(), answer?.preview ?? null];
    overlay.set("grids", chosen(bench, [into]));
    overlay.set("taken", now?.draw ?? null);
    overlay.render();
    if (!now) return;
    card.show({
      title: words.cards[id],
      badge: bench.short(into.id),
      grids: sidesOf(into.id, preview, now.blocks),
      preview,
      refused: answer?.refused ?? null,
      keepOff: pixelBox(bench, now.shapes),
    });
  };
  const clear = () => {
    previewer.stop();
    marking.forget();
    into = null;
    answer = null;
    overlay.set("grids", null);
    overlay.set("taken", null);
    overlay.render();
    card.hide();
  };

  return {
    id,
    icon: id,
    key,
    activate() {
      bench.hint.say(words.hints[id]);
      release = bench.blocks.need(overlay.refresh);
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
      marking.begin(at);
      return into !== null;
    },
    move({ at }: Spot) {
      if (!into) return;
      const isMore = marking.go(at, into);
      const now = isMore ? marked() : null;
      if (now) previewer.ask(now.wish);
      show();
    },
    up() {
      const wish = marked()?.wish;
      previewer.stop();
      if (wish) void bench.take(wish).finally(clear);
      else clear();
    },
    cancel() {
      const was = into !== null;
      clear();
      return was;
    },
  };
}
