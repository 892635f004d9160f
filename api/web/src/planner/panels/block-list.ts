/** The blocks of some grids with what lies on them, to tick: nobody knows their codes by heart. */

import { h, replace } from "../../ui/dom.ts";
import type { Box } from "../plan-service.ts";
import { boxOf } from "./box.ts";
import { codesIn } from "./codes.ts";
import type { PlanDesk } from "./desk.ts";
import { fixed } from "./written.ts";

const MOST_GRIDS = 6;

/** A list that keeps the text of `codes` and its ticks the same. */
export function blockList(
  desk: PlanDesk,
  grids: readonly string[],
  codes: HTMLTextAreaElement,
): HTMLElement {
  const { w, draft } = desk;
  const wanted = grids.slice(0, MOST_GRIDS);
  const list = h("div", { class: "pl-blocks", role: "group", "aria-label": w.actions.blocks });
  if (!wanted.length) return h("p", { class: "t12 dim" }, w.actions.pickFirst);
  const ticks = new Map<string, HTMLInputElement>();
  const toText = (code: string, on: boolean) => {
    const now = codesIn(codes.value).filter((one) => one !== code);
    codes.value = (on ? [...now, code] : now).join(" ");
  };
  codes.addEventListener("input", () => {
    const now = new Set(codesIn(codes.value));
    for (const [code, tick] of ticks) tick.checked = now.has(code);
  });
  const load = async () => {
    const found = await Promise.all(
      wanted.map(async (grid) => {
        const box = boxOf(draft.grids.get(grid)?.geometry ?? null);
        const blocks = box ? await draft.blocksIn(box as Box) : [];
        return blocks.filter((block) => block.properties.grid_code === grid);
      }),
    );
    const given = new Set(codesIn(codes.value));
    const lines = found.flat().map(({ id, properties }) => {
      const tick = h("input", { type: "checkbox", value: id });
      tick.checked = given.has(id);
      tick.addEventListener("change", () => toText(id, tick.checked));
      ticks.set(id, tick);
      const households = w.figures.households(fixed(properties.weights["households"], 0));
      return h(
        "label",
        {},
        tick,
        h("span", { class: "mono" }, id),
        h(
          "span",
          { class: "dim" },
          wanted.length > 1 ? `${properties.grid_code ?? ""} · ` : "",
          households,
        ),
      );
    });
    replace(list, ...lines);
  };
  load().catch(desk.complain);
  return list;
}
