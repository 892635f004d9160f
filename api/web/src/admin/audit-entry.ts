/** One entry of the log: what was before and after, field by field, and from where it was done. */

import { count } from "../i18n/format.ts";
import { h, replace } from "../ui/dom.ts";
import { button } from "../ui/parts.ts";
import type { Frame } from "./frame.ts";

type Values = Record<string, unknown> | null;

export interface Entry {
  number: number;
  at: string;
  who: string;
  via: string;
  address: string;
  request_id: string;
  action: string;
  layer: string;
  code: string;
  before: Values;
  after: Values;
  hash: string;
}

type Only = (given: Record<string, string>) => void;

export function thing({ t, w }: Frame, layer: string): string {
  const things: Record<string, string> = w.things;
  const layers: Record<string, string> = t.layers;
  return things[layer] ?? layers[layer] ?? layer;
}

/** The word of an action, and its key where somebody added one that has no word yet. */
export function actionWord({ w }: Frame, action: string): string {
  const actions: Record<string, string> = w.actions;
  return actions[action] ?? action;
}

export function showEntry(frame: Frame, entry: Entry, only: Only): void {
  const { w } = frame;
  const row = { layer: entry.layer, code: entry.code };
  replace(
    frame.panel,
    h(
      "section",
      { class: "sec" },
      h(
        "h2",
        { class: "t20" },
        `${actionWord(frame, entry.action)} ${thing(frame, entry.layer)} `,
        h("span", { class: "mono wraps" }, entry.code),
      ),
      h("p", { class: "t12 dim" }, `${count(entry.number)} · ${exactly(entry.at)}`),
      h(
        "div",
        { class: "row wrap" },
        entry.code ? button(w.audit.sameRow, () => only(row), { size: "sm" }) : null,
        entry.who ? button(w.audit.sameWho, () => only({ who: entry.who }), { size: "sm" }) : null,
      ),
    ),
    h("section", { class: "sec changes" }, changes(frame, entry)),
    h("section", { class: "sec" }, origin(frame, entry)),
  );
}

function changes({ w }: Frame, { before, after }: Entry): HTMLElement {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  if (!names.length) return h("p", { class: "dim" }, w.audit.nothing);
  const rows = names.map((name) => {
    const [was, now] = [before?.[name], after?.[name]].map(written);
    return h(
      "tr",
      {},
      h("th", { scope: "row", class: "mono" }, name),
      h("td", { class: was === now ? null : "was" }, was),
      h("td", { class: was === now ? null : "now" }, now),
    );
  });
  const heads = [w.audit.field, w.audit.before, w.audit.after];
  return h(
    "table",
    { class: "tbl" },
    h("thead", {}, h("tr", {}, ...heads.map((title) => h("th", { scope: "col" }, title)))),
    h("tbody", {}, ...rows),
  );
}

function origin({ w }: Frame, entry: Entry): HTMLElement {
  const told: [string, string][] = [
    [w.audit.who, entry.who],
    [w.audit.from, entry.address || w.audit.local],
    [w.audit.via, entry.via],
    [w.audit.request, entry.request_id],
    [w.audit.hash, entry.hash],
  ];
  const rows = told.flatMap(([name, value]) => [
    h("dt", {}, name),
    h("dd", { class: "mono wraps" }, value || "–"),
  ]);
  return h("dl", { class: "facts" }, ...rows);
}

function written(value: unknown): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** An instant to the second in Shanghai, which is what a log is read for. */
function exactly(at: string): string {
  return new Date(at).toLocaleString("sv-SE", { timeZone: "Asia/Shanghai" });
}
