/** The forms of what the table does to grids; Enter sends each of them. */

import { type Child, h } from "../../ui/dom.ts";
import { nextCode } from "../codes.ts";
import type { Wish } from "../told.ts";
import type { ActionName } from "./actions.ts";
import { blockList } from "./block-list.ts";
import { codesIn } from "./codes.ts";
import type { PlanDesk } from "./desk.ts";
import { field, openDialog, Refusal, textInput } from "./dialog.ts";

export const FORMS = { rename, merge, split, move: moveThings, fresh, renumber };

/** A form whose step, once taken, closes it; a refused step is said by the draft and leaves it open. */
function ask(
  desk: PlanDesk,
  name: ActionName,
  body: Child[],
  wish: () => Wish,
  wide = false,
): void {
  const { w, draft } = desk;
  openDialog({
    title: w.actions[name],
    body,
    close: w.close,
    action: w.actions[name],
    away: w.bar.away,
    wide,
    run: async () => {
      let why = "";
      const stop = draft.on("trouble", ({ said }) => {
        why = said;
      });
      const taken = await draft.take(wish()).finally(stop);
      if (!taken) throw new Refusal(why || w.actions.refused);
    },
  });
}

function needed(value: string, w: PlanDesk["w"]): string {
  const text = value.trim();
  if (!text) throw new Refusal(w.actions.empty);
  return text;
}

/** A field for the code of a grid that is there, with all codes to choose from. */
function gridInput(
  desk: PlanDesk,
  value: string,
  leave: readonly string[] = [],
): [HTMLInputElement, HTMLElement] {
  const id = "pl-grids";
  const list = h(
    "datalist",
    { id },
    ...Object.keys(desk.draft.numbers?.grids ?? {})
      .filter((code) => !leave.includes(code))
      .slice(0, 2000)
      .map((code) => h("option", { value: code })),
  );
  return [textInput(value, { list: id, maxlength: 64, name: "grid" }), list];
}

function rename(desk: PlanDesk, [grid = ""]: readonly string[]): void {
  const code = textInput(grid, { maxlength: 64, name: "code" });
  ask(desk, "rename", [field(desk.w.actions.newCode(grid), code)], () => ({
    do: "rename",
    codes: [[grid, needed(code.value, desk.w)]],
  }));
  code.select();
}

function merge(desk: PlanDesk, grids: readonly string[]): void {
  const into = grids.length > 1 ? (grids[0] ?? "") : "";
  const [target, list] = gridInput(desk, into, grids.length > 1 ? [] : grids);
  ask(desk, "merge", [field(desk.w.actions.into(grids.join("、")), target), list], () => {
    const code = needed(target.value, desk.w);
    const given = grids.filter((one) => one !== code);
    if (!given.length) throw new Refusal(desk.w.actions.self);
    return { do: "merge", grids: given, into: code };
  });
}

function split(desk: PlanDesk, [grid = ""]: readonly string[]): void {
  const code = textInput(suggested(desk, grid), { maxlength: 64, name: "code" });
  ask(desk, "split", [field(desk.w.actions.secondHalf(grid), code)], () => ({
    do: "split_evenly",
    grid,
    code: needed(code.value, desk.w),
  }));
  code.select();
}

function suggested({ draft }: PlanDesk, near: string): string {
  const codes = Object.keys(draft.numbers?.grids ?? {});
  return nextCode(near || (codes[0] ?? ""), new Set([...codes, ...draft.grids.keys()]));
}

/** Blocks, a compound or a building to another grid, by their codes. */
function moveThings(desk: PlanDesk, grids: readonly string[]): void {
  const { w } = desk;
  const kind = h(
    "select",
    { class: "inp", name: "kind" },
    ...(["blocks", "compound", "building"] as const).map((one) =>
      h("option", { value: one }, w.actions.kinds[one]),
    ),
  );
  const codes = h("textarea", { class: "inp pl-text mono", rows: 2, name: "codes" });
  codes.value = desk.draft.picked.get().blocks.join(" ");
  const [target, list] = gridInput(desk, "");
  const choice = blockList(desk, grids, codes);
  kind.addEventListener("change", () => {
    choice.hidden = kind.value !== "blocks";
  });
  const body = [
    field(w.actions.kind, kind),
    field(w.actions.codes, codes),
    choice,
    field(w.actions.target, target),
    list,
  ];
  ask(
    desk,
    "move",
    body,
    () => {
      const [first = "", ...more] = codesIn(needed(codes.value, w));
      const to = needed(target.value, w);
      if (kind.value === "blocks") return { do: "move_blocks", blocks: [first, ...more], to };
      if (more.length) throw new Refusal(w.actions.oneOnly);
      return kind.value === "compound"
        ? { do: "move_compound", compound: first, to }
        : { do: "move_building", building: first, to };
    },
    true,
  );
}

function fresh(desk: PlanDesk, grids: readonly string[]): void {
  const { w } = desk;
  const codes = h("textarea", { class: "inp pl-text mono", rows: 2, name: "codes" });
  codes.value = desk.draft.picked.get().blocks.join(" ");
  const code = textInput(suggested(desk, grids[0] ?? ""), { maxlength: 64, name: "code" });
  const body = [
    field(w.actions.blockCodes, codes),
    blockList(desk, grids, codes),
    field(w.actions.code, code),
  ];
  ask(
    desk,
    "fresh",
    body,
    () => ({
      do: "new_grid",
      blocks: codesIn(needed(codes.value, w)),
      code: needed(code.value, w),
    }),
    true,
  );
}

function renumber(desk: PlanDesk): void {
  ask(desk, "renumber", [h("p", { class: "mut" }, desk.w.actions.renumberNote)], () => ({
    do: "renumber",
  }));
}
