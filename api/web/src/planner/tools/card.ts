/**
 * The card at the cursor while something is dragged: both sides, now bold, before grey, red where a
 * rule breaks. It is read out when the drag rests, not at every frame.
 */

import { count } from "../../i18n/format.ts";
import { signed } from "../../map/balance.ts";
import { type Child, h, replace } from "../../ui/dom.ts";
import type { Draft } from "../draft.ts";
import type { Effect, Metrics, Preview, Settings } from "../told.ts";
import type { ToolWords } from "../words/index.ts";
import { DAYS_A_YEAR } from "../work.ts";

const APART_PX = 18;
const EDGE_PX = 8;
const WIDE_PX = 318;
const REST_MS = 700;

export interface CardState {
  title: string;
  badge: string | null;
  /** The sides that are shown, at most two. */
  grids: readonly string[];
  preview: Preview | null;
  /** Why the step cannot be taken as it is. */
  refused: string | null;
  /** What the ground that moves takes up on the map, pixels: left, top, right, bottom. */
  keepOff: readonly [number, number, number, number];
}

export interface Card {
  show(state: CardState): void;
  hide(): void;
  readonly element: HTMLElement;
}

export interface CardParts {
  draft: Draft;
  words: ToolWords;
  mean: () => number;
  short: (code: string | null) => string;
  /** The map, which the card stays on. */
  room: () => { width: number; height: number; left: number };
}

export function makeCard(parts: CardParts): Card {
  const element = h("div", { class: "at float plan-card", hidden: true });
  const spoken = h("div", { class: "visually-hidden", role: "status" });
  const body = h("div", {});
  let resting: ReturnType<typeof setTimeout> | undefined;
  element.append(body, spoken);
  let last = "";
  let lastPreview: Preview | null = null;
  return {
    element,
    show(state) {
      const key = JSON.stringify([state.title, state.badge, state.grids, state.refused]);
      const shown = state.preview === lastPreview && key === last;
      if (!shown) replace(body, ...content(parts, state));
      last = key;
      lastPreview = state.preview;
      element.hidden = false;
      place(element, state.keepOff, parts.room());
      clearTimeout(resting);
      resting = setTimeout(() => {
        spoken.textContent = body.textContent;
      }, REST_MS);
    },
    hide() {
      clearTimeout(resting);
      element.hidden = true;
      spoken.textContent = "";
      last = "";
      lastPreview = null;
      replace(body);
    },
  };
}

/** Beside the moved ground, on the side with more room; it never covers the ground itself. */
function place(
  element: HTMLElement,
  [left, top, right]: CardState["keepOff"],
  { width, height, left: from }: ReturnType<CardParts["room"]>,
): void {
  const tall = element.offsetHeight;
  const fitsLeft = left - APART_PX - WIDE_PX >= from;
  const fitsRight = right + APART_PX + WIDE_PX <= width - EDGE_PX;
  const x = fitsLeft
    ? left - APART_PX - WIDE_PX
    : fitsRight
      ? right + APART_PX
      : left > width - right
        ? from
        : width - EDGE_PX - WIDE_PX;
  const y = Math.max(EDGE_PX, Math.min(height - EDGE_PX - tall, top - APART_PX));
  element.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
}

function content(parts: CardParts, state: CardState): Child[] {
  const { words } = parts;
  const badge = state.badge ? h("span", { class: "badge acc" }, state.badge) : null;
  return [
    h("div", { class: "row sp" }, h("b", {}, state.title), badge),
    state.refused ? h("p", { class: "bad t12" }, state.refused) : table(parts, state),
    h(
      "div",
      { class: "f" },
      h("span", {}, footer(parts, state)),
      h("span", { class: "grow" }),
      h("span", {}, h("kbd", {}, "Alt"), ` ${words.noSnap} `, h("kbd", {}, "Esc")),
    ),
  ];
}

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

function table(parts: CardParts, { grids, preview }: CardState): HTMLElement {
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

function footer({ words }: CardParts, { preview, refused }: CardState): string {
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
