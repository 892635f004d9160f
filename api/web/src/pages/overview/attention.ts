/** What is worth a look: the hot spot, and grids whose count is out of the ordinary. */

import type { Api } from "../../api.ts";
import { count } from "../../i18n/format.ts";
import type { Shell } from "../../shell/shell.ts";
import { h } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import type { Asked } from "./record.ts";

export interface Hot {
  cell: string;
  lon: number;
  lat: number;
  bbox: [number, number, number, number];
  outline: [number, number][];
  count: number;
  /** Incidents in a cell of the city, on the average. */
  mean: number;
  /** Gi*: above 1.96 it is no chance. */
  score: number;
  weeks: number[];
}

export interface Standing {
  code: string;
  name: string | null;
  count: number;
  /** What it had before, for as many days. */
  expected: number;
  low: number;
  high: number;
  compared: number;
}

export interface Attention {
  hot: Hot | null;
  grids: Standing[];
  more: number;
  compared: number;
  usual_days: number | null;
}

const SHOWN = 6;

export function readAttention(api: Api, asked: Asked): Promise<Attention> {
  return api.get<Attention>("/api/v1/statistics/attention", {
    ...asked.query(),
    ...asked.written(),
  });
}

/** The list; each line says the count, what was usual, and the interval that tells them apart. */
export function attentionList(shell: Shell, found: Attention, most = SHOWN): HTMLElement {
  const words = shell.t.overview.attention;
  const { usual_days: days, grids } = found;
  const note = days === null ? "" : words.against(days);
  const hidden = found.more + Math.max(0, grids.length - most);
  return h(
    "section",
    { class: "sec attention" },
    h("h3", { class: "sp" }, words.title, h("span", { class: "t12 dim plain" }, note)),
    grids.length
      ? h("ul", { class: "looks" }, ...grids.slice(0, most).map((one) => line(shell, one)))
      : h(
          "p",
          { class: "t12 mut row" },
          days === null ? null : icon("check"),
          days === null ? words.short : words.nothing(count(found.compared)),
        ),
    grids.length
      ? h(
          "p",
          { class: "t12 dim" },
          [hidden ? words.more(count(hidden)) : "", words.method(count(found.compared))]
            .filter(Boolean)
            .join(" "),
        )
      : null,
  );
}

function line(shell: Shell, one: Standing): HTMLElement {
  const words = shell.t.overview.attention;
  const isMore = one.compared > 0;
  const choose = () => shell.selection.set({ layer: "grids", code: one.code });
  const interval = words.interval(one.low.toFixed(1), one.high.toFixed(1));
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: isMore ? "look more" : "look less", onclick: choose },
      icon("trend"),
      h("bdi", { class: "ell b" }, one.name ?? one.code),
      h(
        "span",
        { class: "num" },
        words.cases(count(one.count)),
        h("span", { class: "visually-hidden" }, isMore ? words.rose : words.fell),
      ),
      h("span", { class: "dim num" }, words.usual(one.expected.toFixed(1))),
      h("span", { class: "dim num range" }, interval),
    ),
  );
}
