/** The table bar at the foot of the map: every edit without a mouse. */

import type { Shell } from "../shell/shell.ts";
import { h } from "../ui/dom.ts";
import type { Draft } from "./draft.ts";

export function mountTable(shell: Shell, draft: Draft): void {
  const { slots } = shell;
  const note = h("span", { class: "t12 mut" });
  const show = () => {
    note.textContent = draft.picked.get().grids.join(" ");
  };
  draft.on("picked", show);
  show();
  slots.foot.append(h("div", { class: "tbar" }, note));
}
