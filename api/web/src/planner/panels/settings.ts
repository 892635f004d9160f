/** The dialog in which a planner weighs the work anew; the numbers follow at once. */

import type { Plan } from "../told.ts";
import type { PlanDesk } from "./desk.ts";
import { openDialog } from "./dialog.ts";
import { settingsForm } from "./settings-form.ts";

export function openSettings({ draft, shell, w, may }: PlanDesk): void {
  const form = settingsForm(w, draft.plan.settings);
  openDialog({
    title: w.settings.title,
    body: [form.element],
    close: w.close,
    action: may.write ? w.settings.keep : undefined,
    away: w.bar.away,
    run: async () => {
      const settings = form.read();
      draft.use(await shell.api.send<Plan>("PATCH", draft.base, { settings }));
    },
  });
}
