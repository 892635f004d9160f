/** The duty posts of the plan: which grid each has, and how much work that is. Posts, never names. */

import { h, replace } from "../../ui/dom.ts";
import { badge, skeleton } from "../../ui/parts.ts";
import { type Column, makeTable } from "../../ui/table.ts";
import type { PlanDesk } from "./desk.ts";
import type { Pane, Tally } from "./panel.ts";
import { count, fixed, perDay, signedPercent } from "./written.ts";

interface Row {
  post: string | null;
  grid: string;
  work: number | null;
  off: number | null;
  households: number | null;
}

const MOST = 400;

export function mountOfficers(desk: PlanDesk, tally: Tally): Pane {
  const { draft, w } = desk;
  const element = h("div", { class: "pl-pane" }, skeleton(6));
  const note = h("div", { class: "row t12 mut pl-wrap" });
  const table = makeTable<Row>({
    label: w.officers.title,
    columns: columns(desk),
    key: (row) => row.grid,
    onPick: (row) => desk.reveal(row.grid),
    most: MOST,
    rest: w.officers.rest,
  });
  let isOpen = false;
  const show = () => {
    const rows = rowsOf(desk);
    const posts = new Set(rows.map((row) => row.post).filter(Boolean));
    tally(count(posts.size));
    if (!isOpen || !draft.numbers) return;
    const without = rows.filter((row) => !row.post).length;
    const several = rows.length - without - posts.size;
    replace(
      note,
      w.officers.sum(posts.size, rows.length),
      without ? badge(w.officers.without(without), "warn") : null,
      several > 0 ? badge(w.officers.several(several), "warn") : null,
    );
    table.show(rows);
    table.pick(draft.picked.get().grids[0] ?? null);
    if (!element.contains(note)) {
      replace(element, h("section", { class: "sec" }, note, table.element));
    }
  };
  draft.on("numbers", show);
  draft.on("changed", show);
  draft.on("picked", ({ grids }) => table.pick(grids[0] ?? null));
  show();
  return {
    element,
    open: () => {
      isOpen = true;
      show();
    },
  };
}

function columns(desk: PlanDesk): Column<Row>[] {
  const { w } = desk;
  return [
    {
      title: w.officers.post,
      value: (row) => row.post,
      cell: (row) => row.post ?? h("span", { class: "dim" }, w.officers.nobody),
    },
    {
      title: w.officers.grid,
      value: (row) => row.grid,
      cell: (row) => h("span", { class: "mono", title: row.grid }, desk.short(row.grid)),
    },
    {
      title: w.officers.work,
      figure: true,
      value: (row) => row.work,
      cell: (row) =>
        h("span", {}, fixed(row.work, 0), " ", h("span", { class: "dim" }, signedPercent(row.off))),
    },
    {
      title: w.officers.households,
      figure: true,
      value: (row) => row.households,
      cell: (row) => fixed(row.households, 0),
    },
  ];
}

function rowsOf({ draft }: PlanDesk): Row[] {
  const numbers = draft.numbers;
  const mean = numbers?.spread["work"]?.["mean"] ?? null;
  return [...draft.grids.values()]
    .map(({ properties }) => {
      const values = numbers?.grids[properties.code];
      const work = values?.["work"] ?? null;
      return {
        post: properties.officer,
        grid: properties.code,
        work: perDay(work),
        off: work === null || !mean ? null : work / mean - 1,
        households: values?.["households"] ?? null,
      };
    })
    .sort((one, other) => (one.grid < other.grid ? -1 : 1));
}
