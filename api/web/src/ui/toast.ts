/** A line at the bottom of the page for six seconds, with one way back at most. */

import type { Notify } from "../shell/shell.ts";
import { h } from "./dom.ts";

const STAYS_MS = 6000;

export function makeToasts(): Notify {
  const box = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
  document.body.append(box);
  return (message, action) => {
    const away = () => toast.remove();
    const undo = action
      ? h(
          "button",
          {
            type: "button",
            onclick: () => {
              action.run();
              away();
            },
          },
          action.label,
        )
      : null;
    const toast = h("div", { class: "toast" }, message, undo);
    box.replaceChildren(toast);
    setTimeout(away, STAYS_MS);
  };
}
