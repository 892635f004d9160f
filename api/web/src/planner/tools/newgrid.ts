/** A new grid of blocks: click them or drag over them, then name it. */

import { h } from "../../ui/dom.ts";
import { button } from "../../ui/parts.ts";
import { nextCode } from "../codes.ts";
import type { Block } from "../told.ts";
import { codeField } from "./hint.ts";
import { blockLines, takenBlocks } from "./paint.ts";
import type { Bench, Spot, Tool } from "./tool.ts";

export function newGridTool(bench: Bench): Tool {
  const { draft, overlay, words, hint } = bench;
  const blocks = new Map<string, Block>();
  let code = "";
  let isTyped = false;
  let isDrag = false;
  let release = () => {};

  const show = () => {
    overlay.set("taken", takenBlocks(bench, [...blocks.values()]));
    overlay.render();
    draft.picked.blocks([...blocks.keys()]);
    const [first] = blocks.values();
    if (!first) {
      hint.say(words.hints.newgrid);
      return;
    }
    if (!isTyped) {
      const [any] = draft.grids.keys();
      const from = first.properties.grid_code ?? any ?? "1";
      code = nextCode(from, new Set(draft.grids.keys()));
    }
    const field = codeField(words.code, code);
    field.input.addEventListener("input", () => {
      code = field.input.value.trim();
      isTyped = true;
    });
    field.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") finish();
    });
    hint.say(
      h("span", {}, `${words.hints.newgrid} (${blocks.size})`),
      field.element,
      button(words.confirm, finish, { size: "sm", kind: "pri" }),
    );
  };
  const clear = () => {
    blocks.clear();
    isTyped = false;
    show();
  };
  const finish = () => {
    if (!blocks.size) return;
    void bench
      .take({ do: "new_grid", blocks: [...blocks.keys()], code })
      .then((taken) => taken && clear());
  };

  return {
    id: "newgrid",
    icon: "newgrid",
    key: "n",
    activate() {
      release = bench.blocks.need(overlay.refresh);
      overlay.set("blocks", blockLines(bench));
      for (const one of draft.picked.get().blocks) {
        const block = draft.blocks.get(one);
        if (block) blocks.set(one, block);
      }
      show();
    },
    deactivate() {
      blocks.clear();
      draft.picked.blocks([]);
      release();
      overlay.set("taken", null);
      overlay.set("blocks", null);
      overlay.render();
      hint.clear();
    },
    down: ({ at }: Spot) => {
      isDrag = bench.blocks.at(at) !== null;
      return isDrag;
    },
    move({ at }: Spot) {
      const block = isDrag ? bench.blocks.at(at) : null;
      if (!block || blocks.has(block.id)) return;
      blocks.set(block.id, block);
      show();
    },
    up() {
      isDrag = false;
    },
    click({ at }: Spot) {
      const block = bench.blocks.at(at);
      if (!block) return;
      if (!blocks.delete(block.id)) blocks.set(block.id, block);
      show();
    },
    confirm: finish,
    cancel() {
      const was = blocks.size > 0;
      clear();
      return was;
    },
  };
}
