/** A plan that waits for its moment is not published after all; it stays approved. */

import { h } from "../../ui/dom.ts";
import type { Plan } from "../told.ts";
import type { PlanDesk } from "./desk.ts";
import { openDialog } from "./dialog.ts";
import { dated } from "./when.ts";

export function openCancel({ draft, shell, w }: PlanDesk): void {
  const waits = draft.plan.schedule;
  if (!waits) return;
  const note = w.publish.cancelNote(waits.name, dated(waits.effective_from), waits.asked_by);
  openDialog({
    title: w.publish.cancelTitle,
    body: [h("p", { class: "mut" }, note)],
    close: w.publish.keep,
    action: w.publish.cancelTitle,
    away: w.bar.away,
    bad: true,
    run: async () => draft.use(await shell.api.send<Plan>("DELETE", `${draft.base}/schedule`)),
  });
}
