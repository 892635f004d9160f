/** The planner without a plan: the current grids coloured by their households, and as a table. */

import type { FeatureLike } from "ol/Feature.js";
import { count } from "../i18n/format.ts";
import { type Balance, makeBalance, signed } from "../map/balance.ts";
import { number, text } from "../map/style/paint.ts";
import { type Overview, readOverview } from "../pages/overview-data.ts";
import type { Shell } from "../shell/shell.ts";
import { h, replace } from "../ui/dom.ts";
import { skeleton, state } from "../ui/parts.ts";
import { type Column, makeTable } from "../ui/table.ts";
import "./panels/panels.css";
import { plansSection } from "./panels/plans.ts";

interface Row {
  code: string;
  name: string;
  level: string;
  households: number | null;
  share: number | null;
}

/** `asked` is what was asked for before there was a panel to show it. */
export function mountCurrent(shell: Shell, asked: Promise<Overview>): void {
  const { slots, t } = shell;
  slots.panel.append(skeleton(8));
  const load = (sums = readOverview(shell.api)) =>
    sums.then(
      (overview) => show(shell, overview),
      () =>
        replace(
          slots.panel,
          state("alert", t.states.failed, t.states.failedNote, {
            label: t.states.retry,
            run: () => void load(),
          }),
        ),
    );
  void load(asked);
}

function show(shell: Shell, overview: Overview): void {
  const { slots, t, city } = shell;
  const { ground_inhabited: grids, ground_households: households } = overview;
  const mean = grids && households ? households / grids : null;
  const balance = mean === null ? null : makeBalance(mean);
  const level = city.city.levels.find((one) => one.key === city.city.ground);
  const name = shell.lang === "zh" ? level?.name_zh : level?.name_en;
  replace(
    slots.panel,
    plansSection(shell),
    h(
      "section",
      { class: "sec" },
      h(
        "div",
        { class: "row sp" },
        h("h2", { class: "t14" }, t.planner.title),
        h("span", { class: "t12 dim" }, name ?? ""),
      ),
      figures(shell, overview, mean),
    ),
    colouring(shell, mean),
    table(shell, balance),
  );
  city.showBalance(shell.address.get("fill") === "none" ? null : mean);
}

function figures({ t }: Shell, overview: Overview, mean: number | null): HTMLElement {
  const { ground_grids: grids, ground_households: households } = overview;
  const figure = (title: string, value: string, note: string) =>
    h(
      "div",
      { class: "figure" },
      h("span", { class: "t12 mut" }, title),
      h("b", { class: "t20" }, value),
      h("span", { class: "t12 dim" }, note),
    );
  return h(
    "div",
    { class: "figures three" },
    figure(t.planner.grids, count(grids), t.planner.current),
    figure(
      t.planner.households,
      households === null ? t.states.unknown : count(households),
      t.planner.unitHouseholds,
    ),
    figure(t.planner.mean, mean === null ? t.states.unknown : mean.toFixed(1), t.planner.perGrid),
  );
}

/** Which colours the grids carry; it is in the address. */
function colouring({ city, address, t }: Shell, mean: number | null): HTMLElement | null {
  if (mean === null) return null;
  const buttons = [
    { name: "households", label: t.map.legend.balance, mean },
    { name: "none", label: t.planner.plain, mean: null },
  ].map((one) => {
    const choose = () => {
      city.showBalance(one.mean);
      address.set("fill", one.name === "none" ? "none" : null);
      press();
    };
    return { ...one, element: h("button", { type: "button", onclick: choose }, one.label) };
  });
  const press = () => {
    const now = address.get("fill") === "none" ? "none" : "households";
    for (const one of buttons) one.element.setAttribute("aria-pressed", String(one.name === now));
  };
  press();
  return h(
    "section",
    { class: "sec row sp" },
    h("span", { class: "b" }, t.planner.colour),
    h(
      "div",
      { class: "seg", role: "group", "aria-label": t.planner.colour },
      ...buttons.map((one) => one.element),
    ),
  );
}

/** The ground grids in the view, as the tiles that are drawn know them. */
function table(shell: Shell, balance: Balance | null): HTMLElement {
  const { city, selection, t } = shell;
  const note = h("span", { class: "t12 dim" });
  const columns: Column<Row>[] = [
    {
      title: t.planner.name,
      value: (row) => row.name,
      cell: (row) =>
        h(
          "span",
          { class: "two" },
          row.name || row.code,
          h("span", { class: "mono dim" }, row.code),
        ),
    },
    { title: t.planner.level, value: (row) => row.level, cell: (row) => row.level },
    {
      title: t.planner.householdsShort,
      figure: true,
      value: (row) => row.households,
      cell: (row) => (row.households === null ? "–" : count(row.households)),
    },
    {
      title: t.planner.deviation,
      figure: true,
      value: (row) => row.share,
      cell: (row) => (row.share === null ? "–" : signed(row.share)),
    },
  ];
  const found = makeTable<Row>({
    label: t.planner.table,
    columns,
    key: (row) => row.code,
    onPick: (row) => selection.set({ layer: "grids", code: row.code }),
    most: 200,
    rest: t.planner.rest,
  });
  const refresh = () => {
    const rows = rowsOf(shell, city.inView("grids"), balance);
    found.show(rows);
    found.pick(selection.get()?.code ?? null);
    note.textContent = t.planner.inView(count(rows.length));
  };
  city.onRest(refresh);
  if ("drawn" in document.documentElement.dataset) refresh(); // it came to rest before there was a table
  selection.on((selected) => found.pick(selected?.code ?? null));
  return h(
    "section",
    { class: "sec grow in-view" },
    h("h3", { class: "sp" }, t.planner.table, note),
    found.element,
  );
}

function rowsOf({ city, lang }: Shell, features: FeatureLike[], balance: Balance | null): Row[] {
  const { ground, levels } = city.city;
  const words = new Map(levels.map((one) => [one.key, lang === "zh" ? one.name_zh : one.name_en]));
  const rows = new Map<string, Row>();
  for (const feature of features) {
    const [code, level] = [text(feature, "code"), text(feature, "level")];
    if (level !== ground || rows.has(code)) continue;
    const share = balance?.deviation(feature) ?? null;
    rows.set(code, {
      code,
      name: text(feature, "name"),
      level: words.get(level) ?? level,
      households: number(feature, "households"),
      share,
    });
  }
  return [...rows.values()].sort((one, other) => (one.code < other.code ? -1 : 1));
}
