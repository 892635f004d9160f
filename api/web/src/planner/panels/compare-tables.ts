/** The tables of a comparison: figures side by side, what moves, and grid by grid. */

import { type Child, h } from "../../ui/dom.ts";
import type { Comparison, GazetteRow, Side } from "./compared.ts";
import type { PlanDesk } from "./desk.ts";
import { changeOf, SPREADS } from "./spread.ts";
import { count, fixed, hectares, perDay, share, signedPercent } from "./written.ts";

const MOST = 200;
const DECIMALS = { ratio: 2, cv: 3, gini: 3, p90_p10: 2 } as const;

type Head = readonly [title: string, figure: boolean];

function table(
  heads: readonly Head[],
  rows: readonly (readonly Child[])[],
  label: string,
): HTMLElement {
  const name = (figure: boolean | undefined) => (figure ? "r num" : null);
  return h(
    "table",
    { class: "tbl pl-compare", "aria-label": label },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        ...heads.map(([title, figure]) => h("th", { scope: "col", class: name(figure) }, title)),
      ),
    ),
    h(
      "tbody",
      {},
      ...rows.map((row) =>
        h("tr", {}, ...row.map((cell, at) => h("td", { class: name(heads[at]?.[1]) }, cell))),
      ),
    ),
  );
}

/** Figures of both sides: this plan, the other, and the change from the other to this one. */
export function figuresTable({ w }: PlanDesk, found: Comparison, name: string): HTMLElement {
  const [now, before] = [found.new, found.old];
  const work = (side: Side, figure: string) => side.spread["work"]?.[figure] ?? null;
  const rows: Child[][] = [
    row(w.figures.gridsHead, Object.keys(now.grids).length, Object.keys(before.grids).length, 0),
    ...SPREADS.map((one) =>
      row(w.figures.spread[one], work(now, one), work(before, one), DECIMALS[one]),
    ),
    row(w.figures.plain, mean(now, "plain_border", 100), mean(before, "plain_border", 100), 0),
    row(
      w.metrics.polsby_popper,
      mean(now, "polsby_popper", 1),
      mean(before, "polsby_popper", 1),
      2,
    ),
  ];
  const heads: Head[] = [
    [w.compare.figure, false],
    [w.compare.mine, true],
    [name, true],
    ["", true],
  ];
  return h("section", { class: "sec" }, table(heads, rows, w.compare.figure));
}

function row(title: string, now: number | null, before: number | null, decimals: number): Child[] {
  const change = signedPercent(changeOf(before, now));
  return [title, h("b", {}, fixed(now, decimals)), fixed(before, decimals), change];
}

function mean(side: Side, name: string, times: number): number | null {
  const known = Object.values(side.grids).flatMap((one) =>
    typeof one[name] === "number" ? [one[name]] : [],
  );
  const sum = known.reduce((all, one) => all + one, 0);
  return known.length ? (sum / known.length) * times : null;
}

/** Who and what gets another grid, of how many there are: the ground, and what stands on it. */
export function movedTable({ w }: PlanDesk, { moved, follows }: Comparison): HTMLElement {
  const line = (title: string, value: number, whole: number, decimals = 0): Child[] => [
    title,
    h("b", {}, fixed(value, decimals)),
    fixed(whole, decimals),
    whole ? share(value / whole, 1) : "",
  ];
  const said = (layer: string) => (w.follows as Record<string, string>)[layer] ?? layer;
  const rows = [
    ...["households", "persons", "elderly"].flatMap((name) => {
      const whole = moved.whole[name];
      return whole ? [line(w.metrics[name as "households"], moved.amounts[name] ?? 0, whole)] : [];
    }),
    ...follows.map((one) => line(said(one.layer), one.moved, one.total)),
  ];
  const heads: Head[] = [
    [w.compare.moves, false],
    [w.compare.moved, true],
    [w.compare.all, true],
    ["", true],
  ];
  const ground = w.compare.ground(count(moved.blocks), hectares(moved.area_m2));
  return h(
    "section",
    { class: "sec" },
    table(heads, rows, w.compare.moves),
    h("p", { class: "t12 dim" }, ground),
  );
}

const TOLD = ["households", "work", "incidents_a_year", "area_m2"];

/** Every grid that is not the same on both sides; last year's incidents are counted under each. */
export function differencesTable(desk: PlanDesk, found: Comparison): HTMLElement {
  const { w } = desk;
  const [now, before] = [found.new.grids, found.old.grids];
  const codes = [...new Set([...Object.keys(now), ...Object.keys(before)])];
  const differs = (code: string) => TOLD.some((name) => now[code]?.[name] !== before[code]?.[name]);
  const change = (code: string) =>
    (now[code]?.["households"] ?? 0) - (before[code]?.["households"] ?? 0);
  const rows = codes
    .filter(differs)
    .sort(
      (one, other) => Math.abs(change(other)) - Math.abs(change(one)) || (one < other ? -1 : 1),
    );
  const shown = rows
    .slice(0, MOST)
    .map((code): Child[] => [
      h(
        "button",
        { type: "button", class: "pl-link mono", title: code, onclick: () => desk.reveal(code) },
        desk.short(code),
      ),
      both(before[code]?.["households"], now[code]?.["households"]),
      both(before[code]?.["incidents_a_year"], now[code]?.["incidents_a_year"]),
      both(perDay(before[code]?.["work"]), perDay(now[code]?.["work"])),
    ]);
  const heads: Head[] = [
    [w.compare.grid, false],
    [w.metrics.households, true],
    [w.compare.incidents, true],
    [w.officers.work, true],
  ];
  const title = rows.length ? w.compare.differences(rows.length) : w.compare.same;
  return h(
    "section",
    { class: "sec" },
    h("h3", {}, title),
    rows.length ? table(heads, shown, title) : h("p", { class: "t12 dim" }, w.compare.sameNote),
    rows.length > MOST ? h("p", { class: "t12 dim" }, w.compare.rest(rows.length - MOST)) : null,
    rows.length ? h("p", { class: "t12 dim" }, w.compare.recounted) : null,
  );
}

/** What became of old codes, as it will be published; those that stay are only counted. */
export function gazetteTable({ w, short }: PlanDesk, gazette: readonly GazetteRow[]): HTMLElement {
  const rows = gazette.filter((one) => one.kind !== "kept");
  const shown = rows
    .slice(0, MOST)
    .map((one): Child[] => [
      h("span", { class: "mono", title: one.old_code }, short(one.old_code)),
      w.compare.changes[one.kind],
      h("span", { class: "mono" }, one.new_codes.map(short).join("、") || "–"),
      fixed(one.households, 0),
    ]);
  const heads: Head[] = [
    [w.compare.oldCode, false],
    ["", false],
    [w.compare.newCode, false],
    [w.metrics.households, true],
  ];
  return h(
    "section",
    { class: "sec" },
    h("h3", {}, w.compare.gazette(rows.length, gazette.length - rows.length)),
    rows.length ? table(heads, shown, w.compare.gazette(rows.length, 0)) : null,
    rows.length > MOST ? h("p", { class: "t12 dim" }, w.compare.rest(rows.length - MOST)) : null,
  );
}

function both(before: number | null | undefined, now: number | null | undefined): Child {
  return h("span", {}, h("span", { class: "dim" }, fixed(before, 0)), " → ", fixed(now, 0));
}
