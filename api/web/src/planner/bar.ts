/** The draft bar under the top bar: title, stage, saved state, actions. */

import type { Shell } from "../shell/shell.ts";
import { h } from "../ui/dom.ts";
import type { Draft } from "./draft.ts";

export function mountBar(shell: Shell, draft: Draft): void {
  const { slots } = shell;
  const title = h("b", { class: "t14" }, draft.plan.title);
  draft.on("plan", (plan) => {
    title.textContent = plan.title;
  });
  slots.bar.append(title);
}
