/** The leader's page: how much there is, how it stands, and where incidents are many. */

import { count, moment, percent } from "../i18n/format.ts";
import { stateMark } from "../map/style/marks.ts";
import type { Shell } from "../shell/shell.ts";
import { type Child, h, replace } from "../ui/dom.ts";
import { section, skeleton, state } from "../ui/parts.ts";
import { open } from "./open.ts";
import { type Overview, openStates, readOverview } from "./overview-data.ts";

const EVERY_MS = 60_000;

void open("overview", mount);

function mount(shell: Shell): void {
  const { slots, api, t } = shell;
  slots.panel.append(skeleton(8));
  const load = () =>
    readOverview(api).then(
      (overview) => replace(slots.panel, ...told(shell, overview)),
      () =>
        replace(
          slots.panel,
          state("alert", t.states.failed, t.states.failedNote, {
            label: t.states.retry,
            run: load,
          }),
        ),
    );
  void load();
  setInterval(() => !document.hidden && void load(), EVERY_MS);
}

function told(shell: Shell, overview: Overview): HTMLElement[] {
  const { t, lang, city } = shell;
  const name = (lang === "en" && city.city.name_en) || city.city.name || t.shell.unnamed;
  return [
    h(
      "section",
      { class: "sec" },
      h(
        "div",
        { class: "row sp" },
        h("h2", { class: "t14" }, name),
        h("span", { class: "t12 dim" }, t.overview.asOf(moment(overview.at, lang))),
      ),
      figures(shell, overview),
    ),
    section(t.overview.states, ...bars(shell, overview)),
    section(t.overview.stock, stock(shell, overview)),
  ];
}

function figures({ t }: Shell, overview: Overview): HTMLElement {
  const open = openStates(overview).reduce((sum, one) => sum + one.count, 0);
  const all = overview.layers.incidents ?? 0;
  const closed = overview.states.closed ?? 0;
  const figure = (title: string, value: Child, unit: string, note: string) =>
    h(
      "div",
      { class: "tile" },
      h("span", {}, title),
      h("b", {}, value, h("small", {}, unit)),
      h("em", {}, note),
    );
  const share = (part: number, whole: number) => (whole ? percent(part / whole) : t.states.unknown);
  return h(
    "div",
    { class: "tiles" },
    figure(
      t.overview.open,
      count(open),
      t.overview.cases,
      t.overview.ofAll(share(open, all), count(all)),
    ),
    figure(
      t.overview.overdue,
      count(overview.overdue),
      t.overview.cases,
      t.overview.ofOpen(share(overview.overdue, open), count(open)),
    ),
    figure(
      t.overview.closed,
      count(closed),
      t.overview.cases,
      t.overview.ofAll(share(closed, all), count(all)),
    ),
    figure(
      t.overview.grids,
      count(overview.ground_grids),
      t.overview.gridUnit,
      t.overview.households(
        overview.ground_households === null ? t.states.unknown : count(overview.ground_households),
      ),
    ),
  );
}

function bars({ t }: Shell, overview: Overview): Child[] {
  const states = openStates(overview);
  const most = Math.max(1, ...states.map((one) => one.count));
  const rows = states.map(({ state: name, count: many }) =>
    h(
      "li",
      {},
      stateMark(name),
      h("span", {}, t.states.cases[name]),
      h("span", { class: "track" }, h("i", { style: `width:${(many / most) * 100}%` })),
      h("b", { class: "num" }, count(many)),
    ),
  );
  return [
    h("ul", { class: "bars" }, ...rows),
    h("p", { class: "t12 dim" }, t.overview.late(count(overview.overdue))),
  ];
}

function stock({ t }: Shell, { layers }: Overview): HTMLElement {
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
  return h(
    "table",
    { class: "tbl" },
    h("thead", {}, h("tr", {}, ...heads)),
    h("tbody", {}, ...rows),
  );
}
