/** A table or a map is brought to a draft as one step; what it could not take is told. */

import { h } from "../../ui/dom.ts";
import type { Entry, Plan } from "../told.ts";
import type { PlanDesk } from "./desk.ts";
import { field, openDialog, Refusal } from "./dialog.ts";
import { count, share } from "./written.ts";

interface Brought {
  plan: Plan;
  entry: Entry | null;
  moved: number;
  unchanged: number;
  untouched: number;
  rejected: number;
  rejects: { row: number; field: string; value: string; reason: string }[];
  doubted: number;
  doubts: { block: string; grid: string | null; share: number; reason: string }[];
}

const SHOWN = 50;

export function openTaking(desk: PlanDesk): void {
  const { draft, shell, w } = desk;
  const accept = ".xlsx,.csv,.gpkg,.zip";
  const file = h("input", { class: "inp", type: "file", name: "file", accept });
  openDialog({
    title: w.taking.title,
    body: [field(w.taking.file, file, h("small", { class: "dim" }, w.taking.fileNote))],
    close: w.close,
    action: w.taking.action,
    away: w.bar.away,
    run: async () => {
      const [chosen] = file.files ?? [];
      if (!chosen) throw new Refusal(w.taking.noFile);
      const path = `/api/v1/plans/import?onto=${draft.plan.number}`;
      const told = await shell.api.send<Brought>("POST", path, chosen, {
        ifMatch: `"${draft.plan.step}"`,
      });
      await draft.refresh();
      tell(desk, told);
    },
  });
}

function tell({ w }: PlanDesk, told: Brought): void {
  const rows = [
    ...told.rejects.map((one) => [w.taking.row(one.row), `${one.value} ${one.reason}`]),
    ...told.doubts.map((one) => [`${one.block} ${share(one.share)}`, one.reason]),
  ];
  const rest = told.rejected + told.doubted - Math.min(rows.length, SHOWN);
  openDialog({
    title: w.taking.done(count(told.moved)),
    body: [
      h("p", { class: "mut" }, w.taking.rest(count(told.unchanged), count(told.untouched))),
      rows.length
        ? h(
            "table",
            { class: "tbl" },
            h("caption", { class: "t12 warn" }, w.taking.wrong(told.rejected, told.doubted)),
            h(
              "tbody",
              {},
              ...rows
                .slice(0, SHOWN)
                .map(([what, why]) => h("tr", {}, h("td", {}, what ?? ""), h("td", {}, why ?? ""))),
            ),
          )
        : null,
      rest > 0 ? h("p", { class: "t12 dim" }, w.taking.more(rest)) : null,
    ],
    close: w.close,
    wide: true,
  });
}
