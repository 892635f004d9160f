/** The list of keys, shown by `?`. */

import type { Words } from "../i18n/index.ts";
import { h, replace } from "../ui/dom.ts";
import { button } from "../ui/parts.ts";
import type { Keys } from "./keys.ts";

const SHOWN: Record<string, string> = { Escape: "Esc", " ": "Space" };

export function mountHelp(t: Words, keys: Keys): () => void {
  const list = h("dl", { class: "keys" });
  const dialog = h(
    "dialog",
    { "aria-label": t.shell.help },
    h(
      "div",
      { class: "sec row sp" },
      h("h2", { class: "t16" }, t.shell.help),
      button(t.shell.close, () => dialog.close(), { size: "sm" }),
    ),
    h("div", { class: "sec" }, list),
  );
  document.body.append(dialog);
  const show = () => {
    const rows = keys
      .all()
      .flatMap((one) => [
        h("dt", {}, h("kbd", {}, SHOWN[one.key] ?? one.key.toUpperCase())),
        h("dd", {}, one.does),
      ]);
    const pan = [h("dt", {}, h("kbd", {}, "← ↑ → ↓")), h("dd", {}, t.map.panKeys)];
    replace(list, ...rows, ...pan);
    dialog.showModal();
  };
  keys.add({ key: "?", does: t.shell.help, run: show });
  return show;
}
