/** Publishing: what will happen, when, under which name, and what did happen. */

import { h, replace } from "../../ui/dom.ts";
import type { Plan } from "../told.ts";
import { movedTable } from "./compare-tables.ts";
import { readComparison } from "./compared.ts";
import type { PlanDesk } from "./desk.ts";
import { field, openDialog, Refusal, textInput } from "./dialog.ts";
import { type Published, tellPublished } from "./published.ts";

export function openPublish(desk: PlanDesk): void {
  const { draft, shell, w } = desk;
  const name = textInput(draft.plan.title, { maxlength: 200, name: "name" });
  const from = h("input", { class: "inp", type: "datetime-local", name: "from" });
  const what = h("div", { class: "pl-what" }, h("span", { class: "t12 dim" }, w.publish.counting));
  const aims = draft.numbers?.broken.length ?? 0;
  readComparison(desk, "current").then(
    (found) =>
      replace(
        what,
        movedTable(desk, found),
        aims ? h("p", { class: "t12 warn" }, w.publish.aims(aims)) : null,
      ),
    (error: unknown) =>
      replace(what, h("p", { class: "t12 warn" }, error instanceof Error ? error.message : "")),
  );
  const dialog = openDialog({
    title: w.publish.title,
    body: [
      field(w.publish.name, name),
      field(w.publish.from, from, h("small", { class: "dim" }, w.publish.fromNote)),
      h("h3", { class: "t13" }, w.publish.what),
      what,
    ],
    close: w.close,
    action: w.publish.action,
    away: w.bar.away,
    wide: true,
    run: async () => {
      if (!name.value.trim()) throw new Refusal(w.publish.noName);
      const body: Record<string, string> = { name: name.value.trim() };
      const at = from.value ? `${from.value}:00+08:00` : null; // the clock on the screen is Shanghai's
      if (at && isAhead(at)) {
        const wanted = { ...body, effective_from: at };
        draft.use(await shell.api.send<Plan>("PUT", `${draft.base}/schedule`, wanted));
        return;
      }
      if (at) body["valid_from"] = at;
      const done = await shell.api.send<Published>("POST", `${draft.base}/publication`, body);
      if (done.plan) draft.use(done.plan);
      tellPublished(desk, done);
    },
  });
  from.addEventListener("input", () => {
    const isLater = from.value !== "" && isAhead(`${from.value}:00+08:00`);
    if (dialog.submit) replace(dialog.submit, isLater ? w.publish.later : w.publish.action);
  });
}

function isAhead(instant: string): boolean {
  return Date.parse(instant) > Date.now();
}
