/** The panels at the right of the map: numbers, rules, officers, comparison, comments. */

import type { Shell } from "../shell/shell.ts";
import { h, replace } from "../ui/dom.ts";
import type { Draft } from "./draft.ts";

export function mountDesk(shell: Shell, draft: Draft): void {
  const { slots } = shell;
  const list = h("ul", {});
  const show = () =>
    replace(list, ...draft.entries.map((one) => h("li", {}, `${one.number} ${one.title}`)));
  draft.on("changed", show);
  show();
  slots.panel.append(h("section", { class: "sec" }, list));
}
