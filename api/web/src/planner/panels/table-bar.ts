/** The bar under the map: what is selected, and the table of grids, which is fetched when it is opened. */

import { h, replace } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import type { PlanDesk } from "./desk.ts";
import type { Table } from "./table.ts";
import { count, fixed, perDay } from "./written.ts";

export function mountTableBar(desk: PlanDesk): void {
  const { draft, shell, w } = desk;
  const body = h("div", { class: "pl-table", hidden: true });
  const opener = h(
    "button",
    { type: "button", class: "btn sm ghost opener", "aria-expanded": "false" },
    icon("table"),
    h("b", {}, w.table.title),
  );
  const note = h("span");
  const chosen = h("span", { role: "status" });
  let table: Table | null = null;

  const tell = () => {
    replace(note, w.table.rows(count(draft.total || draft.grids.size)));
    replace(chosen, selected(desk));
  };
  const fill = async () => {
    const { mountTable } = await import("./table.ts");
    table ??= mountTable(desk, body);
    if (!body.hidden) table.open();
  };
  const toggle = () => {
    body.hidden = !body.hidden;
    opener.setAttribute("aria-expanded", String(!body.hidden));
    shell.city.map.updateSize();
    if (body.hidden) opener.focus();
    else void fill();
  };

  opener.addEventListener("click", toggle);
  shell.keys.add({ key: "t", does: w.table.key, run: toggle });
  desk.on("table", (open) => {
    if (open === body.hidden) toggle();
  });
  for (const name of ["numbers", "changed", "plan", "picked"] as const) draft.on(name, tell);
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
  tell();
}

/** How many grids or blocks are selected, and what they weigh together. */
function selected({ draft, w }: PlanDesk): string {
  const { grids, blocks } = draft.picked.get();
  if (!grids.length) return blocks.length ? w.table.chosenBlocks(blocks.length) : w.table.nothing;
  const sum = (name: string) =>
    grids.reduce((all, code) => all + (draft.numbers?.grids[code]?.[name] ?? 0), 0);
  const pieces = grids.reduce(
    (all, code) => all + (draft.grids.get(code)?.properties.blocks ?? 0),
    0,
  );
  return w.table.chosen(
    grids.length,
    blocks.length || pieces,
    fixed(sum("households"), 0),
    fixed(perDay(sum("work")), 0),
  );
}
