/** When in the week: seven days of 24 hours, as counts in the colours of the heat. */

import { count } from "../../i18n/format.ts";
import type { Shell } from "../../shell/shell.ts";
import { h } from "../../ui/dom.ts";

const CLASSES = 7;

export function week({ t }: Shell, hours: readonly number[][]): HTMLElement {
  const { overview: words } = t;
  const most = Math.max(1, ...hours.flat());
  const cells = hours.map((day, at) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, words.weekdays[at] ?? ""),
      ...day.map((many, hour) =>
        cell(many, most, words.inHour(words.weekdays[at] ?? "", hour, count(many))),
      ),
    ),
  );
  const heads = Array.from({ length: 24 }, (_, hour) =>
    h("th", { scope: "col" }, hour % 6 === 0 || hour === 23 ? String(hour) : ""),
  );
  return h(
    "section",
    { class: "sec" },
    h(
      "h3",
      { class: "sp" },
      words.when,
      h("span", { class: "t12 dim plain" }, words.mostInHour(count(most))),
    ),
    h(
      "table",
      { class: "week" },
      h("caption", { class: "visually-hidden" }, words.when),
      h("colgroup", {}, h("col", { class: "days" })),
      h("tbody", {}, ...cells),
      h("tfoot", {}, h("tr", {}, h("td", {}), ...heads)),
    ),
  );
}

function cell(many: number, most: number, said: string): HTMLElement {
  const at = many ? Math.min(CLASSES, 1 + Math.floor(((many - 1) / most) * CLASSES)) : 0;
  const style = at ? `background:var(--h${at})` : "";
  return h("td", { title: said, style }, h("span", { class: "visually-hidden" }, many));
}
