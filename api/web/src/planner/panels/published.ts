/** What a publication did, told when it is through. */

import { h } from "../../ui/dom.ts";
import type { Plan } from "../told.ts";
import type { PlanDesk } from "./desk.ts";
import { openDialog } from "./dialog.ts";
import { count } from "./written.ts";

export interface Published {
  /** None when no plan made the generation. */
  plan: Plan | null;
  generation: number;
  lineage: number;
  rerouted: Record<string, { looked_at: number; moved: number }>;
}

/** What publishing did: the generation, the lineage, and whatever has another grid now. */
export function tellPublished({ w }: PlanDesk, done: Published): void {
  const rows = Object.entries(done.rerouted).map(([layer, one]) =>
    h(
      "tr",
      {},
      h("td", {}, (w.layers as Record<string, string>)[layer] ?? layer),
      h("td", { class: "r num" }, count(one.looked_at)),
      h("td", { class: "r num" }, h("b", {}, count(one.moved))),
    ),
  );
  openDialog({
    title: w.publish.done(done.generation),
    body: [
      h("p", { class: "mut" }, w.publish.lineage(done.lineage)),
      h(
        "table",
        { class: "tbl" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ...[w.publish.layer, w.publish.looked, w.publish.moved].map((one, at) =>
              h("th", { scope: "col", class: at ? "r" : null }, one),
            ),
          ),
        ),
        h("tbody", {}, ...rows),
      ),
    ],
    close: w.close,
  });
}
