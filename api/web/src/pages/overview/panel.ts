/** What is open now and what there is: the part of the panel that no span changes. */

import { count, percent } from "../../i18n/format.ts";
import { stateMark } from "../../map/style/marks.ts";
import { pagesOf } from "../../shell/session.ts";
import type { Shell } from "../../shell/shell.ts";
import { type Child, h } from "../../ui/dom.ts";
import { section } from "../../ui/parts.ts";
import { type Overview, openStates } from "../overview-data.ts";

export function openNow(shell: Shell, overview: Overview): HTMLElement {
  const { t } = shell;
  const states = openStates(overview);
  const open = states.reduce((sum, one) => sum + one.count, 0);
  const most = Math.max(1, ...states.map((one) => one.count));
  const rows = states.map(({ state, count: many }) =>
    h(
      "li",
      {},
      stateMark(state),
      h("span", {}, t.states.cases[state]),
      h("span", { class: "track" }, h("i", { style: `width:${(many / most) * 100}%` })),
      h("b", { class: "num" }, count(many)),
    ),
  );
  const share = open ? percent(overview.overdue / open) : t.states.unknown;
  const late = `${t.overview.overdue} ${count(overview.overdue)}${t.overview.cases} ${t.overview.ofOpen(share, count(open))}`;
  return section(
    t.overview.states,
    h("ul", { class: "bars" }, ...rows),
    h("p", { class: "t12 dim row sp" }, late, toQueue(shell)),
  );
}

/** The way to the cases behind the number, for who has that page. */
function toQueue({ t, session }: Shell): Child {
  if (!pagesOf(session).includes("dispatch")) return null;
  return h("a", { href: "/dispatch" }, t.overview.toQueue);
}

export function stock({ t }: Shell, { layers }: Overview): HTMLElement {
  const names = Object.entries(t.layers) as [string, string][];
  const rows = names
    .filter(([name]) => name in layers)
    .map(([name, title]) =>
      h("tr", {}, h("td", {}, title), h("td", { class: "r num" }, count(layers[name] ?? 0))),
    );
  const heads = [
    h("th", { scope: "col" }, t.overview.kind),
    h("th", { scope: "col", class: "r" }, t.overview.number),
  ];
  return section(
    t.overview.stock,
    h("table", { class: "tbl" }, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows)),
  );
}
