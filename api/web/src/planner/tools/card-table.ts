/** The table of the card: now bold, before grey, for both sides; red where a rule breaks. */

import { count } from "../../i18n/format.ts";
import { signed } from "../../map/balance.ts";
import { h } from "../../ui/dom.ts";
import type { Effect, Metrics, Settings } from "../told.ts";
import { DAYS_A_YEAR } from "../work.ts";
import type { CardParts, CardState } from "./card.ts";

interface Row {
  label: string;
  value: (metrics: Metrics) => string;
  bad: (metrics: Metrics) => boolean;
}

function rowsOf({ draft, words, mean }: CardParts): Row[] {
  const { settings } = draft.plan;
  const { cards } = words;
  const number = (value: number | null | undefined, digits: number) =>
    value === null || value === undefined ? "–" : value.toFixed(digits);
  const off = ({ work }: Metrics) =>
    mean() > 0 && work !== null && work !== undefined ? work / mean() - 1 : null;
  return [
    {
      label: cards.work,
      value: ({ work }) => (work == null ? "–" : count(Math.round(work / DAYS_A_YEAR))),
      bad: () => false,
    },
    {
      label: cards.deviation,
      value: (one) => {
        const share = off(one);
        return share === null ? "–" : signed(share);
      },
      bad: (one) => settings.work_off !== null && Math.abs(off(one) ?? 0) > settings.work_off,
    },
    {
      label: cards.households(settings.households?.join("–") ?? ""),
      value: ({ households }) => (households == null ? "–" : count(Math.round(households))),
      bad: (one) => outOfBand(one, settings),
    },
    { label: cards.walk, value: (one) => number(one["edge_min"], 1), bad: () => false },
    {
      label: cards.compact,
      value: (one) => number(one["polsby_popper"], 2),
      bad: (one) => (one["polsby_popper"] ?? 1) < settings.least_round,
    },
  ];
}

function outOfBand({ households }: Metrics, { households: band }: Settings): boolean {
  if (!band || households === null || households === undefined) return false;
  return households < band[0] || households > band[1];
}

export function table(parts: CardParts, { grids, preview }: CardState): HTMLElement {
  const { words, short } = parts;
  const { before, after } = preview?.metrics ?? { before: {}, after: {} };
  const head = grids.flatMap((code) => [
    h("th", {}, short(code)),
    h("th", { class: "o" }, words.cards.before),
  ]);
  const cells = (row: Row, code: string) => {
    const [now, was] = [after[code], before[code]];
    return [
      h(
        "td",
        { class: now && row.bad(now) ? "bad" : null },
        h("b", {}, now ? row.value(now) : "–"),
      ),
      h("td", { class: "dim" }, was ? row.value(was) : "–"),
    ];
  };
  const rows = rowsOf(parts).map((row) =>
    h("tr", {}, h("td", {}, row.label), ...grids.flatMap((code) => cells(row, code))),
  );
  const torn = grids.some((code) => (after[code]?.["pieces"] ?? 1) > 1);
  if (torn)
    rows.push(
      h(
        "tr",
        {},
        h("td", {}, words.cards.pieces),
        ...grids.flatMap((code) => [
          h(
            "td",
            { class: (after[code]?.["pieces"] ?? 1) > 1 ? "bad" : null },
            h("b", {}, String(after[code]?.["pieces"] ?? "–")),
          ),
          h("td", { class: "dim" }, String(before[code]?.["pieces"] ?? "–")),
        ]),
      ),
    );
  return h("table", {}, h("thead", {}, h("tr", {}, h("th", {}), ...head)), h("tbody", {}, ...rows));
}

export function footer({ words }: CardParts, { preview, refused }: CardState): string {
  if (refused) return "";
  if (!preview) return words.cards.asking;
  const { households, buildings, area_m2 } = gained(preview.effects);
  if (!(area_m2 > 0)) return words.cards.none;
  return words.cards.moved(
    count(Math.round(households)),
    count(Math.round(buildings)),
    (area_m2 / 10_000).toFixed(area_m2 < 1000 ? 2 : 1),
  );
}

/** What passes from one grid to another: the sum over those that gain ground. */
function gained(effects: readonly Effect[]): {
  households: number;
  buildings: number;
  area_m2: number;
} {
  const sum = { households: 0, buildings: 0, area_m2: 0 };
  for (const { before, after } of effects) {
    for (const name of ["households", "buildings", "area_m2"] as const) {
      const gain = (after[name] ?? 0) - (before[name] ?? 0);
      if (gain > 0) sum[name] += gain;
    }
  }
  return sum;
}
