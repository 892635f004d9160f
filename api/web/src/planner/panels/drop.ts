/** Dropping a draft from the list, and taking a dropped one up again. */

import { ApiError, AwayError } from "../../api.ts";
import type { Shell } from "../../shell/shell.ts";
import { h } from "../../ui/dom.ts";
import type { Plan, Stage } from "../told.ts";
import type { PanelWords } from "../words/index.ts";
import { openDialog } from "./dialog.ts";

/** Ask, then drop; a draft that others changed since the list was read stays. */
export function openDrop(shell: Shell, w: PanelWords, plan: Plan, then: () => void): void {
  openDialog({
    title: w.plans.dropTitle(plan.title),
    body: [h("p", { class: "mut" }, w.plans.dropNote(plan.step))],
    close: w.close,
    action: w.plans.drop,
    away: w.bar.away,
    bad: true,
    run: async () => {
      await bring(shell, plan, "dropped");
      then();
    },
  });
}

export async function takeUp(shell: Shell, w: PanelWords, plan: Plan): Promise<void> {
  try {
    await bring(shell, plan, "draft");
  } catch (error) {
    if (error instanceof ApiError) shell.notify(error.message);
    else if (error instanceof AwayError) shell.notify(w.bar.away);
    else throw error;
  }
}

function bring({ api }: Shell, { number, step }: Plan, stage: Stage): Promise<Plan> {
  return api.send("PUT", `/api/v1/plans/${number}/stage`, { stage }, { ifMatch: `"${step}"` });
}
