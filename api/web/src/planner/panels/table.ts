/** The bar under the map and the table of grids that it opens: every edit without a mouse. */

import { h, replace } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { button } from "../../ui/parts.ts";
import { ACTIONS, type Action } from "./actions.ts";
import type { PlanDesk } from "./desk.ts";
import { makeGridTable } from "./grid-table.ts";
import { columnsOf, filtered, rowsOf, type Sort, sorted } from "./rows.ts";
import { count, fixed, perDay } from "./written.ts";

export function mountTable(desk: PlanDesk): void {
  const { draft, shell, w } = desk;
  const table = makeGridTable({
    words: w,
    onSort: (name) => {
      sort = {
        name,
        down: sort.name === name ? !sort.down : name !== "code" && name !== "community",
      };
      show();
    },
    onPick: (code, add) => draft.picked.grids([code], add),
    onOpen: desk.reveal,
    onKey: (key) => {
      const action = ACTIONS.find((one) => one.key === key);
      if (action) act(action);
      return action !== undefined;
    },
  });
  const filter = h("input", {
    class: "inp small",
    type: "search",
    placeholder: w.table.filter,
    "aria-label": w.table.filter,
    title: w.table.filterTip,
  });
  const told = h("span", { class: "t12 dim", role: "status" });
  const actions = ACTIONS.map((action) => {
    const made = button(w.actions[action.name], () => act(action), { size: "sm" });
    made.dataset["action"] = action.name;
    if (action.key) made.append(h("kbd", {}, action.key));
    return { action, made };
  });
  const body = h(
    "div",
    { class: "pl-table", hidden: true },
    h(
      "div",
      { class: "row pl-tools", role: "toolbar", "aria-label": w.table.actions },
      filter,
      told,
      ...actions.map((one) => one.made),
    ),
    table.element,
  );
  const opener = h(
    "button",
    { type: "button", class: "btn sm ghost opener", "aria-expanded": "false" },
    icon("table"),
    h("b", {}, w.table.title),
  );
  const note = h("span");
  const chosen = h("span", { role: "status" });
  let sort: Sort = { name: "code", down: false };

  /** What is selected; without a selection, the row under the cursor. */
  function subjects(): string[] {
    const { grids } = draft.picked.get();
    const now = table.current();
    return grids.length ? [...grids] : now && !body.hidden ? [now] : [];
  }

  function act(action: Action): void {
    if (isReady(action)) action.run(desk, subjects());
  }

  function isReady(action: Action): boolean {
    const many = subjects().length;
    return desk.may.write && draft.isEditable && many >= action.least && many <= action.most;
  }

  function show(): void {
    const numbers = draft.numbers;
    replace(note, w.table.rows(count(draft.total || draft.grids.size)));
    if (body.hidden || !numbers) return;
    const all = rowsOf(numbers, draft.grids);
    const columns = columnsOf(numbers, desk.nameOf);
    const by = columns.find((one) => one.name === sort.name) ?? columns[0];
    const found = filtered(all, filter.value, desk.nameOf);
    table.show(by ? sorted(found, by, sort.down) : found, columns, sort);
    replace(told, w.table.found(count(found.length), count(all.length)));
    ready();
  }

  function ready(): void {
    for (const { action, made } of actions) made.disabled = !isReady(action);
    const { grids, blocks } = draft.picked.get();
    const sum = (name: string) =>
      grids.reduce((all, code) => all + (draft.numbers?.grids[code]?.[name] ?? 0), 0);
    const pieces = grids.reduce(
      (all, code) => all + (draft.grids.get(code)?.properties.blocks ?? 0),
      0,
    );
    replace(
      chosen,
      grids.length
        ? w.table.chosen(
            grids.length,
            blocks.length || pieces,
            fixed(sum("households"), 0),
            fixed(perDay(sum("work")), 0),
          )
        : blocks.length
          ? w.table.chosenBlocks(blocks.length)
          : w.table.nothing,
    );
  }

  function toggle(): void {
    body.hidden = !body.hidden;
    opener.setAttribute("aria-expanded", String(!body.hidden));
    shell.city.map.updateSize();
    if (body.hidden) {
      opener.focus();
      return;
    }
    show();
    const [first] = draft.picked.get().grids;
    if (first) table.goTo(first);
    table.focus();
  }

  filter.addEventListener("input", show);
  filter.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "Enter") return;
    table.focus();
    event.preventDefault();
  });
  opener.addEventListener("click", toggle);
  shell.keys.add({ key: "t", does: w.table.key, run: toggle });
  desk.on("table", (open) => {
    if (open === body.hidden) toggle();
  });
  draft.on("numbers", show);
  draft.on("changed", show);
  draft.on("plan", ready);
  desk.on("names", show);
  draft.on("picked", ({ grids }) => {
    table.pick(grids);
    const [first] = grids;
    if (first && !body.contains(document.activeElement)) table.goTo(first);
    ready();
  });
  replace(
    shell.slots.foot,
    h(
      "div",
      { class: "pl-tbar" },
      opener,
      note,
      h("kbd", {}, "T"),
      h("div", { class: "grow" }),
      chosen,
    ),
    body,
  );
  show();
  ready();
}
