/** The table of grids: every edit without a mouse. */

import { h, replace } from "../../ui/dom.ts";
import { button } from "../../ui/parts.ts";
import { ACTIONS, type Action } from "./actions.ts";
import type { PlanDesk } from "./desk.ts";
import { makeGridTable } from "./grid-table.ts";
import { columnsOf, filtered, rowsOf, type Sort, sorted } from "./rows.ts";
import { count } from "./written.ts";

export interface Table {
  /** The table has come into sight: take the keys, at the grid that is selected. */
  open(): void;
}

export function mountTable(desk: PlanDesk, body: HTMLElement): Table {
  const { draft, w } = desk;
  const table = makeGridTable({
    words: w,
    onSort: (name) => {
      const down = sort.name === name ? !sort.down : name !== "code" && name !== "community";
      sort = { name, down };
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
  }

  filter.addEventListener("input", show);
  filter.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "Enter") return;
    table.focus();
    event.preventDefault();
  });
  for (const name of ["numbers", "changed"] as const) draft.on(name, show);
  draft.on("plan", ready);
  desk.on("names", show);
  draft.on("picked", ({ grids }) => {
    table.pick(grids);
    const [first] = grids;
    if (first && !body.contains(document.activeElement)) table.goTo(first);
    ready();
  });
  replace(
    body,
    h(
      "div",
      { class: "row pl-tools", role: "toolbar", "aria-label": w.table.actions },
      filter,
      told,
      ...actions.map((one) => one.made),
    ),
    table.element,
  );
  return {
    open() {
      show();
      const { grids } = draft.picked.get();
      table.pick(grids);
      if (grids[0]) table.goTo(grids[0]);
      ready();
      table.focus();
    },
  };
}
