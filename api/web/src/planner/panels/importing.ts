/** A plan that was exported comes back as a new draft. */

import { ApiError, AwayError } from "../../api.ts";
import type { Shell } from "../../shell/shell.ts";
import { h } from "../../ui/dom.ts";
import { button } from "../../ui/parts.ts";
import type { Plan } from "../told.ts";
import type { PanelWords } from "../words/index.ts";
import { addressOf } from "./plans.ts";

export function importButton(shell: Shell, w: PanelWords): HTMLElement {
  const file = h("input", {
    type: "file",
    accept: ".json,application/json",
    hidden: true,
    "aria-label": w.plans.import,
  });
  file.addEventListener("change", () => {
    const [chosen] = file.files ?? [];
    if (chosen) void take(shell, w, chosen).finally(() => (file.value = ""));
  });
  const open = () => file.click();
  return h(
    "span",
    {},
    button(w.plans.import, open, { size: "sm", title: w.plans.importTip }),
    file,
  );
}

async function take(shell: Shell, w: PanelWords, file: File): Promise<void> {
  try {
    const written: unknown = JSON.parse(await file.text());
    const { plan } = await shell.api.send<{ plan: Plan }>("POST", "/api/v1/plans/import", written);
    location.assign(addressOf(shell, plan.number));
  } catch (error) {
    if (error instanceof SyntaxError) shell.notify(w.plans.noPlanFile(file.name));
    else if (error instanceof ApiError) shell.notify(error.message);
    else if (error instanceof AwayError) shell.notify(w.bar.away);
    else throw error;
  }
}
