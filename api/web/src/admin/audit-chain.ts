/** Whether the chain of hashes of the log is whole, and where it ends. */

import { count } from "../i18n/format.ts";
import { h } from "../ui/dom.ts";
import type { Frame } from "./frame.ts";

interface State {
  entries: number;
  hash: string;
  broken: string | null;
}

export function chainSign({ api, w, t }: Frame): HTMLElement {
  const sign = h("span", { class: "badge", role: "status" }, w.audit.checking);
  api.get<State>("/api/v1/audit/state").then(
    (found) => {
      const isWhole = found.broken === null;
      sign.className = `badge ${isWhole ? "ok" : "bad"}`;
      sign.textContent = isWhole
        ? w.audit.whole(count(found.entries))
        : w.audit.broken(found.broken ?? "");
      sign.title = w.audit.anchor(count(found.entries), found.hash);
    },
    () => {
      sign.className = "badge warn";
      sign.textContent = t.states.failed;
    },
  );
  return sign;
}
